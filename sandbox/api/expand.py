"""`expand`: ids in an answer become the objects they name."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.account import Account
from sandbox.errors import InvalidRequest
from sandbox.objects import (
    checkout_sessions,
    coupons,
    discounts,
    invoice_payments,
    lists,
    refunds,
)
from sandbox.objects.customers import seen
from sandbox.schema.annotations import Schema
from sandbox.schema.check import Checker
from sandbox.wire import Json

DEEPEST = 4


def _refunds(account: Account, body: Json) -> Json:
    return lists.listed(refunds.of_charge(account, body), f"/v1/charges/{body['id']}/refunds")


# Fields that are not there at all until they are asked for.
INCLUDABLE: dict[tuple[str, str], Callable[[Account, Json], Json | None]] = {
    ("checkout.session", "line_items"): checkout_sessions.included_items,
    ("checkout.session", "total_details.breakdown"): discounts.breakdown,
    ("coupon", "applies_to"): coupons.products_of,
    ("charge", "refunds"): _refunds,
    ("invoice", "payments"): invoice_payments.included,
}
INCLUDED = frozenset(field.rpartition(".")[2] for _, field in INCLUDABLE)


def check(checker: Checker, answer: Schema, paths: list[str]) -> None:
    """Raise InvalidRequest for a path that this answer could never have, whatever is in it."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST + (steps[0] == "data"):
            message = f"You cannot expand more than {DEEPEST} levels of a property."
            raise InvalidRequest(message, param="expand")
        here = _objects(checker, answer)
        for step in steps:
            found = [one["properties"][step] for one in here if step in one["properties"]]
            is_open = any(step in one.get("x-expandableFields", ()) for one in here)
            is_open = is_open or any(_is_list_of_ids(one) for one in found)
            here = [one for schema in found for one in _objects(checker, schema)]
            if not found or not (is_open or here):
                raise _refused(path)
        is_shown = is_open or step in INCLUDED
        if not is_shown and not any("data" in one["properties"] for one in here):
            raise _refused(path)


def expand(account: Account, body: Json, paths: list[str]) -> None:
    """Expand every path in the body, in place; what is empty stays empty."""
    for path in paths:
        _walk(account, body, path.split("."))


def _walk(account: Account, body: Json, steps: list[str]) -> None:
    step, *rest = steps
    _include(account, body, steps)
    value = body.get(step)
    if isinstance(value, str) and (found := account.storage.find(account.id, value)):
        value = body[step] = seen(found.body)
    if isinstance(value, list):
        for index, inner in enumerate(value):
            if isinstance(inner, str) and (found := account.storage.find(account.id, inner)):
                value[index] = seen(found.body)
    for inner in value if isinstance(value, list) else [value]:
        if rest and isinstance(inner, dict):
            _walk(account, inner, rest)


def _include(account: Account, body: Json, steps: list[str]) -> None:
    """Put the field that the first steps name in its place, if this object has it to show."""
    for end in range(1, min(len(steps), 2) + 1):
        include = INCLUDABLE.get((body.get("object", ""), ".".join(steps[:end])))
        inside = body if end == 1 else body.get(steps[0])
        if include and inside is not None and steps[end - 1] not in inside:
            found = include(account, body)
            if found is not None:
                inside[steps[end - 1]] = found


def _is_list_of_ids(schema: Schema) -> bool:
    return "x-expansionResources" in schema.get("items", {})


def _objects(checker: Checker, schema: Schema) -> list[Schema]:
    """Return the schemas of the objects that a value of this schema is, or holds."""
    schema = checker.resolve(schema)
    if "anyOf" in schema:
        return [one for inner in schema["anyOf"] for one in _objects(checker, inner)]
    if "items" in schema:
        return _objects(checker, schema["items"])
    return [schema] if "properties" in schema else []


def _refused(path: str) -> InvalidRequest:
    return InvalidRequest(f"This property cannot be expanded ({path}).", param="expand")
