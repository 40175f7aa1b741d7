"""Subscription schedules: phases that a subscription goes through, and then ends or goes on."""

from __future__ import annotations

from typing import Any

from sandbox import rhythm
from sandbox.account import Account
from sandbox.errors import InvalidRequest, elsewhere
from sandbox.ids import new_id
from sandbox.objects import (
    fields,
    revisions,
    schedule_phases,
    subscription_changes,
    subscription_items,
)
from sandbox.objects import subscription_states as states
from sandbox.objects.lists import page
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/subscription_schedules"
PHASE = "items start_date end_date duration proration_behavior discounts metadata"
ITEM = "price price_data quantity metadata"
ENDINGS = ("cancel", "release")


def create(account: Account, params: Json) -> Json:
    """Let a schedule lead a subscription; at first it goes on as it is, and then is released."""
    if "from_subscription" not in params:
        raise elsewhere("A schedule that is not made from a subscription", "from_subscription")
    body = account.get("subscription", params["from_subscription"], param="from_subscription")
    if body["schedule"]:
        raise InvalidRequest(
            "You cannot migrate a subscription that is already attached to a schedule:"
            f" {body['schedule']}.",
            param="from_subscription",
        )
    if body["status"] not in {"active", "trialing", "past_due"}:
        raise InvalidRequest(f"The subscription is {body['status']}.", param="from_subscription")
    schedule = _new(account, body)
    account.insert(schedule)
    account.tell("subscription_schedule.created", schedule)
    with states.changing(account, body):
        body["schedule"] = schedule["id"]
    account.schedule(schedule["current_phase"]["end_date"], "schedule.phase", schedule)
    return schedule


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the schedule."""
    return account.get("subscription_schedule", identity)


def every(account: Account, params: Json) -> Json:
    """List the schedules."""
    return page(account, "subscription_schedule", params, URL, "customer")


def update(account: Account, params: Json, identity: str) -> Json:
    """Set the phases, those gone by left out, and what comes after them."""
    schedule = _alive(account, identity)
    body = account.get("subscription", schedule["subscription"])
    before = fields.change(schedule, params, "")
    if (ending := params.get("end_behavior", "release")) not in ENDINGS:
        raise elsewhere(f"end_behavior={ending}", "end_behavior")
    for name, value in (
        ("end_behavior", params.get("end_behavior", schedule["end_behavior"])),
        ("phases", _phases(account, schedule, body, params)),
    ):
        if schedule[name] != value:
            before[name] = schedule[name]
            schedule[name] = value
    current = schedule_phases.next_phase(account, schedule)
    if current is None:
        raise InvalidRequest("One of the phases must be in force now.", param="phases")
    account.save(schedule)
    if before:
        account.tell("subscription_schedule.updated", schedule, previous=before)
    if "phases" in params or "end_behavior" in params:
        behavior = params.get("proration_behavior", "create_prorations")
        _enter(account, schedule, body, current, behavior)
    for phase in schedule["phases"]:
        account.schedule(phase["end_date"], "schedule.phase", schedule)
    return account.get("subscription_schedule", identity)


def release(account: Account, params: Json, identity: str) -> Json:
    """Let the subscription go on without the schedule."""
    schedule = _alive(account, identity)
    body = account.get("subscription", schedule["subscription"])
    schedule_phases.let_go(account, schedule)
    with states.changing(account, body):
        body["schedule"] = None
        if not params.get("preserve_cancel_date"):
            body["cancel_at"] = None
    return schedule


def cancel(account: Account, params: Json, identity: str) -> Json:
    """End the schedule, and its subscription with it, now."""
    schedule = _alive(account, identity)
    asked = {name: params.get(name, True) for name in ("invoice_now", "prorate")}
    subscription_changes.cancel(account, asked, schedule["subscription"])
    return account.get("subscription_schedule", identity)


def by_clock(account: Account, identity: str) -> None:
    """Enter the phase that begins in the middle of a period; at its end the renewal does it."""
    schedule = account.get("subscription_schedule", identity)
    if not schedule_phases.is_due(account, schedule):
        return
    body = account.get("subscription", schedule["subscription"])
    if states.period(body)[1] == account.now and body["status"] not in {"incomplete", "paused"}:
        return
    phase = schedule_phases.next_phase(account, schedule)
    if phase is None:
        schedule_phases.finish(account, schedule, body)
    else:
        _enter(account, schedule, body, phase, phase["proration_behavior"])


def _enter(account: Account, schedule: Json, body: Json, phase: Json, behavior: str) -> None:
    """Let a phase be in force in the middle of a period, with the prorations it asks for."""
    known = {item["price"]["id"]: item["quantity"] for item in states.items(body)}
    wanted = {item["price"]: item["quantity"] for item in phase["items"]}
    with states.changing(account, body):
        schedule_phases.enter(account, schedule, body, phase)
    if known == wanted:
        return
    items = schedule_phases.items_of(account, body, phase)
    revision = revisions.to_items(account, body, items, behavior)
    subscription_changes.make(account, body, revision)


def _alive(account: Account, identity: str) -> Json:
    schedule = account.get("subscription_schedule", identity)
    if schedule["status"] in schedule_phases.OVER:
        raise InvalidRequest(
            f"You cannot change a subscription schedule that is {schedule['status']}."
        )
    return schedule


def _phases(account: Account, schedule: Json, body: Json, params: Json) -> list[Json]:
    if "phases" not in params:
        return list(schedule["phases"])
    found: list[Json] = []
    had = {item["price"]["id"] for item in states.items(body)}
    for index, given in enumerate(params["phases"]):
        where = f"phases[{index}]"
        fields.only(given, PHASE, where)
        start = found[-1]["end_date"] if found else _start(account, schedule, given)
        if found and given.get("start_date", start) != start:
            raise InvalidRequest("A phase begins when the last one ends.", param=where)
        for one in given.get("discounts") or []:
            _require_discount(account, one, f"{where}[discounts]")
        items = [
            _item(account, one, f"{where}[items][{i}]", had) for i, one in enumerate(given["items"])
        ]
        _require_fitting(account, body, items, where)
        found.append(_phase(body, given, items, (start, _end(start, given, where))))
    if not found:
        raise InvalidRequest("A schedule has at least one phase.", param="phases")
    return found


def _start(account: Account, schedule: Json, given: Json) -> int:
    start = given.get("start_date", schedule["current_phase"]["start_date"])
    return account.now if start == "now" else int(start)


def _end(start: int, given: Json, where: str) -> int:
    lasts: Any = given.get("duration")
    end: Any = given.get("end_date")
    if (lasts is None) == (end is None):
        raise InvalidRequest("A phase has a `duration` or an `end_date`.", param=where)
    if lasts:
        return rhythm.step(start, lasts["interval"], lasts.get("interval_count", 1))
    if end == "now" or end <= start:
        raise InvalidRequest("A phase ends after it begins.", param=f"{where}[end_date]")
    return int(end)


def _item(account: Account, given: Json, where: str, had: set[str]) -> Json:
    fields.only(given, ITEM, where)
    price = subscription_items.price_of(account, given, where, had)
    return {
        "billing_thresholds": None,
        "discounts": [],
        "metadata": fields.metadata(given.get("metadata")),
        "plan": price["id"],
        "price": price["id"],
        "quantity": subscription_items.quantity_of(given, where),
        "tax_rates": [],
    }


def _require_discount(account: Account, given: Json, where: str) -> None:
    for kind, named in fields.only(given, "coupon discount", where).items():
        account.get(kind, named, param=where)


def _require_fitting(account: Account, body: Json, items: list[Json], where: str) -> None:
    """Raise unless the prices of a phase come back together, in the subscription's currency."""
    prices = [account.get("price", item["price"]) for item in items]
    subscription_items.require_one_rhythm([{"price": price} for price in prices])
    if prices[0]["currency"] != body["currency"]:
        raise InvalidRequest("The price is in another currency.", param=f"{where}[items]")


