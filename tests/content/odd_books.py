"""Ten books that are odd, each in its own way, built here and nowhere stored."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from tests.content.files import CONTAINER, flood, page, picture

XHTML, SVG_NS = "http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"
OPS = 'xmlns:epub="http://www.idpf.org/2007/ops"'
TYPES = {
    "xhtml": "application/xhtml+xml",
    "css": "text/css",
    "png": "image/png",
    "smil": "application/smil+xml",
    "mp3": "audio/mpeg",
    "ttf": "application/vnd.ms-opentype",
    "ncx": "application/x-dtbncx+xml",
}
IDENTIFIER = "urn:uuid:11111111-2222-3333-4444-555555555555"
Files = dict[str, str | bytes]


def contents(*lines: tuple[str, str]) -> str:
    """A navigation page."""
    listed = "".join(f'<li><a href="{href}">{title}</a></li>' for href, title in lines)
    return (
        f'<html xmlns="{XHTML}" {OPS}><head><title>t</title></head><body>'
        f'<nav epub:type="toc"><ol>{listed}</ol></nav></body></html>'
    )


def book(
    files: Files,
    *,
    title: str,
    language: str = "en",
    metadata: str = "",
    spine: str = "",
    order: list[str] | None = None,
    properties: dict[str, str] | None = None,
    overlays: dict[str, str] | None = None,
) -> bytes:
    """Pack an EPUB 3 of these files; its pages are read in the order of their names."""
    said = {"nav.xhtml": "nav"} | (properties or {})
    items = "".join(
        f'<item id="{_id(name)}" href="{name}" media-type="{TYPES[name.rpartition(".")[2]]}"'
        + (f' properties="{said[name]}"' if name in said else "")
        + (f' media-overlay="{_id(overlays[name])}"' if overlays and name in overlays else "")
        + "/>"
        for name in files
        if not name.startswith("META-INF")
    )
    pages = [name for name in files if name.endswith(".xhtml") and name != "nav.xhtml"]
    read = "".join(f'<itemref idref="{_id(name)}"/>' for name in order or pages)
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
        'unique-identifier="id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">{IDENTIFIER}</dc:identifier><dc:title>{title}</dc:title>'
        f"<dc:language>{language}</dc:language>{metadata}</metadata>"
        f"<manifest>{items}</manifest><spine{spine}>{read}</spine></package>"
    )
    return _packed(package, files)


def _id(name: str) -> str:
    return name.replace(".", "-")


def _packed(package: str, files: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        box.writestr("META-INF/container.xml", CONTAINER)
        box.writestr("E/book.opf", package)
        for name, content in files.items():
            box.writestr(name if name.startswith("META-INF") else f"E/{name}", content)
    return out.getvalue()


def fixed_layout() -> bytes:
    """A picture book whose pages are drawn to the point, with text over a picture."""

    def leaf(number: int, colour: str) -> str:
        return page(
            f'<div style="position:absolute;inset:0;background:{colour}"></div>'
            f'<svg xmlns="{SVG_NS}" viewBox="0 0 600 800" width="600" height="800" '
            'style="position:absolute;left:0;top:0"><circle cx="300" cy="300" r="180" '
            'fill="white"/><path d="M120 650h360" stroke="white" stroke-width="12"/></svg>'
            f'<p style="position:absolute;left:210px;top:270px;font:48px serif;margin:0">'
            f"Page {number}</p>",
            head='<meta name="viewport" content="width=600, height=800"/>',
        )

    colours = ("#7a3b2e", "#2e5a7a", "#3b7a2e")
    files: Files = {"nav.xhtml": contents(("a1.xhtml", "First"), ("a3.xhtml", "Third"))}
    files |= {f"a{number}.xhtml": leaf(number, c) for number, c in enumerate(colours, 1)}
    how = (
        '<meta property="rendition:layout">pre-paginated</meta>'
        '<meta property="rendition:spread">none</meta>'
    )
    return book(files, title="Drawn pages", metadata=how)


def mathml() -> bytes:
    """A textbook with formulas."""
    formula = (
        '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mi>x</mi><mo>=</mo>'
        "<mfrac><mrow><mo>−</mo><mi>b</mi><mo>±</mo><msqrt><mrow><msup><mi>b</mi><mn>2</mn></msup>"
        "<mo>−</mo><mn>4</mn><mi>a</mi><mi>c</mi></mrow></msqrt></mrow>"
        "<mrow><mn>2</mn><mi>a</mi></mrow></mfrac></math>"
    )
    body = f"<h1>Quadratics</h1><p>The roots are</p>{formula}<p>whenever <i>a</i> is not 0.</p>"
    files: Files = {"nav.xhtml": contents(("one.xhtml", "Quadratics")), "one.xhtml": page(body)}
    return book(files, title="Formulas", properties={"one.xhtml": "mathml"})


def media_overlay() -> bytes:
    """A book read aloud: each sentence has its piece of a recording."""
    sentences = ("The needle goes first.", "The thread follows.", "Then the cloth.")
    body = "<h1>Read aloud</h1>" + "".join(
        f'<p><span id="s{number}">{text}</span></p>' for number, text in enumerate(sentences)
    )
    spoken = "".join(
        f'<par id="p{number}"><text src="one.xhtml#s{number}"/>'
        f'<audio src="voice.mp3" clipBegin="{number}s" clipEnd="{number + 1}s"/></par>'
        for number in range(len(sentences))
    )
    smil = (
        '<smil xmlns="http://www.w3.org/ns/SMIL" version="3.0"><body>'
        f'<seq id="q" {OPS} epub:textref="one.xhtml">{spoken}</seq></body></smil>'
    )
    silence = (b"\xff\xfb\x90\x00" + bytes(413)) * 116  # three seconds of MPEG-1 layer III
    files: Files = {
        "nav.xhtml": contents(("one.xhtml", "Read aloud")),
        "one.xhtml": page(body),
        "one.smil": smil,
        "voice.mp3": silence,
    }
    how = (
        '<meta property="media:duration">0:00:03</meta>'
        '<meta property="media:duration" refines="#one-smil">0:00:03</meta>'
        '<meta property="media:active-class">now</meta>'
    )
    return book(files, title="Aloud", metadata=how, overlays={"one.xhtml": "one.smil"})


def vertical_japanese() -> bytes:
    """A novel set from top to bottom and from the right, with readings beside the letters."""
    css = (
        "html { writing-mode: vertical-rl; -epub-writing-mode: vertical-rl } p { text-indent: 1em }"
    )
    body = (
        "<h1>吾輩は猫である</h1><p><ruby>吾輩<rt>わがはい</rt></ruby>は<ruby>猫<rt>ねこ</rt></ruby>"
        "である。名前はまだ無い。</p>"
        + "<p>どこで生れたかとんと見当がつかぬ。何でも薄暗いじめじめした所で。</p>" * 12
        + '<p id="end">おわり</p>'
    )
    head = '<link rel="stylesheet" href="v.css"/>'
    files: Files = {
        "nav.xhtml": contents(("one.xhtml", "吾輩は猫である")),
        "one.xhtml": page(body, head=head),
        "v.css": css,
    }
    turned = ' page-progression-direction="rtl"'
    return book(files, title="吾輩は猫である", language="ja", spine=turned)


def arabic() -> bytes:
    """An Arabic book with numbers and English words in its lines."""
    body = (
        '<div dir="rtl" lang="ar"><h1>الغرزة الأولى</h1>'
        "<p>هذا كتاب عن الخياطة، فيه ٢٥ درسًا و 3 تمارين مع آلة Singer القديمة.</p>"
        + "<p>ضع القماش على الطاولة، ثم اقطع الخيط بعناية قبل أن تبدأ.</p>" * 25
        + "</div>"
    )
    files: Files = {
        "nav.xhtml": contents(("one.xhtml", "الغرزة الأولى"), ("two.xhtml", "الثانية")),
        "one.xhtml": page(body),
        "two.xhtml": page('<h1 dir="rtl">الثانية</h1><p dir="rtl">تمّ.</p>'),
    }
    return book(files, title="الغرزة الأولى", language="ar")


def no_contents() -> bytes:
    """A book that forgot its table of contents; it has three chapters all the same."""
    files: Files = {
        f"c{number}.xhtml": page(f"<h1>Chapter {number}</h1>" + "<p>Some words.</p>" * 5)
        for number in (1, 2, 3)
    }
    return book(files, title="Without contents")


def large_pictures() -> bytes:
    """An album with a picture of 63 million pixels, and one that is wider than any page."""
    files: Files = {
        "nav.xhtml": contents(("one.xhtml", "Album")),
        "one.xhtml": page(
            '<h1>Album</h1><p><img src="big.png" alt="A wall" width="9000" height="7000"/></p>'
            '<p><img src="wide.png" alt="A ribbon"/></p><p id="end">The end of the album.</p>'
        ),
        "big.png": picture((9000, 7000), "PNG", "#2e5a7a"),
        "wide.png": picture((6000, 200), "PNG", "#7a3b2e"),
    }
    return book(files, title="Album")


def impossible_picture() -> bytes:
    """A picture of 3,600 million pixels in 200 bytes."""
    files: Files = {
        "nav.xhtml": contents(("one.xhtml", "Album")),
        "one.xhtml": page('<p><img src="big.png" alt=""/></p>'),
        "big.png": flood(),
    }
    return book(files, title="Impossible")


def obfuscated_font() -> bytes:
    """A book whose font is scrambled as the IDPF wants it; in it every A is a black square."""
    css = (
        "@font-face { font-family: Squares; src: url(squares.ttf) }"
        "#squares { font: 40px Squares, monospace; letter-spacing: 0 }"
    )
    body = '<h1>Its own letters</h1><p><span id="squares">AAAAA</span></p>'
    key = hashlib.sha1(IDENTIFIER.encode(), usedforsecurity=False).digest()
    font = bytearray(squares())
    for at in range(min(1040, len(font))):
        font[at] ^= key[at % 20]
    files: Files = {
        "META-INF/encryption.xml": (
            '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" '
            'xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>'
            '<enc:EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/>'
            '<enc:CipherData><enc:CipherReference URI="E/squares.ttf"/></enc:CipherData>'
            "</enc:EncryptedData></encryption>"
        ),
        "nav.xhtml": contents(("one.xhtml", "Its own letters")),
        "one.xhtml": page(body, head='<link rel="stylesheet" href="own.css"/>'),
        "own.css": css,
        "squares.ttf": bytes(font),
    }
    return book(files, title="Scrambled")


def squares() -> bytes:
    """A font in which A is a square, three times as wide as letters are."""
    pen = TTGlyphPen(None)
    for act, point in ((pen.moveTo, (0, 0)), (pen.lineTo, (0, 800)), (pen.lineTo, (2800, 800))):
        act(point)
    pen.lineTo((2800, 0))
    pen.closePath()
    square, nothing = pen.glyph(), TTGlyphPen(None).glyph()
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder([".notdef", "A"])
    made.setupCharacterMap({ord("A"): "A"})
    made.setupGlyf({".notdef": nothing, "A": square})
    made.setupHorizontalMetrics({".notdef": (500, 0), "A": (3000, 0)})
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupNameTable({"familyName": "Squares", "styleName": "Regular"})
    made.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    made.setupPost()
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def broken_spine() -> bytes:
    """A book whose reading order names a page that is listed nowhere, and one twice."""
    files: Files = {
        "nav.xhtml": contents(("one.xhtml", "One"), ("lost.xhtml", "Lost")),
        "one.xhtml": page("<h1>One</h1><p>Here I am.</p>"),
        "two.xhtml": page("<h1>Two</h1><p>So am I.</p>"),
    }
    order = ["one.xhtml", "nowhere.xhtml", "one.xhtml", "two.xhtml"]
    return book(files, title="Out of order", order=order)


def missing_chapter() -> bytes:
    """A book that lists a chapter which was never packed."""
    files: Files = {
        "nav.xhtml": contents(("one.xhtml", "One")),
        "one.xhtml": page("<h1>One</h1>"),
        "two.xhtml": page("<h1>Two</h1>"),
    }
    whole = io.BytesIO(book(files, title="A chapter short"))
    out = io.BytesIO()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if name != "E/two.xhtml":
                new.writestr(name, old.read(name))
    return out.getvalue()


def epub_2() -> bytes:
    """A book of 2009: NCX, guide, a doctype with entities, a cover in the old way."""
    doctype = (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" '
        '"http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">'
    )
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="2.0" '
        'unique-identifier="id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:opf="http://www.idpf.org/2007/opf"><dc:identifier id="id" opf:scheme="ISBN">'
        "9780000000002</dc:identifier><dc:title>An old one</dc:title>"
        '<dc:creator opf:role="aut">Alice</dc:creator><dc:language>en</dc:language>'
        '<meta name="cover" content="c"/></metadata><manifest>'
        '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
        '<item id="c" href="c.png" media-type="image/png"/>'
        '<item id="one" href="one.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="two" href="two.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine toc="ncx"><itemref idref="one"/><itemref idref="two"/></spine>'
        '<guide><reference type="text" title="Start" href="one.xhtml"/></guide></package>'
    )
    points = "".join(
        f'<navPoint id="n{n}" playOrder="{n}"><navLabel><text>{title}</text></navLabel>'
        f'<content src="{src}"/></navPoint>'
        for n, (title, src) in enumerate([("First", "one.xhtml"), ("Second", "two.xhtml")], 1)
    )
    files: Files = {
        "toc.ncx": (
            '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1">'
            f"<navMap>{points}</navMap></ncx>"
        ),
        "one.xhtml": page(
            "<h1>First</h1><p>Salt&#160;and&nbsp;bread &mdash; caf&eacute;.</p>", before=doctype
        ),
        "two.xhtml": page("<h1>Second</h1><p>More.</p>", before=doctype),
        "c.png": picture((300, 400), "PNG", "#3b7a2e"),
    }
    return _packed(package, files)


OPENED: dict[str, Callable[[], bytes]] = {
    "fixed-layout": fixed_layout,
    "mathml": mathml,
    "media-overlay": media_overlay,
    "vertical-japanese": vertical_japanese,
    "arabic": arabic,
    "no-contents": no_contents,
    "large-pictures": large_pictures,
    "obfuscated-font": obfuscated_font,
    "epub-2": epub_2,
}
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "impossible-picture": (impossible_picture, "epub_picture_large"),
    "broken-spine": (broken_spine, "epub_missing"),
    "missing-chapter": (missing_chapter, "epub_missing"),
}
