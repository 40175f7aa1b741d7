"""`expand`: ids in an answer become the objects they name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.account import Account
from sandbox.errors import InvalidRequest
from sandbox.objects import checkout_sessions, lists, refunds
from sandbox.objects.customers import seen
from sandbox.schema.check import Checker
from sandbox.wire import Json

DEEPEST = 4


def _refunds(account: Account, body: Json) -> Json:
    return lists.listed(refunds.of_charge(account, body), f"/v1/charges/{body['id']}/refunds")


# Fields that are not there at all until they are asked for.
INCLUDABLE: dict[tuple[str, str], Callable[[Account, Json], Json]] = {
    ("checkout.session", "line_items"): checkout_sessions.included_items,
    ("charge", "refunds"): _refunds,
}


def expand(account: Account, body: Json, paths: list[str]) -> None:
    """Expand every path in the body, in place; raises InvalidRequest for what cannot be."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST + (steps[0] == "data"):
            raise InvalidRequest(
                f"You cannot expand more than {DEEPEST} levels of a property.", param="expand"
            )
        _walk(account, body, steps, path)


def _walk(account: Account, body: Json, steps: list[str], path: str) -> None:
    step, *rest = steps
    if step == "data" and body.get("object") == "list":
        _each(account, body["data"], rest, path)
        return
    include = INCLUDABLE.get((body.get("object", ""), step))
    if include and step not in body:
        body[step] = include(account, body)
    value = _opened(account, body, step, path)
    if rest:
        _each(account, value if isinstance(value, list) else [value], rest, path)


def _opened(account: Account, body: Json, step: str, path: str) -> Any:
    """Return what the field holds, an id replaced by its object."""
    checker, value = account.world.checker, body.get(step)
    if isinstance(value, str) and _is_expandable(checker, body, step):
        found = account.storage.find(account.id, value)
        body[step] = seen(found.body) if found else value
        return body[step]
    is_absent = value is None and _is_known(checker, body, step)
    if is_absent or isinstance(value, dict | list):
        return value
    raise _refused(path)


def _each(account: Account, values: list[Any], rest: list[str], path: str) -> None:
    for value in values:
        if isinstance(value, dict) and rest:
            _walk(account, value, rest, path)


def _is_expandable(checker: Checker, body: Json, step: str) -> bool:
    schema = _schema(checker, body)
    return schema is None or step in schema.get("x-expandableFields", ())


def _is_known(checker: Checker, body: Json, step: str) -> bool:
    schema = _schema(checker, body)
    return schema is None or step in schema["properties"]


def _schema(checker: Checker, body: Json) -> Json | None:
    """Return the schema of a resource; parts of one have none of their own here."""
    found: Json | None = checker.document["components"]["schemas"].get(body.get("object", ""))
    return found


def _refused(path: str) -> InvalidRequest:
    return InvalidRequest(f"This property cannot be expanded ({path}).", param="expand")
