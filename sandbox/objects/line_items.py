"""The line items of a checkout session: from prices, or from prices described on the spot."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.errors import InvalidRequest, required
from sandbox.ids import new_id
from sandbox.objects import fields, prices
from sandbox.wire import Json

MOST = 100


def build(account: Account, given: list[Json], mode: str = "payment") -> list[Json]:
    """Return the items; raises when one cannot be sold in this mode or currencies differ."""
    if not given:
        raise required("line_items")
    if len(given) > MOST:
        raise InvalidRequest(f"You may have up to {MOST} line items.", param="line_items")
    items = [_item(account, one, f"line_items[{i}]", mode) for i, one in enumerate(given)]
    if len({item["currency"] for item in items}) > 1:
        raise InvalidRequest(
            "All prices on a Checkout Session must have the same currency.", param="line_items"
        )
    if mode == "subscription" and not any(item["price"]["recurring"] for item in items):
        raise InvalidRequest(
            "You must provide at least one recurring price in `subscription` mode.",
            param="line_items",
        )
    return items


def _item(account: Account, given: Json, param: str, mode: str) -> Json:
    price = _price(account, given, param)
    if price["recurring"] and mode == "payment":
        raise InvalidRequest(
            "You specified `payment` mode but passed a recurring price. Either switch to"
            " `subscription` mode or use only one-time prices.",
            param=f"{param}[price]",
        )
    quantity = given.get("quantity")
    if quantity is None:
        raise InvalidRequest(
            "Quantity is required. Add `quantity` to each line item.", param=f"{param}[quantity]"
        )
    if quantity < 1:
        raise InvalidRequest(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param=f"{param}[quantity]",
        )
    total = price["unit_amount"] * quantity
    return {
        "id": new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": account.get("product", price["product"])["name"],
        "metadata": fields.metadata(given.get("metadata")),
        "price": price,
        "quantity": quantity,
    }


def _price(account: Account, given: Json, param: str) -> Json:
    if described := given.get("price_data"):
        if given.get("price"):
            raise InvalidRequest(
                "You may only specify one of these parameters: price, price_data.", param=param
            )
        return prices.inline(account, described, f"{param}[price_data]")
    if not given.get("price"):
        raise required(f"{param}[price]")
    price = account.get("price", given["price"], param=f"{param}[price]")
    if not price["active"]:
        raise InvalidRequest(
            f"The price specified is inactive. This field only accepts active prices:"
            f" {price['id']}.",
            param=f"{param}[price]",
        )
    return price
