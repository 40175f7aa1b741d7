"""The items of subscriptions: a price, how many, and the period that is paid or owed now."""

from __future__ import annotations

from collections.abc import Collection

from sandbox.account import Account
from sandbox.errors import InvalidRequest, elsewhere, missing
from sandbox.ids import new_id
from sandbox.objects import fields, prices
from sandbox.objects.lists import listed, slice_of
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/subscription_items"
MOST = 20
HONOURED = "id price price_data quantity metadata deleted"


def new(account: Account, subscription: str, given: Json, param: str) -> Json:
    """Return an item as params describe it, its period still open; nothing is stored."""
    price = price_of(account, given, param)
    return of_price(
        account,
        subscription,
        price,
        quantity=quantity_of(given, param),
        metadata=fields.metadata(given.get("metadata")),
    )


def of_price(
    account: Account, subscription: str, price: Json, *, quantity: int, metadata: Json | None = None
) -> Json:
    """Return an item of a price, its period still open; nothing is stored."""
    return {
        "id": new_id("si"),
        "object": "subscription_item",
        "billed_until": None,
        "billing_thresholds": None,
        "created": account.now,
        "current_period_end": 0,
        "current_period_start": 0,
        "discounts": [],
        "metadata": metadata or {},
        "plan": plan(price),
        "price": price,
        "quantity": quantity,
        "subscription": subscription,
        "tax_rates": [],
    }


def price_of(account: Account, given: Json, param: str, had: Collection[str] = frozenset()) -> Json:
    """Return the recurring price that an item names or describes.

    A price that the subscription `had` may be inactive: what goes on is not sold anew.
    """
    if described := given.get("price_data"):
        return prices.inline(account, described, f"{param}[price_data]")
    fields.need(given, "price")
    price = account.get("price", given["price"], param=f"{param}[price]")
    if not price["active"] and price["id"] not in had:
        raise InvalidRequest(
            "The price specified is inactive. This field only accepts active prices:"
            f" {price['id']}.",
            param=f"{param}[price]",
        )
    if not price["recurring"]:
        raise InvalidRequest(
            f"The price specified is set to `type=one_time` but this field only accepts prices with"
            f" `type=recurring`: {price['id']}.",
            param=f"{param}[price]",
        )
    return price


def quantity_of(given: Json, param: str, otherwise: int = 1) -> int:
    """Return how many are wanted."""
    quantity = int(given.get("quantity", otherwise))
    if quantity < 0:
        raise InvalidRequest(
            "This value must be greater than or equal to 0.",
            code="parameter_invalid_integer",
            param=f"{param}[quantity]",
        )
    return quantity


def require_one_rhythm(items: list[Json]) -> None:
    """Raise unless all items come back together, in one currency."""
    if not items or len(items) > MOST:
        raise InvalidRequest(f"A subscription has from 1 to {MOST} items.", param="items")
    if len({item["price"]["currency"] for item in items}) > 1:
        raise InvalidRequest("All prices must have the same currency.", param="items")
    rhythms = {
        (item["price"]["recurring"]["interval"], item["price"]["recurring"]["interval_count"])
        for item in items
    }
    if len(rhythms) > 1:
        raise elsewhere("A subscription whose items have different intervals", "items")


def plan(price: Json) -> Json:
    """Return the price as the older API named it; it is still on every item."""
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": price["currency"],
        "interval": price["recurring"]["interval"],
        "interval_count": price["recurring"]["interval_count"],
        "livemode": False,
        "metadata": price["metadata"],
        "meter": None,
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def as_list(subscription: str, items: list[Json]) -> Json:
    """Return items as the list that a subscription shows."""
    return listed(items, f"{URL}?subscription={subscription}")


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return one item of a living subscription."""
    for subscription in account.all("subscription"):
        for item in subscription["items"]["data"]:
            if item["id"] == identity:
                return dict(item)
    raise missing("subscription_item", identity)


def every(account: Account, params: Json) -> Json:
    """List the items of one subscription."""
    fields.need(params, "subscription")
    subscription = account.get("subscription", params["subscription"], param="subscription")
    return slice_of(subscription["items"]["data"], params, URL)


ROUTES = (
    Route("get", URL, every, f"{PAGING} subscription"),
    Route("get", f"{URL}/{{item}}", retrieve),
)
