"""What an upgrade of the SDK changes: which operations and objects, and which of their fields.

The sandbox's state machines were written for one version of the API. `reviewed.json` keeps a mark
(a hash, nothing of Stripe's) of every operation and object as they were then; a test compares.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.schema.annotations import Schema

REVIEWED = Path(__file__).parent / "reviewed.json"
DEEPEST = 6
Document = dict[str, Any]
Marks = dict[str, str]


def marks(document: Document) -> Marks:
    """Return a mark for every operation and every object, by name."""
    found = {f"{verb} {path}": schema for verb, path, schema in _operations(document)}
    found |= dict(_resources(document))
    return {name: _mark(schema) for name, schema in sorted(found.items())}


def reviewed() -> Document:
    """Return what was reviewed last: the versions and the marks."""
    kept: Document = json.loads(REVIEWED.read_text())
    return kept


def accept(document: Document) -> None:
    """Keep this schema's marks as reviewed."""
    info = document["info"]
    versions = {"api_version": info["version"], "sdk_version": info["x-sdk-version"]}
    kept = {**versions, "marks": marks(document)}
    REVIEWED.write_text(json.dumps(kept, indent=1) + "\n")


def unreviewed(document: Document) -> list[str]:
    """Return what differs from what was reviewed, a line each; none when all was looked at."""
    kept, info = reviewed(), document["info"]
    lines = [
        f"{name}: {kept[name]} -> {now}"
        for name, now in (("api_version", info["version"]), ("sdk_version", info["x-sdk-version"]))
        if kept[name] != now
    ]
    return lines + _changes(kept["marks"], marks(document))


def differences(before: Document, after: Document) -> list[str]:
    """Return the fields that came (+), went (-) and changed (~), a line each."""
    old, new = dict(_fields_of(before)), dict(_fields_of(after))
    lines = [f"+ {name}: {new[name]}" for name in new.keys() - old.keys()]
    lines += [f"- {name}: {old[name]}" for name in old.keys() - new.keys()]
    lines += [
        f"~ {name}: {old[name]} -> {new[name]}"
        for name in old.keys() & new.keys()
        if old[name] != new[name]
    ]
    return sorted(lines, key=lambda line: (line[2:], line[0]))


def _changes(before: Marks, after: Marks) -> list[str]:
    lines = [f"+ {name}" for name in after.keys() - before.keys()]
    lines += [f"- {name}" for name in before.keys() - after.keys()]
    lines += [f"~ {name}" for name in before.keys() & after.keys() if before[name] != after[name]]
    return sorted(lines, key=lambda line: line[2:])


def _operations(document: Document) -> Iterator[tuple[str, str, Schema]]:
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            yield verb, path, operation


def _resources(document: Document) -> Iterator[tuple[str, Schema]]:
    for name, schema in document["components"]["schemas"].items():
        if "x-resourceId" in schema:
            yield name, schema


def _fields_of(document: Document) -> Iterator[tuple[str, str]]:
    schemas = document["components"]["schemas"]
    for name, schema in _resources(document):
        yield from _fields(schemas, schema, name, 0)
    for verb, path, operation in _operations(document):
        about = f"{verb} {path}"
        yield about, "operation"
        for one in operation.get("parameters", []):
            yield from _fields(schemas, one["schema"], f"{about} {one['name']}", 0)
        for content in operation.get("requestBody", {}).get("content", {}).values():
            yield from _fields(schemas, content["schema"], about, 0)


def _fields(
    schemas: Document, schema: Schema, name: str, depth: int, note: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield the field and those inside it, up to where another object begins."""
    schema = _resolved(schemas, schema)
    yield name, _said(schemas, schema) + note
    if depth == DEEPEST or (depth and "x-resourceId" in schema):
        return
    required = schema.get("required", [])
    for field, inner in schema.get("properties", {}).items():
        absent = "" if field in required else ", may be absent"
        yield from _fields(schemas, inner, f"{name}.{field}", depth + 1, absent)
    if "items" in schema:
        yield from _fields(schemas, schema["items"], f"{name}[]", depth + 1)
    for inner in schema.get("anyOf", []):
        if "properties" in _resolved(schemas, inner):
            yield from _fields(schemas, inner, f"{name}|", depth + 1)


def _said(schemas: Document, schema: Schema) -> str:
    """Return a field's type in a few words."""
    schema = _resolved(schemas, schema)
    words = str(schema.get("x-resourceId") or schema.get("type", "any"))
    if "anyOf" in schema:
        words = " | ".join(sorted({_said(schemas, one) for one in schema["anyOf"]}))
    if "enum" in schema:
        words += f" of {', '.join(map(str, schema['enum']))}"
    return f"{words} or null" if schema.get("nullable") else words


def _resolved(schemas: Document, schema: Schema) -> Schema:
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _mark(schema: Schema) -> str:
    text = json.dumps(schema, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
