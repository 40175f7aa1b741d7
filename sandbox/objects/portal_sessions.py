"""Portal sessions: a page where a customer changes the card, leaves, and reads the invoices."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.errors import elsewhere
from sandbox.ids import new_id
from sandbox.objects import customers, fields, setup_intents
from sandbox.objects import subscription_states as states
from sandbox.routing import Route
from sandbox.wire import Json

URL = "/v1/billing_portal/sessions"
CONFIGURATION = "bpc_1SandboxOfEveryone"
FLOWS = ("payment_method_update", "subscription_cancel")


def create(account: Account, params: Json) -> Json:
    """Open the portal for a customer."""
    fields.need(params, "customer")
    customer = customers.alive(account, params["customer"], "customer")
    if params.get("return_url"):
        fields.web_address(params["return_url"], "return_url")
    identity = new_id("bps")
    body: Json = {
        "id": identity,
        "object": "billing_portal.session",
        "configuration": CONFIGURATION,
        "created": account.now,
        "customer": customer["id"],
        "customer_account": None,
        "flow": _flow(account, params.get("flow_data")),
        "livemode": False,
        "locale": params.get("locale"),
        "on_behalf_of": None,
        "return_url": fields.optional(params.get("return_url")),
        "url": f"{account.world.url}/p/{identity}",
    }
    account.insert(body)
    account.tell("billing_portal.session.created", body)
    return body


def subscriptions_of(account: Account, session: Json) -> list[Json]:
    """Return the customer's subscriptions that are not over, oldest first."""
    found = account.all("subscription", customer=session["customer"])
    return [body for body in reversed(found) if not states.is_over(body)]


def keep_card(account: Account, session: Json, method: Json) -> Json:
    """Try to keep a card; the bank may ask first. Return the setup intent."""
    given = {"customer": session["customer"]}
    intent = setup_intents.insert(account, given, portal=session["id"])
    setup_intents.attempt(account, intent, method, return_url=session["url"])
    settle(account, intent)
    return intent


def settle(account: Account, intent: Json) -> None:
    """Let a card that is kept pay for everything from now on."""
    if intent["status"] != "succeeded":
        return
    card = intent["payment_method"]
    settings = {"invoice_settings": {"default_payment_method": card}}
    customers.update(account, settings, intent["customer"])
    for body in account.all("subscription", customer=intent["customer"]):
        if not states.is_over(body) and body["default_payment_method"]:
            with states.changing(account, body):
                body["default_payment_method"] = card


def _flow(account: Account, given: Json | None) -> Json | None:
    """Return the part of the portal that is opened alone, if one is asked for."""
    if not given:
        return None
    kind = given["type"]
    if kind not in FLOWS:
        raise elsewhere(f"The portal's flow `{kind}`", "flow_data[type]")
    given = fields.only(given, "type subscription_cancel after_completion", "flow_data")
    asked = given.get("subscription_cancel")
    if asked:
        fields.only(asked, "subscription", "flow_data[subscription_cancel]")
        account.get("subscription", asked["subscription"], param="flow_data")
    after = given.get("after_completion") or {"type": "portal_homepage"}
    if after["type"] == "hosted_confirmation":
        raise elsewhere("after_completion[type]=hosted_confirmation", "flow_data")
    redirect = after.get("redirect")
    return {
        "after_completion": {
            "hosted_confirmation": None,
            "redirect": {"return_url": redirect["return_url"]} if redirect else None,
            "type": after["type"],
        },
        "subscription_cancel": {"retention": None, "subscription": asked["subscription"]}
        if asked
        else None,
        "subscription_update": None,
        "subscription_update_confirm": None,
        "type": kind,
    }


ROUTES = (Route("post", URL, create, "customer return_url locale flow_data"),)
