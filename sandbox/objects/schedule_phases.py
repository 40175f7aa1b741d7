"""The phases of a subscription schedule: which is in force, and what the next one changes."""

from __future__ import annotations

import copy

from sandbox import rhythm
from sandbox.account import Account
from sandbox.objects import discounts, subscription_discounts, subscription_items
from sandbox.objects import subscription_states as states
from sandbox.wire import Json

OVER = ("canceled", "completed", "released")


def schedule_of(account: Account, body: Json) -> Json | None:
    """Return the schedule that leads a subscription, if one does."""
    return account.get("subscription_schedule", body["schedule"]) if body["schedule"] else None


def at_boundary(account: Account, body: Json) -> bool:
    """Enter the phase that begins as a period ends; tell whether the subscription ended instead."""
    schedule = schedule_of(account, body)
    if schedule is None or not is_due(account, schedule):
        return False
    phase = next_phase(account, schedule)
    if phase is None:
        return finish(account, schedule, body)
    enter(account, schedule, body, phase)
    start, end = states.period(body)
    items = items_of(account, body, phase)
    if not rhythm.same(items[0]["price"], states.items(body)[0]["price"]):
        body["billing_cycle_anchor"] = account.now
    states.set_items(body, items)
    states.set_period(body, start, end)
    account.save(body)
    return False


def is_due(account: Account, schedule: Json) -> bool:
    """Tell whether the phase in force ends at this moment."""
    current = schedule["current_phase"]
    return bool(schedule["status"] == "active" and current["end_date"] <= account.now)


def next_phase(account: Account, schedule: Json) -> Json | None:
    """Return the phase that is to be in force now."""
    now = account.now
    for phase in schedule["phases"]:
        if phase["start_date"] <= now < phase["end_date"]:
            return dict(phase)
    return None


def enter(account: Account, schedule: Json, body: Json, phase: Json) -> None:
    """Let a phase be in force; of the subscription only its discounts change, and nothing is told
    of it or stored.
    """
    current = {"end_date": phase["end_date"], "start_date": phase["start_date"]}
    if schedule["current_phase"] != current:
        before = {"current_phase": schedule["current_phase"]}
        schedule["current_phase"] = current
        account.save(schedule)
        account.tell("subscription_schedule.updated", schedule, previous=before)
    body["discounts"] = _discounts(account, body, phase)
    announce_end(schedule, body)


def announce_end(schedule: Json, body: Json) -> None:
    """Show on the subscription when its schedule ends it; nothing is stored."""
    last = schedule["phases"][-1]
    is_last = (schedule["current_phase"] or {}).get("end_date") == last["end_date"]
    ends = is_last and schedule["end_behavior"] == "cancel"
    body["cancel_at"] = last["end_date"] if ends else None


def finish(account: Account, schedule: Json, body: Json) -> bool:
    """Complete or release a schedule whose phases are over; tell whether it ended all."""
    if schedule["end_behavior"] == "cancel":
        schedule |= {"status": "completed", "completed_at": account.now, "current_phase": None}
        account.save(schedule)
        account.tell("subscription_schedule.completed", schedule)
        states.end(account, body, "cancellation_requested")
        return True
    let_go(account, schedule)
    body |= {"schedule": None, "cancel_at": None}
    account.save(body)
    return False


def let_go(account: Account, schedule: Json) -> None:
    """Release a schedule: its subscription goes on without it. That one is not stored."""
    schedule |= {
        "status": "released",
        "released_at": account.now,
        "released_subscription": schedule["subscription"],
        "subscription": None,
        "current_phase": None,
    }
    account.save(schedule)
    account.tell("subscription_schedule.released", schedule)


def items_of(account: Account, body: Json, phase: Json) -> list[Json]:
    """Return the subscription's items as a phase has them; what stays keeps its id."""
    known = {item["price"]["id"]: item for item in copy.deepcopy(states.items(body))}
    spare = list(known.values())
    found: list[Json] = []
    for wanted in phase["items"]:
        price = account.get("price", wanted["price"])
        item = known.get(price["id"]) or (spare[len(found)] if len(found) < len(spare) else None)
        if item is None or item in found:
            item = subscription_items.of_price(account, body["id"], price, quantity=1)
        item |= {
            "price": price,
            "plan": subscription_items.plan(price),
            "quantity": wanted["quantity"],
        }
        found.append(item)
    return found


def _discounts(account: Account, body: Json, phase: Json) -> list[str]:
    """Return the ids of a phase's discounts; of its coupons that were not deleted, new ones."""
    found = []
    for one in phase["discounts"]:
        if one["discount"]:
            found.append(str(one["discount"]))
            continue
        if coupon := account.storage.find(account.id, one["coupon"]):
            reduction = discounts.Reduction(coupon.body)
            found.append(subscription_discounts.give(account, body, reduction)["id"])
    return found
