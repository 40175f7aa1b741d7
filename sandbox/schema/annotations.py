"""Turns the SDK's type annotations into JSON schema, as Stripe's own OpenAPI writes it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sandbox.schema.source import Found, Sdk
from sandbox.schema.wanted import REMEMBERED

Schema = dict[str, Any]

MAX_DEPTH = 9
# Request options ride along in the SDK's parameter types; they are headers on the wire.
OPTIONS = (
    "api_key stripe_version stripe_account stripe_context idempotency_key max_network_retries "
    "content_type headers"
)
KEPT_METHODS = frozenset({"card", "link", "customer_balance", "custom"})
MANY_METHODS = 5  # a class with this many fields named for ways to pay is a list of them
PLAIN: dict[str, Schema] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "bool": {"type": "boolean"},
    "float": {"type": "number"},
    "Decimal": {"type": "string", "format": "decimal"},
    "Any": {},
    "object": {},
    "StripeObject": {"type": "object"},
}
LITERALS = {bool: "boolean", int: "integer", str: "string"}


@dataclass(frozen=True)
class Place:
    """Where an annotation stands: its module, the classes around it, request or answer."""

    module: str
    scope: tuple[ast.ClassDef, ...]
    is_answer: bool
    depth: int = 0


class Translator:
    """Translates annotations; `needed` collects the resources that answers refer to."""

    def __init__(self, sdk: Sdk, kept: frozenset[str]) -> None:
        self.sdk = sdk
        self.kept = kept
        self.resources = sdk.resources()
        self.needed: list[str] = []
        self._names = {(f.module, f.node.name): name for name, f in self.resources.items()}

    def translate(self, node: ast.expr, place: Place) -> Schema:
        """Return the schema of one annotation."""
        match node:
            case ast.Constant(value=None):
                return {"nullable": True}
            case ast.Constant(value=str(text)):
                return self.translate(ast.parse(text, mode="eval").body, place)
            case ast.BinOp():
                return union([self.translate(n, place) for n in (node.left, node.right)])
            case ast.Subscript():
                return self._generic(node, place)
            case ast.Name(id=name) if name in PLAIN:
                return dict(PLAIN[name])
            case ast.Name() | ast.Attribute():
                return self._class(ast.unparse(node).split("."), place)
        raise TypeError(f"An annotation of an unknown shape: {ast.unparse(node)}")

    def resource(self, name: str) -> Schema:
        """Return the schema of one resource, its `object` fixed."""
        found = self.resources[name]
        schema = self._fields(found.node, Place(found.module, (found.node,), is_answer=True))
        schema |= {"title": found.node.name, "x-resourceId": name}
        if "object" in schema["properties"]:
            schema["properties"]["object"] = {"type": "string", "enum": [name]}
        return schema

    def _generic(self, node: ast.Subscript, place: Place) -> Schema:
        head = ast.unparse(node.value).rsplit(".", 1)[-1]
        inner = node.slice
        match head:
            case "Literal":
                return _literal(inner)
            case "Union" if isinstance(inner, ast.Tuple):
                return union([self.translate(n, place) for n in inner.elts])
            case "Dict" if isinstance(inner, ast.Tuple):
                return _mapping(self.translate(inner.elts[1], place))
        wrap = WRAPPERS.get(head)
        if wrap is None:
            raise TypeError(f"An annotation of an unknown kind: {ast.unparse(node)}")
        return wrap(self.translate(inner, place))

    def _class(self, parts: list[str], place: Place) -> Schema:
        nested = self._nested(parts, place.scope)
        if nested is not None:
            return self._fields(nested, replace(place, scope=(*place.scope, nested)))
        found = self._imported(parts, place)
        if found is None:
            return {"type": "object", "x-unresolved": ".".join(parts)}
        name = self._names.get((found.module, found.node.name)) if len(parts) == 1 else None
        if name is None:
            return self._fields(
                found.node, replace(place, module=found.module, scope=(found.node,))
            )
        if name not in self.kept:
            return {"type": "object", "x-trimmed": name}
        if name not in self.needed:
            self.needed.append(name)
        return reference(name)

    def _nested(self, parts: list[str], scope: tuple[ast.ClassDef, ...]) -> ast.ClassDef | None:
        outer = scope[0].name
        if parts == [outer]:
            return None
        inside = parts[1:] if parts[0] == outer else parts
        for around in reversed(scope):
            if (node := _descend(around, inside)) is not None:
                return node
        return None

    def _imported(self, parts: list[str], place: Place) -> Found | None:
        found = self.sdk.find_class(place.module, parts[0])
        node = _descend(found.node, parts[1:]) if found else None
        return Found(found.module, node) if found and node else None

    def _fields(self, node: ast.ClassDef, place: Place) -> Schema:
        if place.depth > MAX_DEPTH:
            return {"type": "object", "x-trimmed": node.name}
        place = replace(place, depth=place.depth + 1)
        annotations = self._without_rare_methods(self._annotations(node, place))
        properties, required, expandable = {}, [], []
        for name, annotation in annotations.items():
            if name in OPTIONS.split() and not place.is_answer:
                continue
            field = name.rstrip("_")
            schema = self.translate(annotation, place)
            if _is_expandable(schema):
                expandable.append(field)
            if _is_required(annotation, is_answer=place.is_answer):
                required.append(field)
            properties[field] = schema
        result: Schema = {"type": "object", "properties": properties}
        if required:
            result["required"] = sorted(required)
        if expandable:
            result["x-expandableFields"] = sorted(expandable)
        if not place.is_answer:
            result["additionalProperties"] = False
        return result

    def _annotations(self, node: ast.ClassDef, place: Place) -> dict[str, ast.expr]:
        """Return the annotated fields, those of a parameter class's parents first."""
        found: dict[str, ast.expr] = {}
        for base in node.bases:
            if isinstance(base, ast.Name) and base.id.endswith("Params"):
                parent = self.sdk.find_class(place.module, base.id)
                found |= self._annotations(parent.node, place) if parent else {}
        for line in node.body:
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                name = line.target.id
                if not name.startswith("_") and "ClassVar" not in ast.unparse(line.annotation):
                    found[name] = line.annotation
        return found

    def _without_rare_methods(self, fields: dict[str, ast.expr]) -> dict[str, ast.expr]:
        rare = {f for f in fields if f.removesuffix("_payments") in self._rare_methods}
        if len(rare) < MANY_METHODS:
            return fields
        return {name: node for name, node in fields.items() if name not in rare}

    @cached_property
    def _rare_methods(self) -> frozenset[str]:
        """The ways to pay that the subset leaves out, as `PaymentMethod.type` lists them."""
        method = self.sdk.find_class("stripe._payment_method", "PaymentMethod")
        fields = self._annotations(method.node, Place(*_top(method))) if method else {}
        node = fields.get("type")
        values = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant)) if node else ()
        return frozenset(v for v in values if isinstance(v, str)) - KEPT_METHODS


