"""Pieces of a store's pages that are rendered once for everything they are made of."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core.fragments import fragments

register = template.Library()


class Kept(template.Node):
    """Renders its piece, or finds it as it was rendered from the same values before."""

    def __init__(self, name: str, values: list[FilterExpression], inside: NodeList) -> None:
        self.name, self.values, self.nodelist = name, values, inside

    def render(self, context: Any) -> SafeString:
        """Return the piece; what no store shows is rendered each time."""
        store = context.get("store")
        if getattr(store, "pk", None) is None:
            return self.nodelist.render(context)
        values = [value.resolve(context) for value in self.values]
        made_of = tuple(each if isinstance(each, str | int) else repr(each) for each in values)
        key = (self.name, store.public_id, get_language(), get_script_prefix(), *made_of)
        found = fragments.get(key)
        if found is None:
            found = self.nodelist.render(context)
            fragments.keep(key, found)
        return SafeString(found)  # what this template rendered


@register.tag
def kept(parser: Parser, token: Token) -> Kept:
    """Keep what stands inside for its store, its language and the values named.

    ``{% kept "foot" store.version %}…{% endkept %}``: everything that is read inside must be a
    value named, or a part of the store's row, whose every change raises its version.
    """
    _tag, name, *values = token.split_contents()
    inside = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(name.strip("\"'"), [parser.compile_filter(each) for each in values], inside)
