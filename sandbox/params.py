"""Stripe's way with parameters: nested form fields, typed by the schema."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from sandbox.errors import InvalidRequest, required
from sandbox.schema.annotations import Schema
from sandbox.schema.check import Checker
from sandbox.wire import Json

BOOLEANS = {"true": True, "false": False}
MAX_FIELDS = 3000


def parse(text: str) -> Json:
    """Return `a[b][0]=c` as nested dicts; arrays stay dicts with numbers for keys."""
    params: Json = {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError as error:
        raise InvalidRequest(f"Invalid request body: {error}") from error
    for name, value in pairs:
        _put(params, re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name), value)
    return params


def typed(checker: Checker, params: Json, schema: Schema) -> Json:
    """Return the params with numbers, booleans and lists as such; raises Stripe's errors."""
    result = Reader(checker).read(params, schema, "")
    if not isinstance(result, dict):
        raise InvalidRequest("Invalid object")
    return result


def _put(params: Json, keys: list[str], value: str) -> None:
    if not keys:
        return
    here = params
    for key in keys[:-1]:
        step = here.setdefault(key or str(len(here)), {})
        if not isinstance(step, dict):
            raise InvalidRequest(f"Invalid object: {key}", param=keys[0])
        here = step
    here[keys[-1] or str(len(here))] = value


class Reader:
    """Turns texts into what the schema says they are."""

    def __init__(self, checker: Checker) -> None:
        self.checker = checker

    def read(self, value: Any, schema: Schema, param: str) -> Any:
        """Return the value as the schema's type; raises InvalidRequest when it cannot be."""
        schema = self.checker.resolve(schema)
        if "anyOf" in schema:
            return self._any(value, schema["anyOf"], param)
        kind = schema.get("type", "string")
        return getattr(self, f"_{kind}")(value, schema, param)

    def _any(self, value: Any, alternatives: list[Schema], param: str) -> Any:
        failures = []
        for schema in alternatives:
            try:
                return self.read(value, schema, param)
            except InvalidRequest as error:
                failures.append(error)
        raise next((e for e in failures if len(e.param) > len(param)), failures[-1])

    def _string(self, value: Any, schema: Schema, param: str) -> str:
        if not isinstance(value, str):
            raise InvalidRequest(f"Invalid string: {value}", param=param)
        choices = schema.get("enum", [value])
        if value not in choices:
            shown = ", ".join(choice for choice in choices if choice)
            raise InvalidRequest(f"Invalid {param}: must be one of {shown}", param=param)
        return value

    def _integer(self, value: Any, _: Schema, param: str) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"[+-]?\d{1,18}", value, re.ASCII):
            raise InvalidRequest(
                f"Invalid integer: {value}", code="parameter_invalid_integer", param=param
            )
        return int(value)

    def _number(self, value: Any, _: Schema, param: str) -> float:
        try:
            return float(value)
        except (TypeError, ValueError):
            raise InvalidRequest(f"Invalid decimal: {value}", param=param) from None

    def _boolean(self, value: Any, _: Schema, param: str) -> bool:
        if not isinstance(value, str) or value not in BOOLEANS:
            raise InvalidRequest(f"Invalid boolean: {value}", param=param)
        return BOOLEANS[value]

    def _array(self, value: Any, schema: Schema, param: str) -> list[Any]:
        if value == "":
            return []
        if not isinstance(value, dict) or not all(key.isdecimal() for key in value):
            raise InvalidRequest("Invalid array", param=param)
        ordered = [value[key] for key in sorted(value, key=int)]
        return [self.read(one, schema["items"], f"{param}[{i}]") for i, one in enumerate(ordered)]

    def _object(self, value: Any, schema: Schema, param: str) -> Json:
        if not isinstance(value, dict):
            raise InvalidRequest("Invalid object", param=param)
        named = schema.get("properties", {})
        others = schema.get("additionalProperties", {})
        result: Json = {}
        for name, inner in value.items():
            inside = f"{param}[{name}]" if param else name
            if name in named:
                result[name] = self.read(inner, named[name], inside)
            elif others is False:
                raise InvalidRequest(
                    f"Received unknown parameter: {inside}", code="parameter_unknown", param=inside
                )
            else:
                result[name] = self.read(inner, others or {}, inside)
        for name in schema.get("required", ()):
            if name not in result:
                raise required(f"{param}[{name}]" if param else name)
        return result
