import gettext
from pathlib import Path

import pytest
from house import catalogues, stamps

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "My shelf"
msgstr "המדף שלי"

#, fuzzy
msgid "Shop"
msgstr "אולי"
"""


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> gettext.GNUTranslations:
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    monkeypatch.setattr(stamps, "STAMPS", tmp_path / "var" / "stamps")
    source = tmp_path / "shop" / "locale" / "he" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOGUE)
    catalogues.prepare()
    with source.with_suffix(".mo").open("rb") as binary:
        return gettext.GNUTranslations(binary)


def test_an_apps_catalogue_is_compiled_without_gettext(
    compiled: gettext.GNUTranslations,
) -> None:
    assert compiled.gettext("My shelf") == "המדף שלי"


def test_a_fuzzy_translation_is_left_out(compiled: gettext.GNUTranslations) -> None:
    assert compiled.gettext("Shop") == "Shop"
