"""Read an EPUB's package: container, metadata, manifest, spine and table of contents."""

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import defusedxml.ElementTree as SafeTree

from content.services.judge.found import MOST_ENTRIES, Direction, Entry, Unfit, direction_of, plain
from content.services.judge.scrub import scrub
from content.services.judge.zipped import SafeZip

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
LARGEST_PACKAGE = 16 * 1024 * 1024
PAGE_TYPES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})
_FONT_ALGORITHMS = frozenset(
    {"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"}
)
_TYPE = "{http://www.idpf.org/2007/ops}type"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the manifest; `path` is its place in the zip."""

    identifier: str
    path: str
    media_type: str
    properties: frozenset[str]


class Package:
    """What the package file says, resolved to places in the zip."""

    def __init__(self, box: SafeZip) -> None:
        self._box = box
        self.path = _package_path(box)
        self._root = tree(box, self.path)
        self.items = self._read_items()
        self.spine = self._read_spine()

    def text(self, name: str) -> str:
        """Return the first Dublin Core element of that name."""
        found = self._root.findtext(f".//{{http://purl.org/dc/elements/1.1/}}{name}")
        return plain(found)

    @property
    def direction(self) -> Direction:
        spine = self._root.find("{*}spine")
        said = "" if spine is None else spine.get("page-progression-direction", "")
        if said == "rtl":
            return "rtl"
        return "ltr" if said == "ltr" else direction_of(self.text("language"))

    @property
    def cover(self) -> Item | None:
        """The picture the package calls its cover, in EPUB 3's way or in EPUB 2's."""
        old = {
            meta.get("content", "")
            for meta in self._root.iterfind(".//{*}meta")
            if meta.get("name") == "cover"
        }
        for item in self.items.values():
            if "cover-image" in item.properties or item.identifier in old:
                return item
        return None

    def contents(self) -> tuple[Entry, ...]:
        """Return the table of contents from the navigation page, else the NCX, else nothing."""
        for item in self.items.values():
            if "nav" in item.properties and item.path in self._box:
                return tuple(_from_nav(tree(self._box, item.path), item.path))[:MOST_ENTRIES]
        for item in self.items.values():
            if item.media_type == "application/x-dtbncx+xml" and item.path in self._box:
                return tuple(_from_ncx(tree(self._box, item.path), item.path))[:MOST_ENTRIES]
        return ()

    def _read_items(self) -> dict[str, Item]:
        items = {}
        for element in self._root.iterfind("{*}manifest/{*}item"):
            item = Item(
                identifier=element.get("id", ""),
                path=resolve(self.path, element.get("href", "")),
                media_type=element.get("media-type", "").strip().lower(),
                properties=frozenset(element.get("properties", "").split()),
            )
            items[item.identifier] = item
        return items

    def _read_spine(self) -> list[Item]:
        spine = []
        for element in self._root.iterfind("{*}spine/{*}itemref"):
            item = self.items.get(element.get("idref", ""))
            if item is None or item.path not in self._box:
                missing = item.path if item else element.get("idref", "")
                raise Unfit("epub_missing", name=plain(missing))
            spine.append(item)
        if not spine:
            raise Unfit("epub_no_chapters")
        return spine


def tree(box: SafeZip, name: str) -> "Element":
    """Parse a file of the box, scrubbed first, so named characters and DTDs do no harm."""
    return SafeTree.fromstring(scrub(box.read(name, LARGEST_PACKAGE), name).content)


def resolve(base: str, href: str) -> str:
    """Return the place in the zip that `href` in the file `base` means."""
    path = unquote(urlsplit(href).path)
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), path))


def check_not_locked(box: SafeZip) -> None:
    """Raise Unfit when more than fonts is encrypted: the book is locked to a shop or a person."""
    if ENCRYPTION not in box:
        return
    for element in tree(box, ENCRYPTION).iterfind(".//{*}EncryptionMethod"):
        if element.get("Algorithm") not in _FONT_ALGORITHMS:
            raise Unfit("epub_drm")


def _package_path(box: SafeZip) -> str:
    if CONTAINER not in box:
        raise Unfit(_not_a_book(box))
    rootfile = tree(box, CONTAINER).find(".//{*}rootfile")
    path = "" if rootfile is None else rootfile.get("full-path", "")
    if path not in box:
        raise Unfit("epub_no_package")
    return path


def _not_a_book(box: SafeZip) -> str:
    if "[Content_Types].xml" in box or any(n.endswith("content.xml") for n in box.names):
        return "word"
    if any(name.lower().endswith((".epub", ".pdf")) for name in box.names):
        return "packed"
    return "archive" if "mimetype" not in box else "epub_no_container"


def _from_nav(root: "Element", path: str) -> list[Entry]:
    navs = root.findall(".//{*}nav")
    nav = next((n for n in navs if "toc" in n.get(_TYPE, "").split()), navs[0] if navs else None)
    entries: list[Entry] = []
    if nav is not None:
        for top in nav.iterfind("{*}ol"):
            _walk_list(top, path, 0, entries)
    return entries


def _walk_list(top: "Element", path: str, depth: int, entries: list[Entry]) -> None:
    for line in top.iterfind("{*}li"):
        label = line.find("{*}a")
        target = _target(path, label.get("href", "")) if label is not None else ""
        if label is None:
            label = line.find("{*}span")
        if label is not None:
            entries.append(Entry(plain("".join(label.itertext())), target, depth))
        for inner in line.iterfind("{*}ol"):
            _walk_list(inner, path, depth + 1, entries)


def _from_ncx(root: "Element", path: str) -> list[Entry]:
    entries: list[Entry] = []
    waiting = [(point, 0) for point in reversed(root.findall("{*}navMap/{*}navPoint"))]
    while waiting:
        point, depth = waiting.pop()
        place = point.find("{*}content")
        target = _target(path, place.get("src", "")) if place is not None else ""
        title = plain(point.findtext("{*}navLabel/{*}text"))
        entries.append(Entry(title, target, depth))
        waiting.extend((inner, depth + 1) for inner in reversed(point.findall("{*}navPoint")))
    return entries


def _target(path: str, href: str) -> str:
    fragment = urlsplit(href).fragment
    return plain(resolve(path, href) + (f"#{fragment}" if fragment else ""))
