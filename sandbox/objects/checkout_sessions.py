"""Checkout sessions: open until paid, expired by hand or by the clock."""

from __future__ import annotations

from typing import Any

from sandbox import money
from sandbox.account import Account
from sandbox.errors import InvalidRequest, elsewhere
from sandbox.ids import new_id
from sandbox.objects import customers, fields, line_items, payment_intents
from sandbox.objects.lists import Query, cut, listed, slice_of
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/checkout/sessions"
HALF_AN_HOUR = 30 * 60
A_DAY = 24 * 3600
LONGEST_REFERENCE = 200
NOTHING = """
    adaptive_pricing after_expiration allow_promotion_codes allowed_payment_method_types
    billing_address_collection client_secret collected_information consent consent_collection
    currency_conversion customer customer_account integration_identifier invoice
    managed_payments origin_context payment_intent payment_link
    payment_method_configuration_details permissions recovered_from
    saved_payment_method_options setup_intent shipping_address_collection shipping_cost
    subscription wallet_options
"""
PAYMENT_WORDS = (
    "description metadata receipt_email setup_future_usage statement_descriptor"
    " statement_descriptor_suffix"
)


def create(account: Account, params: Json) -> Json:
    """Open a session for one payment."""
    _refuse_other_kinds(params)
    fields.need(params, "success_url")
    for name in ("success_url", "cancel_url"):
        if params.get(name):
            fields.web_address(params[name], name)
    customer = _customer(account, params)
    items = line_items.build(account, params.get("line_items", []))
    total = sum(item["amount_total"] for item in items)
    currency = items[0]["currency"]
    if total:
        payment_intents.chargeable(total, currency)
    body = _new(account, params, total, currency)
    body["customer"] = customer["id"] if customer else None
    body["customer_details"] = _details(customer, params.get("customer_email"))
    learns = params.get("customer_update", {})
    account.insert(body, items=items, payment=_payment_words(params), learns=learns)
    account.schedule(body["expires_at"], "session.expire", body)
    return body


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the session."""
    return account.get("checkout.session", identity)


def update(account: Account, params: Json, identity: str) -> Json:
    """Change the metadata."""
    body = account.get("checkout.session", identity)
    fields.change(body, params, "")
    return account.save(body)


def expire(account: Account, _: Json, identity: str) -> Json:
    """Close an open session by hand."""
    body = account.get("checkout.session", identity)
    if body["status"] != "open":
        raise InvalidRequest(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session'
            f" has a status of `{body['status']}`."
        )
    return _expire(account, body)


def expire_by_clock(account: Account, identity: str) -> None:
    """Close the session if it is still open."""
    body = account.get("checkout.session", identity)
    if body["status"] == "open":
        _expire(account, body)


def every(account: Account, params: Json) -> Json:
    """List the sessions."""
    query = Query(account, "checkout.session")
    for name in ("customer", "payment_intent", "status"):
        if name in params:
            query.equal(name, params[name])
    if details := params.get("customer_details"):
        query.equal("customer_details.email", details["email"])
    return cut(query, params, URL)


def items_of(account: Account, params: Json, identity: str) -> Json:
    """List what the session sells, in the order given."""
    body = account.get("checkout.session", identity)
    items = account.private(body)["items"]
    return slice_of(items, params, f"{URL}/{identity}/line_items")


def included_items(account: Account, body: Json) -> Json:
    """Return the `line_items` that a session shows when they are asked for by `expand`."""
    url = f"{URL}/{body['id']}/line_items"
    return listed(account.private(body)["items"], url)


def _expire(account: Account, body: Json) -> Json:
    body |= {"status": "expired", "url": None}
    if body["payment_intent"]:
        intent = account.get("payment_intent", body["payment_intent"])
        if intent["status"] in payment_intents.OPEN:
            payment_intents.give_up(account, intent, "expired")
    account.save(body)
    account.tell("checkout.session.expired", body)
    return body


def _refuse_other_kinds(params: Json) -> None:
    fields.need(params, "mode")
    if params["mode"] != "payment":
        raise elsewhere(f"A session of mode `{params['mode']}`", "mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise elsewhere(f"The ui_mode `{params['ui_mode']}`", "ui_mode")
    for name in params.get("payment_intent_data", {}):
        if name not in PAYMENT_WORDS.split():
            raise elsewhere(f"payment_intent_data[{name}]", f"payment_intent_data[{name}]")
    reference = params.get("client_reference_id", "")
    if len(reference) > LONGEST_REFERENCE:
        raise InvalidRequest(
            f"Invalid string: must be at most {LONGEST_REFERENCE} characters",
            param="client_reference_id",
        )


def _customer(account: Account, params: Json) -> Json | None:
    if not params.get("customer"):
        if "customer_update" in params:
            raise InvalidRequest(
                "`customer_update` can only be used with `customer`.", param="customer_update"
            )
        return None
    for other in ("customer_email", "customer_creation"):
        if params.get(other):
            raise InvalidRequest(
                f"You may only specify one of these parameters: customer, {other}.", param=other
            )
    return customers.alive(account, params["customer"], "customer")


def _payment_words(params: Json) -> Json:
    words = dict(params.get("payment_intent_data", {}))
    words["metadata"] = fields.metadata(words.get("metadata"))
    return words


def _expires_at(now: int, wanted: Any) -> int:
    if wanted is None:
        return now + A_DAY
    if wanted < now + HALF_AN_HOUR:
        raise InvalidRequest(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session"
            " creation.",
            param="expires_at",
        )
    if wanted > now + A_DAY:
        raise InvalidRequest(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    return int(wanted)


def _details(customer: Json | None, email: str | None) -> Json | None:
    if customer is None and email is None:
        return None
    known = customer or {"email": email}
    return {
        "address": known.get("address"),
        "business_name": None,
        "email": known["email"],
        "individual_name": None,
        "name": known.get("name"),
        "phone": known.get("phone"),
        "tax_exempt": "none",
        "tax_ids": None,
    }


def _new(account: Account, params: Json, total: int, currency: str) -> Json:
    identity = new_id("cs_test")
    now = account.now
    if total > money.MAXIMUM:
        raise InvalidRequest("The total is too large.", code="amount_too_large")
    creation = None if params.get("customer") else params.get("customer_creation", "if_required")
    return {
        **dict.fromkeys(NOTHING.split()),
        "id": identity,
        "object": "checkout.session",
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": fields.optional(params.get("cancel_url")),
        "client_reference_id": fields.optional(params.get("client_reference_id")),
        "created": now,
        "currency": currency,
        "custom_fields": [],
        "custom_text": dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        "customer_creation": creation,
        "customer_details": None,
        "customer_email": fields.optional(params.get("customer_email")),
        "discounts": [],
        "expires_at": _expires_at(now, params.get("expires_at")),
        "invoice_creation": NO_INVOICE,
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": fields.metadata(params.get("metadata")),
        "mode": "payment",
        "payment_method_collection": "if_required",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "unpaid" if total else "no_payment_required",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "submit_type": params.get("submit_type"),
        "success_url": params["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{account.world.url}/c/pay/{identity}",
    }


NO_INVOICE = {
    "enabled": False,
    "invoice_data": {
        "account_tax_ids": None,
        "custom_fields": None,
        "description": None,
        "footer": None,
        "issuer": None,
        "metadata": {},
        "rendering_options": None,
    },
}
JOBS = {"session.expire": expire_by_clock}
ROUTES = (
    Route("get", URL, every, f"{PAGING} created customer customer_details payment_intent status"),
    Route(
        "post",
        URL,
        create,
        "mode ui_mode line_items success_url cancel_url client_reference_id metadata"
        " payment_intent_data customer customer_email customer_creation locale expires_at"
        " submit_type customer_update",
    ),
    Route("get", f"{URL}/{{session}}", retrieve),
    Route("post", f"{URL}/{{session}}", update, "metadata"),
    Route("post", f"{URL}/{{session}}/expire", expire),
    Route("get", f"{URL}/{{session}}/line_items", items_of, PAGING),
)
