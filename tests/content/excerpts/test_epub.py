from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from content.services.excerpts.ending import Ending
from content.services.excerpts.epub import excerpt_epub
from content.services.judge import judge
from content.services.judge.found import Unfit
from tests.content.excerpts.books import SECRET, three_chapters, tile
from tests.content.files import epub_files, opf, page, write_zip

ENDING = Ending(
    "The sample ends here", "The whole book", "To it", "https://shop.example/p/x/", "en",
    is_rtl=False, contents="Contents", title="Three chapters (a sample)",
)  # fmt: skip


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    into = tmp_path / "judged"
    into.mkdir()
    return judge(three_chapters(tmp_path / "book.epub"), into=into).clean


def picked(clean: Path, *chosen: str) -> dict[str, bytes]:
    target = clean.parent / "sample.epub"
    excerpt_epub(clean, target, [f"E/{name}.xhtml" for name in chosen], ENDING)
    with zipfile.ZipFile(target) as box:
        return {name: box.read(name) for name in box.namelist()}


def test_a_sample_holds_the_chosen_chapter_and_what_it_shows(clean: Path) -> None:
    files = picked(clean, "one")

    assert {"E/title.xhtml", "E/one.xhtml", "E/one.png", "E/one-back.png", "E/book.css"} <= set(
        files
    )
    assert "E/rule.png" in files
    assert next(iter(files)) == "mimetype"


def test_nothing_of_another_chapter_is_inside(clean: Path) -> None:
    files = picked(clean, "one")

    everything = b"\n".join([*files.values(), *(name.encode() for name in files)])
    for other in ("two", "three"):
        assert f"{SECRET}-{other}".encode() not in everything
        assert f"E/{other}.png" not in files
        assert f"E/{other}-back.png" not in files
    assert tile(1) not in everything
    assert b">Two<" not in files["E/sevenfold-contents.xhtml"]


def test_links_to_what_is_not_there_are_words_and_others_stay(clean: Path) -> None:
    text = picked(clean, "one")["E/one.xhtml"].decode()

    assert "<a>the third</a>" in text
    assert 'href="one.xhtml"' in text
    assert 'href="https://example.com/"' in text


def test_its_last_page_leads_to_the_shop(clean: Path) -> None:
    files = picked(clean, "two")

    assert b'href="https://shop.example/p/x/"' in files["E/sevenfold-sample.xhtml"]
    package = files["E/book.opf"].decode()
    assert package.index("i1") < package.index('idref="last"')
    assert 'page-progression-direction="rtl"' in package
    assert "<dc:title>Three chapters (a sample)</dc:title>" in package


def test_the_judge_takes_it_and_finds_its_contents(clean: Path, tmp_path: Path) -> None:
    picked(clean, "one", "three")

    into = tmp_path / "again"
    into.mkdir()
    verdict = judge(clean.parent / "sample.epub", into=into)
    assert [entry.title for entry in verdict.contents] == ["One", "Three", "The sample ends here"]
    assert not verdict.warnings


def test_a_chapter_that_is_not_in_the_book_is_refused(clean: Path) -> None:
    with pytest.raises(Unfit, match="unmatched"):
        picked(clean, "four")


LOCKED = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"'
    ' xmlns:enc="http://www.w3.org/2001/04/xmlenc#">{rows}</encryption>'
)
ROW = (
    '<enc:EncryptedData><enc:EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/>'
    '<enc:CipherData><enc:CipherReference URI="E/{name}"/></enc:CipherData></enc:EncryptedData>'
)


def test_obfuscated_fonts_stay_readable_and_only_those_that_are_used(tmp_path: Path) -> None:
    items = "".join(
        f'<item id="{name}" href="{name}.otf" media-type="font/otf"/>' for name in ("used", "other")
    )
    items += '<item id="css" href="f.css" media-type="text/css"/>'
    head = '<link rel="stylesheet" href="f.css"/>'
    rows = ROW.format(name="used.otf") + ROW.format(name="other.otf")
    files = epub_files(opf=opf(items=items), one=page(head=head)) | {
        "E/used.otf": b"font-one",
        "E/other.otf": b"font-two",
        "E/f.css": "@font-face { font-family: x; src: url(used.otf) }",
        "META-INF/encryption.xml": LOCKED.format(rows=rows),
    }
    into = tmp_path / "judged"
    into.mkdir()
    clean = judge(write_zip(tmp_path / "b.epub", files), into=into).clean
    found = picked(clean, "one")

    assert b"used.otf" in found["META-INF/encryption.xml"]
    assert b"other.otf" not in b"".join(found.values())
    assert '<dc:identifier id="id">x</dc:identifier>' in found["E/book.opf"].decode()


def test_a_sample_of_a_book_of_epub_2_has_its_contents(tmp_path: Path) -> None:
    ncx = (
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>First'
        '</text></navLabel><content src="one.xhtml"/></navPoint></navMap></ncx>'
    )
    package = (
        opf(items='<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>')
        .replace('version="3.0"', 'version="2.0"')
        .replace('<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" ', "<!-- ")
        .replace('properties="nav"/>', " -->")
    )
    files = epub_files(opf=package, nav=None) | {"E/toc.ncx": ncx}
    into = tmp_path / "judged"
    into.mkdir()
    clean = judge(write_zip(tmp_path / "b.epub", files), into=into).clean
    found = picked(clean, "one")

    assert b">First<" in found["E/sevenfold-contents.xhtml"]
    assert "E/toc.ncx" not in found
