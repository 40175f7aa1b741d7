"""Rewrite an XHTML, SVG or package file without anything that could act in a reader.

A streaming filter: what comes out is always well-formed XML, so that no reader falls back to
reading it as HTML, where the same bytes could mean something else.
"""

import html.entities
import io
import re
from collections.abc import Iterator
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, feature_external_ges
from xml.sax.saxutils import escape, quoteattr
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from content.services.judge.found import Unfit, plain

DEEPEST = 400
DROPPED_WHOLE = frozenset({"script", "iframe", "frame", "frameset", "applet", "handler"})
DROPPED_TAG = frozenset({"object", "embed", "base", "form", "param", "portal", "noscript"})
_LOADERS = frozenset({"link", "image", "use", "feimage", "img", "audio", "video", "source"})
_FETCHED = frozenset(
    {"stylesheet", "icon", "preload", "prefetch", "preconnect", "dns-prefetch", "modulepreload"}
)
_ANIMATIONS = frozenset({"set", "animate", "animatemotion", "animatetransform"})
_LOADING = frozenset({"src", "poster", "data", "background"})
_ADDRESSES = _LOADING | frozenset({"href", "action", "formaction", "to", "from", "values", "by"})
_SAFE_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_SAFE_DATA = re.compile(r"data:(image|font|audio|video)/", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\ufeff]")
_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})


class Scrubbed:
    """The clean text as it grows, and how much was taken out of it."""

    def __init__(self) -> None:
        self.out = io.StringIO()
        self.scripts = 0
        self.remote = 0

    @property
    def content(self) -> bytes:
        return self.out.getvalue().encode()


def scrub(content: bytes, name: str, *, doctype: str = "") -> Scrubbed:
    """Return `content` without active parts; Unfit if it is malformed or declares entities."""
    found = Scrubbed()
    found.out.write('<?xml version="1.0" encoding="utf-8"?>\n' + doctype)
    parser = DefusedExpatParser(forbid_dtd=False, forbid_entities=True, forbid_external=False)
    # A DOCTYPE may name its DTD, as XHTML 1.1 does; it is never fetched.
    parser.setFeature(feature_external_ges, False)  # noqa: FBT003 - SAX's own signature
    parser.setContentHandler(_Filter(found))
    try:
        parser.parse(io.BytesIO(_NAMED.sub(_as_number, content)))
    except DefusedXmlException as hostile:
        raise Unfit("epub_entities", name=plain(name)) from hostile
    except SAXParseException as bad:
        raise Unfit("epub_chapter", name=plain(name), line=bad.getLineNumber() or 1) from bad
    except (SAXException, ValueError, LookupError) as bad:
        raise Unfit("epub_chapter", name=plain(name), line=1) from bad
    return found


def _as_number(named: re.Match[bytes]) -> bytes:
    """HTML's named characters (&nbsp;) as numbers, which need no DTD."""
    name = named[1].decode()
    number = html.entities.name2codepoint.get(name)
    return named[0] if name in _XML_NAMES or number is None else b"&#%d;" % number


class _Filter(ContentHandler):
    """Writes what it is told, except what acts. The stack holds the closing tag of each element."""

    def __init__(self, found: Scrubbed) -> None:
        super().__init__()
        self._found = found
        self._closing: list[str] = []
        self._dropping = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - SAX's name
        if len(self._closing) >= DEEPEST:
            raise SAXException("nested too deeply")
        local = _local(name)
        closing = ""
        if self._dropping or local in DROPPED_WHOLE:
            self._dropping += 1
        gives_orders = _gives_orders(local, attrs)
        if self._dropping or local in DROPPED_TAG or gives_orders:
            # An old page's <meta http-equiv> says only its encoding: not worth telling.
            self._found.scripts += local != "meta"
        else:
            kept = "".join(f" {key}={quoteattr(value)}" for key, value in self._kept(local, attrs))
            self._found.out.write(f"<{name}{kept}>")
            closing = f"</{name}>"
        self._closing.append(closing)

    def endElement(self, name: str) -> None:  # noqa: N802 - SAX's signature
        closing = self._closing.pop()
        if self._dropping:
            self._dropping -= 1
        self._found.out.write(closing)

    def characters(self, content: str) -> None:
        if not self._dropping:
            self._found.out.write(escape(content))

    def _kept(self, element: str, attrs: AttributesImpl) -> Iterator[tuple[str, str]]:
        loader = element in _LOADERS and not (element == "link" and _only_refers(attrs))
        for key, value in attrs.items():
            local = _local(key)
            address = _UNSEEN.sub("", value)
            if _loads_from_afar(local, address, loader=loader):
                self._found.remote += 1
            elif _acts(element, local, address):
                self._found.scripts += 1
            else:
                yield key, value


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _gives_orders(element: str, attrs: AttributesImpl) -> bool:
    """A <meta http-equiv> (refresh, set-cookie) or an animation of a link."""
    if element == "meta":
        return any(_local(key) == "http-equiv" for key in attrs.getNames())
    if element in _ANIMATIONS:
        named = {_local(key): value for key, value in attrs.items()}.get("attributename", "")
        return _local(named) == "href" or _local(named).startswith("on")
    return False


def _only_refers(attrs: AttributesImpl) -> bool:
    """A <link> that names a licence or an author, and fetches nothing."""
    relations = set(attrs.get("rel", "").lower().split())
    return not relations & _FETCHED


def _loads_from_afar(attribute: str, address: str, *, loader: bool) -> bool:
    if attribute == "srcset":
        return "//" in address
    loads = attribute in _LOADING or (attribute == "href" and loader)
    return loads and address.lower().startswith(("http:", "https:", "//"))


def _acts(element: str, attribute: str, address: str) -> bool:
    if attribute.startswith("on") or attribute in {"srcdoc", "ping"}:
        return True
    scheme = _SCHEME.match(address)
    if attribute not in _ADDRESSES or not scheme:
        return False
    if _SAFE_DATA.match(address):
        return element == "a"
    return scheme[1].lower() not in _SAFE_SCHEMES
