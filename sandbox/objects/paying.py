"""What happens when somebody pays on the hosted page of a checkout session."""

from __future__ import annotations

from typing import NamedTuple

from sandbox.account import Account
from sandbox.cards import Card
from sandbox.objects import (
    charging,
    collecting,
    customers,
    discounts,
    payment_intents,
    payment_methods,
    portal_sessions,
    setup_intents,
    subscribing,
)
from sandbox.wire import Json


class Payer(NamedTuple):
    """What the customer typed beside the card."""

    email: str
    name: str


def pay(account: Account, session: Json, card: Card, payer: Payer) -> Json:
    """Try the card on an open session: afterwards it is complete, asks the bank, or still open.

    Returns the session. On one that is not open nothing happens, so a second press pays nothing.
    Raises NotRedeemable when its coupon is over since.
    """
    if session["status"] != "open":
        return session
    _require_good_discount(account, session)
    if not needs_card(session):
        return take_free(account, session, payer)
    _know(account, session, payer)
    billing = {"email": session["customer_details"]["email"], "name": payer.name}
    method = payment_methods.insert(account, card, billing)
    back = f"{account.world.url}/c/pay/{session['id']}"
    if session["mode"] == "setup":
        kept = account.get("setup_intent", session["setup_intent"])
        kept["customer"] = session["customer"]
        setup_intents.attempt(account, kept, method, return_url=back)
        return _settle(account, session, kept)
    if session["mode"] == "subscription":
        return _settle(account, session, subscribing.attempt(account, session, method, back))
    intent = charging.attempt(account, _intent(account, session), method, return_url=back)
    return _settle(account, session, intent)


def needs_card(session: Json) -> bool:
    """Tell whether a card is asked for: where something is due, or will be."""
    is_kept = session["mode"] == "subscription" and session["payment_method_collection"] == "always"
    return bool(session["amount_total"] != 0 or is_kept)


def take_free(account: Account, session: Json, payer: Payer) -> Json:
    """Complete a session whose total is nothing."""
    if session["status"] == "open" and not needs_card(session):
        _require_good_discount(account, session)
        _know(account, session, payer)
        _complete(account, session, "no_payment_required")
    return session


def answer(account: Account, intent: str, *, is_confirmed: bool) -> Json:
    """Take the answer to the bank's question; completes the session it was asked for."""
    is_setup = intent.startswith("seti_")
    authenticate = setup_intents.authenticate if is_setup else charging.authenticate
    body = authenticate(account, intent, is_confirmed=is_confirmed)
    if named := account.private(body).get("session"):
        _settle(account, account.get("checkout.session", named), body)
    elif named := account.private(body).get("invoice"):
        collecting.settle(account, account.get("invoice", named), body)
    elif account.private(body).get("portal"):
        portal_sessions.settle(account, body)
    return body


def asked_by(account: Account, identity: str) -> str:
    """Return the id of the intent that a subscription's session or an invoice waits for."""
    found = account.storage.find(account.id, identity)
    kind = found.body["object"] if found else ""
    if found and kind == "checkout.session":
        intent = attempted(account, found.body)
    elif found and kind == "invoice":
        intent = collecting.intent_of(account, found.body)
    else:
        return identity
    return str(intent["id"]) if intent else identity


def pay_invoice(account: Account, invoice: Json, card: Card, name: str = "") -> Json:
    """Try a card on an open invoice; one that pays is the subscription's card from now on.

    On an invoice that is not open nothing happens, so a second press pays nothing.
    """
    if invoice["status"] not in {"open", "uncollectible"}:
        return invoice
    billing = {"email": invoice["customer_email"], "name": name}
    method = payment_methods.insert(account, card, billing)
    back = f"{account.world.url}/i/{invoice['id']}"
    return collecting.attempt(account, invoice, method, is_customer_here=True, return_url=back)


def failure(account: Account, session: Json) -> Json | None:
    """Return the error of the last attempt to pay, if it failed."""
    intent = attempted(account, session)
    if intent is None:
        return None
    is_setup = intent["object"] == "setup_intent"
    error: Json | None = intent["last_setup_error" if is_setup else "last_payment_error"]
    return error


def attempted(account: Account, session: Json) -> Json | None:
    """Return the intent of the last attempt to pay, or to keep the card."""
    if session["mode"] == "subscription":
        return subscribing.attempted_by(account, session)
    kind = "setup_intent" if session["mode"] == "setup" else "payment_intent"
    return account.get(kind, session[kind]) if session[kind] else None


def _know(account: Account, session: Json, payer: Payer) -> None:
    """Note who pays; Stripe makes the customer when a payment is attempted, not before."""
    known = session["customer_details"] or {}
    email = known.get("email") or payer.email
    session["customer_details"] = {
        "address": None,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": payer.name or known.get("name"),
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }
    if session["customer"] is None and _wants_customer(account, session):
        made = customers.create(account, {"email": email, "name": payer.name})
        session["customer"] = made["id"]
    elif session["customer"]:
        _complete_customer(account, session)
    account.save(session)


def _complete_customer(account: Account, session: Json) -> None:
    """Add to a known customer what it lacked, and the name where the session says to keep it."""
    customer = account.get("customer", session["customer"])
    details, learns = session["customer_details"], account.private(session).get("learns", {})
    wanted = {} if customer["email"] else {"email": details["email"]}
    if details["name"] and learns.get("name") == "auto":
        wanted["name"] = details["name"]
    customers.update(account, wanted, customer["id"])


def _wants_customer(account: Account, session: Json) -> bool:
    saves_card = account.private(session)["payment"].get("setup_future_usage")
    return bool(session["customer_creation"] == "always" or saves_card)


def _intent(account: Account, session: Json) -> Json:
    if session["payment_intent"]:
        intent = account.get("payment_intent", session["payment_intent"])
        return {**intent, "amount": session["amount_total"]}
    params = {
        **account.private(session)["payment"],
        "amount": session["amount_total"],
        "currency": session["currency"],
        "customer": session["customer"],
    }
    intent = payment_intents.insert(account, params, session=session["id"])
    session["payment_intent"] = intent["id"]
    account.save(session)
    return intent


def _settle(account: Account, session: Json, intent: Json) -> Json:
    if intent["status"] == "succeeded" and session["status"] == "open":
        is_kept = intent["object"] == "setup_intent"
        _complete(account, session, "no_payment_required" if is_kept else "paid", intent)
    return session


def _complete(
    account: Account, session: Json, payment_status: str, intent: Json | None = None
) -> None:
    if session["mode"] == "subscription":
        subscribing.subscribe(account, session, intent)
    session |= {"status": "complete", "payment_status": payment_status, "url": None}
    account.save(session)
    account.tell("checkout.session.completed", session)
    discounts.redeemed(account, session)


def _require_good_discount(account: Account, session: Json) -> None:
    if reduction := discounts.of_session(account, session):
        discounts.require_good(account, session, reduction, session["amount_subtotal"])
