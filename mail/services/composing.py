"""From a store's own words to a mail's two bodies: paragraphs, headings and placeholders, no more.

Everything is escaped here. A value is put in once and never looked through for placeholders, so
nothing a customer is called can be taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_ADDRESS = re.compile(r"https?://[^\s<>\"'{}]+[^\s<>\"'{}.,;:!?)\]]")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n+")
_SAYS_SOMETHING = re.compile(r"\w")
HEADING = "# "
MARKS = tuple(",.:;!?")

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Piece:
    """A stretch of typed text, or a placeholder with the label typed after its colon."""

    text: str = ""
    name: str = ""
    label: str = ""


@dataclass(frozen=True)
class Bodies:
    """The same words as text and as HTML."""

    text: str
    html: SafeString


def pieces(line: str) -> Iterator[Piece]:
    """Return a line cut at its placeholders."""
    end = 0
    for found in PLACEHOLDER.finditer(line):
        if found.start() > end:
            yield Piece(text=line[end : found.start()])
        name, _colon, label = found.group(1).partition(":")
        yield Piece(name=name.strip(), label=label.strip())
        end = found.end()
    if end < len(line):
        yield Piece(text=line[end:])


def names_in(text: str) -> list[str]:
    """Return the placeholders of a text in their order, each once."""
    return list(dict.fromkeys(piece.name for piece in pieces(text) if not piece.text))


def is_link(name: str) -> bool:
    """Whether a placeholder holds an address."""
    return name == "url" or name.endswith("_url")


def compose_line(line: str, values: Values) -> str:
    """Return one line of plain text, for a subject."""
    found = _closed_up(list(pieces(line)), values)
    return "".join(piece.text or _as_words(values.get(piece.name)) for piece in found)


def compose(text: str, values: Values) -> Bodies:
    """Return both bodies of what a store wrote, with ``values`` in the places of their names."""
    plain, html = [], []
    for paragraph in _PARAGRAPHS.split(text.strip()):
        bodies = list(_paragraph(paragraph, values))
        if bodies:
            plain.append("\n".join(body.text for body in bodies))
            html += [body.html for body in bodies]
    return Bodies("\n\n".join(plain), mark_safe("\n".join(html)))  # noqa: S308 -- every part is escaped below


def _paragraph(paragraph: str, values: Values) -> Iterator[Bodies]:
    """Return a paragraph's parts: runs of lines, and blocks that stand on lines of their own."""
    run: list[Bodies] = []
    for line in paragraph.split("\n"):
        found = list(pieces(line.strip()))
        if not found or _is_empty(found, values):
            continue
        block = _heading(line, values) or _block(found, values)
        if block is None:
            run.append(_inline(found, values))
            continue
        if run:
            yield _joined(run)
        run = []
        yield block
    if run:
        yield _joined(run)


def _is_empty(found: list[Piece], values: Values) -> bool:
    """Whether a line is only there for values that are not."""
    typed = "".join(piece.text for piece in found)
    named = [piece.name for piece in found if piece.name]
    return bool(named) and not _SAYS_SOMETHING.search(typed) and not any(map(values.get, named))


def _heading(line: str, values: Values) -> Bodies | None:
    if not line.lstrip().startswith(HEADING):
        return None
    inner = _inline(list(pieces(line.strip().removeprefix(HEADING).strip())), values)
    return Bodies(inner.text, format_html("<h1>{}</h1>", inner.html))


def _block(found: list[Piece], values: Values) -> Bodies | None:
    """Return a lone placeholder as what it is: buttons, a table, points, a button; else nothing."""
    if len(found) != 1 or not found[0].name:
        return None
    piece, value = found[0], values.get(found[0].name)
    if isinstance(value, list):
        return _list(piece, [item if isinstance(item, dict) else {"title": item} for item in value])
    if is_link(piece.name) and _is_address(value):
        text = f"{piece.label}:\n{value}" if piece.label else str(value)
        return Bodies(text, _button(str(value), piece.label or str(value)))
    return None


