"""Payment intents: from "needs a card" to succeeded or canceled, by way of a bank's question."""

from __future__ import annotations

from typing import Any

from sandbox import money
from sandbox.account import Account
from sandbox.errors import CardDeclined, InvalidRequest, StripeError, elsewhere
from sandbox.ids import new_id
from sandbox.objects import charging, customers, fields, payment_methods
from sandbox.objects.lists import page
from sandbox.objects.prices import currency
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/payment_intents"
TEXTS = "description receipt_email statement_descriptor statement_descriptor_suffix"
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def create(account: Account, params: Json) -> Json:
    """Make an intent, and confirm it at once when asked to."""
    for name in ("off_session", "return_url", "error_on_requires_action"):
        if params.get(name) and not params.get("confirm"):
            raise InvalidRequest(
                f"The parameter `{name}` can only be used with `confirm=true`.", param=name
            )
    body = insert(account, params)
    return confirm(account, params, body["id"]) if params.get("confirm") else body


def insert(account: Account, params: Json, **private: Any) -> Json:
    """Store a new intent and tell of it."""
    if params.get("capture_method", "automatic") == "manual":
        raise elsewhere("Capturing later", "capture_method")
    identity = new_id("pi")
    body: Json = {
        "id": identity,
        "object": "payment_intent",
        "allowed_payment_method_types": None,
        "amount": chargeable(params.get("amount"), currency(params)),
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": automatic(params.get("automatic_payment_methods")),
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": params.get("capture_method", "automatic_async"),
        "client_secret": f"{identity}_secret_{new_id('x')[2:]}",
        "confirmation_method": "automatic",
        "created": account.now,
        "currency": currency(params),
        "customer": None,
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "managed_payments": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "payment_record": None,
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_group": None,
    }
    _apply(account, body, params)
    account.insert(body, **private)
    account.tell("payment_intent.created", body)
    return body


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the intent."""
    return account.get("payment_intent", identity)


def update(account: Account, params: Json, identity: str) -> Json:
    """Change an intent that is not paid; afterwards only its words."""
    body = account.get("payment_intent", identity)
    if body["status"] not in OPEN and set(params) - {"metadata", "description", "receipt_email"}:
        raise _unexpected(
            body, f"This PaymentIntent's parameters could not be updated: it is {body['status']}."
        )
    if "amount" in params or "currency" in params:
        body["currency"] = currency({"currency": body["currency"], **params})
        body["amount"] = chargeable(params.get("amount", body["amount"]), body["currency"])
    _apply(account, body, params)
    return account.save(body)


def confirm(account: Account, params: Json, identity: str) -> Json:
    """Try to be paid; raises CardDeclined when the card refuses."""
    body = account.get("payment_intent", identity)
    if account.private(body).get("session"):
        raise _unexpected(body, "This PaymentIntent is managed by its Checkout Session.")
    if account.private(body).get("invoice"):
        raise elsewhere("Confirming the PaymentIntent of an invoice")
    if body["status"] not in OPEN:
        word = "already succeeded" if body["status"] == "succeeded" else "been canceled"
        raise _unexpected(body, f"You cannot confirm this PaymentIntent because it has {word}.")
    _apply(account, body, params)
    if not body["payment_method"]:
        raise _unexpected(
            body,
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
        )
    is_off_session = bool(params.get("off_session"))
    may_ask = not is_off_session and not params.get("error_on_requires_action")
    return_url = params.get("return_url")
    redirects = (body["automatic_payment_methods"] or {}).get("allow_redirects") != "never"
    if redirects and not return_url and not is_off_session:
        raise InvalidRequest(
            "This PaymentIntent is configured to accept payment methods that might redirect your"
            " customer off of your page; you must provide a `return_url`, or set"
            " `automatic_payment_methods[allow_redirects]` to `never`.",
            param="return_url",
        )
    method = account.get("payment_method", body["payment_method"])
    charging.attempt(
        account,
        body,
        method,
        is_off_session=is_off_session,
        may_ask=may_ask,
        return_url=return_url,
    )
    if body["last_payment_error"]:
        raise _declined(body)
    return body


def cancel(account: Account, params: Json, identity: str) -> Json:
    """Give up an intent that is not paid."""
    body = account.get("payment_intent", identity)
    if account.private(body).get("session"):
        raise _unexpected(
            body, "You cannot cancel this PaymentIntent: expire its Checkout Session instead."
        )
    if account.private(body).get("invoice"):
        raise _unexpected(body, "You cannot cancel this PaymentIntent: void its invoice instead.")
    if body["status"] not in OPEN:
        raise _unexpected(
            body,
            "You cannot cancel this PaymentIntent because it has a status of"
            f" {body['status']}. Only a PaymentIntent with one of the following statuses may be"
            f" canceled: {', '.join(OPEN)}.",
        )
    return give_up(account, body, params.get("cancellation_reason"))


def give_up(account: Account, body: Json, reason: str | None) -> Json:
    """Cancel an open intent."""
    body |= {
        "status": "canceled",
        "canceled_at": account.now,
        "cancellation_reason": reason,
        "next_action": None,
    }
    account.save(body)
    account.tell("payment_intent.canceled", body)
    return body


def every(account: Account, params: Json) -> Json:
    """List the intents."""
    return page(account, "payment_intent", params, URL, "customer")


def chargeable(amount: Any, in_currency: str) -> int:
    """Return the amount; raises when it cannot be charged."""
    if amount is None:
        fields.need({}, "amount")
    least = money.minimum(in_currency)
    if amount < least:
        code = "amount_too_small" if amount > 0 else "parameter_invalid_integer"
        shown = money.shown(least, in_currency)
        raise InvalidRequest(f"Amount must be at least {shown}.", code=code, param="amount")
    if amount > money.MAXIMUM:
        shown = money.shown(money.MAXIMUM, in_currency)
        raise InvalidRequest(
            f"Amount must be no more than {shown}.", code="amount_too_large", param="amount"
        )
    return int(amount)


def _apply(account: Account, body: Json, params: Json) -> None:
    fields.change(body, params, f"{TEXTS} setup_future_usage")
    if params.get("customer"):
        body["customer"] = customers.alive(account, params["customer"], "customer")["id"]
    if named := params.get("payment_method"):
        method = payment_methods.usable(account, named)
        if method["customer"] not in {None, body["customer"]}:
            raise InvalidRequest(
                "The PaymentMethod does not belong to the Customer of this PaymentIntent.",
                param="payment_method",
            )
        body["payment_method"] = method["id"]
        if body["status"] == "requires_payment_method":
            body["status"] = "requires_confirmation"


def automatic(given: Any) -> Json | None:
    """Return the `automatic_payment_methods` of an intent, on unless turned off."""
    wanted = given or {"enabled": True}
    if not wanted["enabled"]:
        return None
    return {"allow_redirects": wanted.get("allow_redirects", "always"), "enabled": True}


def _declined(body: Json) -> CardDeclined:
    error = body["last_payment_error"]
    known = ("charge", "decline_code", "payment_method")
    more = {name: error[name] for name in known if name in error}
    return CardDeclined(error["message"], code=error["code"], payment_intent=body, **more)


def _unexpected(body: Json, message: str) -> StripeError:
    return InvalidRequest(message, code="payment_intent_unexpected_state", payment_intent=body)


SET = f"{TEXTS} setup_future_usage customer payment_method metadata"
MAKE = f"{SET} amount currency automatic_payment_methods capture_method"
ROUTES = (
    Route("get", URL, every, f"{PAGING} created customer"),
    Route("post", URL, create, f"{MAKE} confirm off_session return_url error_on_requires_action"),
    Route("get", f"{URL}/{{intent}}", retrieve),
    Route("post", f"{URL}/{{intent}}", update, f"{SET} amount currency"),
    Route(
        "post",
        f"{URL}/{{intent}}/confirm",
        confirm,
        "payment_method off_session return_url error_on_requires_action receipt_email"
        " setup_future_usage",
    ),
    Route("post", f"{URL}/{{intent}}/cancel", cancel, "cancellation_reason"),
)
