"""Open a zip that nobody vouches for: every entry checked before and while it is read."""

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from content.services.judge.found import Unfit, plain

MEGABYTE = 1024 * 1024
MOST_ENTRIES = 5000
LARGEST_ENTRY = 256 * MEGABYTE
LARGEST_WHOLE = 1024 * MEGABYTE
SUSPECT_SIZE = 24 * MEGABYTE
SUSPECT_RATIO = 120
PIECE = 256 * 1024
LONGEST_NAME = 400
_DRIVE = re.compile(r"^[A-Za-z]:")
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class SafeZip:
    """The files of a checked zip by name; reading one never gives more than it declared."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._zip = opened
        entries = opened.infolist()
        if len(entries) > MOST_ENTRIES:
            raise Unfit("epub_entries", count=len(entries), most=MOST_ENTRIES)
        for entry in entries:
            _check_entry(entry)
        self._entries = {e.filename: e for e in entries if not e.is_dir()}
        if len(self._entries) != sum(1 for e in entries if not e.is_dir()):
            raise Unfit("epub_doubled")
        _check_sizes(list(self._entries.values()))

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    @property
    def names(self) -> list[str]:
        return list(self._entries)

    def size(self, name: str) -> int:
        return self._entries[name].file_size

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the entry in pieces; Unfit when it is broken or not as long as it said."""
        entry = self._entries[name]
        length = 0
        try:
            with self._zip.open(entry) as file:
                while piece := file.read(PIECE):
                    length += len(piece)
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as bad:
            raise Unfit("epub_damaged", name=plain(name)) from bad
        if length != entry.file_size:
            raise Unfit("epub_sizes", name=plain(name))

    def read(self, name: str, most: int) -> bytes:
        """Return the whole entry, which may hold `most` bytes."""
        if self.size(name) > most:
            raise Unfit("epub_bomb")
        return b"".join(self.pieces(name))


@contextmanager
def open_safely(path: Path) -> Iterator[SafeZip]:
    """Open the zip at `path`; Unfit when it is no zip or one of its entries is hostile."""
    try:
        opened = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as bad:
        raise Unfit("epub_cut_short") from bad
    with opened:
        yield SafeZip(opened)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    path = PurePosixPath(name)
    if (
        not name.isprintable()
        or len(name) > LONGEST_NAME
        or "\\" in name
        or path.is_absolute()
        or ".." in path.parts
        or _DRIVE.match(name)
    ):
        raise Unfit("epub_names", name=plain(name))
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Unfit("epub_links", name=plain(name))
    if entry.flag_bits & 0x1:
        raise Unfit("epub_password")
    if entry.compress_type not in _PACKINGS:
        raise Unfit("epub_packing")


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    whole = sum(e.file_size for e in entries)
    packed = sum(e.compress_size for e in entries)
    largest = max((e.file_size for e in entries), default=0)
    if whole > LARGEST_WHOLE or largest > LARGEST_ENTRY:
        raise Unfit("epub_bomb")
    if whole > SUSPECT_SIZE and whole > SUSPECT_RATIO * max(packed, 1):
        raise Unfit("epub_bomb")
