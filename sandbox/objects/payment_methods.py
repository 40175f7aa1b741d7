"""Payment methods: cards, which in the sandbox are always test cards."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.cards import BY_NAME, CARDS, REFUSALS, Card, Refusal, by_number
from sandbox.errors import CardDeclined, InvalidRequest, elsewhere, missing
from sandbox.ids import new_id
from sandbox.objects import customers, fields
from sandbox.objects.lists import page
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/payment_methods"


def create(account: Account, params: Json) -> Json:
    """Make a payment method of a test card."""
    if params.get("type") != "card":
        raise elsewhere("A payment method that is not a card", "type")
    given = params.get("card", {})
    card = BY_NAME.get(given.get("token", "")) or by_number(given.get("number", ""))
    if card is None:
        raise _declined_number()
    return insert(account, card, params.get("billing_details"), params.get("metadata"))


def insert(
    account: Account, card: Card, billing: Json | None = None, metadata: Json | None = None
) -> Json:
    """Store a payment method of this card."""
    billing = billing or {}
    body: Json = {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {
            "address": fields.address(billing.get("address")) or fields.address({"city": ""}),
            "email": fields.optional(billing.get("email")),
            "name": fields.optional(billing.get("name")),
            "phone": fields.optional(billing.get("phone")),
            "tax_id": None,
        },
        "card": _shown(card, account.now),
        "created": account.now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": fields.metadata(metadata),
        "type": "card",
    }
    return account.insert(body, number=card.number)


def usable(account: Account, identity: str) -> Json:
    """Return the payment method; Stripe's named ones (`pm_card_visa`) are made on the spot."""
    card = BY_NAME.get(identity)
    if card is not None:
        return insert(account, card)
    return account.get("payment_method", identity, param="payment_method")


def card_of(account: Account, method: Json) -> Card:
    """Return the test card behind a payment method."""
    return by_number(account.private(method)["number"]) or CARDS[0]


def refusal_of(account: Account, method: Json) -> Refusal | None:
    """Return why the card will refuse to be charged, if it will."""
    told = account.private(method).get("refuses", "")
    return REFUSALS.get(told) or card_of(account, method).refusal


def refuse_from_now_on(account: Account, identity: str, decline_code: str) -> Json:
    """Let the bank refuse this card with the code from now on; with none, let it pay again."""
    if decline_code and decline_code not in REFUSALS:
        known = ", ".join(REFUSALS)
        raise InvalidRequest(f"A card refuses with one of {known}.", param="decline_code")
    return account.save(account.get("payment_method", identity), refuses=decline_code)


def require_unspent(account: Account, method: Json) -> None:
    """Raise for a card that was detached, or paid once without belonging to a customer."""
    private = account.private(method)
    if private.get("is_detached") or (private.get("is_spent") and not method["customer"]):
        raise InvalidRequest(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer"
            " attachment, shared with a connected account without Customer attachment, or was"
            " detached from a Customer. It may not be used again. To use a PaymentMethod multiple"
            " times, you must attach it to a Customer first.",
            param="payment_method",
        )


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the payment method."""
    return account.get("payment_method", identity)


def update(account: Account, params: Json, identity: str) -> Json:
    """Change the metadata."""
    body = account.get("payment_method", identity)
    before = fields.change(body, params, "allow_redisplay")
    account.save(body)
    if before:
        account.tell("payment_method.updated", body, previous=before)
    return body


def attach(account: Account, params: Json, identity: str) -> Json:
    """Give the card to a customer; some cards refuse already here."""
    fields.need(params, "customer")
    customer = customers.alive(account, params["customer"], "customer")
    body = usable(account, identity)
    if body["customer"] not in {None, customer["id"]}:
        raise InvalidRequest(
            "The payment method you provided has already been attached to a customer.",
            code="payment_method_unexpected_state",
        )
    require_unspent(account, body)
    card = card_of(account, body)
    if card.refusal and not card.attaches:
        raise CardDeclined(
            card.refusal.message,
            code=card.refusal.code,
            decline_code=card.refusal.decline_code,
        )
    return give(account, body, customer["id"])


def give(account: Account, body: Json, customer: str, *, shown: str = "") -> Json:
    """Attach without asking the card; `shown` says how freely it may be offered again."""
    if body["customer"] is None:
        body["customer"] = customer
        if shown and body["allow_redisplay"] == "unspecified":
            body["allow_redisplay"] = shown
        account.save(body)
        account.tell("payment_method.attached", body)
    return body


def detach(account: Account, _: Json, identity: str) -> Json:
    """Take the card from its customer; it can never be used again."""
    body = account.get("payment_method", identity)
    if body["customer"] is None:
        raise InvalidRequest(
            "The payment method you provided is not attached to a customer so detachment is"
            " impossible.",
            code="payment_method_unexpected_state",
        )
    before = {"customer": body["customer"]}
    body["customer"] = None
    account.save(body, is_detached=True)
    account.tell("payment_method.detached", body, previous=before)
    return body


def every(account: Account, params: Json) -> Json:
    """List payment methods, of one customer."""
    return page(account, "payment_method", params, URL, "customer type allow_redisplay")


def of_customer(account: Account, params: Json, customer: str) -> Json:
    """List one customer's payment methods."""
    if account.storage.find(account.id, customer) is None:
        raise missing("customer", customer, "customer")
    wanted = {**params, "customer": customer}
    url = f"/v1/customers/{customer}/payment_methods"
    return page(account, "payment_method", wanted, url, "customer type allow_redisplay")


def shown_on_charge(method: Json) -> Json:
    """Return the `payment_method_details` of a charge."""
    card = {
        **method["card"],
        "amount_authorized": None,
        "authorization_code": None,
        "electronic_commerce_indicator": None,
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": method["card"]["brand"],
        "network_token": {"used": False},
        "network_transaction_id": None,
        "overcapture": {"maximum_amount_capturable": 0, "status": "unavailable"},
        "three_d_secure": None,
        "transaction_link_id": None,
    }
    for only_on_methods in ("available_networks", "networks", "three_d_secure_usage"):
        card.pop(only_on_methods, None)
    for unneeded in ("display_brand", "generated_from"):
        card.pop(unneeded, None)
    return {"card": card, "type": "card"}


def _shown(card: Card, now: int) -> Json:
    checks = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
    return {
        "brand": card.brand,
        "checks": checks,
        "country": "US",
        "display_brand": card.brand,
        "exp_month": 12,
        "exp_year": 1970 + now // 31_557_600 + 3,
        "fingerprint": f"sandbox{card.number[-9:]}",
        "funding": "credit",
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _declined_number() -> CardDeclined:
    return CardDeclined(
        "Your card number is incorrect: the sandbox takes test cards alone.",
        code="incorrect_number",
        param="card[number]",
    )


FOUND = f"{PAGING} type allow_redisplay"
ROUTES = (
    Route("get", URL, every, f"{FOUND} customer"),
    Route("post", URL, create, "type card billing_details metadata"),
    Route("get", f"{URL}/{{payment_method}}", retrieve),
    Route("post", f"{URL}/{{payment_method}}", update, "metadata allow_redisplay"),
    Route("post", f"{URL}/{{payment_method}}/attach", attach, "customer"),
    Route("post", f"{URL}/{{payment_method}}/detach", detach),
    Route("get", "/v1/customers/{customer}/payment_methods", of_customer, FOUND),
)
