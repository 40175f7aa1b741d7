"""The first page: the clock, the switches, and how much there is of what."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.objects import dunning
from sandbox.pages.console import objects
from sandbox.pages.console.desk import Desk, moment, object_link, table
from sandbox.pages.console.levers import DAY, HOUR, MINUTE, button, choice, field, form, row
from sandbox.pages.html import Markup, tag
from sandbox.wire import Response

FEW = 10
WEEK, MONTH, YEAR = 7 * DAY, 30 * DAY, 365 * DAY
STEPS = (
    ("A minute", MINUTE),
    ("An hour", HOUR),
    ("A day", DAY),
    ("A week", WEEK),
    ("30 days", MONTH),
    ("A year", YEAR),
)
COUNTED = (
    ("duplicate", "Send each so many times more"),
    ("delay", "Wait so many seconds"),
    ("drop", "Lose the next so many for good"),
    ("fail", "Lose the next so many answers"),
)
FLAGS = (("hold", "Keep all until asked"), ("reorder", "Newest first"))
NO_YES = {"no": "no", "yes": "yes"}
FAULTS = {
    "slow": "is slow",
    "rate_limit": "answers 429",
    "error": "answers 500",
    "drop": "drops the answer",
}
WHENS = {"before": "before acting", "after": "after acting"}
ENDINGS = {"canceled": "canceled", "unpaid": "unpaid", "past_due": "past due"}
METHODS = {"": "any", "GET": "GET", "POST": "POST", "DELETE": "DELETE"}


def show(desk: Desk) -> Response:
    """Answer with the overview."""
    return desk.page(
        "Sandbox",
        tag("p", f"It speaks Stripe's API {desk.world.checker.api_version}."),
        _violations(desk),
        tag(
            "div",
            _clock(desk),
            _renewals(desk),
            _webhooks(desk),
            _faults(desk),
            class_="cards-of-levers",
        ),
        tag("section", tag("h2", "What there is"), objects.counts(desk)),
        tag("section", tag("h2", "What happened last"), _events(desk)),
        tag(
            "details",
            tag("summary", "Empty the sandbox"),
            tag("p", "Every object, event and key is forgotten, and the clock is the real one."),
            button("reset", "Forget everything"),
        ),
    )


def _clock(desk: Desk) -> Markup:
    now = desk.world.now()
    shown = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M")
    steps = [button("clock", name, forward=seconds) for name, seconds in STEPS]
    is_moved = desk.control.state({})["moved"] != 0
    to = field("to", "To this moment (UTC), back too", shown, type="datetime-local")
    return tag(
        "section",
        tag("h2", "Clock"),
        tag("p", f"{moment(now)} UTC{', which is not the real time' if is_moved else ''}."),
        tag("p", "Forward by:", class_="quiet"),
        row(steps),
        form("clock", "Set", "", to),
        row(button("clock", "The real time again", to="")) if is_moved else None,
    )


def _renewals(desk: Desk) -> Markup:
    chosen = desk.control.state({})["after_last_retry"]
    states = choice("state", "After the last retry a subscription is", ENDINGS, chosen)
    days = ", ".join(str(days) for days in dunning.RETRIES)
    return tag(
        "section",
        tag("h2", "Renewals"),
        tag("p", f"A failed charge is tried again after {days} days.", class_="quiet"),
        form("after-last-retry", "Set", "", states),
    )


def _webhooks(desk: Desk) -> Markup:
    chaos = desk.world.chaos.as_json()
    counted = [
        field(name, label, f"{chaos[name]:g}", inputmode="decimal") for name, label in COUNTED
    ]
    flags = [choice(name, label, NO_YES, "yes" if chaos[name] else "no") for name, label in FLAGS]
    waiting = desk.control.courier.count("pending")
    return tag(
        "section",
        tag("h2", "Webhooks"),
        form("chaos", "Set", "", *counted, *flags),
        row(
            button("deliver", f"Deliver all that waits ({waiting})"),
            button("chaos", "All switches off", clear="yes"),
        ),
    )


def _faults(desk: Desk) -> Markup:
    waiting = [
        tag(
            "li",
            f"{one['times']} × {FAULTS[one['kind']]}, {WHENS[one['when']]}: "
            f"{one['method'] or 'any'} {one['path'] or 'request'}",
        )
        for one in desk.world.faults.waiting()
    ]
    return tag(
        "section",
        tag("h2", "The API"),
        form(
            "faults",
            "Let it happen",
            "",
            choice("kind", "The API", FAULTS),
            choice("when", "When", WHENS),
            field("times", "Times", "1", inputmode="numeric"),
            field("seconds", "Seconds of waiting", "0", inputmode="decimal"),
            choice("method", "Method", METHODS),
            field("path", "Path begins with", "", placeholder="/v1/refunds"),
        ),
        tag("ul", waiting) if waiting else None,
        row(button("faults", "None of this", clear="yes")) if waiting else None,
    )


def _violations(desk: Desk) -> Markup | None:
    found = desk.world.violations
    if not found:
        return None
    lines = [tag("li", str(one)) for one in found[-FEW:]]
    return tag("section", tag("h2", "Against the schema"), tag("ul", lines), class_="problem")


def _events(desk: Desk) -> Markup:
    rows = desk.world.storage.select("type = 'event' ORDER BY seq DESC", limit=FEW)
    return table(
        ("Event", "When", "About"),
        [
            [
                tag("a", row.body["type"], href=f"/_console/object/{row.body['id']}"),
                moment(row.body["created"]),
                object_link(row.body["data"]["object"]["id"]),
            ]
            for row in rows
        ],
    )
