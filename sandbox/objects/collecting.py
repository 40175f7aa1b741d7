"""An invoice's way to its money: made, finalised, tried, paid or failed."""

from __future__ import annotations

from sandbox import money
from sandbox.account import Account
from sandbox.cards import REFUSALS, Refusal
from sandbox.errors import InvalidRequest
from sandbox.objects import (
    charging,
    dunning,
    invoice_bodies,
    invoice_payments,
    payment_intents,
    subscription_discounts,
    subscription_states,
)
from sandbox.wire import Json

AN_HOUR = 3600
AN_INTENT = "Subscription creation"
AN_UPDATE = "Subscription update"


def make(account: Account, subscription: Json, rows: list[Json], reason: str) -> Json:
    """Store a draft and tell of it; the subscription has it as its latest, but is not stored."""
    body = draft(account, subscription, rows, reason)
    account.tell("invoice.created", body)
    return body


def draft(account: Account, subscription: Json, rows: list[Json], reason: str) -> Json:
    """Store a draft without telling of it, as `make` does."""
    body = invoice_bodies.new(account, subscription, rows, reason)
    taken = [{one["discount"]: one["amount"]} for one in body["total_discount_amounts"]]
    subscription_discounts.used(account, subscription, taken)
    account.insert(body)
    subscription["latest_invoice"] = body["id"]
    return body


def finalize(account: Account, body: Json, *, intent: Json | None = None) -> Json:
    """Give the draft its number and what it asks for; one that asks for nothing is paid.

    With an `intent` it asks for no other payment: that one brought the money already.
    """
    customer = account.get("customer", body["customer"])
    _balance(account, body, customer)
    number = customer.get("next_invoice_sequence", 1)
    account.save({**customer, "next_invoice_sequence": number + 1})
    url = f"{account.world.url}/i/{body['id']}"
    body |= {
        "status": "open",
        "number": f"{customer.get('invoice_prefix', 'GONE')}-{number:04}",
        "effective_at": account.now,
        "hosted_invoice_url": url,
        "invoice_pdf": f"{url}?as=pdf",
    }
    body["status_transitions"]["finalized_at"] = account.now
    if body["amount_due"]:
        if intent is None:
            intent = _intent(account, body)
        invoice_payments.insert(account, body, intent)
    account.save(body)
    account.tell("invoice.finalized", body)
    if not body["amount_due"]:
        _paid(account, body)
    return body


def attempt(
    account: Account,
    body: Json,
    method: Json | None,
    *,
    is_customer_here: bool = False,
    is_by_itself: bool = False,
    return_url: str | None = None,
) -> Json:
    """Try a card on an open invoice: it is paid, failed, or the bank asks its owner first.

    The first attempt of all counts, and then those that come by themselves.
    """
    intent = intent_of(account, body)
    if intent is None or body["status"] not in {"open", "uncollectible"}:
        return body
    count = max(1, body["attempt_count"] + is_by_itself)
    body |= {"attempted": True, "attempt_count": count}
    account.save(body)
    if method is None:
        return _failed(account, body, intent, is_by_itself=is_by_itself)
    intent = charging.attempt(
        account,
        intent,
        method,
        is_off_session=not is_customer_here,
        may_ask=is_customer_here,
        return_url=return_url,
        refusal=_told_to_fail(account, body) if is_by_itself else None,
    )
    return settle(account, body, intent, is_by_itself=is_by_itself)


def settle(account: Account, body: Json, intent: Json, *, is_by_itself: bool = False) -> Json:
    """Take over what became of the invoice's intent."""
    if body["status"] not in {"open", "uncollectible"}:
        return body
    if intent["status"] == "succeeded":
        return _paid(account, body)
    if intent["last_payment_error"]:
        return _failed(account, body, intent, is_by_itself=is_by_itself)
    return body


def pay_with(account: Account, body: Json, intent: Json) -> Json:
    """Finalise a draft whose money an intent has brought already, and note it as paid."""
    account.save(intent, invoice=body["id"])
    finalize(account, body, intent=intent)
    if body["status"] == "open":
        body |= {"attempted": True, "attempt_count": 1}
        _paid(account, body)
    return body


def void(account: Account, body: Json) -> Json:
    """Let an open invoice ask for nothing any more."""
    _give_up_intent(account, body)
    body |= {"status": "void", "next_payment_attempt": None, "auto_advance": False}
    body["status_transitions"]["voided_at"] = account.now
    account.save(body)
    account.tell("invoice.voided", body)
    return body


