"""Somebody who pays every month, as the sandbox's clock goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from access.models import Access
from core import clock
from payments.models import Order, Subscription
from payments.services import inbox
from products.models import Price
from sandbox.rhythm import step
from sandbox.testing import HOUR
from stores.scope import store_scope
from tests.conftest import make_price, make_product
from tests.payments.buying import CARD, Shop

MONTH = timedelta(days=31)


def make_club(**price: Any) -> Price:
    """Return the price of a product that is paid every month, 59.00 unless said otherwise."""
    product = make_product("ebook", amount=None, title="The Sewing Room", rhythm="month")
    values = {"kind": Price.Kind.SUBSCRIPTION, "amount": 5900, "interval": "month"}
    return make_price(product, **(values | price))


@dataclass
class Member:
    """One buyer of a returning price, with the sandbox's clock as theirs."""

    shop: Shop

    @property
    def now(self) -> datetime:
        """The moment by the sandbox's clock, which Stripe's objects carry, rounded up.

        That counts seconds; what we wrote a moment ago has happened by then.
        """
        return datetime.fromtimestamp(self.shop.sandbox.now() + 1, tz=UTC)

    @contextmanager
    def there(self) -> Iterator[None]:
        """Let our side live by the sandbox's clock too."""
        with clock.standing_at(self.now), store_scope(self.shop.store):
            yield

    def join(self, card: str = CARD, **over: Any) -> Subscription:
        """Buy, from the checkout page to the return page."""
        order = self.shop.begin(**over)
        self.shop.pay(order, card)
        assert self.shop.return_page(order).status_code == 200
        return self.subscription

    @property
    def subscription(self) -> Subscription:
        with store_scope(self.shop.store):
            found: Subscription = Subscription.objects.select_related("order", "product").get()
            return found

    @property
    def access(self) -> Access:
        with store_scope(self.shop.store):
            found: Access = Access.objects.select_related("product").get(
                source_kind="subscription", parent=None
            )
            return found

    @property
    def orders(self) -> list[Order]:
        """All that was paid, oldest first."""
        with store_scope(self.shop.store):
            return list(Order.objects.filter(paid_at__isnull=False).order_by("id"))

    def later(self, **how: int) -> None:
        """Let time pass at Stripe and hear of what happened."""
        self.shop.sandbox.advance(**how)
        self.hear()

    def months(self, count: int) -> None:
        """Let so many months pass from now, each heard of two hours after it ends.

        Counted from one moment: hours that add up would pass a short month's last day.
        """
        began = self.shop.sandbox.now()
        for number in range(1, count + 1):
            self.shop.sandbox.set_clock(step(began, "month", number) + 2 * HOUR)
            self.hear()

    def hear(self) -> None:
        """Take in and work on what Stripe told, at the moment by its clock."""
        with clock.standing_at(self.now):
            inbox.take_in(self.shop.hints(), clock.now())
            inbox.work(clock.now())
