"""Random sales, and every figure of a report added up again from rows, one by one."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from access.contract import Source
from access.services.granting import grant
from accounts.models import Customer
from core import tokens
from payments.models import Dispute, Gift, Order, OrderLine, Payment, Refund
from products.models import Price
from stores.scope import current_store
from tests.conftest import NOW, make_price, make_product, make_user
from tests.payments.documents.papers import business_in

FROM = datetime(2026, 10, 20, tzinfo=UTC)
"""Five days before clocks in Israel are set back."""


@dataclass(frozen=True)
class Shop:
    """What is there to sell, and to whom."""

    prices: list[Price]
    people: list[Customer]


def make_shop(people: int = 6) -> Shop:
    products = [make_product(title=f"Book {number}", amount=4900) for number in range(3)]
    prices = [each.prices.get() for each in products]
    prices.append(make_price(products[0], amount=9900, label="Gold"))
    users = [make_user(f"reader{number}@example.com") for number in range(people)]
    found = [Customer.objects.create(user=user, name=f"Reader {user.pk}") for user in users]
    business_in(current_store())
    return Shop(prices, found)


def make_sale(shop: Shop, dice: random.Random, number: int) -> Order:
    """One random order: paid or not, a test or not, in one of two currencies, gifts, refunds."""
    paid_at = FROM + timedelta(minutes=dice.randrange(35 * 24 * 60))
    is_free = dice.random() < 0.1
    is_paid = dice.random() < 0.9
    order = Order.objects.create(
        number=number,
        attempt=tokens.public_id(),
        customer=dice.choice(shop.people) if dice.random() < 0.95 else None,
        email="a@example.com",
        language="en",
        status="paid" if is_paid else dice.choice(["pending", "expired", "cancelled"]),
        currency=dice.choice(["ILS", "ILS", "ILS", "USD"]),
        total=0,
        provider="free" if is_free else dice.choice(["stripe", "stripe", "transfer"]),
        buyer_country=dice.choice(["IL", "US", ""]),
        source=dice.choice(["whatsapp", "qr", ""]),
        is_test=dice.random() < 0.1,
        placed_at=paid_at,
        terms_accepted_at=paid_at,
        paid_at=paid_at if is_paid else None,
    )
    made = [_line(order, shop, dice, is_free=is_free) for _each in range(dice.randint(1, 3))]
    total = sum(line.total for line in made)
    Order.objects.filter(pk=order.pk).update(total=total)
    order.refresh_from_db()
    if is_paid and total:
        _money(order, dice)
    return order


def _line(order: Order, shop: Shop, dice: random.Random, *, is_free: bool) -> OrderLine:
    price, quantity = dice.choice(shop.prices), dice.choice([1, 1, 2])
    amount = 0 if is_free else price.amount
    line = OrderLine.objects.create(
        order=order,
        product=price.product,
        price=price,
        title=price.product.title,
        amount=amount,
        quantity=quantity,
        discount=0 if is_free else dice.choice([0, 0, 500, 4900]),
        shipping=0 if is_free else dice.choice([0, 2500]),
        tax=0 if is_free else dice.choice([0, 0, 882]),
        length="for_good",
    )
    if dice.random() < 0.2:
        Gift.objects.create(line=line, from_name="Somebody", deliver_at=NOW)
    return line


def _money(order: Order, dice: random.Random) -> None:
    payment = Payment.objects.create(
        order=order,
        payment_intent=tokens.public_id(),
        amount=order.total,
        currency=order.currency,
        paid_at=order.paid_at,
    )
    facts = {"payment": payment, "currency": order.currency}
    for _each in range(dice.choice([0, 0, 1, 2])):
        Refund.objects.create(
            **facts,
            amount=dice.randint(1, 500),
            state=dice.choice(Refund.State.values),
            created_at=order.paid_at + timedelta(hours=dice.randrange(200)),
        )
    if dice.random() < 0.15:
        Dispute.objects.create(
            **facts,
            stripe_id=tokens.public_id(),
            amount=order.total,
            status=dice.choice(["lost", "won", "needs_response"]),
            closed_at=order.paid_at + timedelta(hours=dice.randrange(200)),
        )


def hold(shop: Shop, dice: random.Random) -> None:
    """Give everybody something, some of them more than once."""
    for number, person in enumerate(shop.people * 2):
        price = dice.choice(shop.prices)
        source = Source("hand", str(number))
        grant(person, product=price.product, source=source, starts_at=NOW, now=NOW)


class Naive:
    """A report, added up row by row in Python."""

    def __init__(self, first: date, last: date, currency: str) -> None:
        self.first, self.last, self.currency = first, last, currency
        self.zone = current_store().zone
        paid = [each for each in Order.objects.all() if each.paid_at and not each.is_test]
        self.all_sales = [each for each in paid if each.total > 0]
        self.sales = [each for each in self.all_sales if self._counts(each, each.paid_at)]
        free = [each for each in paid if each.total == 0 and self._counts(each, each.paid_at)]
        self.free = len(free)

    def _counts(self, row: Any, at: datetime) -> bool:
        return row.currency == self.currency and self.first <= self._day(at) <= self.last

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    @property
    def gross(self) -> int:
        return sum(each.total for each in self.sales)

    @property
    def refunds(self) -> int:
        return sum(
            each.amount
            for each in Refund.objects.select_related("payment__order")
            if each.state in {"pending", "succeeded"}
            and not each.payment.order.is_test
            and self._counts(each, each.created_at)
        )

    @property
    def disputes(self) -> int:
        return sum(
            each.amount
            for each in Dispute.objects.select_related("payment__order")
            if each.status == "lost"
            and not each.payment.order.is_test
            and self._counts(each, each.closed_at)
        )

    def lines(self) -> list[OrderLine]:
        return [line for order in self.sales for line in order.lines.all()]

    @property
    def gifts(self) -> int:
        return sum(line.total for line in self.lines() if hasattr(line, "gift"))

    def by(self, column: str) -> dict[str, tuple[int, int]]:
        """Sums of lines by product or price: how many, how much."""
        counted: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
        for line in self.lines():
            count, amount = counted[str(getattr(line, f"{column}_id"))]
            at = str(getattr(line, f"{column}_id"))
            counted[at] = (count + line.quantity, amount + line.total)
        return dict(counted)

    def orders_by(self, column: str) -> dict[str, tuple[int, int]]:
        counted: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
        for order in self.sales:
            count, amount = counted[getattr(order, column)]
            counted[getattr(order, column)] = (count + 1, amount + order.total)
        return dict(counted)

    def by_day(self) -> dict[date, tuple[int, int]]:
        days = Counter(self._day(order.paid_at) for order in self.sales if order.paid_at)
        sums: Counter[date] = Counter()
        for order in self.sales:
            if order.paid_at:
                sums[self._day(order.paid_at)] += order.total
        return {day: (count, sums[day]) for day, count in days.items()}

    def times(self) -> dict[int, list[date]]:
        """The days on which each buyer of the period bought until its end, in any currency."""
        here = {each.customer_id for each in self.sales if each.customer_id}
        found: dict[int, list[date]] = defaultdict(list)
        for order in self.all_sales:
            if order.paid_at and order.customer_id in here:
                day = self._day(order.paid_at)
                if day <= self.last:
                    found[order.customer_id].append(day)
        return dict(found)