def mark_uncollectible(account: Account, body: Json) -> Json:
    """Give up on an open invoice; it can still be paid."""
    body |= {"status": "uncollectible", "next_payment_attempt": None, "auto_advance": False}
    body["status_transitions"]["marked_uncollectible_at"] = account.now
    account.save(body)
    account.tell("invoice.marked_uncollectible", body)
    return body


def intent_of(account: Account, body: Json) -> Json | None:
    """Return the payment intent of an invoice, if it asks for money."""
    for payment in invoice_payments.of_invoice(account, body):
        return account.get("payment_intent", payment["payment"]["payment_intent"])
    return None


def by_clock(account: Account, identity: str) -> None:
    """Finalise a draft of a renewal whose hour is over, and try the card on file."""
    body = account.get("invoice", identity)
    if body["status"] != "draft" or not body["auto_advance"]:
        return
    finalize(account, body)
    subscription = account.get("subscription", invoice_bodies.subscription_of(body))
    pause = subscription["pause_collection"]
    if body["status"] == "open" and pause:
        (void if pause["behavior"] == "void" else mark_uncollectible)(account, body)
    elif body["status"] == "open":
        attempt(account, body, card_for(account, body), is_by_itself=True)


def retry(account: Account, identity: str) -> None:
    """Try the card on file again, if the invoice still waits for this moment."""
    body = account.get("invoice", identity)
    if body["status"] == "open" and body["next_payment_attempt"] == account.now:
        attempt(account, body, card_for(account, body), is_by_itself=True)


def fail_next(account: Account, subscription: str, code: str, times: int) -> Json:
    """Let the next charges that the sandbox makes by itself for a subscription be refused."""
    if code not in REFUSALS:
        raise InvalidRequest(f"A card refuses with one of {', '.join(REFUSALS)}.", param="code")
    return account.save(account.get("subscription", subscription), fails=[code] * times)


def card_for(account: Account, body: Json) -> Json | None:
    """Return the card on file for an invoice."""
    subscription = account.get("subscription", invoice_bodies.subscription_of(body))
    customer = account.get("customer", body["customer"])
    return subscription_states.card_of(account, subscription, customer)


def _balance(account: Account, body: Json, customer: Json) -> None:
    """Use what the customer has to their credit, and keep what is too little to charge."""
    before = customer.get("balance", 0)
    due = body["total"] + before
    charged = due if due >= money.minimum(body["currency"]) else 0
    customer["balance"] = due - charged
    account.save(customer)
    body |= {
        "starting_balance": before,
        "ending_balance": customer["balance"],
        "amount_due": charged,
        "amount_remaining": charged,
    }


def _intent(account: Account, body: Json) -> Json:
    params = {
        "amount": body["amount_due"],
        "currency": body["currency"],
        "customer": body["customer"],
        "description": AN_INTENT if body["billing_reason"].endswith("create") else AN_UPDATE,
        "setup_future_usage": "off_session",
    }
    return payment_intents.insert(account, params, invoice=body["id"])


def _paid(account: Account, body: Json) -> Json:
    body |= {
        "status": "paid",
        "amount_paid": body["amount_due"],
        "amount_remaining": 0,
        "attempted": True,
        "auto_advance": False,
        "next_payment_attempt": None,
    }
    body["status_transitions"]["paid_at"] = account.now
    account.save(body)
    invoice_payments.paid(account, body)
    account.tell("invoice.paid", body)
    account.tell("invoice.payment_succeeded", body)
    dunning.recovered(account, body)
    return body


def _failed(account: Account, body: Json, intent: Json, *, is_by_itself: bool) -> Json:
    if is_by_itself:
        dunning.plan(account, body)
    account.save(body)
    error = intent["last_payment_error"] or {}
    if error.get("code") == "authentication_required":
        account.tell("invoice.payment_action_required", body)
    account.tell("invoice.payment_failed", body)
    dunning.failed(account, body)
    return body


def _told_to_fail(account: Account, body: Json) -> Refusal | None:
    """Return the refusal that the console ordered for the subscription's next attempt."""
    subscription = account.get("subscription", invoice_bodies.subscription_of(body))
    fails = account.private(subscription).get("fails", [])
    if not fails:
        return None
    account.save(subscription, fails=fails[1:])
    return REFUSALS[fails[0]]


def _give_up_intent(account: Account, body: Json) -> None:
    intent = intent_of(account, body)
    if intent and intent["status"] in payment_intents.OPEN:
        payment_intents.give_up(account, intent, "void_invoice")
    invoice_payments.canceled(account, body)


JOBS = {"invoice.finalize": by_clock, "invoice.retry": retry}
