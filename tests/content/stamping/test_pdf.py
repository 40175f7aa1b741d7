"""The line at the foot of each page of a PDF, found on the rendered page."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from content.services.judge.found import Unfit
from content.services.stamping.drawing import draw
from content.services.stamping.line import Line
from content.services.stamping.pdf import marks_in_pdf, stamp_pdf, try_it
from tests.content.files import new_pdf
from tests.content.stamping.conftest import ENGLISH, HEBREW, MARK

needs_poppler = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is not here")
SIZE = (400, 600)


def odd(**over: object) -> pikepdf.Pdf:
    """A PDF of one white page with these entries."""
    made = new_pdf(1)
    for key, value in over.items():
        made.pages[0].obj[f"/{key}"] = value
    return made


def stamped(made: pikepdf.Pdf, room: Path, line: Line = ENGLISH) -> Path:
    source, target, drawn = room / "source.pdf", room / "target.pdf", room / "line.pdf"
    made.save(source)
    drawn.write_bytes(draw(line))
    stamp_pdf(source, target, drawn=drawn, mark=MARK, words=line.plain)
    return target


def ink(path: Path, page: int = 1) -> tuple[Image.Image, tuple[int, int, int, int]]:
    """Return a page as it is seen, and the box of what is not white on it."""
    out = path.with_name(f"page-{page}")
    words = ["pdftoppm", "-cropbox", "-r", "72", "-f", str(page), "-l", str(page), "-png"]
    subprocess.run([*words, "-singlefile", str(path), str(out)], check=True)
    seen = Image.open(out.with_suffix(".png")).convert("L")
    box = seen.point(lambda shade: 255 if shade < 245 else 0).getbbox()
    assert box is not None, "nothing is seen on the page"
    return seen, box


def assert_at_the_foot(path: Path, page: int = 1) -> None:
    seen, (left, top, right, bottom) = ink(path, page)
    assert top > seen.height * 0.9, "the line stands at the foot"
    assert bottom < seen.height, "and inside the page"
    assert abs((left + right) / 2 - seen.width / 2) <= 0.03 * seen.width, "in its middle"
    assert right - left > 3 * (bottom - top), "and reads along it"


@needs_poppler
@pytest.mark.parametrize("turned", [0, 90, 180, 270, -90, 450])
def test_the_line_stands_at_the_foot_of_a_page_however_it_is_turned(
    tmp_path: Path, turned: int
) -> None:
    assert_at_the_foot(stamped(odd(Rotate=turned), tmp_path))


@needs_poppler
@pytest.mark.parametrize("line", [ENGLISH, HEBREW], ids=["en", "he"])
@pytest.mark.parametrize("turned", [0, 270])
def test_it_stands_inside_what_is_cropped(tmp_path: Path, turned: int, line: Line) -> None:
    made = odd(Rotate=turned, CropBox=pikepdf.Array([350, 500, 50, 100]))
    assert_at_the_foot(stamped(made, tmp_path, line))


@needs_poppler
def test_pages_of_all_sizes_have_it(tmp_path: Path) -> None:
    made = pikepdf.new()
    for size in [(60, 90), (2400, 1600), (595, 842)]:
        made.add_blank_page(page_size=size)
    path = stamped(made, tmp_path)
    for page in (1, 2, 3):
        assert_at_the_foot(path, page)


@needs_poppler
@pytest.mark.parametrize(
    "drawing",
    [b"2 0 0 2 50 300 cm q q", b"q Q Q 1 0 0 1 0 300 cm", b"BT /F 9 Tf (q q q) Tj ET", b""],
)
def test_what_a_page_leaves_open_does_not_move_the_line(tmp_path: Path, drawing: bytes) -> None:
    made = new_pdf(1)
    made.pages[0].Contents = made.make_stream(drawing)
    assert_at_the_foot(stamped(made, tmp_path))


@needs_poppler
def test_pages_that_inherit_and_share_everything_have_it_once_each(tmp_path: Path) -> None:
    made = new_pdf(3)
    tree = made.Root.Pages
    tree.Rotate, tree.MediaBox = 90, pikepdf.Array([0, 0, *SIZE])
    tree.Resources = made.make_indirect(pikepdf.Dictionary(XObject=pikepdf.Dictionary()))
    for page in made.pages:
        del page.obj["/MediaBox"]
        if "/Resources" in page.obj:
            del page.obj["/Resources"]
        page.Contents = made.pages[0].Contents
    path = stamped(made, tmp_path)
    assert_at_the_foot(path, 3)
    with pikepdf.open(path) as pdf:
        assert pdf.pages[2].Contents[-1].read_bytes().count(b" Do ") == 1
        assert len([each for each in pdf.objects if each.get("/PieceInfo")]) == 2


@needs_poppler
def test_hebrew_is_set_from_the_right_with_its_number_in_order(tmp_path: Path) -> None:
    path = stamped(new_pdf(1), tmp_path, HEBREW)
    said = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)
    text = "".join(each for each in said.stdout.decode() if each.isprintable())
    assert "1042" in text
    assert "דנה" in text or "הנד" in text


@pytest.mark.parametrize("kind", ["plain", "linearized", "object streams", "owner password"])
def test_the_mark_and_the_words_are_inside_however_it_was_saved(tmp_path: Path, kind: str) -> None:
    over = {
        "plain": {},
        "linearized": {"linearize": True},
        "object streams": {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
        "owner password": {"encryption": pikepdf.Encryption(owner="secret", user="")},
    }[kind]
    source, target, drawn = tmp_path / "s.pdf", tmp_path / "t.pdf", tmp_path / "l.pdf"
    new_pdf().save(source, **over)
    drawn.write_bytes(draw(HEBREW))
    stamp_pdf(source, target, drawn=drawn, mark=MARK, words=HEBREW.plain)

    assert marks_in_pdf(target) == {MARK}
    with pikepdf.open(target) as pdf:
        assert pdf.docinfo["/SevenfoldCopyOf"] == "העותק הזה שייך אל דנה לוי · הזמנה 1042"
        assert pdf.docinfo["/Title"] == "A guide"
        assert pdf.is_linearized


def test_the_mark_outlives_its_metadata_and_its_neighbours(tmp_path: Path) -> None:
    with pikepdf.open(stamped(new_pdf(3), tmp_path)) as pdf, pikepdf.new() as torn:
        torn.pages.append(pdf.pages[1])
        torn.save(tmp_path / "torn.pdf")
    assert marks_in_pdf(tmp_path / "torn.pdf") == {MARK}


@pytest.mark.parametrize(
    "over",
    [
        {"CropBox": pikepdf.Array([0, 0, pikepdf.Name("/A"), 10])},
        {"Resources": pikepdf.Dictionary(XObject=pikepdf.Array([1]))},
    ],
    ids=["a box of letters", "pictures that are none"],
)
def test_a_page_that_is_not_built_as_pages_are_is_found_by_the_dry_run(
    tmp_path: Path, over: dict[str, object]
) -> None:
    path = tmp_path / "odd.pdf"
    odd(**over).save(path)
    with pytest.raises(Unfit) as refused:
        try_it(path, tmp_path)
    assert refused.value.code == "unstampable"
    assert [each.name for each in tmp_path.iterdir()] == ["odd.pdf"]


def test_the_dry_run_leaves_a_good_file_and_the_folder_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "good.pdf"
    new_pdf().save(path)
    before = path.read_bytes()
    try_it(path, tmp_path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["good.pdf"]
