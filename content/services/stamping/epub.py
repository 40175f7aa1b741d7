"""Put a line at the end of each chapter of an EPUB, a page at its end, and a mark inside.

It works on what the judge wrote: each tag closed by its own, no comments, `<` only in tags.
Nothing before the line moves, so places, bookmarks and notes (EPUB CFI) are the same in the book as
it came and in every copy: the page of its own stands last in the spine, and not first.
"""

import io
import re
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from content.services.judge.found import Unfit
from content.services.judge.package import LARGEST_PACKAGE, Item, Package
from content.services.judge.zipped import PIECE, open_safely
from content.services.stamping.marks import marks_of, written

LARGEST_PAGE = 32 * 1024 * 1024
PAGE_NAME = "sevenfold-copy.xhtml"
PAGE_ID = "sevenfold-copy"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_BODY_END = re.compile(rb"</(?:[\w.-]+:)?body\s*>(?=\s*</(?:[\w.-]+:)?html\s*>\s*$)")
_ENDS = {
    name: re.compile(rb"</((?:[\w.-]+:)?)%s\s*>" % name.encode())
    for name in ("metadata", "manifest", "spine")
}
_BODY = re.compile(rb"<(?:[\w.-]+:)?body[\s>]")
_LETTER = re.compile(rb">[^<]*[^\s<][^<]*<")
_SHORTEST = 40
"""A page of a cover or a picture holds fewer letters than this, and is left as it is."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a copy says: the line, and on its own page the heading above it."""

    line: str
    heading: str
    language: str
    is_rtl: bool
    mark: str


def stamp_epub(source: Path, target: Path, words: Words) -> None:
    """Write `source` to `target` with its holder's line; Unfit when it cannot be set."""
    with open_safely(source) as box:
        package = Package(box)
        content = box.read(package.path, LARGEST_PACKAGE)
        is_fixed = b"pre-paginated" in content
        changed = {package.path: _with_page(content, words, is_fixed=is_fixed)}
        for item in _chapter_ends(package):
            page = _with_line(box.read(item.path, LARGEST_PAGE), words, is_fixed=is_fixed)
            if page is not None:
                changed[item.path] = page
        own = _beside(package.path, PAGE_NAME)
        if own in box:
            raise Unfit("unstampable")
        _write(source, target, changed, {own: _page(words)})


def try_it(clean: Path, room: Path) -> None:
    """Stamp the file for nobody and throw the copy away; Unfit if it could not be stamped."""
    target = room / "dry-copy.epub"
    try:
        stamp_epub(clean, target, Words("", "", "en", is_rtl=False, mark="2" * 14))
        with open_safely(target) as box:
            Package(box)
    finally:
        target.unlink(missing_ok=True)


def marks_in_epub(path: Path) -> set[str]:
    """Return the marks found in an EPUB, or in any other zip of files."""
    found: set[str] = set()
    with open_safely(path) as box:
        for name in box.names:
            found |= marks_of([name.encode()])
            found |= marks_of(box.pieces(name))
    return found


def _chapter_ends(package: Package) -> list[Item]:
    """Return the pages after which a new chapter begins, and the last one.

    Without a table of contents every page of the spine counts as a chapter.
    """
    begins = {entry.target.partition("#")[0] for entry in package.contents()}
    spine = list(dict.fromkeys(package.spine))
    ends = [
        page
        for page, following in zip(spine, [*spine[1:], None], strict=True)
        if following is None or not begins or following.path in begins
    ]
    return [page for page in ends if "nav" not in page.properties]


def _with_line(page: bytes, words: Words, *, is_fixed: bool) -> bytes | None:
    """Return a chapter with the line as the last thing in it; None for a page of a picture."""
    end = _BODY_END.search(page)
    begin = _BODY.search(page)
    if begin is None or end is None:
        return None
    if sum(len(text) for text in _LETTER.findall(page[begin.start() :])) < _SHORTEST:
        return None
    return page[: end.start()] + _line(words, is_fixed=is_fixed).encode() + page[end.start() :]


