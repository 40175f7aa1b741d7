"""Prices: an amount once set never changes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox import money, rhythm
from sandbox.account import Account
from sandbox.errors import InvalidRequest, elsewhere
from sandbox.ids import new_id
from sandbox.objects import fields, products
from sandbox.objects.lists import Query, cut
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/prices"
AMOUNTS = "currency unit_amount unit_amount_decimal recurring tax_behavior"


def create(account: Account, params: Json) -> Json:
    """Make a price of a product, existing or made along with it."""
    product = _product(account, params, is_active=True)
    if key := params.get("lookup_key"):
        _claim(account, key, is_transfer=params.get("transfer_lookup_key", False))
    body = insert(account, params, product, is_active=params.get("active", True))
    account.tell("price.created", body)
    return body


def inline(account: Account, params: Json, param: str) -> Json:
    """Make the price that a line item describes by `price_data`; both are inactive."""
    if "product" not in params and "product_data" not in params:
        raise InvalidRequest(
            "You must specify either `product` or `product_data`.", param=f"{param}[product]"
        )
    return insert(account, params, _product(account, params, is_active=False), is_active=False)


def insert(account: Account, params: Json, product: str, *, is_active: bool) -> Json:
    """Store a price, silently."""
    amount = _amount(params)
    recurring = _recurring(params.get("recurring"))
    body: Json = {
        "id": new_id("price"),
        "object": "price",
        "active": is_active,
        "billing_scheme": "per_unit",
        "created": account.now,
        "currency": currency(params),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": params.get("lookup_key"),
        "metadata": fields.metadata(params.get("metadata")),
        "nickname": params.get("nickname"),
        "product": product,
        "recurring": recurring,
        "tax_behavior": params.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if recurring else "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }
    return account.insert(body)


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the price."""
    return account.get("price", identity)


def update(account: Account, params: Json, identity: str) -> Json:
    """Change what may be changed: never the amount."""
    body = account.get("price", identity)
    if key := params.get("lookup_key"):
        _claim(account, key, is_transfer=params.get("transfer_lookup_key", False))
    before = fields.change(body, params, "active lookup_key nickname tax_behavior")
    if before:
        account.save(body)
        account.tell("price.updated", body, previous=before)
    return body


def every(account: Account, params: Json) -> Json:
    """List the prices."""
    query = Query(account, "price")
    for name in ("active", "currency", "product", "type"):
        if name in params:
            query.equal(name, params[name])
    if keys := params.get("lookup_keys"):
        marks = ", ".join("?" for _ in keys)
        query.add(f"json_extract(body, '$.lookup_key') IN ({marks})", *keys)
    return cut(query, params, URL)


def currency(params: Json) -> str:
    """Return the currency named, in lower case; raises when it cannot be one."""
    fields.need(params, "currency")
    name = str(params["currency"]).lower()
    if len(name) != len("usd") or not name.isalpha():
        raise InvalidRequest(f"Invalid currency: {params['currency']}.", param="currency")
    return name


def _amount(params: Json) -> int:
    exact = params.get("unit_amount_decimal")
    if exact is not None and Decimal(exact) != int(Decimal(exact)):
        raise elsewhere("A price of a fraction of the smallest unit", "unit_amount_decimal")
    if exact is None:
        fields.need(params, "unit_amount")
    amount = int(Decimal(exact)) if exact is not None else int(params["unit_amount"])
    if not 0 <= amount <= money.MAXIMUM:
        raise InvalidRequest(
            f"Invalid integer: must be between 0 and {money.MAXIMUM}",
            code="parameter_invalid_integer",
            param="unit_amount",
        )
    return amount


def _recurring(given: Any) -> Json | None:
    if not given:
        return None
    for name in ("meter", "trial_period_days"):
        if name in given:
            raise elsewhere(f"recurring[{name}]", f"recurring[{name}]")
    if given.get("usage_type", "licensed") != "licensed":
        raise elsewhere("A price by usage", "recurring[usage_type]")
    most = rhythm.LONGEST[given["interval"]]
    if not 1 <= given.get("interval_count", 1) <= most:
        raise InvalidRequest(
            f"The interval_count of a {given['interval']} is from 1 to {most}: three years.",
            param="recurring[interval_count]",
        )
    return {
        "interval": given["interval"],
        "interval_count": given.get("interval_count", 1),
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def _product(account: Account, params: Json, *, is_active: bool) -> str:
    if made := params.get("product_data"):
        identity = made.get("id") or new_id("prod")
        return str(products.insert(account, made, identity, is_active=is_active)["id"])
    fields.need(params, "product")
    return str(account.get("product", params["product"], param="product")["id"])


def _claim(account: Account, key: str, *, is_transfer: bool) -> None:
    for other in account.all("price", lookup_key=key):
        if not is_transfer:
            raise InvalidRequest(
                f"A price (`{other['id']}`) already uses that lookup key.", param="lookup_key"
            )
        account.save({**other, "lookup_key": None})


SET = "active lookup_key transfer_lookup_key nickname tax_behavior metadata"
ROUTES = (
    Route("get", URL, every, f"{PAGING} created active currency product type lookup_keys"),
    Route("post", URL, create, f"{SET} {AMOUNTS} product product_data"),
    Route("get", f"{URL}/{{price}}", retrieve),
    Route("post", f"{URL}/{{price}}", update, SET),
)
