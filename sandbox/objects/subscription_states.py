"""What a subscription is: its body, its state, and telling of it when that changes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sandbox.account import Account
from sandbox.ids import new_id
from sandbox.objects import fields, subscription_items
from sandbox.wire import Json

OVER = ("canceled", "incomplete_expired")
NOTHING = """
    application application_fee_percent billing_cycle_anchor_config billing_thresholds cancel_at
    canceled_at customer_account days_until_due default_payment_method default_source description
    ended_at latest_invoice next_pending_invoice_item_invoice on_behalf_of pause_collection
    pending_invoice_item_interval pending_setup_intent pending_update schedule test_clock
    transfer_data trial_end trial_start
"""
CREATE_INVOICE = {"end_behavior": {"missing_payment_method": "create_invoice"}}


def new(account: Account, customer: str, currency: str, params: Json) -> Json:
    """Return a subscription without items; nothing is stored."""
    now = account.now
    return {
        **dict.fromkeys(NOTHING.split()),
        "id": new_id("sub"),
        "object": "subscription",
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": now,
        "billing_mode": {
            "flexible": {"proration_discounts": "included"},
            "type": "flexible",
            "updated_at": None,
        },
        "billing_schedules": [],
        "cancel_at_period_end": False,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "created": now,
        "currency": currency,
        "customer": customer,
        "default_tax_rates": [],
        "description": fields.optional(params.get("description")),
        "discounts": [],
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "livemode": False,
        "metadata": fields.metadata(params.get("metadata")),
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "start_date": now,
        "status": "active",
        "trial_settings": params.get("trial_settings", CREATE_INVOICE),
    }


def items(body: Json) -> list[Json]:
    """Return the items of a subscription."""
    found: list[Json] = body["items"]["data"]
    return found


def set_items(body: Json, items: list[Json]) -> None:
    """Put the items in; nothing is stored."""
    body["items"] = subscription_items.as_list(body["id"], items)


def period(body: Json) -> tuple[int, int]:
    """Return when the current period began and ends; all items share it."""
    first = items(body)[0]
    return first["current_period_start"], first["current_period_end"]


def set_period(body: Json, start: int, end: int) -> None:
    """Open a period for all items; nothing is stored."""
    for item in items(body):
        item |= {"current_period_start": start, "current_period_end": end}


def is_over(body: Json) -> bool:
    """Tell whether the subscription has ended for good."""
    return body["status"] in OVER


@contextmanager
def changing(account: Account, body: Json, **private: Any) -> Iterator[None]:
    """Store what the block changed, and tell of it when anything did."""
    before = copy.deepcopy(body)
    yield
    account.save(body, **private)
    if changed := fields.differences(before, body):
        account.tell("customer.subscription.updated", body, previous=changed)


def end(account: Account, body: Json, reason: str) -> None:
    """End the subscription now: it is over and bills nothing any more."""
    _stop_schedule(account, body)
    body |= {
        "status": "canceled",
        "ended_at": account.now,
        "canceled_at": body["canceled_at"] or account.now,
        "pending_update": None,
        "pause_collection": None,
        "schedule": None,
    }
    body["cancellation_details"]["reason"] = body["cancellation_details"]["reason"] or reason
    account.save(body)
    _stop_collecting(account, body)
    account.tell("customer.subscription.deleted", body)


def card_of(account: Account, body: Json, customer: Json) -> Json | None:
    """Return the card that pays for the subscription, if there is one that can."""
    named = body["default_payment_method"]
    named = named or customer["invoice_settings"]["default_payment_method"]
    method = account.get("payment_method", named) if named else None
    return method if method and method["customer"] == customer["id"] else None


def _stop_schedule(account: Account, body: Json) -> None:
    """Let the schedule that leads the subscription end with it."""
    if not body["schedule"]:
        return
    schedule = account.get("subscription_schedule", body["schedule"])
    if schedule["status"] == "active":
        schedule |= {"status": "canceled", "canceled_at": account.now, "current_phase": None}
        account.save(schedule)
        account.tell("subscription_schedule.canceled", schedule)


def _stop_collecting(account: Account, body: Json) -> None:
    """Leave its drafts and open invoices as they are, and ask no card for them by itself."""
    found = account.all("invoice", **{"parent.subscription_details.subscription": body["id"]})
    for invoice in found:
        if invoice["status"] in {"draft", "open"}:
            account.save({**invoice, "auto_advance": False, "next_payment_attempt": None})
