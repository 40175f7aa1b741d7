"""Assembles the OpenAPI document from the SDK's operations and resources."""

from __future__ import annotations

import ast
import re
from typing import Any

from sandbox.schema.annotations import Place, Schema, Translator, reference
from sandbox.schema.hoist import hoist
from sandbox.schema.source import Method, Sdk
from sandbox.schema.wanted import DELETABLE, REMEMBERED, RESOURCES, Operation, wanted_operations

TEXT: Schema = {"type": "string"}
ANY_OBJECT: Schema = {"type": "object"}
# The SDK's error class is loose; this is what its requestor reads.
ERROR: Schema = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["type"],
            "properties": {
                "type": {
                    "type": "string",
                    "enum": [
                        "api_error",
                        "card_error",
                        "idempotency_error",
                        "invalid_request_error",
                    ],
                },
                "advice_code": TEXT,
                "charge": TEXT,
                "code": TEXT,
                "decline_code": TEXT,
                "doc_url": TEXT,
                "message": TEXT,
                "param": TEXT,
                "payment_intent": ANY_OBJECT,
                "payment_method": ANY_OBJECT,
                "request_log_url": TEXT,
                "setup_intent": ANY_OBJECT,
            },
        }
    },
}


def build(sdk: Sdk | None = None) -> dict[str, Any]:
    """Return the document; raises LookupError when the SDK lacks a wanted operation."""
    sdk = sdk or Sdk()
    wanted = wanted_operations()
    methods = sdk.operations(wanted)
    if missing := sorted(wanted - set(methods)):
        raise LookupError(f"This version of the SDK lacks {missing}.")
    translator = Translator(sdk, frozenset(RESOURCES.split()))
    paths: dict[str, dict[str, Any]] = {}
    for operation, method in sorted(methods.items(), key=lambda item: item[0][::-1]):
        described = _operation(translator, operation, method)
        paths.setdefault(method.path, {})[operation.verb] = described
    document = {
        "openapi": "3.0.0",
        "info": {
            "title": "Stripe API (subset)",
            "version": sdk.api_version,
            "x-sdk-version": sdk.version,
        },
        "servers": [{"url": "https://api.stripe.com/"}],
        "paths": paths,
        "components": {"schemas": _components(translator)},
    }
    hoist(document)
    return document


def _operation(translator: Translator, operation: Operation, method: Method) -> dict[str, Any]:
    node = translator.sdk.module(method.module)
    if node is None:
        raise LookupError(f"{method.module} is not in the SDK.")
    place = Place(method.module, (node.classes[method.service],), is_answer=False)
    params = _params(translator, method.params, place)
    answer = translator.translate(method.returns, Place(place.module, place.scope, is_answer=True))
    answer = _with_deleted(operation.verb, answer)
    described: dict[str, Any] = {
        "operationId": _operation_id(operation.verb, method.path),
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": TEXT}
            for name in re.findall(r"\{(\w+)\}", method.path)
        ],
        "responses": {"200": _content("ok", answer), "default": _content("error", _error())},
    }
    if operation.verb == "get":
        described["parameters"] += _query(params)
    else:
        described["requestBody"] = {"required": False, "content": _body(method.path, params)}
    return described


def _params(translator: Translator, annotation: ast.expr | None, place: Place) -> Schema:
    if annotation is None:
        return {"type": "object", "properties": {}, "additionalProperties": False}
    schema = translator.translate(annotation, place)
    schema.pop("nullable", None)
    return schema


def _query(params: Schema) -> list[dict[str, Any]]:
    required = params.get("required", [])
    described = []
    for name, schema in params["properties"].items():
        one = {"name": name, "in": "query", "required": name in required, "schema": schema}
        if schema.get("type") in {"object", "array"} or "anyOf" in schema:
            one |= {"style": "deepObject", "explode": True}
        else:
            one["style"] = "form"
        described.append(one)
    return described


def _body(path: str, params: Schema) -> dict[str, Any]:
    if path.startswith("/v2"):
        return {"application/json": {"schema": params}}
    return {"application/x-www-form-urlencoded": {"schema": params, "encoding": {}}}


def _content(description: str, schema: Schema) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _error() -> Schema:
    return reference("error")


def _with_deleted(verb: str, answer: Schema) -> Schema:
    """Return the answer of a verb whose object may be deleted by it, or before it."""
    name = answer.get("$ref", "").rsplit("/", 1)[-1]
    if verb == "delete" and name in DELETABLE:
        return reference(f"deleted_{name}")
    if verb == "get" and name in REMEMBERED:
        return {"anyOf": [answer, reference(f"deleted_{name}")]}
    return answer


def _operation_id(verb: str, path: str) -> str:
    words = re.split(r"[/_{}]+", path.replace("/v1/", "").replace("/v2/", "v2_"))
    return verb.title() + "".join(word.title() for word in words)


def _components(translator: Translator) -> dict[str, Schema]:
    """Return all resources that answers need, following what each refers to."""
    schemas: dict[str, Schema] = {}
    for name in translator.needed:  # grows while it is walked
        schemas[name] = translator.resource(name)
    for name in DELETABLE:
        schemas[f"deleted_{name}"] = {
            "type": "object",
            "title": f"Deleted{name}",
            "x-resourceId": f"deleted_{name}",
            "required": ["deleted", "id", "object"],
            "properties": {
                "id": TEXT,
                "object": {"type": "string", "enum": [name]},
                "deleted": {"type": "boolean", "enum": [True]},
            },
        }
    schemas["error"] = ERROR
    return dict(sorted(schemas.items()))
