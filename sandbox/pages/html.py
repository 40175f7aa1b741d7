"""HTML by calls: everything that is not markup already is escaped."""

from __future__ import annotations

from html import escape

EMPTY = frozenset(("input", "link", "meta"))
ALIASES = {"class_": "class", "for_": "for"}


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = str | int | None | list[Markup]
Value = str | int | bool | None


def tag(name: str, /, *children: Child, **attributes: Value) -> Markup:
    """Return an element; an attribute that is True stands alone, None and False are left out."""
    opened = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    if name in EMPTY:
        return Markup(opened)
    return Markup(f"{opened}{''.join(_child(child) for child in children)}</{name}>")


def _child(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, list):
        return "".join(child)
    return child if isinstance(child, Markup) else escape(str(child))


def _attribute(key: str, value: Value, /) -> str:
    if value is None or value is False:
        return ""
    name = ALIASES.get(key, key.replace("_", "-"))
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'


def document(title: str, *body: Child, language: str = "en", class_: str = "") -> str:
    """Return a whole page, right-to-left where the language is."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="robots", content="noindex"),
        tag("title", title),
        tag("link", rel="stylesheet", href="/_static/sandbox.css"),
    )
    direction = "rtl" if language == "he" else "ltr"
    page = tag(
        "html", head, tag("body", *body, class_=class_ or None), lang=language, dir=direction
    )
    return f"<!doctype html>{page}"
