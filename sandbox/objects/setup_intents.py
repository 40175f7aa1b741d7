"""Setup intents: keeping a card for later without charging it now."""

from __future__ import annotations

from typing import Any

from sandbox.account import Account
from sandbox.cards import ASKS_ON_SESSION, Card, Refusal
from sandbox.errors import CardDeclined, InvalidRequest, StripeError
from sandbox.ids import new_id
from sandbox.objects import customers, fields, payment_methods
from sandbox.objects.charging import FAILED_QUESTION
from sandbox.objects.lists import page
from sandbox.objects.payment_intents import automatic
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/setup_intents"
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def create(account: Account, params: Json) -> Json:
    """Make an intent, and confirm it at once when asked to."""
    if params.get("return_url") and not params.get("confirm"):
        raise InvalidRequest(
            "The parameter `return_url` can only be used with `confirm=true`.", param="return_url"
        )
    body = insert(account, params)
    return confirm(account, params, body["id"]) if params.get("confirm") else body


def insert(account: Account, params: Json, **private: Any) -> Json:
    """Store a new intent and tell of it."""
    identity = new_id("seti")
    options = {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"}
    body: Json = {
        "id": identity,
        "object": "setup_intent",
        "allowed_payment_method_types": None,
        "application": None,
        "automatic_payment_methods": automatic(params.get("automatic_payment_methods")),
        "cancellation_reason": None,
        "client_secret": f"{identity}_secret_{new_id('x')[2:]}",
        "created": account.now,
        "customer": None,
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "managed_payments": None,
        "mandate": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": options},
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": "requires_payment_method",
        "usage": params.get("usage", "off_session"),
    }
    _apply(account, body, params)
    account.insert(body, **private)
    account.tell("setup_intent.created", body)
    return body


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the intent."""
    return account.get("setup_intent", identity)


def update(account: Account, params: Json, identity: str) -> Json:
    """Change an intent; one that is over keeps all but its words."""
    body = account.get("setup_intent", identity)
    if body["status"] not in OPEN and set(params) - {"metadata", "description"}:
        raise _unexpected(body, f"This SetupIntent cannot be updated: it is {body['status']}.")
    _apply(account, body, params)
    return account.save(body)


def confirm(account: Account, params: Json, identity: str) -> Json:
    """Try to keep the card; raises CardDeclined when it refuses."""
    body = account.get("setup_intent", identity)
    if account.private(body).get("session"):
        raise _unexpected(body, "This SetupIntent is managed by its Checkout Session.")
    if body["status"] not in OPEN:
        raise _unexpected(body, f"You cannot confirm this SetupIntent: it is {body['status']}.")
    _apply(account, body, params)
    if not body["payment_method"]:
        raise _unexpected(
            body, "You cannot confirm this SetupIntent because it's missing a payment method."
        )
    back = params.get("return_url")
    redirects = (body["automatic_payment_methods"] or {}).get("allow_redirects") != "never"
    if redirects and not back:
        raise InvalidRequest(
            "This SetupIntent is configured to accept payment methods that might redirect your"
            " customer off of your page; you must provide a `return_url`, or set"
            " `automatic_payment_methods[allow_redirects]` to `never`.",
            param="return_url",
        )
    method = account.get("payment_method", body["payment_method"])
    attempt(account, body, method, return_url=back)
    if error := body["last_setup_error"]:
        more = {name: error[name] for name in ("decline_code", "payment_method")}
        raise CardDeclined(error["message"], code=error["code"], setup_intent=body, **more)
    return body


def attempt(account: Account, body: Json, method: Json, *, return_url: str | None = None) -> Json:
    """Keep the card: afterwards the intent succeeded, asks the bank, or says what failed."""
    payment_methods.require_unspent(account, method)
    card = payment_methods.card_of(account, method)
    body |= {"payment_method": method["id"], "last_setup_error": None, "next_action": None}
    if card.refusal and not card.attaches:
        return _fail(account, body, method, card.refusal)
    if _asks(card):
        return _ask(account, body, return_url)
    return _succeed(account, body, method)


def authenticate(account: Account, identity: str, *, is_confirmed: bool) -> Json:
    """Take the customer's answer to the bank's question; a second answer changes nothing."""
    body = account.get("setup_intent", identity)
    if body["status"] != "requires_action":
        return body
    method = account.get("payment_method", body["payment_method"])
    body["next_action"] = None
    if is_confirmed:
        return _succeed(account, body, method)
    body["last_setup_error"] = {
        "code": "setup_intent_authentication_failure",
        "message": FAILED_QUESTION.replace("PaymentIntent", "SetupIntent"),
        "payment_method": method,
        "type": "invalid_request_error",
    }
    return _needs_another(account, body)


def cancel(account: Account, params: Json, identity: str) -> Json:
    """Give up an intent that kept nothing yet."""
    body = account.get("setup_intent", identity)
    if account.private(body).get("session"):
        raise _unexpected(
            body, "You cannot cancel this SetupIntent: expire its Checkout Session instead."
        )
    if body["status"] not in OPEN:
        raise _unexpected(body, f"You cannot cancel this SetupIntent: it is {body['status']}.")
    return give_up(account, body, params.get("cancellation_reason"))


def give_up(account: Account, body: Json, reason: str | None) -> Json:
    """Cancel an open intent."""
    body |= {"status": "canceled", "cancellation_reason": reason, "next_action": None}
    account.save(body)
    account.tell("setup_intent.canceled", body)
    return body


def every(account: Account, params: Json) -> Json:
    """List the intents."""
    return page(account, "setup_intent", params, URL, "customer payment_method")


def _apply(account: Account, body: Json, params: Json) -> None:
    fields.change(body, params, "description")
    if params.get("customer"):
        body["customer"] = customers.alive(account, params["customer"], "customer")["id"]
    if named := params.get("payment_method"):
        method = payment_methods.usable(account, named)
        if method["customer"] not in {None, body["customer"]}:
            raise InvalidRequest(
                "The PaymentMethod does not belong to the Customer of this SetupIntent.",
                param="payment_method",
            )
        body["payment_method"] = method["id"]
        if body["status"] == "requires_payment_method":
            body["status"] = "requires_confirmation"


def _asks(card: Card) -> bool:
    return bool(card.asks) and card.asks != ASKS_ON_SESSION


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
    account.tell("setup_intent.requires_action", body)
    return body


def _succeed(account: Account, body: Json, method: Json) -> Json:
    if body["usage"] == "off_session":
        account.save(method, is_set_up=True)
    if body["customer"]:
        shown = "limited" if account.private(body).get("session") else ""
        payment_methods.give(account, method, body["customer"], shown=shown)
    body |= {"status": "succeeded", "last_setup_error": None}
    account.save(body)
    account.tell("setup_intent.succeeded", body)
    return body


def _fail(account: Account, body: Json, method: Json, refusal: Refusal) -> Json:
    body["last_setup_error"] = {
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
    account.tell("setup_intent.setup_failed", body)
    return body


def _unexpected(body: Json, message: str) -> StripeError:
    return InvalidRequest(message, code="setup_intent_unexpected_state", setup_intent=body)


SET = "description customer payment_method metadata"
ROUTES = (
    Route("get", URL, every, f"{PAGING} created customer payment_method"),
    Route("post", URL, create, f"{SET} usage automatic_payment_methods confirm return_url"),
    Route("get", f"{URL}/{{intent}}", retrieve),
    Route("post", f"{URL}/{{intent}}", update, SET),
    Route("post", f"{URL}/{{intent}}/confirm", confirm, "payment_method return_url"),
    Route("post", f"{URL}/{{intent}}/cancel", cancel, "cancellation_reason"),
)
