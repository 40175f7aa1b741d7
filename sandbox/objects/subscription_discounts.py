"""The discounts of subscriptions: once, for some months, or for ever."""

from __future__ import annotations

from sandbox import rhythm
from sandbox.account import Account
from sandbox.ids import new_id
from sandbox.objects import coupons, discounts
from sandbox.objects.discounts import Reduction
from sandbox.wire import Json


def give(
    account: Account, subscription: Json, reduction: Reduction, session: str | None = None
) -> Json:
    """Store the discount of a subscription; what its coupon says now holds from now on."""
    coupon, code = reduction
    end = None
    if coupon["duration"] == "repeating":
        end = rhythm.step(account.now, "month", coupon["duration_in_months"])
    body: Json = {
        "id": new_id("di"),
        "object": "discount",
        "checkout_session": session,
        "customer": subscription["customer"],
        "customer_account": None,
        "end": end,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": code["id"] if code else None,
        "source": {"coupon": coupon["id"], "type": "coupon"},
        "start": account.now,
        "subscription": subscription["id"],
        "subscription_item": None,
    }
    products = (coupons.products_of(account, coupon) or {}).get("products")
    return account.insert(body, coupon=coupon, products=products)


def settle(account: Account, subscription: Json, at: int) -> None:
    """Drop the discounts whose time is over at that moment; nothing is stored."""
    subscription["discounts"] = [
        identity
        for identity in subscription["discounts"]
        if (end := account.get("discount", identity)["end"]) is None or end > at
    ]


def take(account: Account, subscription: Json, rows: list[Json]) -> list[Json]:
    """Return what the discounts take off each row, as `discount_amounts`."""
    left = [row["amount"] for row in rows]
    amounts: list[Json] = [{} for _ in rows]
    for identity in subscription["discounts"]:
        private = account.private(account.get("discount", identity))
        meant = [
            index
            for index, row in enumerate(rows)
            if row["discountable"]
            and left[index] > 0
            and (not private["products"] or row["price"]["product"] in private["products"])
        ]
        taken = discounts.taken(private["coupon"], [left[index] for index in meant])
        for index, off in zip(meant, taken, strict=True):
            amounts[index][identity] = off
            left[index] -= off
    return amounts


def used(account: Account, subscription: Json, amounts: list[Json]) -> None:
    """Drop what was for one invoice alone, when this one had it; nothing is stored."""
    applied = {identity for one in amounts for identity, off in one.items() if off}
    subscription["discounts"] = [
        identity
        for identity in subscription["discounts"]
        if identity not in applied or not _is_for_once(account, identity)
    ]


def _is_for_once(account: Account, identity: str) -> bool:
    private = account.private(account.get("discount", identity))
    return bool(private["coupon"]["duration"] == "once")
