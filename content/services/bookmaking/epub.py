"""Make an EPUB 3 of a manuscript: chapters, contents, pictures, cover, accessibility facts."""

import io
import re
import zipfile
from html import escape
from uuid import NAMESPACE_URL, uuid5

from content.services.bookmaking.manuscript import (
    Block,
    Book,
    Chapter,
    Figure,
    Heading,
    Listing,
    Note,
    Paragraph,
    Table,
)
from content.services.bookmaking.pictures import COVER_SIZE, draw, draw_cover

MEDIA_TYPE = "application/epub+zip"
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_CONTAINER = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    '<rootfiles><rootfile full-path="EPUB/package.opf" '
    'media-type="application/oebps-package+xml"/></rootfiles></container>'
)
_STYLE = """\
body { line-height: 1.6; margin: 0 5%; }
h1 { font-size: 1.7em; line-height: 1.2; margin: 2.5em 0 1.2em; text-wrap: balance; }
h2 { font-size: 1.2em; margin: 2em 0 .6em; }
h1, h2 { break-after: avoid; text-align: start; }
p { margin: 0 0 .9em; }
figure { margin: 1.6em 0; break-inside: avoid; text-align: center; }
figure img { max-width: 100%; height: auto; border-radius: 4px; }
figcaption { font-size: .85em; opacity: .75; margin-block-start: .5em; }
aside { border-inline-start: 3px solid COLOUR; padding-inline-start: 1em; margin: 1.5em 0; }
table { border-collapse: collapse; width: 100%; margin: 1.4em 0; font-size: .92em; }
th, td { border-block-end: 1px solid currentColor; padding: .4em .5em; text-align: start; }
li { margin-block-end: .4em; }
.cover { margin: 0; padding: 0; text-align: center; }
.cover img { max-width: 100%; max-height: 100vh; }
.title { text-align: center; margin-top: 25%; }
.title h1 { margin: 0 0 .4em; text-align: center; }
"""


def make_epub(book: Book) -> bytes:
    """Return the book as EPUB 3, byte for byte the same for the same manuscript."""
    pages = {"cover.xhtml": _cover_page(book), "title.xhtml": _title_page(book)}
    for number, chapter in enumerate(book.chapters, start=1):
        pages[_name(number)] = _page(book, chapter.title, _chapter(chapter))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        _add(box, book, "mimetype", MEDIA_TYPE, zipfile.ZIP_STORED)
        _add(box, book, "META-INF/container.xml", _CONTAINER)
        _add(box, book, "EPUB/package.opf", _package(book, list(pages)))
        _add(box, book, "EPUB/nav.xhtml", _navigation(book))
        _add(box, book, "EPUB/book.css", _STYLE.replace("COLOUR", book.colour))
        _add(box, book, "EPUB/cover.jpg", draw_cover(book), zipfile.ZIP_STORED)
        for name in book.figures:
            _add(box, book, f"EPUB/{name}.png", draw(name, book.colour), zipfile.ZIP_STORED)
        for name, text in pages.items():
            _add(box, book, f"EPUB/{name}", text)
    return out.getvalue()


def _add(
    box: zipfile.ZipFile,
    book: Book,
    name: str,
    content: str | bytes,
    packing: int = zipfile.ZIP_DEFLATED,
) -> None:
    entry = zipfile.ZipInfo(name, (book.year, 1, 1, 0, 0, 0))
    entry.compress_type = packing
    entry.external_attr = 0o644 << 16
    box.writestr(entry, content)


def _name(number: int) -> str:
    return f"chapter-{number:02}.xhtml"


def _page(book: Book, title: str, body: str, kind: str = "bodymatter") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        f'lang="{book.language}" xml:lang="{book.language}" dir="{book.direction}">'
        f"<head><title>{escape(title)}</title>"
        '<link rel="stylesheet" type="text/css" href="book.css"/></head>'
        f'<body epub:type="{kind}">{body}</body></html>'
    )


def _cover_page(book: Book) -> str:
    width, height = COVER_SIZE
    picture = f'<img src="cover.jpg" alt="{escape(book.title)}" width="{width}" height="{height}"/>'
    return _page(book, book.title, f'<div class="cover">{picture}</div>', "cover")


