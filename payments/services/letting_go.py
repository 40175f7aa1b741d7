"""Letting go of an order that was not paid: its places and its coupon's use are free again."""

from __future__ import annotations

from datetime import datetime

from payments.models import Order
from payments.services import coupons
from products.services.sales import release_holds


def let_go(order: Order, now: datetime) -> None:
    """Release what a waiting order took; belongs to the transaction that ends the order."""
    release_holds(order.public_id, now)
    coupons.release(order, now)
