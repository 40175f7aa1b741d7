"""The small Markdown that customers write: paragraphs, lists, quotes, emphasis, code, links.

What comes out is built from escaped text and cleaned once more; nothing a person types becomes a
tag of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

TAGS = {"p", "br", "strong", "em", "code", "ul", "ol", "li", "blockquote", "a"}
ATTRIBUTES = {"a": {"href"}, **{tag: {"dir"} for tag in ("p", "ul", "ol", "blockquote")}}
SCHEMES = {"http", "https", "mailto"}
REL = "nofollow ugc noopener noreferrer"

_CODE = re.compile(r"`([^`\n]+)`")
_STRONG = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")
_EM = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")
_LINK = re.compile(r"\[([^\]\n]{1,200})\]\((https?://[^\s()<>]{1,500})\)")
_BARE = re.compile(r"(?<![\"'>=\w/])(https?://[^\s<>\"']{1,500}[^\s<>\"'.,;:!?)\]])")
_BULLET = re.compile(r"^\s{0,3}[-*•]\s+")
_NUMBER = re.compile(r"^\s{0,3}\d{1,3}[.)]\s+")
_QUOTE = re.compile(r"^\s{0,3}&gt;\s?")
_KINDS = ((_BULLET, "ul"), (_NUMBER, "ol"), (_QUOTE, "blockquote"))


def small_markdown(text: str, *, names: Sequence[str] = ()) -> SafeString:
    """Return typed text as safe HTML; an @ before one of ``names`` stands out."""
    escaped = str(escape(text.replace("\r\n", "\n")))
    blocks = (block for part in re.split(r"\n\s*\n", escaped) for block in _blocks(part, names))
    html = nh3.clean(
        "".join(blocks), tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=REL
    )
    return mark_safe(html)  # noqa: S308 -- nh3 has just cleaned it


def _blocks(part: str, names: Sequence[str]) -> Iterator[str]:
    run: list[str] = []
    kind = ""
    for line in [each for each in part.split("\n") if each.strip()]:
        here, said = _kind(line)
        if here != kind and run:
            yield _block(kind, run, names)
            run = []
        kind = here
        run.append(said)
    if run:
        yield _block(kind, run, names)


def _kind(line: str) -> tuple[str, str]:
    for pattern, kind in _KINDS:
        if pattern.match(line):
            return kind, pattern.sub("", line)
    return "p", line


def _block(kind: str, lines: Sequence[str], names: Sequence[str]) -> str:
    inner = [_inline(line.strip(), names) for line in lines]
    if kind in {"ul", "ol"}:
        # The direction is the whole list's, or its marks would stand on the wrong side.
        lines_of = "".join(f"<li>{line}</li>" for line in inner)
        return f'<{kind} dir="auto">{lines_of}</{kind}>'
    return f'<{kind} dir="auto">' + "<br>".join(inner) + f"</{kind}>"


def _inline(line: str, names: Sequence[str]) -> str:
    """Return a line with its marks; what stands in code is taken out first and put back last."""
    kept: list[str] = []

    def keep(html: str) -> str:
        kept.append(html)
        return f"\0{len(kept) - 1}\0"

    line = line.replace("\0", "")
    line = _CODE.sub(lambda found: keep(f"<code>{found[1]}</code>"), line)
    line = _LINK.sub(lambda found: keep(f'<a href="{found[2]}">{found[1]}</a>'), line)
    line = _BARE.sub(lambda found: keep(f'<a href="{found[1]}">{found[1]}</a>'), line)
    line = _STRONG.sub(r"<strong>\1</strong>", line)
    line = _EM.sub(r"<em>\1</em>", line)
    for name in sorted(names, key=len, reverse=True):
        at = f"@{escape(name)}"
        pattern = re.compile(rf"(?<!\w){re.escape(at)}(?!\w)")
        line = pattern.sub(lambda _found, at=at: keep(f"<strong>{at}</strong>"), line)  # type: ignore[misc]  # bound at once
    return re.sub(r"\0(\d+)\0", lambda found: kept[int(found[1])], line)
