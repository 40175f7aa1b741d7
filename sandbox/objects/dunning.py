"""What a failed payment does to a subscription: past due, tried again, and in the end over."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.errors import InvalidRequest
from sandbox.objects import invoice_bodies, invoice_payments, pending_updates, subscription_states
from sandbox.rhythm import DAY
from sandbox.wire import Json

RETRIES = (3, 5, 7)
"""Days from one attempt to the next, as Stripe's own schedule has them."""
ENDINGS = ("canceled", "unpaid", "past_due")
SWITCH = "after_last_retry"
TRIED = ("subscription_cycle", "subscription_update", "subscription_create")


def ending(account: Account) -> str:
    """Return what becomes of a subscription after the last attempt."""
    return account.storage.meta(SWITCH, ENDINGS[0])


def set_ending(account: Account, wanted: str) -> None:
    """Decide what becomes of subscriptions after the last attempt."""
    if wanted not in ENDINGS:
        raise InvalidRequest(f"After the last attempt it is one of {', '.join(ENDINGS)}.")
    account.storage.set_meta(SWITCH, wanted)


def plan(account: Account, invoice: Json) -> None:
    """Set when the card is tried again, if it is; the invoice is not stored."""
    done = invoice["attempt_count"]
    invoice["next_payment_attempt"] = None
    if not invoice["auto_advance"]:
        return
    if done > len(RETRIES):
        invoice["auto_advance"] = False
        return
    at = account.now + RETRIES[done - 1] * DAY
    invoice["next_payment_attempt"] = at
    account.schedule(at, "invoice.retry", invoice)


def failed(account: Account, invoice: Json) -> None:
    """Let the subscription be past due; after the last attempt it is what the switch says."""
    body = account.get("subscription", invoice_bodies.subscription_of(invoice))
    if subscription_states.is_over(body) or pending_updates.is_for(account, body, invoice):
        return
    is_last = invoice["attempt_count"] > len(RETRIES) and not invoice["next_payment_attempt"]
    if is_last and ending(account) == "canceled" and body["status"] == "past_due":
        subscription_states.end(account, body, "payment_failed")
        return
    wanted = ending(account) if is_last else "past_due"
    with subscription_states.changing(account, body):
        if body["status"] in {"active", "trialing", "past_due"}:
            body["status"] = wanted


def _keep_card(account: Account, body: Json, invoice: Json) -> None:
    """Let the card that paid be the subscription's, as Stripe's invoice page does."""
    for payment in invoice_payments.of_invoice(account, invoice, status="paid"):
        intent = account.get("payment_intent", payment["payment"]["payment_intent"])
        with subscription_states.changing(account, body):
            body["default_payment_method"] = intent["payment_method"]


def recovered(account: Account, invoice: Json) -> None:
    """Let the subscription be active again when its latest invoice is paid."""
    body = account.get("subscription", invoice_bodies.subscription_of(invoice))
    if subscription_states.is_over(body):
        return
    _keep_card(account, body, invoice)
    if pending_updates.is_for(account, body, invoice):
        pending_updates.apply(account, body)
        return
    if body["latest_invoice"] != invoice["id"]:
        return
    with subscription_states.changing(account, body):
        if body["status"] in {"past_due", "unpaid", "incomplete"}:
            body["status"] = "active"
