import io
import zipfile
from pathlib import Path

import defusedxml.ElementTree as SafeTree
import pikepdf
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from content.services.bookmaking.epub import make_epub
from content.services.bookmaking.fonts import DISPLAY, FOLDER, TEXT, typeface
from content.services.bookmaking.manuscript import (
    Figure,
    Heading,
    Listing,
    ManuscriptError,
    Note,
    Paragraph,
    Table,
    parse_chapter,
    read_manuscript,
)
from content.services.bookmaking.pdf import make_pdf
from content.services.bookmaking.pictures import DRAWINGS, draw, draw_cover
from content.services.bookmaking.pictures.canvas import visual
from content.services.bookmaking.tunes import make_tune
from content.services.judge import judge
from content.services.judge.found import AUDIO

TEXTS = Path(__file__).resolve().parents[2] / "ebooks" / "demo_texts"
BOOKS = sorted(path.parent.name for path in TEXTS.glob("*/book.toml"))
PDFS = ("size-tables", "bakers-week", "machine-troubles")
needs_fonts = pytest.mark.skipif(
    not (FOLDER / f"{TEXT}-hebrew.woff2").exists(), reason="the fonts are not built"
)


@pytest.fixture(scope="module")
def first_stitch():
    return read_manuscript(TEXTS / "first-stitch")


def test_every_kind_of_block_is_read():
    text = (
        "# Title\n\n## Part\n\nOne\nline\n\n> Note\n\n- a\n- b\n\n1. c\n2. d\n\n| h |\n|---|\n| x |"
    )
    chapter = parse_chapter(text + "\n\n![A stitch](hem)", "01.md")
    assert chapter.title == "Title"
    assert chapter.blocks == (
        Heading("Part"),
        Paragraph("One line"),
        Note("Note"),
        Listing(("a", "b"), is_numbered=False),
        Listing(("c", "d"), is_numbered=True),
        Table((("h",), ("x",))),
        Figure("hem", "A stitch"),
    )


def test_a_folder_that_is_no_manuscript_says_so(tmp_path):
    with pytest.raises(ManuscriptError, match=r"book\.toml"):
        read_manuscript(tmp_path)
    with pytest.raises(ManuscriptError, match=r"01\.md"):
        parse_chapter("no title", "01.md")


@pytest.mark.parametrize("name", BOOKS)
def test_every_demo_book_has_its_drawings_and_even_tables(name):
    book = read_manuscript(TEXTS / name)
    assert len(book.chapters) >= 3
    assert set(book.figures) <= DRAWINGS.keys()
    tables = [b for c in book.chapters for b in c.blocks if isinstance(b, Table)]
    assert all(len(row) == len(table.rows[0]) for table in tables for row in table.rows)


@needs_fonts
@pytest.mark.parametrize("name", BOOKS)
def test_every_letter_of_a_demo_book_is_in_the_fonts(name):
    known = TTFont(io.BytesIO(typeface(TEXT, 400))).getBestCmap()
    known &= TTFont(io.BytesIO(typeface(DISPLAY, 700))).getBestCmap().keys()
    written = "".join(path.read_text() for path in (TEXTS / name).iterdir())
    assert {letter for letter in written if letter != "\n" and ord(letter) not in known} == set()


@needs_fonts
def test_a_hebrew_epub_is_taken_by_our_own_judge_whole(tmp_path, judged, first_stitch):
    path = tmp_path / "a.epub"
    path.write_bytes(make_epub(first_stitch))
    verdict = judged(path)
    assert (verdict.title, verdict.language, verdict.direction) == ("התפר הראשון", "he", "rtl")
    assert [entry.title for entry in verdict.contents] == [c.title for c in first_stitch.chapters]
    assert (verdict.warnings, verdict.cover is not None) == ((), True)


@needs_fonts
def test_an_epub_lists_exactly_what_it_holds_and_every_link_leads_somewhere(first_stitch):
    with zipfile.ZipFile(io.BytesIO(make_epub(first_stitch))) as box:
        names = set(box.namelist())
        package = SafeTree.fromstring(box.read("EPUB/package.opf"))
        pages = {n: box.read(n).decode() for n in names if n.endswith(".xhtml")}
        assert box.infolist()[0].filename == "mimetype"
    items = {f"EPUB/{item.get('href')}" for item in package.iterfind(".//{*}item")}
    assert items | {"mimetype", "META-INF/container.xml", "EPUB/package.opf"} == names
    for text in pages.values():
        page = SafeTree.fromstring(text.split("\n", 2)[2])
        links = {
            e.get("src") or e.get("href") for e in page.iter() if e.get("src") or e.get("href")
        }
        assert {f"EPUB/{link}" for link in links} <= names


@needs_fonts
def test_a_hebrew_epub_is_right_to_left_and_says_how_it_can_be_read(first_stitch):
    with zipfile.ZipFile(io.BytesIO(make_epub(first_stitch))) as box:
        package = box.read("EPUB/package.opf").decode()
        chapter = box.read("EPUB/chapter-01.xhtml").decode()
    assert 'page-progression-direction="rtl"' in package
    assert "schema:accessMode" in package
    assert 'lang="he" xml:lang="he" dir="rtl"' in chapter


@needs_fonts
def test_the_same_manuscript_gives_the_same_bytes(first_stitch):
    assert make_epub(first_stitch) == make_epub(first_stitch)
    guide = read_manuscript(TEXTS / "machine-troubles")
    assert make_pdf(guide) == make_pdf(guide)


@needs_fonts
@pytest.mark.parametrize("name", PDFS)
def test_a_pdf_is_taken_by_our_own_judge_whole(tmp_path, judged, name):
    book = read_manuscript(TEXTS / name)
    path = tmp_path / "a.pdf"
    path.write_bytes(make_pdf(book))
    verdict = judged(path)
    assert (verdict.title, verdict.direction) == (book.title, book.direction)
    assert verdict.pages is not None
    assert 4 <= verdict.pages <= 8
    assert [e.title for e in verdict.contents if e.depth == 0] == [c.title for c in book.chapters]
    assert verdict.warnings == ()


@needs_fonts
def test_a_hebrew_pdf_turns_its_pages_from_the_right():
    made = make_pdf(read_manuscript(TEXTS / "machine-troubles"))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert pdf.Root.ViewerPreferences.Direction == "/R2L"
        assert pdf.Root.Lang == "he"


@needs_fonts
@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_a_small_picture_with_something_on_it(name):
    made = draw(name, "#8c2f39")
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.size == (1200, 750)
        assert len(picture.convert("RGB").getcolors(100_000)) > 4
    assert len(made) < 40_000


@needs_fonts
@pytest.mark.parametrize("name", BOOKS)
def test_a_cover_stands_two_by_three(name):
    with Image.open(io.BytesIO(draw_cover(read_manuscript(TEXTS / name)))) as cover:
        assert cover.size == (1200, 1800)


def test_hebrew_is_turned_for_the_eye_and_numbers_are_not():
    assert visual("שלום 12 (א)") == "(א) 12 םולש"
    assert visual("The First Loaf") == "The First Loaf"


def test_a_tune_is_a_recording_that_the_judge_takes(tmp_path):
    path = tmp_path / "tune.wav"
    path.write_bytes(make_tune("c4 e4 g4:2 - c5", beat=0.25))
    into = tmp_path / "into"
    into.mkdir()
    verdict = judge(path, into=into, accept=AUDIO)
    assert verdict.seconds == pytest.approx(2.5, abs=0.01)
    assert len(set(verdict.clean.read_bytes())) > 100