def _line(words: Words, *, is_fixed: bool) -> str:
    """Return the line as markup of its own, whatever prefix and style the page has.

    On a page of fixed layout it lies at the foot, as on paper, and pushes nothing out of it.
    """
    where = (
        "position:absolute;left:0;right:0;bottom:.5%;margin:0"
        if is_fixed
        else "clear:both;margin:2em 0 0;padding:.6em 0 0;border-top:1px solid"
    )
    style = (
        f"{where};text-align:center;text-indent:0;font-size:.75em;line-height:1.4;opacity:.7;"
        "page-break-inside:avoid;page-break-before:avoid;break-before:avoid"
    )
    return (
        f'<div xmlns="http://www.w3.org/1999/xhtml" class={quoteattr(written(words.mark))}'
        f" dir={quoteattr(_way(words))} lang={quoteattr(words.language)}"
        f" xml:lang={quoteattr(words.language)} style={quoteattr(style)}>{escape(words.line)}</div>"
    )


def _way(words: Words) -> str:
    return "rtl" if words.is_rtl else "ltr"


def _page(words: Words) -> bytes:
    style = "text-align:center;margin:30% 8% 0;line-height:1.6"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml"'
        f" lang={quoteattr(words.language)} xml:lang={quoteattr(words.language)}"
        f" dir={quoteattr(_way(words))}><head><title>{escape(words.heading)}</title></head>"
        f"<body class={quoteattr(written(words.mark))}>"
        f"<section style={quoteattr(style)}><h2>{escape(words.heading)}</h2>"
        f"<p>{escape(words.line)}</p></section></body></html>"
    ).encode()


def _with_page(content: bytes, words: Words, *, is_fixed: bool) -> bytes:
    """Return the package with the mark in its metadata and the page at the end of its spine."""
    flows = ' properties="rendition:layout-reflowable"' if is_fixed else ""
    meta = (
        f'<%smeta name="{PAGE_ID}" content={quoteattr(written(words.mark))}/>'
        f'<%smeta name="{PAGE_ID}-of" content={quoteattr(words.line)}/>'
    )
    item = (
        f'<%sitem id={quoteattr(PAGE_ID)} href="{PAGE_NAME}" media-type="application/xhtml+xml"/>'
    )
    for name, added in (
        ("metadata", meta),
        ("manifest", item),
        ("spine", f"<%sitemref idref={quoteattr(PAGE_ID)}{flows}/>"),
    ):
        ends = list(_ENDS[name].finditer(content))
        if not ends:
            raise Unfit("unstampable")
        at, prefix = ends[-1].start(), ends[-1][1]
        text = added.replace("%s", prefix.decode()).encode()
        content = content[:at] + text + content[at:]
    return content


def _beside(path: str, name: str) -> str:
    return str(PurePosixPath(path).parent / name)


def _write(source: Path, target: Path, changed: dict[str, bytes], added: dict[str, bytes]) -> None:
    """Copy the zip entry by entry; what did not change is copied as it is packed."""
    with (
        source.open("rb") as raw,
        zipfile.ZipFile(source) as box,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for entry in box.infolist():
            if entry.filename in changed:
                out.writestr(_entry(entry.filename), changed[entry.filename])
            elif not entry.is_dir():
                _copy_packed(raw, entry, out)
        for name, content in added.items():
            out.writestr(_entry(name), content)


def _copy_packed(raw: IO[bytes], entry: zipfile.ZipInfo, out: zipfile.ZipFile) -> None:
    """Copy one entry without unpacking it, which `zipfile` itself has no word for."""
    raw.seek(entry.header_offset)
    header = _LOCAL_HEADER.unpack(raw.read(_LOCAL_HEADER.size))
    raw.seek(header[-2] + header[-1], io.SEEK_CUR)
    fresh = _entry(entry.filename)
    fresh.compress_type = entry.compress_type
    fresh.CRC, fresh.file_size = entry.CRC, entry.file_size
    fresh.compress_size = left = entry.compress_size
    file = out.fp
    if file is None:
        raise Unfit("unstampable")
    file.seek(out.start_dir)
    fresh.header_offset = file.tell()
    file.write(fresh.FileHeader())
    while left and (piece := raw.read(min(left, PIECE))):
        file.write(piece)
        left -= len(piece)
    out.start_dir = file.tell()
    out.filelist.append(fresh)
    out.NameToInfo[fresh.filename] = fresh


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, FIRST_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
