"""Coupons: whether a code is good now, and the use an order takes of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from payments.errors import CouponRefused
from payments.models import Coupon, CouponProduct, CouponRedemption, Order
from payments.rules import percent_of, shared_out
from products.models import Price


def normal_code(typed: str) -> str:
    """Return a code as it is kept and compared: without spaces, in upper case."""
    return "".join(typed.split()).upper()


def find_coupon(code: str, *, email: str, now: datetime) -> Coupon:
    """Return the coupon with this code if it can be used now; CouponRefused says why not.

    ``email`` may be empty while it is not known; the limit per customer is asked again later.
    """
    coupon: Coupon | None = Coupon.objects.filter(code=normal_code(code), is_active=True).first()
    if coupon is None:
        raise CouponRefused(_("There is no such coupon. Look at the code once more."))
    if coupon.starts_at is not None and now < coupon.starts_at:
        raise CouponRefused(_("This coupon is not good yet."))
    if coupon.ends_at is not None and now >= coupon.ends_at:
        raise CouponRefused(_("This coupon is over."))
    _refuse_used_up(coupon, email, now)
    return coupon


def discounts(coupon: Coupon, prices: Sequence[Price], amounts: Sequence[int]) -> list[int]:
    """Return what the coupon takes off each amount; CouponRefused when it is for other things."""
    allowed = set(
        CouponProduct.objects.filter(coupon=coupon).values_list("on_product_id", flat=True)
    )
    good = [
        amount if not allowed or price.product_id in allowed else 0
        for price, amount in zip(prices, amounts, strict=True)
    ]
    if allowed and not any(price.product_id in allowed for price in prices):
        raise CouponRefused(_("This coupon is for something else."))
    whole = sum(good)
    if coupon.kind == Coupon.Kind.PERCENT:
        off = percent_of(whole, coupon.percent or 0)
    else:
        off = min(coupon.amount or 0, whole)
    return shared_out(off, good)


def reserve(coupon: Coupon, order: Order, *, until: datetime, now: datetime) -> None:
    """Take a use of a coupon for a waiting order, under the coupon's lock; CouponRefused."""
    locked: Coupon = Coupon.objects.select_for_update(no_key=True).get(pk=coupon.pk)
    _refuse_used_up(locked, order.email, now)
    CouponRedemption.objects.create(
        coupon=locked, order=order, email=order.email, amount=order.discount, until=until
    )


def mark_used(order: Order, now: datetime) -> None:
    """Turn the order's reservation into a use, also one that ran out while it was paid."""
    CouponRedemption.objects.filter(order=order, used_at=None).update(used_at=now, released_at=None)


def keep(order: Order, until: datetime) -> None:
    """Keep a waiting order's use for longer, because its payment is on its way."""
    CouponRedemption.objects.filter(order=order, used_at=None, released_at=None).update(until=until)


def release(order: Order, now: datetime) -> None:
    """Give back the use of an order that was not paid."""
    CouponRedemption.objects.filter(order=order, used_at=None, released_at=None).update(
        released_at=now
    )


def _refuse_used_up(coupon: Coupon, email: str, now: datetime) -> None:
    counting = CouponRedemption.objects.filter(coupon=coupon).counting(now)
    if coupon.most_uses is not None and counting.count() >= coupon.most_uses:
        raise CouponRefused(_("This coupon has been used up."))
    if not email or coupon.most_per_customer is None:
        return
    theirs = counting.filter(Q(email=email) | Q(order__customer__user__email=email))
    if theirs.count() >= coupon.most_per_customer:
        raise CouponRefused(_("You have used this coupon already."))
