"""Books of three chapters, each with a text and a picture of its own, to pick from."""

import io
from pathlib import Path

import pikepdf
from PIL import Image

from tests.content.files import CONTAINER, epub, page, write_zip

SECRET = "platypus"
OPF = """<?xml version="1.0"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">x</dc:identifier>
<dc:title>Three chapters</dc:title><dc:creator>Alice</dc:creator><dc:language>en</dc:language>
<dc:description>About sewing.</dc:description>
</metadata><manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="css" href="book.css" media-type="text/css"/>
<item id="title" href="title.xhtml" media-type="application/xhtml+xml"/>
{items}</manifest><spine page-progression-direction="rtl"><itemref idref="title"/>{spine}</spine>
</package>"""
CSS = (
    "body { color: #222 } .one { background: url(one-back.png) }"
    " .two { background: url(two-back.png) } h1 { background: url(rule.png) }"
)


def three_chapters(path: Path, *, titles: tuple[str, ...] = ("One", "Two", "Three")) -> Path:
    """An EPUB: title page, then chapters that link to each other."""
    names = ("one", "two", "three")[: len(titles)]
    items = "".join(
        f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>'
        f'<item id="{name}-p" href="{name}.png" media-type="image/png"/>'
        f'<item id="{name}-b" href="{name}-back.png" media-type="image/png"/>'
        for name in names
    )
    items += '<item id="rule" href="rule.png" media-type="image/png"/>'
    lines = "".join(
        f'<li><a href="{name}.xhtml">{title}</a></li>'
        for name, title in zip(names, titles, strict=True)
    )
    head = '<link rel="stylesheet" type="text/css" href="book.css"/>'
    files: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "E/book.opf": OPF.format(
            items=items, spine="".join(f'<itemref idref="{name}"/>' for name in names)
        ),
        "E/nav.xhtml": page(f"<nav><ol>{lines}</ol></nav>"),
        "E/book.css": CSS,
        "E/title.xhtml": page("<h1>Three chapters</h1>", head),
        "E/rule.png": tile(9),
    }
    for number, name in enumerate(names):
        text = f"<p>{SECRET}-{name} {'word ' * 100}</p>"
        links = (
            '<p><a href="three.xhtml#x">the third</a>, <a href="one.xhtml">the first</a>,'
            ' <a href="https://example.com/">outside</a></p>'
        )
        body = f'<section class="{name}"><h1>{name}</h1>{text}<img src="{name}.png" alt="p"/>'
        files[f"E/{name}.xhtml"] = page(f"{body}{links}</section>", head)
        files[f"E/{name}.png"] = tile(number)
        files[f"E/{name}-back.png"] = tile(number + 4)
    return write_zip(path, files)


def tile(number: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8 + number), (number * 20, 9, 9)).save(out, "PNG")
    return out.getvalue()


def shared_pdf(path: Path, pages: int = 5) -> Path:
    """A PDF whose pages share one dictionary of resources, as many programs write them."""
    with pikepdf.new() as made:
        pictures = pikepdf.Dictionary()
        for number in range(1, pages + 1):
            content = f"picture-{SECRET}-{number}".encode().ljust(64, b".")
            pictures[f"/P{number}"] = made.make_stream(
                content,
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=64,
                Height=1,
                ColorSpace=pikepdf.Name.DeviceGray,
                BitsPerComponent=8,
            )
        resources = made.make_indirect(pikepdf.Dictionary(XObject=pictures))
        for number in range(1, pages + 1):
            made.add_blank_page(page_size=(300, 400))
            sheet = made.pages[-1]
            sheet.Resources = resources
            sheet.Contents = made.make_stream(
                f"q 50 0 0 50 0 0 cm /P{number} Do Q % text-{SECRET}-{number}\n".encode()
            )
        goes = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=pikepdf.Array([0, 0, 9, 9]),
            Dest=pikepdf.Array([made.pages[4].obj, pikepdf.Name.Fit]),
        )
        out = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=pikepdf.Array([0, 0, 9, 9]),
            A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://example.com/")),
        )
        made.pages[0].Annots = made.make_indirect(pikepdf.Array([goes, out]))
        with made.open_outline() as outline:
            for number in range(pages):
                outline.root.append(pikepdf.OutlineItem(f"Part {number + 1}", number))
        made.docinfo["/Title"] = "A guide"
        made.save(path, compress_streams=False)
    return path


def inside_pdf(path: Path) -> bytes:
    """All that a PDF holds, unpacked."""
    with pikepdf.open(path) as pdf:
        streams = [each.read_bytes() for each in pdf.objects if isinstance(each, pikepdf.Stream)]
        return b"\n".join([*streams, *(str(each).encode() for each in pdf.objects)])


__all__ = ["SECRET", "epub", "inside_pdf", "shared_pdf", "three_chapters", "tile"]
