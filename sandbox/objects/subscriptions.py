"""Subscriptions: made by Checkout or by the API, listed, changed and ended."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.errors import InvalidRequest, elsewhere
from sandbox.objects import (
    coupons,
    customers,
    discounts,
    fields,
    payment_methods,
    renewals,
    subscribing,
    subscription_discounts,
    subscription_items,
    subscription_states,
)
from sandbox.objects.lists import Query, cut
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/subscriptions"
ITEM = "price price_data quantity metadata"


def create(account: Account, params: Json) -> Json:
    """Make a subscription that charges the card on file; without success it is incomplete."""
    fields.need(params, "customer", "items")
    if params.get("payment_behavior", "allow_incomplete") != "allow_incomplete":
        raise elsewhere(f"payment_behavior={params['payment_behavior']}", "payment_behavior")
    customer = customers.alive(account, params["customer"], "customer")
    terms = subscribing.terms(account, {"subscription_data": _terms(params)})
    body = subscription_states.new(account, customer["id"], "", params)
    body["trial_settings"] = params.get("trial_settings", body["trial_settings"])
    items = []
    for index, given in enumerate(params["items"]):
        where = f"items[{index}]"
        fields.only(given, ITEM, where)
        items.append(subscription_items.new(account, body["id"], given, where))
    body["currency"] = items[0]["price"]["currency"]
    if named := params.get("default_payment_method"):
        body["default_payment_method"] = own_card(account, customer["id"], named)
    for one in params.get("discounts") or []:
        fields.only(one, "coupon promotion_code", "discounts")
    if reduction := discounts.asked_for(account, params):
        given = subscription_discounts.give(account, body, reduction)
        body["discounts"] = [given["id"]]
        coupons.redeemed(account, reduction.coupon["id"])
    ends = subscribing.trial_end(account, terms)
    body = renewals.begin(account, body, items, trial_end=ends)
    if params.get("cancel_at_period_end"):
        body |= {"cancel_at_period_end": True}
        account.save(body)
    return body


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the subscription, an ended one too."""
    return account.get("subscription", identity)


def every(account: Account, params: Json) -> Json:
    """List the subscriptions; the ended ones only when `status` asks for them."""
    query = Query(account, "subscription")
    if "customer" in params:
        query.equal("customer", params["customer"])
    if "price" in params:
        query.add(
            "EXISTS (SELECT 1 FROM json_each(body, '$.items.data')"
            " WHERE json_extract(value, '$.price.id') = ?)",
            params["price"],
        )
    status = params.get("status", "alive")
    if status == "ended":
        query.add("json_extract(body, '$.status') IN ('canceled', 'incomplete_expired')")
    elif status == "alive":
        query.add("json_extract(body, '$.status') NOT IN ('canceled', 'incomplete_expired')")
    elif status != "all":
        query.equal("status", status)
    return cut(query, params, URL)


def own_card(account: Account, customer: str, named: str) -> str:
    """Return the id of a customer's card; raises for another's."""
    method = payment_methods.usable(account, named)
    if method["customer"] != customer:
        raise InvalidRequest(
            "The customer does not have a payment method with the ID"
            f" {method['id']}. The payment method must be attached to the customer.",
            code="resource_missing",
            param="default_payment_method",
        )
    return str(method["id"])


def _terms(params: Json) -> Json:
    return {
        name: params[name]
        for name in ("trial_period_days", "trial_end", "billing_mode")
        if name in params and params[name] != "now"
    }


ROUTES = (
    Route("get", URL, every, f"{PAGING} created customer price status"),
    Route(
        "post",
        URL,
        create,
        "customer items default_payment_method metadata description discounts trial_period_days"
        " trial_end trial_settings payment_behavior billing_mode cancel_at_period_end",
    ),
    Route("get", f"{URL}/{{subscription_exposed_id}}", retrieve),
)
