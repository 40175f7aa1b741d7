"""Files for the judge, honest and hostile, each built here and nowhere stored."""

import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

import pikepdf
from PIL import Image

SAMPLES = Path(os.environ.get("SAMPLE_BOOKS") or "no-samples")
"""A folder of real books to try things with, where somebody has one."""

CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" '
    'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="E/book.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)
NAV = (
    '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
    '<head><title>t</title></head><body><nav epub:type="toc"><ol>'
    '<li><a href="one.xhtml">One</a><ol><li><a href="one.xhtml#b">Half</a></li></ol></li>'
    "</ol></nav></body></html>"
)
OPF = """<?xml version="1.0"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">x</dc:identifier>
<dc:title>{title}</dc:title><dc:creator>Alice</dc:creator><dc:language>{language}</dc:language>
</metadata><manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="one" href="one.xhtml" media-type="application/xhtml+xml"/>{items}
</manifest><spine{spine}><itemref idref="one"/></spine></package>"""


def page(body: str = "<p>Hello</p>", head: str = "", before: str = "") -> str:
    return (
        f'{before}<html xmlns="http://www.w3.org/1999/xhtml"><head><title>t</title>{head}</head>'
        f"<body>{body}</body></html>"
    )


def opf(title: str = "A book", language: str = "en", items: str = "", spine: str = "") -> str:
    return OPF.format(title=title, language=language, items=items, spine=spine)


def epub_files(**over: str | bytes | None) -> dict[str, str | bytes]:
    """The files of a small book; keywords (one, nav, opf, container) replace or remove (None)."""
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": over.pop("container", CONTAINER),
        "E/book.opf": over.pop("opf", opf()),
        "E/nav.xhtml": over.pop("nav", NAV),
        "E/one.xhtml": over.pop("one", page()),
    }
    assert not over
    return {name: content for name, content in files.items() if content is not None}


def write_zip(path: Path, files: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            out.writestr(name, content)
    return path


def epub(
    path: Path, extra: dict[str, str | bytes] | None = None, **over: str | bytes | None
) -> Path:
    return write_zip(path, epub_files(**over) | (extra or {}))


def picture(size: tuple[int, int] = (40, 60), kind: str = "JPEG", colour: str = "#aa3311") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def flood(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it is enormous."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def pdf(path: Path, pages: int = 2, **over: object) -> Path:
    """A small PDF; `over` goes to pikepdf's save (encryption=…)."""
    with new_pdf(pages) as made:
        made.save(path, **over)
    return path


def new_pdf(pages: int = 2) -> pikepdf.Pdf:
    made = pikepdf.new()
    for number in range(pages):
        made.add_blank_page(page_size=(400, 600))
        made.pages[-1].Contents = made.make_stream(b"BT ET % page " + str(number).encode())
    made.docinfo["/Title"] = "A guide"
    made.docinfo["/Author"] = "Alice"
    return made