def _title_page(book: Book) -> str:
    body = (
        f'<section class="title"><h1>{escape(book.title)}</h1><p>{escape(book.subtitle)}</p>'
        f"<p>{escape(book.author)}</p><p>{book.year}</p></section>"
    )
    return _page(book, book.title, body, "frontmatter")


def _chapter(chapter: Chapter) -> str:
    body = "\n".join(_block(block) for block in chapter.blocks)
    return f'<section epub:type="chapter"><h1>{escape(chapter.title)}</h1>\n{body}</section>'


def _block(block: Block) -> str:
    match block:
        case Heading(text):
            return f"<h2>{_inline(text)}</h2>"
        case Paragraph(text):
            return f"<p>{_inline(text)}</p>"
        case Note(text):
            return f"<aside><p>{_inline(text)}</p></aside>"
        case Listing(items, is_numbered):
            tag = "ol" if is_numbered else "ul"
            return f"<{tag}>{''.join(f'<li>{_inline(item)}</li>' for item in items)}</{tag}>"
        case Figure(name, alt):
            said = escape(alt)
            return (
                f'<figure><img src="{name}.png" alt="{said}"/>'
                f"<figcaption>{said}</figcaption></figure>"
            )
        case Table(rows):
            return _table(rows)


def _table(rows: tuple[tuple[str, ...], ...]) -> str:
    head = "".join(f'<th scope="col">{_inline(cell)}</th>' for cell in rows[0])
    lines = "".join(
        f"<tr>{''.join(f'<td>{_inline(cell)}</td>' for cell in row)}</tr>" for row in rows[1:]
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def _inline(text: str) -> str:
    return _BOLD.sub(r"<strong>\1</strong>", escape(text))


def _navigation(book: Book) -> str:
    lines = "".join(
        f'<li><a href="{_name(number)}">{escape(chapter.title)}</a></li>'
        for number, chapter in enumerate(book.chapters, start=1)
    )
    contents = escape(book.words["contents"])
    first = f'<li><a epub:type="bodymatter" href="{_name(1)}">{contents}</a></li>'
    body = (
        f'<nav epub:type="toc" id="toc"><h1>{contents}</h1><ol>{lines}</ol></nav>'
        f'<nav epub:type="landmarks" hidden="hidden"><ol>{first}</ol></nav>'
    )
    return _page(book, book.words["contents"], body, "frontmatter")


def _package(book: Book, pages: list[str]) -> str:
    identifier = uuid5(NAMESPACE_URL, f"{book.slug}/{book.language}/{book.title}")
    items = "".join(
        f'<item id="{name.removesuffix(".xhtml")}" href="{name}" '
        'media-type="application/xhtml+xml"/>'
        for name in pages
    )
    items += "".join(
        f'<item id="picture-{name}" href="{name}.png" media-type="image/png"/>'
        for name in book.figures
    )
    spine = "".join(f'<itemref idref="{name.removesuffix(".xhtml")}"/>' for name in pages)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" '
        f'xml:lang="{book.language}" dir="{book.direction}">{_metadata(book, str(identifier))}'
        '<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" '
        'properties="nav"/><item id="style" href="book.css" media-type="text/css"/>'
        '<item id="cover-picture" href="cover.jpg" media-type="image/jpeg" '
        f'properties="cover-image"/>{items}</manifest>'
        f'<spine page-progression-direction="{book.direction}">{spine}</spine></package>'
    )


def _metadata(book: Book, identifier: str) -> str:
    facts = {
        "schema:accessMode": ["textual", "visual"],
        "schema:accessModeSufficient": ["textual"],
        "schema:accessibilityFeature": ["alternativeText", "tableOfContents", "readingOrder"],
        "schema:accessibilityHazard": ["none"],
        "schema:accessibilitySummary": [book.words["accessibility"]],
    }
    said = "".join(
        f'<meta property="{name}">{escape(value)}</meta>'
        for name, values in facts.items()
        for value in values
    )
    return (
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">urn:uuid:{identifier}</dc:identifier>'
        f"<dc:title>{escape(book.title)}</dc:title><dc:creator>{escape(book.author)}</dc:creator>"
        f"<dc:language>{book.language}</dc:language>"
        f"<dc:description>{escape(book.summary)}</dc:description>"
        f'<meta property="dcterms:modified">{book.year}-01-01T00:00:00Z</meta>'
        f'<meta name="cover" content="cover-picture"/>{said}</metadata>'
    )
