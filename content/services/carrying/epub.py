"""An EPUB as letters, and notes in it: from a CFI to letters and back. Never imports Django."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

import defusedxml.ElementTree as SafeTree

from content.services.carrying.cfi import Point, characters, read, units, written
from content.services.carrying.letters import Letters
from content.services.judge.found import Unfit
from content.services.judge.package import PAGE_TYPES, Package, tree
from content.services.judge.scrub import scrub
from content.services.judge.zipped import SafeZip, open_safely

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST_PAGE = 32 * 1024 * 1024


class EpubText:
    """The words of an EPUB, chapter by chapter in its spine."""

    def __init__(self, path: Path) -> None:
        self.letters = Letters()
        self._packages: list[tuple[int, ...]] = []
        self._sizes: list[int] = []
        with open_safely(path) as box:
            package = Package(box)
            self._titles = {
                entry.target.partition("#")[0]: entry.title for entry in package.contents()
            }
            self._paths: list[str] = []
            for section, (steps, href, is_linear) in enumerate(_spine(box, package)):
                self._packages.append(steps)
                self._paths.append(href)
                self._sizes.append(box.size(href) if is_linear and href in box else 0)
                self._read(box, href, section)
        self.letters.close()

    def span(self, anchor: dict[str, Any]) -> tuple[int, int] | None:
        """Return the letters a CFI stands for; both ends are the same for a point."""
        ends = read(str(anchor.get("cfi", "")))
        if ends is None:
            return None
        first, last = self._letter(ends[0]), self._letter(ends[1])
        if first is None or last is None:
            return None
        first = min(first, max(len(self.letters.row) - 1, 0))
        return first, max(first, last)

    def anchor(self, start: int, end: int | None = None) -> dict[str, Any]:
        """Return the anchor of a letter, or of letters from ``start`` to before ``end``."""
        first = self._point(start)
        if end is None:
            return {"cfi": written(first)}
        last = self._point(end - 1, after=True)
        if last.package != first.package:  # no range crosses chapters: it ends with the first
            last = self._end_of(first)
        return {"cfi": written(first, last)}

    def fraction(self, at: int) -> float:
        """Return how far along a letter is, as the reader counts: chapters by their size."""
        section = self.letters.where(at)[0].place[0]
        whole = sum(self._sizes) or 1
        before = sum(self._sizes[:section])
        begin, end = self.letters.bounds(section)
        along = (at - begin) / ((end - begin) or 1)
        return min(1.0, (before + self._sizes[section] * along) / whole)

    def chapter(self, at: int) -> str:
        """Return the title under which a letter stands, by the contents."""
        section = self.letters.where(at)[0].place[0]
        above = [self._titles[path] for path in self._paths[: section + 1] if path in self._titles]
        return above[-1] if above else ""

    def _read(self, box: SafeZip, href: str, section: int) -> None:
        try:
            root = SafeTree.fromstring(scrub(box.read(href, LARGEST_PAGE), href).content)
        except (Unfit, ParseError, KeyError):
            return  # a picture, or nothing to read
        for number, child in enumerate(root, start=1):
            if str(child.tag).rpartition("}")[2] == "body":
                for steps, text in _texts(child, (2 * number,)):
                    self.letters.add(text, (section, *steps))

    def _letter(self, point: Point) -> int | None:
        section = next(
            (n for n, steps in enumerate(self._packages) if steps == point.package), None
        )
        if section is None:
            return None
        place = (section, *point.steps)
        run = self.letters.run_at(place)
        index = characters(run.text, point.offset) if run is not None else 0
        return self.letters.at(place, index)

    def _point(self, at: int, *, after: bool = False) -> Point:
        run, index = self.letters.where(at)
        offset = units(run.text[: index + 1 if after else index])
        return Point(self._packages[run.place[0]], run.place[1:], offset)

    def _end_of(self, first: Point) -> Point:
        section = self._packages.index(first.package)
        run, _index = self.letters.where(self.letters.bounds(section)[1] - 1)
        return Point(first.package, run.place[1:], units(run.text))


def _spine(box: SafeZip, package: Package) -> Iterator[tuple[tuple[int, ...], str, bool]]:
    """Yield for each chapter its steps in the package, its place in the zip, whether it counts."""
    root = tree(box, package.path)
    for number, child in enumerate(root, start=1):
        if str(child.tag).rpartition("}")[2] != "spine":
            continue
        for index, itemref in enumerate(child, start=1):
            item = package.items.get(itemref.get("idref", ""))
            path = item.path if item is not None and item.media_type in PAGE_TYPES else ""
            yield (2 * number, 2 * index), path, itemref.get("linear") != "no"


def _texts(element: Element, steps: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], str]]:
    """Yield the text nodes below an element with their steps: texts are odd, elements even."""
    waiting: list[tuple[Any, tuple[int, ...], bool]] = [(element, steps, False)]
    while waiting:
        node, path, is_text = waiting.pop()
        if is_text:
            yield path, node
            continue
        inner: list[tuple[Any, tuple[int, ...], bool]] = [(node.text or "", (*path, 1), True)]
        for number, child in enumerate(node, start=1):
            inner.append((child, (*path, 2 * number), False))
            inner.append((child.tail or "", (*path, 2 * number + 1), True))
        waiting.extend(reversed(inner))
