"""Tell the kind of a file from its first bytes, whatever its name says."""

from pathlib import Path

from content.services.judge.found import Kind, Unfit

HEAD = 2048
STILL = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"})
SOUND = frozenset({b"M4A ", b"M4B ", b"M4P "})
QUICKTIME = b"qt  "
_OLD_FILMS = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip"})
"""What a QuickTime film begins with when it does not name its brand."""
PDF_MARK = b"%PDF-"
BLANK = b"\xef\xbb\xbf \t\r\n\x00"
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!")
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_PAGES = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<body", b"<head")
_OTHER = {
    b"\xd0\xcf\x11\xe0": "old_office",
    b"{\\rtf": "word",
    b"Rar!": "archive",
    b"7z\xbc\xaf": "archive",
    b"\x1f\x8b": "archive",
    b"OggS": "sound",
    b"fLaC": "sound",
}


def sniff(path: Path) -> Kind:
    """Return what it seems to be ("epub" for any zip, "mp4" for most of its family), or raise Unfit
    for what is none of ours."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise Unfit("empty")
    start = head.lstrip(BLANK)
    if start.startswith(PDF_MARK):
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "epub"
    if head.startswith(b"ID3") or is_frame(head[:4]):
        return "mp3"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if _brand(head) == QUICKTIME or head[4:8] in _OLD_FILMS:
        return "mov"
    if _brand(head) in SOUND:
        return "m4a"
    if _brand(head) not in {b"", *STILL}:
        return "mp4"
    raise Unfit(_stranger(head, start))


def is_frame(head: bytes) -> bool:
    """Whether these four bytes begin a frame of MPEG audio, layer III (ISO 11172-3, 2.4.1.3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:  # noqa: PLR2004 -- sync and layer
        return False
    version, rate, bits = head[1] >> 3 & 3, head[2] >> 2 & 3, head[2] >> 4
    return version != 1 and rate != 3 and 0 < bits < 15  # noqa: PLR2004 -- what is reserved


def _stranger(head: bytes, start: bytes) -> str:
    if head.startswith(_PROGRAMS):
        return "program"
    if any(mark in head.lower() for mark in _PAGES):
        return "web_page"
    if head.startswith(_PICTURES) or _brand(head) in STILL:
        return "picture"
    if head[60:68] in {b"BOOKMOBI", b"TEXtREAd"}:
        return "kindle"
    if head[4:8] == b"ftyp" or head[:4] in {b"RIFF", b"\x1aE\xdf\xa3"}:
        return "sound"
    return next((code for mark, code in _OTHER.items() if start.startswith(mark)), "unknown")


def _brand(head: bytes) -> bytes:
    return head[8:12] if head[4:8] == b"ftyp" else b""
