"""The life of a subscription by the clock: it begins, renews, ends its trial, or ends."""

from __future__ import annotations

from sandbox import rhythm
from sandbox.account import Account
from sandbox.objects import (
    collecting,
    invoice_bodies,
    invoice_items,
    schedule_phases,
    subscription_discounts,
    subscription_items,
    subscription_states,
)
from sandbox.objects.invoice_bodies import Span
from sandbox.wire import Json

FIRST_CHANCE = 23 * 3600
BEFORE_TRIAL_ENDS = 3 * rhythm.DAY
WAITING = ("incomplete", "paused")


def begin(
    account: Account,
    body: Json,
    items: list[Json],
    *,
    trial_end: int | None = None,
    once: list[Json] | None = None,
    intent: Json | None = None,
) -> Json:
    """Store a new subscription with its first invoice, and tell of both.

    An `intent` has paid that invoice already. Without one the card on file is tried, and until it
    pays the subscription is incomplete.
    """
    open_first_period(account, body, items, trial_end)
    rows = [*period_rows(body), *(once or [])]
    account.insert(body)
    invoice = collecting.draft(account, body, rows, "subscription_create")
    is_unpaid = bool(invoice["amount_due"]) and intent is None
    if is_unpaid:
        body["status"] = "incomplete"
        account.schedule(account.now + FIRST_CHANCE, "subscription.incomplete", body)
    account.save(body)
    account.tell("customer.subscription.created", body)
    account.tell("invoice.created", invoice)
    expect(account, body)
    if intent and invoice["amount_due"]:
        collecting.pay_with(account, invoice, intent)
        return account.get("subscription", body["id"])
    invoice["auto_advance"] = False
    collecting.finalize(account, invoice)
    if invoice["status"] == "open":
        collecting.attempt(account, invoice, collecting.card_for(account, invoice))
    return account.get("subscription", body["id"])


def open_first_period(
    account: Account, body: Json, items: list[Json], trial_end: int | None
) -> None:
    """Set the items and their first period, a trial or a paid one; nothing is stored."""
    subscription_items.require_one_rhythm(items)
    subscription_states.set_items(body, items)
    now = account.now
    if trial_end:
        body |= {
            "status": "trialing",
            "trial_start": now,
            "trial_end": trial_end,
            "billing_cycle_anchor": trial_end,
        }
    subscription_states.set_period(body, now, trial_end or _end_of_period(body, now))


def expect(account: Account, body: Json) -> None:
    """Have the clock do what comes next for a subscription."""
    _, end = subscription_states.period(body)
    account.schedule(end, "subscription.period", body)
    if body["status"] == "trialing":
        at = max(account.now, body["trial_end"] - BEFORE_TRIAL_ENDS)
        account.schedule(at, "subscription.trial_will_end", body)


def period_rows(body: Json) -> list[Json]:
    """Return what the current period costs: during a trial, nothing."""
    start, end = subscription_states.period(body)
    return rows_of(body, Span(start, end), is_trial=body["status"] == "trialing")


def rows_of(body: Json, span: Span, *, is_trial: bool = False) -> list[Json]:
    """Return what the items cost for one period."""
    words = "Trial period" if is_trial else ""
    amount = 0 if is_trial else None
    return [
        invoice_bodies.row(item, span, amount=amount, words=words)
        for item in subscription_states.items(body)
    ]


def by_clock(account: Account, identity: str) -> None:
    """Begin the next period, if the current one ends at this moment; or end the subscription."""
    body = account.get("subscription", identity)
    _, end = subscription_states.period(body)
    if subscription_states.is_over(body) or body["status"] in WAITING or end != account.now:
        return
    if schedule_phases.at_boundary(account, body):
        return
    if body["cancel_at_period_end"] or (body["cancel_at"] or end + 1) <= end:
        subscription_states.end(account, body, "cancellation_requested")
    elif body["status"] == "trialing" and _ends_with_trial(account, body):
        return
    else:
        renew(account, body)


def renew(account: Account, body: Json) -> None:
    """Begin the next period at this moment, with the draft of its invoice."""
    with subscription_states.changing(account, body):
        start = account.now
        subscription_states.set_period(body, start, _end_of_period(body, start))
        if body["status"] == "trialing":
            body["status"] = "active"
        bill(account, body, "subscription_cycle")
    account.schedule(subscription_states.period(body)[1], "subscription.period", body)


def bill(account: Account, body: Json, reason: str) -> Json:
    """Make the draft of the current period; in an hour it is finalised. Nothing else is stored."""
    subscription_discounts.settle(account, body, account.now)
    rows = [*period_rows(body), *invoice_items.waiting(account, body)]
    invoice = collecting.make(account, body, rows, reason)
    invoice_items.take(account, body, invoice)
    pause = body["pause_collection"] or {}
    if body["status"] == "unpaid" or pause.get("behavior") == "keep_as_draft":
        invoice["auto_advance"] = False
    else:
        at = account.now + collecting.AN_HOUR
        invoice["automatically_finalizes_at"] = at
        account.schedule(at, "invoice.finalize", invoice)
    return account.save(invoice)


def trial_will_end(account: Account, identity: str) -> None:
    """Tell that a trial ends in three days, or sooner."""
    body = account.get("subscription", identity)
    left = (body["trial_end"] or 0) - account.now
    if body["status"] == "trialing" and 0 < left <= BEFORE_TRIAL_ENDS:
        account.tell("customer.subscription.trial_will_end", body)


def give_up(account: Account, identity: str) -> None:
    """Let a subscription whose first payment never came expire."""
    body = account.get("subscription", identity)
    if body["status"] != "incomplete":
        return
    invoice = account.get("invoice", body["latest_invoice"])
    if invoice["status"] == "open":
        collecting.void(account, invoice)
    with subscription_states.changing(account, body):
        body |= {"status": "incomplete_expired", "ended_at": account.now}


def _ends_with_trial(account: Account, body: Json) -> bool:
    """End or rest a subscription whose trial ended without a card, where it says so."""
    customer = account.get("customer", body["customer"])
    wanted = body["trial_settings"]["end_behavior"]["missing_payment_method"]
    has_card = subscription_states.card_of(account, body, customer)
    if has_card or wanted == "create_invoice":
        return False
    if wanted == "cancel":
        subscription_states.end(account, body, "cancellation_requested")
        return True
    with subscription_states.changing(account, body):
        body["status"] = "paused"
    account.tell("customer.subscription.paused", body)
    return True


def _end_of_period(body: Json, start: int) -> int:
    recurring = subscription_states.items(body)[0]["price"]["recurring"]
    return rhythm.next_after(body["billing_cycle_anchor"], recurring, start)


JOBS = {
    "subscription.period": by_clock,
    "subscription.trial_will_end": trial_will_end,
    "subscription.incomplete": give_up,
}
