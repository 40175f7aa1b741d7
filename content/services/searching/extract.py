"""The text of a file by its chapters or pages; free of Django, for the limited process."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import defusedxml.ElementTree as SafeTree

from content.services.judge.found import Unfit, plain
from content.services.judge.package import PAGE_TYPES, Package
from content.services.judge.scrub import scrub
from content.services.judge.zipped import open_safely

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST_PAGE = 32 * 1024 * 1024
_BLOCKS = """
    p div section article aside header footer nav main figure figcaption blockquote pre ul ol li
    dl dt dd table tr td th h1 h2 h3 h4 h5 h6 br hr
"""
BLOCKS = frozenset(_BLOCKS.split())
UNREAD = frozenset({"head", "script", "style", "rt", "rp", "template"})
HEADINGS = frozenset({"h1", "h2", "h3"})
_SPACE = re.compile(r"\s+")


class Section(TypedDict):
    """One chapter's or page's text."""

    heading: str
    place: dict[str, str | int]
    text: str


def sections_of_epub(path: Path) -> Iterator[Section]:
    """Yield the chapters of an EPUB in the order they are read, each by its place in the book."""
    with open_safely(path) as box:
        package = Package(box)
        titles: dict[str, str] = {}
        for entry in package.contents():
            titles.setdefault(entry.target.partition("#")[0], entry.title)
        heading = ""
        for item in package.spine:
            if item.media_type not in PAGE_TYPES or "nav" in item.properties:
                continue
            content = scrub(box.read(item.path, LARGEST_PAGE), item.path).content
            root = SafeTree.fromstring(content)
            # A chapter in several files has its title at the first of them.
            heading = titles.get(item.path) or heading or _first_heading(root)
            text = text_of(root)
            if text:
                yield Section(heading=heading, place={"href": item.path}, text=text)


def sections_of_pdf(path: Path) -> Iterator[Section]:
    """Yield the pages of a PDF that hold text, each by its number."""
    import pypdfium2

    pdf = pypdfium2.PdfDocument(path)
    try:
        for number in range(len(pdf)):
            text = _page_text(pdf, number)
            if text:
                yield Section(heading="", place={"page": number + 1}, text=text)
    finally:
        pdf.close()


def text_of(root: "Element") -> str:
    """Return what is read of a page: one line for each block, and no script, style or ruby."""
    pieces: list[str] = []
    _collect(root, pieces)
    lines = (_SPACE.sub(" ", line).strip() for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _collect(element: "Element", pieces: list[str]) -> None:
    # Without recursion: the depth is a stranger's to choose.
    waiting: list[tuple[Element, bool]] = [(element, False)]
    while waiting:
        here, is_done = waiting.pop()
        name = _name(here)
        if not is_done:
            if name not in UNREAD:
                if name in BLOCKS:
                    pieces.append("\n")
                pieces.append(_flat(here.text))
                waiting.append((here, True))
                waiting.extend((inner, False) for inner in reversed(here))
                continue
        elif name in BLOCKS:
            pieces.append("\n")
        if here is not element:
            pieces.append(_flat(here.tail))


def _flat(text: str | None) -> str:
    return _SPACE.sub(" ", text or "")


def _name(element: "Element") -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else "script"


def _first_heading(root: "Element") -> str:
    for element in root.iter():
        if _name(element) in HEADINGS:
            return plain("".join(element.itertext()))
    return ""


def _page_text(pdf: "object", number: int) -> str:
    import pypdfium2

    try:
        page = pdf[number]  # type: ignore[index]  # a PdfDocument, which has no types
        text = page.get_textpage().get_text_bounded()
        page.close()
    except pypdfium2.PdfiumError:
        return ""  # one page that cannot be read keeps nobody from finding the others
    lines = (_SPACE.sub(" ", _visible(line)).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _visible(text: str) -> str:
    return "".join(each if each.isprintable() or each.isspace() else "" for each in text)


__all__ = ["Section", "Unfit", "sections_of_epub", "sections_of_pdf", "text_of"]
