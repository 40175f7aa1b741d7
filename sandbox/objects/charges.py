"""Charges: one for each time a card was asked, paid or refused."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.cards import Refusal
from sandbox.ids import new_id
from sandbox.money import fee
from sandbox.objects import balance, fields, payment_methods
from sandbox.objects.lists import page
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/charges"
LATER = 60  # seconds of the sandbox's clock until a bank changes its mind


def paid(account: Account, intent: Json, method: Json) -> Json:
    """Store the charge of a card that paid, and the money it brought."""
    body = _new(account, intent, method)
    body |= {
        "amount_captured": body["amount"],
        "captured": True,
        "outcome": _outcome("authorized", "approved_by_network", None, "Payment complete."),
        "paid": True,
        "status": "succeeded",
    }
    kept = fee(body["amount"])
    moved = balance.record(account, "charge", body, body["amount"], fee=kept)
    body["balance_transaction"] = moved["id"]
    account.insert(body)
    if payment_methods.card_of(account, method).disputes:
        account.schedule(account.now + LATER, "dispute.open", body)
    return body


def failed(account: Account, intent: Json, method: Json, refusal: Refusal) -> Json:
    """Store the charge of a card that refused."""
    body = _new(account, intent, method)
    seller = "The bank did not return any further details with this decline."
    body |= {
        "failure_code": refusal.code,
        "failure_message": refusal.message,
        "outcome": _outcome("issuer_declined", "declined_by_network", refusal, seller),
        "status": "failed",
    }
    return account.insert(body)


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the charge."""
    return account.get("charge", identity)


def update(account: Account, params: Json, identity: str) -> Json:
    """Change the words on a charge."""
    body = account.get("charge", identity)
    before = fields.change(body, params, "description receipt_email")
    if before:
        account.save(body)
        account.tell("charge.updated", body, previous=before)
    return body


def every(account: Account, params: Json) -> Json:
    """List the charges."""
    return page(account, "charge", params, URL, "customer payment_intent")


def _new(account: Account, intent: Json, method: Json) -> Json:
    statement = intent["statement_descriptor_suffix"] or intent["statement_descriptor"]
    return {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": dict(method["billing_details"]),
        "calculated_statement_descriptor": statement or "PRETEND MONEY",
        "captured": False,
        "created": account.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": None,
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": payment_methods.shown_on_charge(method),
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "failed",
        "transfer_data": None,
        "transfer_group": None,
    }


def _outcome(kind: str, network: str, refusal: Refusal | None, seller: str) -> Json:
    is_spent = refusal is not None and refusal.decline_code == "insufficient_funds"
    return {
        "advice_code": "try_again_later" if is_spent else None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network,
        "reason": refusal.decline_code if refusal else None,
        "risk_level": "normal",
        "risk_score": 10,
        "seller_message": seller,
        "type": kind,
    }


ROUTES = (
    Route("get", URL, every, f"{PAGING} created customer payment_intent"),
    Route("get", f"{URL}/{{charge}}", retrieve),
    Route("post", f"{URL}/{{charge}}", update, "description receipt_email metadata"),
)
