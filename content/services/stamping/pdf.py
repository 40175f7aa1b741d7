"""Put a line at the foot of each page of a PDF, as the page is seen, and a mark inside the file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from content.services.judge.found import Unfit
from content.services.judge.pdf_saving import save_whole
from content.services.stamping.marks import marks_in, written

NAME = pikepdf.Name("/SevenfoldCopy")
PIECE = pikepdf.Name("/Sevenfold")
ODD = (
    *(pikepdf.PdfError, pikepdf.DataDecodingError),
    *(ArithmeticError, AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError),
)
"""What pikepdf says of a page that is not built as pages are."""
USUAL_SIDE = 500.0
SMALLEST, LARGEST = 0.5, 4.0
FOOT, ROOM = 0.02, 0.92
QUARTERS = 4
NOBODY = "2" * 14
WRITTEN_DRY = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Drawn:
    """The line as a form of the PDF it is put into, its size in points."""

    form: pikepdf.Object
    width: float
    height: float


def stamp_pdf(source: Path, target: Path, *, drawn: Path, mark: str, words: str) -> None:
    """Write `source` to `target` with the line of `drawn` on each page; Unfit if it cannot."""
    try:
        with (
            pikepdf.open(source, access_mode=pikepdf.AccessMode.stream) as pdf,
            pikepdf.open(drawn) as line,
        ):
            put_on_pages(pdf, line, mark=mark, words=words)
            save_whole(pdf, target)
    except ODD as odd:
        raise Unfit("unstampable") from odd


def try_it(clean: Path, room: Path) -> None:
    """Stamp the file for nobody and throw the copy away; Unfit if it could not be stamped.

    Of a large file the pages are tried and nothing is written.
    """
    drawn, target = room / "dry-line.pdf", room / "dry-copy.pdf"
    with pikepdf.new() as line:
        line.add_blank_page(page_size=(100, 9))
        line.save(drawn)
    try:
        if clean.stat().st_size <= WRITTEN_DRY:
            stamp_pdf(clean, target, drawn=drawn, mark=NOBODY, words="")
            with pikepdf.open(target) as copy, pikepdf.open(clean) as pdf:
                if len(copy.pages) != len(pdf.pages):
                    raise Unfit("unstampable")
            return
        mode = pikepdf.AccessMode.stream
        with pikepdf.open(clean, access_mode=mode) as pdf, pikepdf.open(drawn) as line:
            put_on_pages(pdf, line, mark=NOBODY, words="")
    except ODD as odd:
        raise Unfit("unstampable") from odd
    finally:
        drawn.unlink()
        target.unlink(missing_ok=True)


def put_on_pages(pdf: pikepdf.Pdf, line: pikepdf.Pdf, *, mark: str, words: str) -> None:
    """Put the line on every page that can be seen, and the mark where programs keep their own.

    One form and a few streams serve all pages, so the file hardly grows. What the page drew is
    closed off first, so that it does not turn or colour the line.
    """
    drawn = _drawn(pdf, line, mark)
    streams: dict[bytes, pikepdf.Object] = {}

    def stream(content: bytes) -> pikepdf.Object:
        if content not in streams:
            streams[content] = pdf.make_stream(content)
        return streams[content]

    for page in pdf.pages:
        placing = _placing(page, drawn)
        if placing is None:
            continue
        drawing = list(_contents(page))
        opens, closes = _around(page, drawing)
        sets = b"/Artifact BMC q %s cm %s Do Q EMC\n" % (placing, str(NAME).encode())
        page.add_resource(drawn.form, pikepdf.Name.XObject, NAME)
        after = stream(b"\n" + b"Q\n" * closes + sets)
        page.obj.Contents = pikepdf.Array([stream(b"q\n" * opens), *drawing, after])
    pdf.docinfo[NAME] = pikepdf.String(written(mark))
    pdf.docinfo["/SevenfoldCopyOf"] = pikepdf.String(words)
    pdf.Root.PieceInfo = _piece(pdf.Root, mark)


def _drawn(pdf: pikepdf.Pdf, line: pikepdf.Pdf, mark: str) -> Drawn:
    form = pdf.copy_foreign(line.pages[0].as_form_xobject())
    left, bottom, right, top = (float(number) for number in form.BBox)
    form.PieceInfo = _piece(form, mark)
    form.LastModified = pikepdf.String(_WRITTEN)
    return Drawn(form, right - left, top - bottom)


_WRITTEN = "D:20260101000000Z"
"""A date where the format asks for one; the same file is stamped to the same bytes."""


def _piece(owner: pikepdf.Object, mark: str) -> pikepdf.Object:
    """Return the private data of programs (ISO 32000-2, 14.5) with ours among them."""
    kept = owner.get("/PieceInfo")
    pieces = kept if isinstance(kept, pikepdf.Dictionary) else pikepdf.Dictionary()
    private = pikepdf.String(written(mark))
    pieces[PIECE] = pikepdf.Dictionary(LastModified=_WRITTEN, Private=private)
    return pieces


def _contents(page: pikepdf.Page) -> Iterator[pikepdf.Object]:
    found = page.obj.get("/Contents")
    if isinstance(found, pikepdf.Array):
        yield from found
    elif isinstance(found, pikepdf.Stream):
        yield found


def _around(page: pikepdf.Page, drawing: list[pikepdf.Object]) -> tuple[int, int]:
    """Return how many states to save before a page's drawing, and to restore after it.

    One of each, unless it leaves some open, or closes some that it never opened. Only where letters
    that look like the two operators do not match is the page really parsed: that takes long.
    """
    try:
        content = b"\n".join(stream.read_bytes() for stream in drawing)
    except pikepdf.PdfError:
        return 1, 1
    saves, restores = len(_SAVE.findall(content)), len(_RESTORE.findall(content))
    if saves == restores:
        return 1, 1
    depth = lowest = 0
    for instruction in pikepdf.parse_content_stream(page, "q Q"):
        depth += 1 if str(instruction.operator) == "q" else -1
        lowest = min(lowest, depth)
    return 1 - lowest, 1 - lowest + depth


_SAVE, _RESTORE = re.compile(rb"q(?<!\Sq)(?!\S)"), re.compile(rb"Q(?<!\SQ)(?!\S)")
"""The letter first: with a look-behind in front they search ten times as long."""


def _placing(page: pikepdf.Page, drawn: Drawn) -> bytes | None:
    """Return the matrix that sets the line at the foot of the page as it is seen.

    None where there is nothing to be seen: a page without a width.
    """
    left, bottom, right, top = _seen(page)
    turned = round(page.rotation / 90) % QUARTERS
    wide, high = right - left, top - bottom
    if wide <= 0 or high <= 0:
        return None
    if turned % 2:
        wide, high = high, wide
    size = min(max(min(wide, high) / USUAL_SIDE, SMALLEST), LARGEST)
    size = min(size, ROOM * wide / drawn.width)
    over = (wide - size * drawn.width) / 2
    up = FOOT * high
    places = (
        (size, 0.0, 0.0, size, left + over, bottom + up),
        (0.0, size, -size, 0.0, right - up, bottom + over),
        (-size, 0.0, 0.0, -size, right - over, top - up),
        (0.0, -size, size, 0.0, left + up, top - over),
    )
    return b" ".join(b"%.4f" % number for number in places[turned])


def _seen(page: pikepdf.Page) -> tuple[float, float, float, float]:
    """Return the part of the page that is shown: its crop box, inside its media box."""
    sheet, crop = _box(page.mediabox), _box(page.cropbox)
    left, bottom = max(sheet[0], crop[0]), max(sheet[1], crop[1])
    right, top = min(sheet[2], crop[2]), min(sheet[3], crop[3])
    return (left, bottom, right, top) if right > left and top > bottom else sheet


def _box(said: pikepdf.Object) -> tuple[float, float, float, float]:
    one, two, three, four = (float(number) for number in said)
    return min(one, three), min(two, four), max(one, three), max(two, four)


def marks_in_pdf(path: Path) -> set[str]:
    """Return the marks found in a PDF, also where it was saved anew by another program."""
    found: set[str] = set()
    with pikepdf.open(path, access_mode=pikepdf.AccessMode.stream) as pdf:
        for each in pdf.objects:
            if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
                found |= _marks_at(each)
        found |= _marks_at(pdf.docinfo)
    return found


def _marks_at(owner: pikepdf.Object) -> set[str]:
    """Return what stands in a dictionary's own strings, two levels deep."""
    found: set[str] = set()
    waiting = [(owner, 0)]
    while waiting:
        each, depth = waiting.pop()
        for key in each.keys():  # noqa: SIM118 -- not a Python dict
            value = each[key]
            if isinstance(value, pikepdf.String):
                found |= marks_in(bytes(value))
            elif isinstance(value, pikepdf.Dictionary) and depth < 3:  # noqa: PLR2004
                waiting.append((value, depth + 1))
    return found