def _list(piece: Piece, items: list[dict[str, Any]]) -> Bodies:
    text = "\n".join(_item_text(item) for item in items)
    if all(_is_address(item.get("url")) for item in items):
        words = [" ".join(filter(None, (piece.label, _title(item)))) for item in items]
        buttons = [_button(str(item["url"]), word) for item, word in zip(items, words, strict=True)]
        return Bodies(text, mark_safe("".join(buttons)))  # noqa: S308 -- made by format_html
    if any("amount" in item for item in items):
        row = '<tr><td dir="auto">{}</td><td class="amount"><bdi>{}</bdi></td></tr>'
        cells = ((_title(item), item.get("amount") or "") for item in items)
        rows = format_html_join("", row, cells)
        return Bodies(text, format_html('<table class="rows">{}</table>', rows))
    points = format_html_join("", '<li dir="auto">{}</li>', ((_linked(item),) for item in items))
    return Bodies(text, format_html("<ul>{}</ul>", points))


def _linked(item: dict[str, Any]) -> str:
    link = item.get("link")
    return (
        format_html('<a href="{}">{}</a>', link, _title(item))
        if _is_address(link)
        else _title(item)
    )


def _item_text(item: dict[str, Any]) -> str:
    amount, url = item.get("amount"), item.get("url") or item.get("link")
    line = f"{_title(item)}: {amount}" if amount else _title(item)
    return f"{line}\n{url}" if url else line


def _title(item: dict[str, Any]) -> str:
    words = (item.get("title"), item.get("label"))
    return " · ".join(str(word) for word in words if word) or _as_words(list(item.values()))


def _button(url: str, label: str) -> SafeString:
    return format_html('<p class="action"><a class="btn" href="{}">{}</a></p>', url, label)


def _closed_up(found: list[Piece], values: Values) -> list[Piece]:
    """Return a line without the space before a value that is empty: "Hello {name}," is "Hello,"."""
    closed: list[Piece] = []
    for piece, following in zip(found, [*found[1:], Piece()], strict=True):
        is_gap = bool(piece.name) and not _as_words(values.get(piece.name))
        if is_gap and closed and following.text[:1] in MARKS:
            closed[-1] = replace(closed[-1], text=closed[-1].text.rstrip(" "))
        else:
            closed.append(piece)
    return closed


def _inline(found: list[Piece], values: Values) -> Bodies:
    bodies = [
        Bodies(piece.text, _typed(piece.text)) if piece.text else _value(piece, values)
        for piece in _closed_up(found, values)
    ]
    return Bodies(
        "".join(body.text for body in bodies),
        mark_safe("".join(body.html for body in bodies)),  # noqa: S308 -- each is escaped
    )


def _typed(text: str) -> SafeString:
    """Return what the store typed, its addresses as links."""
    html, end = "", 0
    for found in _ADDRESS.finditer(text):
        link = format_html('<a href="{}">{}</a>', found.group(), found.group())
        html += escape(text[end : found.start()]) + link
        end = found.end()
    return mark_safe(html + escape(text[end:]))  # noqa: S308 -- both halves are escaped


def _value(piece: Piece, values: Values) -> Bodies:
    value = values.get(piece.name)
    if is_link(piece.name) and _is_address(value):
        text = f"{piece.label}: {value}" if piece.label else str(value)
        return Bodies(text, format_html('<a href="{}">{}</a>', value, piece.label or value))
    words = _as_words(value)
    lines = format_html_join(mark_safe("<br>"), "{}", ((line,) for line in words.split("\n")))
    return Bodies(words, format_html("<bdi>{}</bdi>", lines))


def _as_words(value: Any) -> str:
    """Return a value inside a sentence: a list is the titles in it."""
    if isinstance(value, dict):
        return _title(value) if value else ""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_as_words, value)))
    return "" if value is None else str(value)


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://"))


def _joined(run: list[Bodies]) -> Bodies:
    lines = format_html_join(mark_safe("<br>\n"), "{}", ((body.html,) for body in run))
    return Bodies("\n".join(body.text for body in run), format_html("<p>{}</p>", lines))
