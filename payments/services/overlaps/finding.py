"""Who pays already for what a purchase includes, and what stopping that gives back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from access.models import Access
from accounts.models import Customer
from core import money
from payments.models import Subscription
from payments.services.subscriptions.terms import RETURNING
from payments.services.subscriptions.unused import unused
from payments.services.subscriptions.wording import price_in_words
from products.models import Price
from products.services.bundles import inside


@dataclass(frozen=True)
class Paid:
    """One subscription to what a purchase includes, as its owner reads it."""

    subscription: Subscription
    title: str
    price: str
    back: str
    """What goes back for its unused days when it stops now; empty for nothing."""

    @property
    def public_id(self) -> str:
        """The subscription's."""
        return str(self.subscription.public_id)


def paid_already(customer: Customer, price: Price, now: datetime) -> list[Paid]:
    """Return what a customer pays for again and again that a purchase at ``price`` gives too.

    A copy in print alone gives nothing.
    """
    option = price.product.contract.option(price.product, price.option)
    if option is not None and not option.opens:
        return []
    if not Subscription.objects.standing().filter(customer=customer).exists():
        return []
    given = {price.product_id, *(each.pk for each in inside(price.product, price))}
    return _paid(customer, given, now)


def paid_beside(subscription: Subscription, price: Price, now: datetime) -> list[Paid]:
    """Return what else its owner pays for that another plan would give and this one does not."""
    customer = subscription.customer
    given = {each.pk for each in inside(price.product, price)}
    have = Access.objects.live(now).filter(
        customer=customer, product__in=given, parent__isnull=False
    )
    return _paid(customer, given - set(have.values_list("product_id", flat=True)), now)


def totals(paid: Sequence[Paid], now: datetime) -> str:
    """Return what goes back in all; empty for nothing."""
    amounts = [(unused(each.subscription, now), each.subscription.currency) for each in paid]
    amount = sum(each for each, _currency in amounts)
    return money.display(amount, amounts[0][1]) if amount else ""


def _paid(customer: Customer, products: Collection[int], now: datetime) -> list[Paid]:
    rows = Subscription.objects.standing().filter(
        customer=customer, product__in=products, price__kind__in=RETURNING
    )
    found = []
    for row in rows.select_related("product", "price").order_by("pk"):
        back = unused(row, now)
        amount = money.display(back, row.currency) if back else ""
        found.append(Paid(row, row.product.title, price_in_words(row), amount))
    return found
