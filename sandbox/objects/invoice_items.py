"""Invoice items: prorations that wait for the next invoice."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.ids import new_id
from sandbox.objects import invoice_bodies
from sandbox.objects.invoice_bodies import Span
from sandbox.objects.lists import Query, cut
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/invoiceitems"


def wait(account: Account, subscription: Json, rows: list[Json]) -> None:
    """Keep rows for the subscription's next invoice."""
    for row in rows:
        body = _new(account, subscription, row)
        account.insert(body, row={**row, "invoice_item": body["id"]}, waits_for=subscription["id"])
        account.tell("invoiceitem.created", body)


def waiting(account: Account, subscription: Json) -> list[Json]:
    """Return the rows that wait, oldest first."""
    return [_row(account, body) for body in _waiting(account, subscription)]


def take(account: Account, subscription: Json, invoice: Json) -> None:
    """Note that an invoice has the rows that waited."""
    for body in _waiting(account, subscription):
        account.save({**body, "invoice": invoice["id"]})


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return one invoice item."""
    return account.get("invoiceitem", identity)


def every(account: Account, params: Json) -> Json:
    """List the invoice items."""
    query = Query(account, "invoiceitem")
    for name in ("customer", "invoice"):
        if name in params:
            query.equal(name, params[name])
    if params.get("pending"):
        query.add("json_extract(body, '$.invoice') IS NULL")
    return cut(query, params, URL)


def _waiting(account: Account, subscription: Json) -> list[Json]:
    found = account.all("invoiceitem", customer=subscription["customer"])
    return [
        body
        for body in reversed(found)
        if body["invoice"] is None and account.private(body).get("waits_for") == subscription["id"]
    ]


def _row(account: Account, body: Json) -> Json:
    row = account.private(body)["row"]
    return {**row, "span": Span(*row["span"])}


def _new(account: Account, subscription: Json, row: Json) -> Json:
    price, quantity = row["price"], row["quantity"]
    return {
        "id": new_id("ii"),
        "object": "invoiceitem",
        "amount": row["amount"],
        "currency": subscription["currency"],
        "customer": subscription["customer"],
        "customer_account": None,
        "date": account.now,
        "description": row["words"] or invoice_bodies.name_of(account, price),
        "discountable": row["discountable"],
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "net_amount": row["amount"],
        "parent": {
            "subscription_details": {
                "subscription": subscription["id"],
                "subscription_item": row["item"],
            },
            "type": "subscription_details",
        },
        "period": {"end": row["span"][1], "start": row["span"][0]},
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "proration": row["is_proration"],
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "tax_rates": [],
        "test_clock": None,
    }


ROUTES = (
    Route("get", URL, every, f"{PAGING} created customer invoice pending"),
    Route("get", f"{URL}/{{invoiceitem}}", retrieve),
)
