"""The line at the end of each chapter of an EPUB, and the page at its end."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from content.services.judge import judge
from content.services.stamping.epub import Words, marks_in_epub, stamp_epub
from tests.content.files import epub, opf, page, picture
from tests.content.stamping.conftest import MARK, WORDS

LINE = "העותק הזה שייך אל דנה & דני <לוי> · הזמנה 1042"
SAID = Words(LINE, "של מי העותק", "he", is_rtl=True, mark=MARK)
ESCAPED = "דנה &amp; דני &lt;לוי&gt;"
MORE = (
    '<item id="cover" href="cover.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="half" href="half.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="p" href="p.jpg" media-type="image/jpeg"/>'
)
NAV = (
    '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
    '<head><title>t</title></head><body><nav epub:type="toc"><ol>'
    '<li><a href="one.xhtml">One</a></li></ol></nav></body></html>'
)


def stamped(room: Path, **over: object) -> zipfile.ZipFile:
    """Return a judged book, stamped."""
    extra = over.pop("extra", {})
    path = epub(room / "book.epub", extra, **over)
    into = room / "into"
    into.mkdir()
    verdict = judge(path, into=into)
    assert verdict.can_stamp
    stamp_epub(verdict.clean, room / "copy.epub", SAID)
    return zipfile.ZipFile(room / "copy.epub")


def test_the_line_is_the_last_thing_of_a_chapter(tmp_path: Path) -> None:
    with stamped(tmp_path, one=page(WORDS)) as book:
        chapter = book.read("E/one.xhtml").decode()
    assert chapter.index("wax it") < chapter.index(ESCAPED) < chapter.index("</body>")
    assert 'dir="rtl" lang="he"' in chapter


def test_only_where_a_chapter_ends_and_never_on_a_picture(tmp_path: Path) -> None:
    """The cover is a picture, and `one` begins in the middle of nothing: `half` goes on with it."""
    spine = '<itemref idref="cover"/><itemref idref="one"/><itemref idref="half"/>'
    package = opf(items=MORE).replace('<itemref idref="one"/>', spine)
    extra = {
        "E/cover.xhtml": page('<img src="p.jpg" alt=""/>'),
        "E/half.xhtml": page(WORDS),
        "E/p.jpg": picture(),
    }
    with stamped(tmp_path, one=page(WORDS), opf=package, nav=NAV, extra=extra) as book:
        has_it = {name for name in book.namelist() if ESCAPED.encode() in book.read(name)}
    assert has_it == {"E/half.xhtml", "E/sevenfold-copy.xhtml", "E/book.opf"}


def test_the_page_of_its_own_stands_last_so_that_no_place_moves(tmp_path: Path) -> None:
    with stamped(tmp_path, one=page(WORDS)) as book:
        package = book.read("E/book.opf").decode()
    assert '<itemref idref="one"></itemref><itemref idref="sevenfold-copy"/></spine>' in package


def test_on_a_fixed_page_it_pushes_nothing_out(tmp_path: Path) -> None:
    fixed = '<meta property="rendition:layout">pre-paginated</meta></metadata>'
    package = opf().replace("</metadata>", fixed)
    with stamped(tmp_path, one=page(WORDS), opf=package) as book:
        assert "position:absolute" in book.read("E/one.xhtml").decode()
        assert 'properties="rendition:layout-reflowable"' in book.read("E/book.opf").decode()


def test_what_did_not_change_is_the_same_and_the_mimetype_comes_first(tmp_path: Path) -> None:
    extra = {"E/p.jpg": picture(), "E/cover.xhtml": page(), "E/half.xhtml": page()}
    with stamped(tmp_path, one=page(WORDS), opf=opf(items=MORE), extra=extra) as book:
        assert book.testzip() is None
        first = book.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        with zipfile.ZipFile(tmp_path / "into" / "clean.epub") as clean:
            assert book.read("E/p.jpg") == clean.read("E/p.jpg")


def test_a_copy_is_a_book_that_the_judge_takes_again(tmp_path: Path) -> None:
    stamped(tmp_path, one=page(WORDS)).close()
    again = tmp_path / "again"
    again.mkdir()
    verdict = judge(tmp_path / "copy.epub", into=again)
    assert verdict.sections == 2
    assert verdict.title == "A book"


@pytest.mark.parametrize("lost", ["E/book.opf", "E/sevenfold-copy.xhtml", "E/one.xhtml"])
def test_the_mark_is_found_whichever_of_its_places_is_lost(tmp_path: Path, lost: str) -> None:
    stamped(tmp_path, one=page(WORDS)).close()
    left = tmp_path / "left.epub"
    with zipfile.ZipFile(tmp_path / "copy.epub") as book, zipfile.ZipFile(left, "w") as out:
        for name in book.namelist():
            if name != lost:
                out.writestr(name, book.read(name))
    assert marks_in_epub(left) == {MARK}
