"""Judge an EPUB and write its clean copy: only what its manifest lists, without scripts."""

import re
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

from content.services.judge.bare import is_picture, laid_bare
from content.services.judge.found import Unfit, plain
from content.services.judge.package import (
    CONTAINER,
    ENCRYPTION,
    LARGEST_PACKAGE,
    PAGE_TYPES,
    Item,
    Package,
    check_not_locked,
)
from content.services.judge.pictures import LARGEST_PICTURE, check_picture
from content.services.judge.scrub import scrub
from content.services.judge.zipped import SafeZip, open_safely

MEDIA_TYPE = "application/epub+zip"
LARGEST_PAGE = 32 * 1024 * 1024
LARGEST_COVER = 16 * 1024 * 1024
_TEXT = re.compile(rb">([^<]*)")
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_XML_TYPES = frozenset({"application/smil+xml", "application/x-dtbncx+xml", "application/xml"})
_PROGRAMS = (b"MZ", b"\x7fELF", b"PK\x03\x04", b"%PDF-", b"#!")
_PICTURES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif"}


def judge_epub(path: Path, into: Path) -> dict[str, Any]:
    """Return the facts of the EPUB at `path` and write `clean.epub` (and a cover) in `into`."""
    with open_safely(path) as box:
        check_not_locked(box)
        package = Package(box)
        copy = _Copy(box, package, into / "clean.epub")
        copy.write()
        contents = package.contents()
        if not contents:
            copy.warn("no_contents")
        return {
            "kind": "epub",
            "media_type": MEDIA_TYPE,
            "clean": str(copy.path),
            "title": package.text("title"),
            "author": package.text("creator"),
            "language": package.text("language")[:35],
            "direction": package.direction,
            "description": package.text("description"),
            "sections": len(package.spine),
            "spine": [(item.path, copy.words.get(item.path, 0)) for item in package.spine],
            "cover": _cover(box, package.cover, into),
            "contents": [(entry.title, entry.target, entry.depth) for entry in contents],
            "warnings": copy.warnings,
        }


class _Copy:
    """The clean copy while it is written."""

    def __init__(self, box: SafeZip, package: Package, path: Path) -> None:
        self._box = box
        self._package = package
        self.path = path
        self.warnings: list[tuple[str, dict[str, str | int]]] = []
        self.words: dict[str, int] = {}
        """How much there is to read in each page."""
        self._scripts = 0
        self._remote = 0
        self._left_out = 0

    def warn(self, code: str, **detail: str | int) -> None:
        self.warnings.append((code, detail))

    def write(self) -> None:
        with zipfile.ZipFile(self.path, "w") as out:
            out.writestr(_entry("mimetype", zipfile.ZIP_STORED), MEDIA_TYPE)
            for name in (CONTAINER, ENCRYPTION, self._package.path):
                if name in self._box:
                    self._write_xml(out, name)
            written = {"mimetype", CONTAINER, ENCRYPTION, self._package.path}
            for item in self._package.items.values():
                if item.path in self._box and item.path not in written:
                    written.add(item.path)
                    self._write_item(out, item)
        self._left_out += sum(1 for name in self._box.names if name not in written)
        for code, count in (
            ("scripts_removed", self._scripts),
            ("remote_removed", self._remote),
            ("left_out", self._left_out),
        ):
            if count:
                self.warn(code, count=count)

    def _write_item(self, out: zipfile.ZipFile, item: Item) -> None:
        if "javascript" in item.media_type or "ecmascript" in item.media_type:
            # The manifest may go on naming it; an empty script does nothing.
            self._scripts += 1
            out.writestr(_entry(item.path), b"")
        elif _is_marked_up(item):
            self._write_xml(out, item.path, page=item.media_type in PAGE_TYPES)
        else:
            self._write_bytes(out, item)

    def _write_xml(self, out: zipfile.ZipFile, name: str, *, page: bool = False) -> None:
        most = LARGEST_PAGE if page else LARGEST_PACKAGE
        clean = scrub(self._box.read(name, most), name, doctype="<!DOCTYPE html>\n" if page else "")
        self._scripts += clean.scripts
        self._remote += clean.remote
        if page:
            self.words[name] = sum(len(text.split()) for text in _TEXT.findall(clean.content))
        out.writestr(_entry(name), clean.content)

    def _write_bytes(self, out: zipfile.ZipFile, item: Item) -> None:
        if item.media_type.startswith("image/"):
            check_picture(self._box, item)
        pieces = self._box.pieces(item.path)
        first = next(pieces, b"")
        if first.startswith(_PROGRAMS):
            self._left_out += 1
            for _ in pieces:
                pass
            return
        if is_picture(first) and self._box.size(item.path) <= LARGEST_PICTURE:
            try:
                out.writestr(_entry(item.path), laid_bare(first + b"".join(pieces)))
            except ValueError as bad:
                raise Unfit("epub_picture", name=plain(item.path)) from bad
            return
        with out.open(_entry(item.path), "w") as file:
            file.write(first)
            for piece in pieces:
                file.write(piece)


def _entry(name: str, packing: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, FIRST_DAY)
    entry.compress_type = packing
    entry.external_attr = 0o644 << 16
    return entry


def _is_marked_up(item: Item) -> bool:
    """Whether a reader could take the file for a page, by its type or by its name."""
    suffix = PurePosixPath(item.path).suffix.lower()
    return (
        item.media_type in PAGE_TYPES | _XML_TYPES
        or item.media_type.endswith(("+xml", "/xml"))
        or suffix in {".xhtml", ".html", ".htm", ".svg", ".xml", ".xht", ".ncx", ".smil"}
    )


def cover_in(path: Path, into: Path) -> str | None:
    """Write the cover of the EPUB at `path` into the folder `into`; return where, or None."""
    with open_safely(path) as box:
        return _cover(box, Package(box).cover, into)


def _cover(box: SafeZip, item: Item | None, into: Path) -> str | None:
    if item is None or item.path not in box or item.media_type not in _PICTURES:
        return None
    path = into / f"cover{_PICTURES[item.media_type]}"
    try:
        path.write_bytes(box.read(item.path, LARGEST_COVER))
    except Unfit as unfit:
        raise Unfit("epub_picture", name=plain(item.path)) from unfit
    return str(path)
