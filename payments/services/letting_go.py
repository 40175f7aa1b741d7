"""What a waiting order took, its places and its coupon's use: let go, or kept a while longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from payments.models import Order
from payments.services import coupons
from products.services.sales import keep_holds, release_holds

ON_ITS_WAY = timedelta(days=1)
"""A payment that takes its time is asked about more often than this."""


def let_go(order: Order, now: datetime) -> None:
    """Release what a waiting order took; belongs to the transaction that ends the order."""
    release_holds(order.public_id, now)
    coupons.release(order, now)


def keep(order: Order, now: datetime) -> None:
    """Keep what a waiting order took, because its payment is on its way: it is not sold again."""
    keep_holds(order.public_id, now + ON_ITS_WAY)
    coupons.keep(order, now + ON_ITS_WAY)
