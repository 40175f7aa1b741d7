"""Customers: made by the API or by a paid checkout session."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.errors import InvalidRequest, missing
from sandbox.ids import new_id
from sandbox.objects import fields, subscription_states
from sandbox.objects.lists import Query, cut
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/customers"
CARD = "default_payment_method"
PLAIN = "name email phone description preferred_locales"


def create(account: Account, params: Json) -> Json:
    """Make a customer."""
    body: Json = {
        "id": new_id("cus"),
        "object": "customer",
        "address": fields.address(params.get("address")),
        "balance": 0,
        "created": account.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": new_id("prefix")[-8:].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    fields.change(body, params, PLAIN)
    account.insert(body)
    account.tell("customer.created", body)
    return body


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the customer, or what is left of a deleted one."""
    return seen(account.get("customer", identity))


def update(account: Account, params: Json, identity: str) -> Json:
    """Change what was given."""
    body = alive(account, identity)
    before = fields.change(body, params, PLAIN)
    if "address" in params:
        before["address"] = body["address"]
        body["address"] = fields.address(params["address"])
    if given := params.get("invoice_settings"):
        _change_card(account, body, fields.only(given, CARD, "invoice_settings"), before)
    account.save(body)
    if before:
        account.tell("customer.updated", body, previous=before)
    return body


def _change_card(account: Account, body: Json, given: Json, before: Json) -> None:
    """Set the card that pays for invoices where the subscription names none."""
    named = fields.optional(given[CARD])
    if named and account.get("payment_method", named, param=CARD)["customer"] != body["id"]:
        raise InvalidRequest(
            "The customer does not have that payment method; attach it first.", param=CARD
        )
    if named != body["invoice_settings"][CARD]:
        before["invoice_settings"] = dict(body["invoice_settings"])
        body["invoice_settings"][CARD] = named


def delete(account: Account, _: Json, identity: str) -> Json:
    """Delete the customer: it stays findable as deleted, and can pay no more."""
    body = alive(account, identity)
    for subscription in account.all("subscription", customer=identity):
        if not subscription_states.is_over(subscription):
            subscription_states.end(account, subscription, "cancellation_requested")
    account.tell("customer.deleted", body)
    return seen(account.save({**body, "deleted": True}))


def every(account: Account, params: Json) -> Json:
    """List the customers."""
    query = Query(account, "customer")
    query.add("json_extract(body, '$.deleted') IS NULL")
    if "email" in params:
        query.equal("email", params["email"])
    return cut(query, params, URL)


def alive(account: Account, identity: str, param: str = "id") -> Json:
    """Return a customer that is not deleted."""
    body = account.get("customer", identity, param=param)
    if body.get("deleted"):
        raise missing("customer", identity, param)
    return body


def seen(body: Json) -> Json:
    """Return what the API shows of an object: of a deleted one, that it is gone."""
    if body.get("deleted"):
        return {"id": body["id"], "object": body["object"], "deleted": True}
    return body


ROUTES = (
    Route("get", URL, every, f"{PAGING} created email"),
    Route("post", URL, create, f"{PLAIN} address metadata"),
    Route("get", f"{URL}/{{customer}}", retrieve),
    Route("post", f"{URL}/{{customer}}", update, f"{PLAIN} address metadata invoice_settings"),
    Route("delete", f"{URL}/{{customer}}", delete),
)
