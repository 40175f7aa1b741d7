"""What many objects have in common: metadata, text that can be unset, plain changes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sandbox.errors import InvalidRequest, elsewhere, required
from sandbox.wire import Json

MAX_KEYS = 50
MAX_KEY = 40
MAX_VALUE = 500


def metadata(given: Any, current: Json | None = None) -> dict[str, str]:
    """Return the metadata with the given keys set, and those given empty taken out."""
    if given == "":
        return {}
    merged = {**(current or {}), **(given or {})}
    kept = {key: value for key, value in merged.items() if value != ""}
    if len(kept) > MAX_KEYS:
        raise InvalidRequest("Metadata can have at most 50 keys.", param="metadata")
    for key, value in kept.items():
        if len(key) > MAX_KEY:
            raise InvalidRequest(
                f"Metadata keys can have up to {MAX_KEY} characters.", param="metadata"
            )
        if len(value) > MAX_VALUE:
            raise InvalidRequest(
                f"Metadata values can have up to {MAX_VALUE} characters, but you passed in a value"
                f" of {len(value)} characters.",
                param=f"metadata[{key}]",
            )
    return kept


def optional(given: Any) -> Any:
    """Return None for what is absent or unset by an empty string."""
    return None if given in {"", None} else given


def change(body: Json, params: Json, names: str) -> Json:
    """Set the named fields that were given; return what they were before, where it differs."""
    before: Json = {}
    for name in names.split():
        if name in params and body.get(name) != (value := _unset(params[name])):
            before[name] = body.get(name)
            body[name] = value
    if "metadata" in params:
        merged = metadata(params["metadata"], body["metadata"])
        if merged != body["metadata"]:
            before["metadata"] = body["metadata"]
            body["metadata"] = merged
    return before


def differences(before: Json, after: Json) -> Json:
    """Return the fields that changed, as they were before."""
    return {name: before.get(name) for name in after if before.get(name) != after[name]}


def only(given: Any, known: str, param: str) -> Json:
    """Return what was given; raises for a name in it that the sandbox does not honour."""
    for name in given or {}:
        if name not in known.split():
            raise elsewhere(f"{param}[{name}]", f"{param}[{name}]")
    return dict(given or {})


def _unset(value: Any) -> Any:
    return None if value == "" else value


def need(params: Json, *names: str) -> None:
    """Raise for the first parameter that is not there."""
    for name in names:
        if params.get(name) in (None, "", [], {}):
            raise required(name)


def web_address(value: str, param: str) -> str:
    """Return the address; raises when it is not one that a browser can go to."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InvalidRequest("Not a valid URL", code="url_invalid", param=param)
    return value


def address(given: Any) -> Json | None:
    """Return a whole address, with None for the lines not given."""
    if not given:
        return None
    lines = ("city", "country", "line1", "line2", "postal_code", "state")
    return {line: optional(given.get(line)) for line in lines}
