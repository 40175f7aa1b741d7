"""Stripe's lists: newest first, cut by cursors, filtered by fields and by time."""

from __future__ import annotations

from typing import Any

from sandbox.account import Account
from sandbox.errors import InvalidRequest, missing
from sandbox.storage import Row
from sandbox.wire import Json

DEFAULT = 10
MOST = 100
COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


class Query:
    """Conditions on the objects of one kind in one account."""

    def __init__(self, account: Account, name: str) -> None:
        self.account = account
        self.name = name
        self.where = "account = ? AND type = ?"
        self.values: list[object] = [account.id, name]

    def add(self, condition: str, *values: object) -> None:
        """Narrow it."""
        self.where += f" AND {condition}"
        self.values += values

    def equal(self, field: str, value: object) -> None:
        """Keep what has this value in the field."""
        self.add("json_extract(body, ?) = ?", f"$.{field}", value)

    def created(self, wanted: Any) -> None:
        """Keep what was created at, or between, these times."""
        if isinstance(wanted, int):
            self.add("created = ?", wanted)
            return
        for name, value in (wanted or {}).items():
            self.add(f"created {COMPARISONS[name]} ?", value)

    def rows(self, order: str, limit: int) -> list[Row]:
        """Return the rows, by `ASC` or `DESC` of the time they were made at."""
        where = f"{self.where} ORDER BY created {order}, seq {order}"
        return self.account.storage.select(where, *self.values, limit=limit)


def page(account: Account, name: str, params: Json, url: str, filters: str = "") -> Json:
    """Return one page of the objects of a kind; `filters` names the params that are fields."""
    query = Query(account, name)
    for field in filters.split():
        if field in params:
            query.equal(field, params[field])
    return cut(query, params, url)


def cut(query: Query, params: Json, url: str) -> Json:
    """Return the page of the query that the cursors in the params ask for."""
    limit = _limit(params)
    query.created(params.get("created"))
    before, after = params.get("ending_before"), params.get("starting_after")
    if before and after:
        raise InvalidRequest(
            "You may only specify one of these parameters: ending_before, starting_after.",
            param="ending_before",
        )
    if before:
        query.add("(created, seq) > (?, ?)", *_position(query, before, "ending_before"))
        rows = query.rows("ASC", limit + 1)
        found = rows[:limit][::-1]
    else:
        if after:
            query.add("(created, seq) < (?, ?)", *_position(query, after, "starting_after"))
        rows = query.rows("DESC", limit + 1)
        found = rows[:limit]
    return listed([row.body for row in found], url, has_more=len(rows) > limit)


def listed(bodies: list[Json], url: str, *, has_more: bool = False) -> Json:
    """Return the bodies as Stripe's list object."""
    return {"object": "list", "data": bodies, "has_more": has_more, "url": url}


def _limit(params: Json) -> int:
    limit = int(params.get("limit", DEFAULT))
    if not 1 <= limit <= MOST:
        message = f"Invalid limit: must be between 1 and {MOST}"
        raise InvalidRequest(message, code="parameter_invalid_integer", param="limit")
    return limit


def _position(query: Query, identity: str, param: str) -> tuple[int, int]:
    found = query.account.storage.find(query.account.id, identity)
    if found is None or found.body["object"] != query.name:
        raise missing(query.name, identity, param)
    return found.body["created"], found.seq


def slice_of(bodies: list[Json], params: Json, url: str) -> Json:
    """Return the page of a list that is kept whole, in its own order."""
    limit = _limit(params)
    ids = [body["id"] for body in bodies]
    start, end = 0, len(bodies)
    for name in ("starting_after", "ending_before"):
        if name in params and params[name] not in ids:
            raise missing("item", params[name], name)
    if after := params.get("starting_after"):
        start = ids.index(after) + 1
    if before := params.get("ending_before"):
        end = ids.index(before)
        start = max(start, end - limit)
    found = bodies[start : min(end, start + limit)]
    has_more = start > 0 if before else start + limit < end
    return listed(found, url, has_more=has_more)
