"""Write the package of a sample: what it holds, and nothing that names the rest of the book."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from content.services.excerpts.ending import CONTENTS, LAST_PAGE, Ending, contents_page, last_page
from content.services.judge.package import ENCRYPTION, Item, Package, resolve, tree
from content.services.judge.zipped import SafeZip

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_FIXED = re.compile(r"rendition:(layout|orientation|spread|viewport|flow)")
_PAGE = "application/xhtml+xml"
_KEPT = ("svg", "mathml", "cover-image", "remote-resources", "switch")


@dataclass(frozen=True, slots=True)
class Made:
    """What a sample holds: pages in reading order, what they show, and their lines of contents."""

    pages: list[Item]
    others: list[Item]
    lines: list[tuple[str, str, int]]


def package_of(box: SafeZip, package: Package, made: Made, ending: Ending) -> dict[str, str]:
    """Return the files beside the book's own, by their place: package, contents, last page."""
    here = posixpath.dirname(package.path)
    lines = [(title, _from(here, target)) for title, target, _depth in made.lines]
    locked = _locked(box, {item.path for item in [*made.pages, *made.others]})
    files = {
        package.path: _package(box, package, made, ending, keeps_name=bool(locked)),
        posixpath.join(here, CONTENTS): contents_page(ending, lines),
        posixpath.join(here, LAST_PAGE): last_page(ending),
    }
    return files | ({ENCRYPTION: locked} if locked else {})


def _from(here: str, target: str) -> str:
    path, _hash, fragment = target.partition("#")
    address = quote(posixpath.relpath(path, here or "."))
    return f"{address}#{quote(fragment)}" if fragment else address


def _package(
    box: SafeZip, package: Package, made: Made, ending: Ending, *, keeps_name: bool
) -> str:
    root = tree(box, package.path)
    here = posixpath.dirname(package.path)
    items = [
        f"<item id={quoteattr(f'i{number}')} href={quoteattr(_from(here, item.path))}"
        f" media-type={quoteattr(item.media_type)}{_properties(item)}/>"
        for number, item in enumerate([*made.pages, *made.others])
    ]
    items += [
        f'<item id="contents" href="{CONTENTS}" media-type="{_PAGE}" properties="nav"/>',
        f'<item id="last" href="{LAST_PAGE}" media-type="{_PAGE}"/>',
    ]
    spine = "".join(f'<itemref idref="i{number}"/>' for number in range(len(made.pages)))
    fixed = list(_fixed(root))
    flows = ' properties="rendition:layout-reflowable"' if fixed else ""
    name = _identifier(root)
    if not keeps_name:  # letters of obfuscated fonts are read with the book's own
        told = "/".join([name, *(item.path for item in made.pages)])
        name = f"urn:uuid:{uuid5(NAMESPACE_URL, told)}"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"'
        f" xml:lang={quoteattr(ending.language)}>"
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">{escape(name)}</dc:identifier>'
        f"<dc:title>{escape(ending.title)}</dc:title>"
        f"<dc:creator>{escape(package.text('creator'))}</dc:creator>"
        f"<dc:language>{escape(package.text('language') or ending.language)}</dc:language>"
        '<meta property="dcterms:modified">2026-01-01T00:00:00Z</meta>'
        f"{''.join(fixed)}</metadata><manifest>{''.join(items)}</manifest>"
        f'<spine page-progression-direction="{package.direction}">{spine}'
        f'<itemref idref="last"{flows}/></spine></package>'
    )


def _properties(item: Item) -> str:
    kept = " ".join(each for each in _KEPT if each in item.properties)
    return f" properties={quoteattr(kept)}" if kept else ""


def _fixed(root: "Element") -> Iterator[str]:
    """Yield what the package says of its layout, which a sample shares."""
    for meta in root.iterfind(".//{*}meta"):
        said = meta.get("property", "")
        if _FIXED.fullmatch(said) and meta.text:
            yield f"<meta property={quoteattr(said)}>{escape(meta.text.strip())}</meta>"


def _identifier(root: "Element") -> str:
    wanted = root.get("unique-identifier", "")
    found = root.findall(".//{http://purl.org/dc/elements/1.1/}identifier")
    named = [each.text or "" for each in found if each.get("id") == wanted]
    return (named or [each.text or "" for each in found] or [""])[0].strip()


def _locked(box: SafeZip, kept: set[str]) -> str:
    """Return which of the kept fonts are obfuscated, as their readers want it; often none."""
    if ENCRYPTION not in box:
        return ""
    rows = []
    for data in tree(box, ENCRYPTION).iterfind(".//{*}EncryptedData"):
        method = data.find("{*}EncryptionMethod")
        place = data.find(".//{*}CipherReference")
        path = resolve("", place.get("URI", "")) if place is not None else ""
        if method is not None and path in kept:
            rows.append(
                '<enc:EncryptedData xmlns:enc="http://www.w3.org/2001/04/xmlenc#">'
                f"<enc:EncryptionMethod Algorithm={quoteattr(method.get('Algorithm', ''))}/>"
                f"<enc:CipherData><enc:CipherReference URI={quoteattr(quote(path))}/>"
                "</enc:CipherData></enc:EncryptedData>"
            )
    if not rows:
        return ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container">{"".join(rows)}'
        "</encryption>"
    )
