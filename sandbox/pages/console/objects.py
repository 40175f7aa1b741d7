"""The objects: how many of each kind, a kind's list, and one object whole."""

from __future__ import annotations

import json
import re
from html import escape

from sandbox import money
from sandbox.account import PLATFORM
from sandbox.pages.console import happenings, levers
from sandbox.pages.console.desk import SHOWN, Desk, moment, object_link, older, table
from sandbox.pages.html import Child, Markup, tag
from sandbox.storage import Row
from sandbox.wire import Json, Response

AN_ID = re.compile(r"&quot;((?:[a-z]+_)+\w{8,80})&quot;", re.ASCII)
NAME = re.compile(r"[\w.-]{1,120}", re.ASCII)


def counts(desk: Desk) -> Markup:
    """Return how many there are of each kind, as links."""
    found = desk.world.storage.rows(
        "SELECT type, count(*) AS n FROM objects GROUP BY type ORDER BY type"
    )
    rows: list[list[Child]] = [
        [tag("a", one["type"], href=f"/_console/objects/{one['type']}"), one["n"]] for one in found
    ]
    return table(("Kind", "How many"), rows)


def kinds(desk: Desk) -> Response:
    """Answer with all kinds."""
    return desk.page("Objects", counts(desk))


def of_kind(desk: Desk, kind: str) -> Response:
    """Answer with the newest objects of a kind."""
    where = "type = ? AND seq < ? ORDER BY seq DESC"
    found = desk.world.storage.select(where, kind, desk.before(), limit=SHOWN)
    rows: list[list[Child]] = [
        [
            object_link(row.body["id"]),
            moment(row.body["created"]),
            _money(row.body),
            str(row.body.get("status") or row.body.get("email") or row.body.get("name") or ""),
            "" if row.account == PLATFORM else row.account,
            levers.row(levers.of_object(row.body, desk.request.path)),
        ]
        for row in found
    ]
    heads = ("Id", "Made", "Amount", "State", "Account", "Levers")
    oldest = found[-1].seq if len(found) == SHOWN else None
    return desk.page(kind, table(heads, rows), older(desk.request.path, oldest))


def one(desk: Desk, identity: str) -> Response:
    """Answer with one object: what it is, its levers, its events, and what speaks of it."""
    row = desk.world.storage.anywhere(identity)
    if row is None:
        return desk.page(
            "There is no such object",
            tag("p", "Perhaps the sandbox was emptied since."),
            status=404,
        )
    body = row.body
    is_event = body["object"] == "event"
    return desk.page(
        body["type"] if is_event else body["object"],
        _facts(row),
        levers.row(levers.of_object(body, desk.request.path)),
        happenings.deliveries_of(desk, identity) if is_event else None,
        tag("section", tag("h2", "As JSON"), _pretty(desk, body)),
        None if is_event else _related(desk, identity),
    )


def _facts(row: Row) -> Markup:
    facts = (
        ("Id", row.body["id"]),
        ("Made", f"{moment(row.body['created'])} UTC"),
        ("Amount", _money(row.body)),
        ("State", row.body.get("status")),
        ("Account", row.account),
    )
    terms = [tag("div", tag("dt", name), tag("dd", str(value))) for name, value in facts if value]
    return tag("dl", terms)


def _related(desk: Desk, identity: str) -> Markup:
    storage = desk.world.storage
    like = f'%"{identity}"%'
    told = storage.select("type = 'event' AND body LIKE ? ORDER BY seq DESC", like, limit=SHOWN)
    where = "type != 'event' AND id != ? AND body LIKE ? ORDER BY type, seq DESC"
    others = storage.select(where, identity, like, limit=SHOWN)
    linked: list[list[Child]] = [
        [row.body["object"], object_link(row.body["id"]), str(row.body.get("status") or "")]
        for row in others
    ]
    return tag(
        "section",
        tag("h2", "Its events"),
        happenings.events_table(told, desk.request.path),
        tag("h2", "What speaks of it"),
        table(("Kind", "Id", "State"), linked),
    )


def _pretty(desk: Desk, body: Json) -> Markup:
    """Return the object as JSON, in which every id that is here is a link."""

    def linked(found: re.Match[str]) -> str:
        identity = found[1]
        if identity == body["id"] or desk.world.storage.anywhere(identity) is None:
            return found[0]
        return f'&quot;<a href="/_console/object/{identity}">{identity}</a>&quot;'

    text = escape(json.dumps(body, indent=2, ensure_ascii=False))
    return tag("pre", Markup(AN_ID.sub(linked, text)), class_="json", dir="ltr", tabindex="0")


def _money(body: Json) -> str:
    amount, currency = body.get("amount", body.get("amount_total")), body.get("currency")
    return money.shown(amount, currency) if isinstance(amount, int) and currency else ""
