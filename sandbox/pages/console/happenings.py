"""What happened: events, how they were brought, and what was asked of the API."""

from __future__ import annotations

from urllib.parse import urlencode

from sandbox.pages.console import levers
from sandbox.pages.console.desk import SHOWN, Desk, moment, object_link, older, table
from sandbox.pages.html import Child, Markup, tag
from sandbox.storage import Row
from sandbox.webhooks.deliveries import Delivery
from sandbox.wire import Response


def events(desk: Desk) -> Response:
    """Answer with the newest events, of all kinds or of one (`charge.*` is many)."""
    kind = desk.asked("type")[:80]
    where = "type = 'event' AND seq < ? AND json_extract(body, '$.type') GLOB ? ORDER BY seq DESC"
    found = desk.world.storage.select(where, desk.before(), kind or "*", limit=SHOWN)
    oldest = found[-1].seq if len(found) == SHOWN else None
    narrowed = tag(
        "form",
        levers.field("type", "Kind", kind, placeholder="charge.*"),
        tag("button", "Show"),
        method="get",
        action="/_console/events",
    )
    path = f"/_console/events?{urlencode({'type': kind})}" if kind else "/_console/events"
    return desk.page(
        "Events", narrowed, events_table(found, "/_console/events"), older(path, oldest)
    )


def events_table(found: list[Row], back: str) -> Markup:
    """Return events with a button to send each again."""
    rows: list[list[Child]] = [
        [
            tag("a", row.body["type"], href=f"/_console/object/{row.body['id']}"),
            moment(row.body["created"]),
            object_link(row.body["data"]["object"]["id"]),
            levers.button("deliver", "Send again", back, events=row.body["id"]),
        ]
        for row in found
    ]
    return table(("Event", "When", "About", "Again"), rows)


def deliveries(desk: Desk) -> Response:
    """Answer with the newest deliveries."""
    found = desk.control.courier.latest(desk.before(), SHOWN)
    oldest = found[-1].seq if len(found) == SHOWN else None
    waiting = levers.button("deliver", "Deliver all that waits", "/_console/deliveries")
    return desk.page(
        "Deliveries",
        levers.row(waiting),
        _deliveries_table(found, "/_console/deliveries"),
        older("/_console/deliveries", oldest),
    )


def deliveries_of(desk: Desk, event: str) -> Markup:
    """Return how one event was brought."""
    found = desk.control.courier.of_event(event)
    return tag("section", tag("h2", "Deliveries"), _deliveries_table(found, desk.request.path))


def calls(desk: Desk) -> Response:
    """Answer with the newest API requests."""
    rows: list[list[Child]] = [
        [
            tag("code", f"{call.method} {call.path}"),
            str(call.status or "cut off"),
            tag("code", call.key),
            "again" if call.is_replay else "",
            call.account,
        ]
        for call in list(desk.world.calls)[: -SHOWN - 1 : -1]
    ]
    return desk.page("API calls", table(("Asked", "Answer", "Key", "Repeated", "Account"), rows))


def _deliveries_table(found: list[Delivery], back: str) -> Markup:
    rows: list[list[Child]] = [
        [
            tag("a", one.type, href=f"/_console/object/{one.event}"),
            object_link(one.endpoint),
            f"{one.state} {one.status or ''} {one.error}",
            one.attempts,
            levers.button("deliver", "Send again", back, events=one.event),
        ]
        for one in found
    ]
    return table(("Event", "To", "State", "Attempts", "Again"), rows)
