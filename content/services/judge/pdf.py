"""Judge a PDF and write its clean copy: nothing that runs, no attachments, ready for ranges."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pikepdf

from content.services.judge.blank import blank_photos
from content.services.judge.found import MOST_ENTRIES, Unfit, direction_of, plain
from content.services.judge.pdf_saving import save_whole
from content.services.judge.pdf_scrub import scrub_pdf
from content.services.judge.pdf_tree import balance

MEDIA_TYPE = "application/pdf"
MOST_PAGES = 10_000
DEEPEST_OUTLINE = 12
TAIL = 4096


def judge_pdf(path: Path, into: Path) -> dict[str, Any]:
    """Return the facts of the PDF at `path` and write `clean.pdf` in `into`."""
    warnings: list[tuple[str, dict[str, str | int]]] = []
    with _open(path, warnings) as pdf:
        pages = _count_pages(pdf)
        if pdf.is_encrypted:
            warnings.append(("owner_lock_removed", {}))
        facts = _facts(pdf)
        removed = scrub_pdf(pdf)
        for code, count in removed.items():
            if count:
                warnings.append((code, {"count": count}))
        clean = into / "clean.pdf"
        try:
            balance(pdf)
            save_whole(pdf, clean, encryption=False)
        except pikepdf.PdfError as bad:
            raise Unfit("pdf_broken") from bad
    blank_photos(clean)
    return {
        "kind": "pdf",
        "media_type": MEDIA_TYPE,
        "clean": str(clean),
        "pages": pages,
        "warnings": warnings,
        **facts,
    }


def _open(path: Path, warnings: list[tuple[str, dict[str, str | int]]]) -> pikepdf.Pdf:
    """Open it strictly; a file with a damaged index is mended, one that was cut short is not."""
    mode = pikepdf.AccessMode.stream
    try:
        try:
            return pikepdf.open(path, attempt_recovery=False, access_mode=mode)
        except pikepdf.PdfError:
            if not _has_end(path):
                raise Unfit("pdf_cut_short") from None
            mended = pikepdf.open(path, access_mode=mode)
            warnings.append(("mended", {}))
            return mended
    except pikepdf.PasswordError as locked:
        raise Unfit("pdf_password") from locked
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, RuntimeError) as bad:
        raise Unfit("pdf_broken") from bad


def _has_end(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        return b"startxref" in file.read()


def _count_pages(pdf: pikepdf.Pdf) -> int:
    try:
        count = len(pdf.pages)
    except (pikepdf.PdfError, RuntimeError, ValueError) as bad:
        code = "pdf_loops" if "loop" in str(bad).lower() else "pdf_broken"
        raise Unfit(code) from bad
    if not count:
        raise Unfit("pdf_no_pages")
    if count > MOST_PAGES:
        raise Unfit("pdf_too_many_pages", count=count, most=MOST_PAGES)
    return count


def _facts(pdf: pikepdf.Pdf) -> dict[str, Any]:
    title = _said(pdf, "/Title")
    language = plain(pdf.Root.get("/Lang", ""))[:35]
    return {
        "title": title,
        "author": _said(pdf, "/Author"),
        "description": _said(pdf, "/Subject"),
        "language": language,
        "direction": _direction(pdf, language, title),
        "page_size": _page_size(pdf.pages[0]),
        "contents": _contents(pdf),
    }


def _said(pdf: pikepdf.Pdf, key: str) -> str:
    value = pdf.docinfo.get(key)
    return plain(value) if isinstance(value, pikepdf.String) else ""


def _direction(pdf: pikepdf.Pdf, language: str, title: str) -> str:
    preferences = pdf.Root.get("/ViewerPreferences")
    if isinstance(preferences, pikepdf.Dictionary) and "/Direction" in preferences:
        return "rtl" if preferences["/Direction"] == "/R2L" else "ltr"
    if language:
        return direction_of(language)
    return "rtl" if any("\u0590" <= letter <= "\u06ff" for letter in title) else "ltr"


def _page_size(page: pikepdf.Page) -> tuple[float, float]:
    try:
        left, bottom, right, top = (float(number) for number in page.cropbox)
        unit = float(page.obj.get("/UserUnit", 1))
        turned = int(page.rotation) % 180 == 90  # noqa: PLR2004 - a quarter turn
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as bad:
        raise Unfit("pdf_broken") from bad
    width, height = abs(right - left) * unit, abs(top - bottom) * unit
    return (height, width) if turned else (width, height)


def _contents(pdf: pikepdf.Pdf) -> list[tuple[str, str, int]]:
    """Return the bookmarks; what cannot be read is no reason to refuse a book."""
    try:
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, start=1)}
        with pdf.open_outline(max_depth=DEEPEST_OUTLINE) as outline:
            entries: list[tuple[str, str, int]] = []
            _walk(outline.root, 0, numbers, entries)
    except (pikepdf.PdfError, TypeError, ValueError, KeyError, RuntimeError, AttributeError):
        return []
    return entries


def _walk(
    items: Iterable[pikepdf.OutlineItem],
    depth: int,
    numbers: dict[tuple[int, int], int],
    entries: list[tuple[str, str, int]],
) -> None:
    for item in items:
        if len(entries) >= MOST_ENTRIES:
            return
        place: object = item.destination
        if place is None and item.action is not None:
            place = item.action.get("/D")
        number = 0
        if isinstance(place, pikepdf.Array) and len(place):
            number = numbers.get(place[0].objgen, 0)
        entries.append((plain(item.title), str(number or ""), depth))
        _walk(item.children, depth + 1, numbers, entries)
