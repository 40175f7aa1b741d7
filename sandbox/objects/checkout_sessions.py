"""Checkout sessions: open until paid, expired by hand or by the clock."""

from __future__ import annotations

from typing import Any

from sandbox.account import Account
from sandbox.errors import InvalidRequest, elsewhere
from sandbox.objects import (
    customers,
    discounts,
    fields,
    line_items,
    payment_intents,
    prices,
    session_bodies,
    setup_intents,
    subscribing,
    subscription_items,
)
from sandbox.objects.lists import Query, cut, listed, slice_of
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/checkout/sessions"
LONGEST_REFERENCE = 200
PAYMENT_WORDS = (
    "description metadata receipt_email setup_future_usage statement_descriptor"
    " statement_descriptor_suffix"
)
SETUP_WORDS = "description metadata"
FOREIGN = {
    "payment": "setup_intent_data subscription_data payment_method_collection",
    "setup": "payment_intent_data line_items discounts allow_promotion_codes submit_type"
    " subscription_data payment_method_collection",
    "subscription": "payment_intent_data setup_intent_data customer_creation",
}


def create(account: Account, params: Json) -> Json:
    """Open a session: for one payment, for a subscription, or for keeping a card."""
    _refuse_other_kinds(params)
    fields.need(params, "success_url")
    for name in ("success_url", "cancel_url"):
        if params.get(name):
            fields.web_address(params[name], name)
    customer = _customer(account, params)
    body, private = MAKERS[params["mode"]](account, params)
    body["customer"] = customer["id"] if customer else None
    body["customer_details"] = session_bodies.details(customer, params.get("customer_email"))
    account.insert(body, learns=params.get("customer_update", {}), **private)
    account.schedule(body["expires_at"], "session.expire", body)
    if body["mode"] == "setup":
        _begin_setup(account, body)
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
    for name in ("customer", "payment_intent", "status", "subscription"):
        if name in params:
            query.equal(name, params[name])
    if asked := params.get("customer_details"):
        query.equal("customer_details.email", asked["email"])
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


def take_code(account: Account, body: Json, text: str) -> Json:
    """Apply the code a customer typed, or none; raises NotRedeemable and changes nothing then."""
    items = account.private(body)["items"]
    reduction = discounts.typed(account, text) if text else None
    discounts.apply(account, body, items, reduction)
    return account.save(body, items=items)


def _for_payment(account: Account, params: Json) -> tuple[Json, Json]:
    items = line_items.build(account, params.get("line_items", []))
    if prices.currency({"currency": items[0]["currency"], **params}) != items[0]["currency"]:
        raise InvalidRequest("The items are in another currency.", param="currency")
    body = session_bodies.new(account, params, items[0]["currency"])
    body["customer"] = params.get("customer") or None
    discounts.apply(account, body, items, discounts.asked_for(account, params))
    words = dict(params.get("payment_intent_data", {}))
    words["metadata"] = fields.metadata(words.get("metadata"))
    return body, {"items": items, "payment": words}


def _for_subscription(account: Account, params: Json) -> tuple[Json, Json]:
    terms = subscribing.terms(account, params)
    items = line_items.build(account, params.get("line_items", []), "subscription")
    recurring = [item for item in items if item["price"]["recurring"]]
    subscription_items.require_one_rhythm(recurring)
    if subscribing.trial_end(account, terms):
        for item in recurring:
            item |= {"amount_subtotal": 0, "amount_total": 0}
    body = session_bodies.new(account, params, items[0]["currency"])
    body["customer"] = params.get("customer") or None
    discounts.apply(account, body, items, discounts.asked_for(account, params))
    return body, {"items": items, "payment": {}, "terms": terms}


def _for_setup(account: Account, params: Json) -> tuple[Json, Json]:
    body = session_bodies.new(account, params, prices.currency(params))
    words = dict(params.get("setup_intent_data", {}))
    words["metadata"] = fields.metadata(words.get("metadata"))
    return body, {"items": [], "payment": words}


def _begin_setup(account: Account, body: Json) -> None:
    words = account.private(body)["payment"]
    given = {**words, "customer": body["customer"]}
    intent = setup_intents.insert(account, given, session=body["id"])
    body["setup_intent"] = intent["id"]
    account.save(body)


def _expire(account: Account, body: Json) -> Json:
    body |= {"status": "expired", "url": None}
    named = body["payment_intent"] or account.private(body).get("attempt", "")
    if named.startswith("pi_"):
        intent = account.get("payment_intent", named)
        if intent["status"] in payment_intents.OPEN:
            payment_intents.give_up(account, intent, "expired")
    if body["setup_intent"]:
        setup = account.get("setup_intent", body["setup_intent"])
        if setup["status"] in setup_intents.OPEN:
            setup_intents.give_up(account, setup, None)
    account.save(body)
    account.tell("checkout.session.expired", body)
    return body


def _refuse_other_kinds(params: Json) -> None:
    fields.need(params, "mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise elsewhere(f"The ui_mode `{params['ui_mode']}`", "ui_mode")
    _refuse_other_modes(params)
    for inside, known in (
        ("payment_intent_data", PAYMENT_WORDS),
        ("setup_intent_data", SETUP_WORDS),
    ):
        for name in params.get(inside, {}):
            if name not in known.split():
                raise elsewhere(f"{inside}[{name}]", f"{inside}[{name}]")
    reference = params.get("client_reference_id", "")
    if len(reference) > LONGEST_REFERENCE:
        raise InvalidRequest(
            f"Invalid string: must be at most {LONGEST_REFERENCE} characters",
            param="client_reference_id",
        )


def _refuse_other_modes(params: Json) -> None:
    """Raise for what belongs to the other mode."""
    mode = params["mode"]
    for name in FOREIGN[mode].split():
        if params.get(name):
            raise InvalidRequest(f"You can not pass `{name}` in `{mode}` mode.", param=name)


def _customer(account: Account, params: Json) -> Any:
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


MAKERS = {
    "payment": _for_payment,
    "setup": _for_setup,
    "subscription": _for_subscription,
}
JOBS = {"session.expire": expire_by_clock}
ROUTES = (
    Route(
        "get",
        URL,
        every,
        f"{PAGING} created customer customer_details payment_intent status subscription",
    ),
    Route(
        "post",
        URL,
        create,
        "mode ui_mode line_items success_url cancel_url client_reference_id metadata currency"
        " payment_intent_data setup_intent_data customer customer_email customer_creation"
        " customer_update locale expires_at submit_type discounts allow_promotion_codes"
        " subscription_data payment_method_collection",
    ),
    Route("get", f"{URL}/{{session}}", retrieve),
    Route("post", f"{URL}/{{session}}", update, "metadata"),
    Route("post", f"{URL}/{{session}}/expire", expire),
    Route("get", f"{URL}/{{session}}/line_items", items_of, PAGING),
)
