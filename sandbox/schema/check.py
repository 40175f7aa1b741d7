"""Checks requests, answers and objects against the schema."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

import jsonschema_rs

from sandbox.schema.annotations import Schema

NAME = "https://sandbox.invalid/schema"
FORM = "application/x-www-form-urlencoded"
MAX_PROBLEMS = 5


@dataclass(frozen=True)
class Violation:
    """Something that Stripe would not have sent, or would not have taken."""

    kind: str  # request, response, event or crash
    about: str
    problems: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}: {'; '.join(self.problems)}"


class Checker:
    """Validates against one OpenAPI document; validators are compiled when first needed."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._validators: dict[str, Any] = {}
        self._lock = Lock()

    @property
    def api_version(self) -> str:
        """The version of Stripe's API that the document describes."""
        return str(self.document["info"]["version"])

    def request_schema(self, verb: str, path: str) -> Schema:
        """Return the schema of an operation's parameters, those in the path left out."""
        operation = self.document["paths"][path][verb]
        if verb != "get":
            schema: Schema = operation["requestBody"]["content"][FORM]["schema"]
            return self.resolve(schema)
        query = [one for one in operation["parameters"] if one["in"] == "query"]
        return {
            "type": "object",
            "properties": {one["name"]: one["schema"] for one in query},
            "required": [one["name"] for one in query if one["required"]],
            "additionalProperties": False,
        }

    def answer_schema(self, verb: str, path: str) -> Schema:
        """Return the schema of an operation's good answer."""
        good = self.document["paths"][path][verb]["responses"]["200"]
        schema: Schema = good["content"]["application/json"]["schema"]
        return schema

    def resolve(self, schema: Schema) -> Schema:
        """Follow references to the schema they name."""
        while "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return schema

    def request_problems(self, verb: str, path: str, params: dict[str, Any]) -> list[str]:
        """Return what is wrong with the parameters, already typed, of a request."""
        return self._problems(f"request {verb} {path}", params)

    def answer_problems(self, verb: str, path: str, body: dict[str, Any]) -> list[str]:
        """Return what is wrong with the body of a good answer."""
        return self._problems(f"answer {verb} {path}", body)

    def object_problems(self, name: str, body: dict[str, Any]) -> list[str]:
        """Return what is wrong with one object of the named resource."""
        if name not in self.document["components"]["schemas"]:
            return [f"{name} is not in the schema"]
        return self._problems(f"object {name}", body)

    def _problems(self, what: str, body: dict[str, Any]) -> list[str]:
        found = []
        for error in self._validator(what).iter_errors(body):
            found.append(f"{'.'.join(map(str, error.instance_path)) or '(top)'}: {error.message}")
            if len(found) == MAX_PROBLEMS:
                break
        return found

    def _validator(self, what: str) -> Any:
        with self._lock:
            if what not in self._validators:
                self._validators[what] = jsonschema_rs.Draft202012Validator(
                    self._schema(what), registry=self._registry
                )
            return self._validators[what]

    def _schema(self, what: str) -> Schema:
        kind, *rest = what.split(" ")
        if kind == "object":
            return {"$ref": f"{NAME}#/{rest[0]}"}
        verb, path = rest
        if kind == "request":
            return as_json_schema(self.request_schema(verb, path))
        return as_json_schema(self.answer_schema(verb, path))

    @cached_property
    def _registry(self) -> Any:
        schemas = self.document["components"]["schemas"]
        whole = {name: as_json_schema(schema) for name, schema in schemas.items()}
        return jsonschema_rs.Registry([(NAME, whole)])


def as_json_schema(schema: Schema) -> Schema:
    """Return OpenAPI 3.0 as JSON schema, strict: an object has no fields but those described.

    An enum that may grow (`x-open`) is closed here: the sandbox speaks one version.
    """
    text = json.dumps(schema).replace('"#/components/schemas/', f'"{NAME}#/')
    converted: Schema = _strict(json.loads(text))
    return converted


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if not re.match("x-|nullable$|title$", key)}
    if node.get("nullable") is True and set(node) == {"nullable"}:
        return {"type": "null"}
    if "properties" in node:
        kept.setdefault("additionalProperties", False)
        kept["properties"] = {name: _strict(one) for name, one in node["properties"].items()}
    for key in ("items", "additionalProperties", "anyOf"):
        if key in kept:
            kept[key] = _strict(kept[key])
    return _nullable(kept) if node.get("nullable") is True else kept


def _nullable(schema: Schema) -> Schema:
    """Allow null as well, in the words that give the plainest complaint."""
    if "type" in schema:
        widened = {**schema, "type": [schema["type"], "null"]}
        return {**widened, "enum": [*schema["enum"], None]} if "enum" in schema else widened
    if "anyOf" in schema:
        return {**schema, "anyOf": [*schema["anyOf"], {"type": "null"}]}
    return {"anyOf": [schema, {"type": "null"}]}
