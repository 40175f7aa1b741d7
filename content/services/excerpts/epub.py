"""Make a small EPUB of some chapters of a large one: their pages, and what those show.

It works on what the judge wrote: each tag closed by its own, no comments, attributes quoted.
"""

import re
import zipfile
from collections.abc import Sequence
from html import unescape
from pathlib import Path

from content.services.excerpts.chapters import FRONT, begins_of, front_of, pages_of
from content.services.excerpts.ending import Ending
from content.services.excerpts.package import Made, package_of
from content.services.judge.epub import FIRST_DAY, LARGEST_PAGE, MEDIA_TYPE
from content.services.judge.found import Unfit
from content.services.judge.package import CONTAINER, LARGEST_PACKAGE, PAGE_TYPES, Item, Package
from content.services.judge.package import resolve as place_of
from content.services.judge.zipped import SafeZip, open_safely

_SHOWN = re.compile(
    r"""<(?!(?:[\w.-]+:)?a[\s>])[\w:.-]+\b[^>]*?\s(?:src|poster|data|(?:xlink:)?href)="""
    r"""(?:"([^"]*)"|'([^']*)')"""
)
_MORE = re.compile(r"""\s(?:src|poster|data|(?:xlink:)?href)=(?:"([^"]*)"|'([^']*)')""")
_SETS = re.compile(r"""\ssrcset=(?:"([^"]*)"|'([^']*)')""")
_ADDRESS = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)|@import\s+["']([^"']+)["']""")
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_NAMED = re.compile(r"[.#]([\w-]+)")
_CLASSES = re.compile(r"""\s(?:class|id)=(?:"([^"]*)"|'([^']*)')""")
_LINK = re.compile(
    r"""(<(?:[\w.-]+:)?a\b[^>]*?)\s(?:xlink:)?href=(?:"([^"]*)"|'([^']*)')""",
)
_TEXT = re.compile(rb">([^<]*)")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def excerpt_epub(source: Path, target: Path, chosen: Sequence[str], ending: Ending) -> None:
    """Write the chapters that begin at the pages ``chosen`` to ``target``.

    Unfit ``unmatched`` when one of them is no page of this book.
    """
    with open_safely(source) as box:
        package = Package(box)
        book = _Book(box, package)
        pages = book.pages_of(chosen)
        kept = book.with_what_they_show(pages)
        made = Made(
            pages=[package.items[book.identifier_of(path)] for path in pages],
            others=[package.items[book.identifier_of(path)] for path in kept if path not in pages],
            lines=book.lines_of(pages),
        )
        with zipfile.ZipFile(target, "w") as out:
            out.writestr(_entry("mimetype", zipfile.ZIP_STORED), MEDIA_TYPE)
            out.writestr(_entry(CONTAINER), box.read(CONTAINER, LARGEST_PACKAGE))
            for name, content in package_of(box, package, made, ending).items():
                out.writestr(_entry(name), content)
            for path in kept:
                book.write(out, path, kept)


class _Book:
    """The large book, asked about its pages."""

    def __init__(self, box: SafeZip, package: Package) -> None:
        self._box = box
        self._package = package
        self.spine = list(dict.fromkeys(item.path for item in package.spine))
        self._contents = [(each.title, each.target, each.depth) for each in package.contents()]
        self._items = {item.path: item for item in package.items.values()}
        self._names: set[str] = set()

    def identifier_of(self, path: str) -> str:
        return self._items[path].identifier

    def pages_of(self, chosen: Sequence[str]) -> list[str]:
        """Return the cover and title page, and the pages of the chosen chapters."""
        begins = [
            self._contents[number][1].partition("#")[0]
            for number in begins_of(self.spine, self._contents)
        ]
        if not chosen or not set(chosen) <= set(begins or self.spine):
            raise Unfit("unmatched")
        pages = pages_of(self.spine, begins, chosen)
        front = [path for path in front_of(self.spine, begins) if self._words(path) < FRONT]
        navigation = {item.path for item in self._items.values() if "nav" in item.properties}
        return [path for path in self.spine if path in {*front, *pages} - navigation]

    def _words(self, path: str) -> int:
        text = self._box.read(path, LARGEST_PAGE)
        return sum(len(piece.split()) for piece in _TEXT.findall(text))

    def lines_of(self, pages: Sequence[str]) -> list[tuple[str, str, int]]:
        """Return the lines of the contents that lead to these pages."""
        return [line for line in self._contents if line[1].partition("#")[0] in set(pages)]

    def with_what_they_show(self, pages: Sequence[str]) -> list[str]:
        """Return the pages and, each once, what is shown with them: pictures, styles, fonts."""
        texts = {path: self._text(path) for path in pages}
        for text in texts.values():
            for found in _CLASSES.findall(text):
                self._names.update("".join(found).split())
        kept, waiting = list(pages), list(pages)
        while waiting:
            path = waiting.pop(0)
            for shown in self._shown_by(path, texts.get(path)):
                item = self._items.get(shown)
                if item and shown in self._box and shown not in kept and _may_come(item):
                    kept.append(shown)
                    waiting.append(shown)
        return kept

    def _shown_by(self, path: str, text: str | None) -> list[str]:
        media_type = self._items[path].media_type
        if media_type == "text/css":
            addresses = self._of_styles(self._text(path))
        elif text is not None or media_type.endswith("+xml"):
            addresses = self._of_page(text if text is not None else self._text(path))
        else:
            return []
        return [place_of(path, each) for each in addresses if not _SCHEME.match(each)]

    def _of_page(self, text: str) -> list[str]:
        found = []
        for tag in _SHOWN.finditer(text):
            found += [unescape("".join(each)) for each in _MORE.findall(tag[0])]
        for each in _SETS.findall(text):
            found += [piece.split()[0] for piece in unescape("".join(each)).split(",") if piece]
        return found + ["".join(each) for each in _ADDRESS.findall(unescape(text))]

    def _of_styles(self, text: str) -> list[str]:
        """Return what a style sheet fetches, without the pictures of pages that are not here."""
        found = ["".join(each) for each in _ADDRESS.findall(_RULE.sub("", text))]
        for selector, body in _RULE.findall(text):
            named = set(_NAMED.findall(selector))
            if not named or named & self._names:
                found += ["".join(each) for each in _ADDRESS.findall(body)]
        return found

    def _text(self, path: str) -> str:
        return self._box.read(path, LARGEST_PAGE).decode(errors="replace")

    def write(self, out: zipfile.ZipFile, path: str, kept: Sequence[str]) -> None:
        if self._items[path].media_type in PAGE_TYPES:
            text = _without_dead_links(self._text(path), path, kept)
            out.writestr(_entry(path), text.encode())
            return
        with out.open(_entry(path), "w") as file:
            for piece in self._box.pieces(path):
                file.write(piece)


def _may_come(item: Item) -> bool:
    """Whether a page's link to a file means that it is shown in the page: no other page is."""
    return item.media_type not in PAGE_TYPES and "ncx" not in item.media_type


def _without_dead_links(text: str, path: str, kept: Sequence[str]) -> str:
    """Return a page whose links to what is not here are words again."""

    def link(found: re.Match[str]) -> str:
        address = unescape(found[2] if found[2] is not None else found[3])
        is_here = not address.partition("#")[0] or place_of(path, address) in kept
        return found[0] if is_here or _SCHEME.match(address) else found[1]

    return _LINK.sub(link, text)


def _entry(name: str, packing: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, FIRST_DAY)
    entry.compress_type = packing
    entry.external_attr = 0o644 << 16
    return entry
