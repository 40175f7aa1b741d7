"""The pages that are added to a sample made of an EPUB; free of Django, for both processes."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote
from xml.sax.saxutils import escape, quoteattr

LAST_PAGE, CONTENTS = "sevenfold-sample.xhtml", "sevenfold-contents.xhtml"


@dataclass(frozen=True, slots=True)
class Ending:
    """What the last page says, in the book's language, and where the whole book is to be had."""

    heading: str
    line: str
    verb: str
    url: str
    language: str
    is_rtl: bool
    contents: str
    """The heading of the table of contents."""
    title: str
    """What the small book is called."""


def last_page(ending: Ending) -> str:
    """Return the page after the last chapter."""
    style = "text-align:center;margin:25% 8% 0;line-height:1.6"
    return _page(
        ending,
        ending.heading,
        f"<section style={quoteattr(style)}><h2>{escape(ending.heading)}</h2>"
        f"<p>{escape(ending.line)}</p>"
        f"<p><a href={quoteattr(ending.url)}>{escape(ending.verb)}</a></p>"
        f'<p dir="ltr" style="font-size:.8em">{escape(unquote(ending.url))}</p></section>',
    )


def contents_page(ending: Ending, lines: Iterable[tuple[str, str]]) -> str:
    """Return the navigation page: titles and addresses, the last page at its end."""
    rows = "".join(
        f"<li><a href={quoteattr(address)}>{escape(title or '…')}</a></li>"
        for title, address in [*lines, (ending.heading, LAST_PAGE)]
    )
    nav = f'<nav epub:type="toc"><h1>{escape(ending.contents)}</h1><ol>{rows}</ol></nav>'
    return _page(ending, ending.contents, nav)


def _page(ending: Ending, title: str, body: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
        f" lang={quoteattr(ending.language)} xml:lang={quoteattr(ending.language)}"
        f' dir="{"rtl" if ending.is_rtl else "ltr"}"><head><title>{escape(title)}</title></head>'
        f"<body>{body}</body></html>"
    )
