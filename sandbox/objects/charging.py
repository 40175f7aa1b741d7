"""One try to be paid by a card: it pays, the bank asks its owner first, or it refuses."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.cards import ASKS, ASKS_ON_SESSION, ASKS_UNTIL_SET_UP, Card, Refusal
from sandbox.objects import charges, payment_methods
from sandbox.wire import Json

FAILED_QUESTION = (
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data or"
    " a new PaymentMethod to attempt to fulfill this PaymentIntent again."
)


def attempt(
    account: Account,
    body: Json,
    method: Json,
    *,
    is_off_session: bool = False,
    may_ask: bool = True,
    return_url: str | None = None,
    refusal: Refusal | None = None,
) -> Json:
    """Charge the card: afterwards the intent succeeded, asks the bank, or says what failed.

    A `refusal` is the answer whatever the card is.
    """
    payment_methods.require_unspent(account, method)
    card = payment_methods.card_of(account, method)
    body |= {"payment_method": method["id"], "last_payment_error": None, "next_action": None}
    if refusal:
        return _fail(account, body, method, refusal)
    is_set_up = bool(account.private(method).get("is_set_up"))
    if _asks(card, is_set_up=is_set_up, is_off_session=is_off_session):
        return _ask(account, body, return_url) if may_ask else _fail(account, body, method, ASKS)
    return _charge(account, body, method)


def authenticate(account: Account, identity: str, *, is_confirmed: bool) -> Json:
    """Take the customer's answer to the bank's question; a second answer changes nothing."""
    body = account.get("payment_intent", identity)
    if body["status"] != "requires_action":
        return body
    method = account.get("payment_method", body["payment_method"])
    body["next_action"] = None
    if is_confirmed:
        if body["setup_future_usage"] == "off_session":
            account.save(method, is_set_up=True)
        return _charge(account, body, method)
    body["last_payment_error"] = {
        "code": "payment_intent_authentication_failure",
        "message": FAILED_QUESTION,
        "payment_method": method,
        "type": "invalid_request_error",
    }
    return _needs_another(account, body)


def _asks(card: Card, *, is_set_up: bool, is_off_session: bool) -> bool:
    if card.asks == ASKS_ON_SESSION:
        return not is_off_session
    return bool(card.asks) and not (card.asks == ASKS_UNTIL_SET_UP and is_set_up)


def _ask(account: Account, body: Json, return_url: str | None) -> Json:
    url = f"{account.world.url}/3ds/{body['id']}"
    body |= {
        "status": "requires_action",
        "next_action": {
            "redirect_to_url": {"return_url": return_url, "url": url},
            "type": "redirect_to_url",
        },
    }
    account.save(body, return_url=return_url)
    account.tell("payment_intent.requires_action", body)
    return body


def _charge(account: Account, body: Json, method: Json) -> Json:
    refusal = payment_methods.refusal_of(account, method)
    return _fail(account, body, method, refusal) if refusal else _succeed(account, body, method)


def _succeed(account: Account, body: Json, method: Json) -> Json:
    if body["customer"] and body["setup_future_usage"]:
        shown = "limited" if account.private(body).get("session") else ""
        payment_methods.give(account, method, body["customer"], shown=shown)
    if not method["customer"]:
        account.save(method, is_spent=True)
    charge = charges.paid(account, body, method)
    body |= {
        "status": "succeeded",
        "amount_received": body["amount"],
        "latest_charge": charge["id"],
        "last_payment_error": None,
    }
    account.save(body)
    account.tell("payment_intent.succeeded", body)
    account.tell("charge.succeeded", charge)
    return body


def _fail(account: Account, body: Json, method: Json, refusal: Refusal) -> Json:
    charge = charges.failed(account, body, method, refusal)
    account.tell("charge.failed", charge)
    body["latest_charge"] = charge["id"]
    body["last_payment_error"] = {
        "charge": charge["id"],
        "code": refusal.code,
        "decline_code": refusal.decline_code,
        "message": refusal.message,
        "payment_method": method,
        "type": "card_error",
    }
    return _needs_another(account, body)


def _needs_another(account: Account, body: Json) -> Json:
    body |= {"status": "requires_payment_method", "payment_method": None}
    account.save(body)
    account.tell("payment_intent.payment_failed", body)
    return body
