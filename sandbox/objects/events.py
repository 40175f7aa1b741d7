"""Events: what happened, each with the object as it was at that moment."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.objects.lists import Query, cut
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/events"


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the event."""
    return account.get("event", identity)


def every(account: Account, params: Json) -> Json:
    """List the events, of one kind (`charge.*` is many) or several."""
    query = Query(account, "event")
    if kind := params.get("type"):
        query.add("json_extract(body, '$.type') GLOB ?", kind)
    if kinds := params.get("types"):
        marks = " OR ".join("json_extract(body, '$.type') GLOB ?" for _ in kinds)
        query.add(f"({marks})", *kinds)
    return cut(query, params, URL)


ROUTES = (
    Route("get", URL, every, f"{PAGING} created type types"),
    Route("get", f"{URL}/{{id}}", retrieve),
)
