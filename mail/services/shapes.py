"""Single mails of one shape, rendered once: what differs between two receipts is put in later.

A template that shows values as they are, and asks of them only whether they are there or the same,
makes the same mail of all values of one shape. It is rendered with slots for the texts of its
context, and that is filled for the next message of the shape. A template that does anything else
with a value (a filter, another comparison, a tag not known here) is rendered for each message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.template.base import Node, TextNode, Variable, VariableNode
from django.template.defaulttags import CommentNode, ForNode, IfNode, LoadNode, TemplateLiteral
from django.template.loader import get_template
from django.template.loader_tags import BlockNode, ExtendsNode
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

ENDINGS = ("subject.txt", "txt", "html")
WITHOUT_VALUES = (TextNode, CommentNode, LoadNode)
WITH_PARTS = (BlockNode,)
JOINS, COMPARISONS = frozenset({"not", "and", "or"}), frozenset({"==", "!="})
OURS = frozenset(
    {
        *("sender", "language", "direction", "style", "choose_url", "own", "written", "forloop"),
        *("True", "False", "None"),
    }
)
"""What a template knows beside a message's values: to compare one with these is to ask more."""


def shows_values_as_they_are(kind: str) -> bool:
    """Whether the templates of a kind of mail do nothing with values but show those there are."""
    return all(_is_plain_template(f"mail/kinds/{kind}.{ending}", depth=0) for ending in ENDINGS)


def slotted(values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return values with the name of a slot where each text stood, and the texts by those names.

    Equal texts share a slot: values of which the same are left are alike in all that a template can
    ask. Texts that decide more than that stay: empty ones, and those of several lines.
    """
    names: dict[str, str] = {}

    def named(text: str) -> str:
        end = "_url" if text.startswith(("https://", "http://")) else ""
        return names.setdefault(text, f"t{len(names)}{end}")

    shape = over_texts(values, named)
    return shape, {name: text for text, name in names.items()}


def over_texts(value: Any, put: Callable[[str], str]) -> Any:
    """Return a value in which ``put`` has replaced each text that may be put in later."""
    if isinstance(value, dict):
        return {key: over_texts(inner, put) for key, inner in value.items()}
    if isinstance(value, list):
        return [over_texts(inner, put) for inner in value]
    if isinstance(value, str) and value and len(value.splitlines()) == 1 and value == value.strip():
        return put(value)
    return value


def _is_plain_template(name: str, depth: int) -> bool:
    template = get_template(name).template  # type: ignore[attr-defined]  # of Django's own backend
    return depth < 9 and _are_plain(template.nodelist, depth)  # noqa: PLR2004 -- no template is


def _are_plain(nodes: Any, depth: int) -> bool:
    return all(_is_plain(node, depth) for node in nodes or ())


def _is_plain(node: Node, depth: int) -> bool:
    if isinstance(node, WITHOUT_VALUES):
        return True
    if isinstance(node, ExtendsNode):
        parent: Any = node.parent_name
        return (
            not parent.filters
            and isinstance(parent.var, str)
            and _are_plain(node.nodelist, depth)
            and _is_plain_template(parent.var, depth + 1)
        )
    if not all(_is_shown(each) for each in _expressions(node)):
        return False
    if isinstance(node, IfNode):
        return all(
            (condition is None or _only_asks_whether(condition)) and _are_plain(nodes, depth)
            for condition, nodes in node.conditions_nodelists
        )
    if isinstance(node, ForNode):
        return _are_plain(node.nodelist_loop, depth) and _are_plain(node.nodelist_empty, depth)
    if isinstance(node, WITH_PARTS):
        return _are_plain(node.nodelist, depth)
    return isinstance(node, VariableNode | TranslateNode) or (
        isinstance(node, BlockTranslateNode) and node.countervar is None
    )


def _expressions(node: Node) -> Iterator[Any]:
    if isinstance(node, VariableNode | TranslateNode):
        yield node.filter_expression
    elif isinstance(node, BlockTranslateNode):
        yield from node.extra_context.values()
    elif isinstance(node, ForNode):
        yield node.sequence


def _is_shown(expression: Any) -> bool:
    return not expression.filters and isinstance(expression.var, Variable | str)


def _only_asks_whether(condition: Any) -> bool:
    """Whether a condition asks only if values are there, or if two of them are the same."""
    if isinstance(condition, TemplateLiteral):
        return _is_shown(condition.value)
    parts = [part for part in (condition.first, condition.second) if part is not None]
    if condition.id in COMPARISONS:
        return all(isinstance(part, TemplateLiteral) and _is_a_value(part) for part in parts)
    return condition.id in JOINS and all(map(_only_asks_whether, parts))


def _is_a_value(part: Any) -> bool:
    lookups: Any = getattr(part.value.var, "lookups", None)
    return _is_shown(part.value) and bool(lookups) and lookups[0] not in OURS
