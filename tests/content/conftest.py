from collections.abc import Callable
from pathlib import Path

import pytest

from content.services.bookmaking.epub import make_epub
from content.services.bookmaking.manuscript import read_manuscript
from content.services.bookmaking.pdf import make_pdf
from content.services.judge import Refused, Verdict, judge
from core.limited import Limits
from tests.content.reading import Reading

TEXTS = Path(__file__).resolve().parents[2] / "ebooks" / "demo_texts"

Judge = Callable[..., Verdict]


@pytest.fixture
def judged(tmp_path: Path) -> Judge:
    """Judge a file, with its clean copy in a folder of its own."""
    into = tmp_path / "into"
    into.mkdir()

    def ask(path: Path, **over: object) -> Verdict:
        return judge(path, into=into, **over)

    return ask


@pytest.fixture
def refusal(judged: Judge) -> Callable[..., Refused]:
    """The refusal of a file that must not be taken; its sentence was filled in."""

    def ask(path: Path, **over: object) -> Refused:
        with pytest.raises(Refused) as caught:
            judged(path, **over)
        assert "{" not in str(caught.value.sentence)
        return caught.value

    return ask


@pytest.fixture
def tight() -> Limits:
    return Limits(memory=400 * 1024 * 1024, cpu_seconds=10, wall_seconds=30)


@pytest.fixture
def reading(live_server, browser, in_store, charlie, browse, tmp_path):
    here = Reading(live_server, browser, browse(in_store, charlie.user), charlie, tmp_path)
    yield here
    for context in here.contexts:
        context.close()


@pytest.fixture(scope="session")
def hebrew_epub():
    return make_epub(read_manuscript(TEXTS / "first-stitch"))


@pytest.fixture(scope="session")
def english_epub():
    return make_epub(read_manuscript(TEXTS / "first-loaf"))


@pytest.fixture(scope="session")
def hebrew_pdf():
    return make_pdf(read_manuscript(TEXTS / "size-tables"))


@pytest.fixture(scope="session")
def english_pdf():
    return make_pdf(read_manuscript(TEXTS / "bakers-week"))
