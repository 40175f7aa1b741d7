"""PDF files as few people have them: very many pages, very large pictures, labels, odd sizes."""

import io
from pathlib import Path

import pikepdf
from fpdf import FPDF
from pikepdf import Dictionary, Name
from PIL import Image

from tests.content.files import new_pdf


def labelled(path: Path, pages: int = 6) -> Path:
    """Two pages of front matter, then pages from 1."""
    with new_pdf(pages) as made:
        made.Root.PageLabels = Dictionary(
            Nums=pikepdf.Array([0, Dictionary(S=Name.r), 2, Dictionary(S=Name.D)])
        )
        made.save(path)
    return path


def many(path: Path, pages: int = 1_000) -> Path:
    with new_pdf(pages) as made:
        made.save(path)
    return path


def heavy(path: Path, pages: int = 300) -> Path:
    """A page for each megabyte, every one with a picture that nothing makes smaller."""
    out = io.BytesIO()
    Image.effect_noise((950, 950), 200).save(out, "JPEG", quality=95)
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(400, 600))
            picture = pikepdf.Stream(
                made, out.getvalue(), Type=Name.XObject, Subtype=Name.Image, Width=950,
                Height=950, ColorSpace=Name.DeviceGray, BitsPerComponent=8,
                Filter=Name.DCTDecode,
            )  # fmt: skip
            page = made.pages[-1]
            page.Resources = Dictionary(XObject=Dictionary(P=made.make_indirect(picture)))
            page.Contents = made.make_stream(b"q 400 0 0 400 0 100 cm /P Do Q")
        made.save(path)
    return path


def worded(path: Path, *, turned: int = 0) -> Path:
    """Pages of several sizes with the same words on each, the second one turned."""
    written = FPDF()
    written.set_font("helvetica", size=20)
    for size in ((100, 150), (100, 150), (300, 100), (60, 300)):
        written.add_page(format=size)
        written.multi_cell(0, 10, "Words to find, turned or not.")
    with pikepdf.open(io.BytesIO(bytes(written.output()))) as made:
        made.pages[1].Rotate = turned
        made.save(path)
    return path