def _phase(body: Json, given: Json, items: list[Json], span: tuple[int, int]) -> Json:
    nothing: dict[str, Any] = dict.fromkeys(
        (
            "application_fee_percent",
            "billing_cycle_anchor",
            "billing_thresholds",
            "collection_method",
            "default_payment_method",
            "description",
            "invoice_settings",
            "on_behalf_of",
            "transfer_data",
            "trial_end",
        )
    )
    return nothing | {
        "add_invoice_items": [],
        "currency": body["currency"],
        "default_tax_rates": [],
        "discounts": [
            {
                "coupon": one.get("coupon"),
                "discount": one.get("discount"),
                "promotion_code": None,
            }
            for one in given.get("discounts") or []
        ],
        "end_date": span[1],
        "items": items,
        "metadata": fields.metadata(given.get("metadata")),
        "proration_behavior": given.get("proration_behavior", "create_prorations"),
        "start_date": span[0],
    }


def _new(account: Account, body: Json) -> Json:
    start, end = states.period(body)
    given = {"discounts": [{"discount": one} for one in body["discounts"]]}
    items = [
        {
            "billing_thresholds": None,
            "discounts": [],
            "metadata": item["metadata"],
            "plan": item["price"]["id"],
            "price": item["price"]["id"],
            "quantity": item["quantity"],
            "tax_rates": [],
        }
        for item in states.items(body)
    ]
    return {
        "id": new_id("sub_sched"),
        "object": "subscription_schedule",
        "application": None,
        "billing_mode": body["billing_mode"],
        "canceled_at": None,
        "completed_at": None,
        "created": account.now,
        "current_phase": {"end_date": end, "start_date": start},
        "customer": body["customer"],
        "customer_account": None,
        "default_settings": {
            "application_fee_percent": None,
            "billing_cycle_anchor": "automatic",
            "billing_thresholds": None,
            "collection_method": "charge_automatically",
            "default_payment_method": body["default_payment_method"],
            "description": None,
            "invoice_settings": {
                "account_tax_ids": None,
                "days_until_due": None,
                "issuer": {"type": "self"},
            },
            "on_behalf_of": None,
            "transfer_data": None,
        },
        "end_behavior": "release",
        "livemode": False,
        "metadata": {},
        "pause_schedules": [],
        "phases": [_phase(body, given, items, (start, end))],
        "released_at": None,
        "released_subscription": None,
        "status": "active",
        "subscription": body["id"],
        "test_clock": None,
    }


JOBS = {"schedule.phase": by_clock}
ROUTES = (
    Route("get", URL, every, f"{PAGING} created customer"),
    Route("post", URL, create, "from_subscription"),
    Route("get", f"{URL}/{{schedule}}", retrieve),
    Route(
        "post",
        f"{URL}/{{schedule}}",
        update,
        "phases end_behavior proration_behavior metadata",
    ),
    Route("post", f"{URL}/{{schedule}}/release", release, "preserve_cancel_date"),
    Route("post", f"{URL}/{{schedule}}/cancel", cancel, "invoice_now prorate"),
)
