"""Names what a document repeats, so that it is written once."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

LONG = 260  # characters; shorter repeats read better where they stand


def hoist(document: dict[str, Any]) -> None:
    """Move every long schema that occurs twice into the components, in place."""
    counts: Counter[str] = Counter()
    _count(document, counts)
    repeated = {text for text, count in counts.items() if count > 1}
    named: dict[str, Any] = {}
    _replace(document, repeated, named)
    document["components"]["schemas"].update(sorted(named.items()))


def _is_schema(node: Any) -> bool:
    return (
        isinstance(node, dict)
        and (isinstance(node.get("type"), str) or isinstance(node.get("anyOf"), list))
        and "in" not in node
        and "x-resourceId" not in node
    )


def _canonical(node: Any) -> str:
    return json.dumps(node, sort_keys=True)


def _count(node: Any, counts: Counter[str]) -> None:
    if _is_schema(node):
        text = _canonical(node)
        if len(text) > LONG:
            counts[text] += 1
    for child in _children(node):
        _count(child, counts)


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def _replace(node: Any, repeated: set[str], named: dict[str, Any]) -> None:
    pairs = list(node.items() if isinstance(node, dict) else enumerate(node))
    for key, child in pairs:
        if _is_schema(child) and (text := _canonical(child)) in repeated:
            name = "x_" + hashlib.sha256(text.encode()).hexdigest()[:8]
            node[key] = {"$ref": f"#/components/schemas/{name}"}
            if name not in named:
                named[name] = child
                _replace(child, repeated, named)
        elif isinstance(child, dict | list):
            _replace(child, repeated, named)
