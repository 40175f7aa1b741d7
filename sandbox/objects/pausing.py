"""Pausing a subscription: it bills nothing until it is resumed."""

from __future__ import annotations

from sandbox import rhythm
from sandbox.account import Account
from sandbox.errors import InvalidRequest, elsewhere
from sandbox.objects import (
    invoice_items,
    prorations,
    renewals,
    subscription_changes,
    subscription_states,
)
from sandbox.objects.invoice_bodies import Span
from sandbox.objects.subscriptions import URL
from sandbox.routing import Route
from sandbox.wire import Json


def pause(account: Account, params: Json, identity: str) -> Json:
    """Pause a subscription; its unused time comes back unless the request says otherwise."""
    body = account.get("subscription", identity)
    if body["schedule"]:
        raise InvalidRequest("A subscription with a schedule cannot be paused.")
    if body["status"] not in {"active", "trialing"}:
        raise InvalidRequest(f"You cannot pause a subscription that is {body['status']}.")
    rows = _unused(account, body, params)
    is_billed_now = params.get("invoicing_behavior") == "invoice" and bool(rows)
    invoice = None
    with subscription_states.changing(account, body):
        body["status"] = "paused"
        if is_billed_now:
            invoice = subscription_changes.draft(account, body, rows)
        else:
            invoice_items.wait(account, body, rows)
    account.tell("customer.subscription.paused", body)
    if invoice:
        subscription_changes.bill(account, invoice)
    return account.get("subscription", identity)


def resume(account: Account, params: Json, identity: str) -> Json:
    """Let a paused subscription bill again: a whole period from now, or the rest of the old one."""
    body = account.get("subscription", identity)
    if body["status"] != "paused":
        raise InvalidRequest(f"You cannot resume a subscription that is {body['status']}.")
    wanted = params.get("payment_behavior", "resume_on_payment_attempt")
    if wanted != "resume_on_payment_attempt":
        raise elsewhere(f"payment_behavior={wanted}", "payment_behavior")
    is_reset = (params.get("billing_cycle_anchor") or {}).get("type", "now") == "now"
    behavior = params.get("proration_behavior", "create_prorations")
    invoice = None
    with subscription_states.changing(account, body):
        body["status"] = "active"
        rows = _from_now_on(account, body, is_reset=is_reset)
        if is_reset or behavior == "always_invoice":
            invoice = subscription_changes.draft(account, body, rows)
        elif behavior == "create_prorations":
            invoice_items.wait(account, body, rows)
    account.tell("customer.subscription.resumed", body)
    account.schedule(subscription_states.period(body)[1], "subscription.period", body)
    if invoice:
        subscription_changes.bill(account, invoice)
    return account.get("subscription", identity)


def _unused(account: Account, body: Json, params: Json) -> list[Json]:
    asked = (params.get("bill_for") or {}).get("unused_time_from") or {}
    kind = asked.get("type", "now")
    if kind == "none" or body["status"] == "trialing":
        return []
    start, _ = subscription_states.period(body)
    at = start if kind == "item_current_period_start" else account.now
    return prorations.credit(account, body, subscription_states.items(body), at)


def _from_now_on(account: Account, body: Json, *, is_reset: bool) -> list[Json]:
    """Open the period that the resumed subscription is in, and return what it costs."""
    now = account.now
    recurring = subscription_states.items(body)[0]["price"]["recurring"]
    if is_reset:
        body["billing_cycle_anchor"] = now
    end = rhythm.next_after(body["billing_cycle_anchor"], recurring, now)
    begun = now if is_reset else _began(body, recurring, now)
    subscription_states.set_period(body, begun, end)
    if is_reset:
        return renewals.rows_of(body, Span(now, end))
    return prorations.debit(account, body, subscription_states.items(body), now)


def _began(body: Json, recurring: Json, now: int) -> int:
    """Return when the period of the unchanged anchor began that is going on now."""
    start, end = subscription_states.period(body)
    while end <= now:
        start, end = end, rhythm.next_after(body["billing_cycle_anchor"], recurring, end)
    return start


ROUTES = (
    Route(
        "post",
        f"{URL}/{{subscription}}/pause",
        pause,
        "bill_for invoicing_behavior type",
    ),
    Route(
        "post",
        f"{URL}/{{subscription}}/resume",
        resume,
        "billing_cycle_anchor payment_behavior proration_behavior",
    ),
)