def reference(name: str) -> Schema:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def union(alternatives: list[Schema]) -> Schema:
    """Join alternatives; a literal beside a plain string is an enum that may grow (`x-open`)."""
    flat: list[Schema] = []
    for one in alternatives:
        flat += one["anyOf"] if set(one) == {"anyOf"} else [one]
    enums = [one for one in flat if "enum" in one and one["type"] == "string"]
    strings = [one for one in flat if one.get("type") == "string" and "enum" not in one]
    if enums and strings:
        values = [value for one in enums for value in one["enum"]]
        is_choice = set(values) != {""}
        joined: Schema = {"type": "string", "enum": values, "x-open": True}
        rest = [one for one in flat if one not in enums and one not in strings]
        flat = [*rest, joined if is_choice else {"type": "string"}]
    distinct = [one for i, one in enumerate(flat) if one not in flat[:i]]
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}


def _literal(node: ast.expr) -> Schema:
    elements = node.elts if isinstance(node, ast.Tuple) else [node]
    values = [ast.literal_eval(element) for element in elements]
    return {"type": LITERALS[type(values[0])], "enum": values}


def _optional(inner: Schema) -> Schema:
    return {"anyOf": [inner], "nullable": True} if "$ref" in inner else {**inner, "nullable": True}


def _array(inner: Schema) -> Schema:
    return {"type": "array", "items": inner}


def _mapping(inner: Schema) -> Schema:
    return {"type": "object", "additionalProperties": inner}


def _list(inner: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {
            "object": {"type": "string", "enum": ["list"]},
            "data": _array(inner),
            "has_more": {"type": "boolean"},
            "url": {"type": "string"},
        },
        "required": ["data", "has_more", "object", "url"],
        "x-expandableFields": ["data"],
    }


def _expandable(inner: Schema) -> Schema:
    """Return "an id or the object itself"; of a resource left out, any object with an id."""
    references = [one for one in inner.get("anyOf", [inner]) if "$ref" in one]
    shadows = [reference(f"deleted_{n}") for n in REMEMBERED if reference(n) in references]
    if references:
        references = [*references, *shadows]
        objects: dict[str, Any] = {"x-expansionResources": {"oneOf": references}}
    else:
        text = {"type": "string"}
        references = [
            {
                "type": "object",
                "properties": {"id": text, "object": text},
                "required": ["id", "object"],
            }
        ]
        objects = {}
    return {"anyOf": [{"type": "string"}, *references], **objects, "x-expandable": True}


WRAPPERS: dict[str, Callable[[Schema], Schema]] = {
    "NotRequired": lambda inner: inner,
    "Required": lambda inner: inner,
    "Optional": _optional,
    "List": _array,
    "Sequence": _array,
    "UntypedStripeObject": _mapping,
    "ListObject": _list,
    "SearchResultObject": lambda _: {"type": "object"},
    "ExpandableField": _expandable,
}


def _is_expandable(schema: Schema) -> bool:
    """Tell whether the field can be expanded, and take the mark off."""
    marked = [one for one in (schema, *schema.get("anyOf", ())) if one.pop("x-expandable", False)]
    return bool(marked)


def _is_required(annotation: ast.expr, *, is_answer: bool) -> bool:
    text = ast.unparse(annotation).strip("\"'")
    return not re.match("Optional" if is_answer else "NotRequired", text)


def _descend(node: ast.ClassDef, parts: list[str]) -> ast.ClassDef | None:
    for part in parts:
        inner = [n for n in node.body if isinstance(n, ast.ClassDef) and n.name == part]
        if not inner:
            return None
        node = inner[0]
    return node


def _top(found: Found) -> tuple[str, tuple[ast.ClassDef, ...], bool]:
    return found.module, (found.node,), True
