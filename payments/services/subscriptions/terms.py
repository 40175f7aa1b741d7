"""What a store allows whoever pays it again and again."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from core.vat import vat_of
from payments.models import Subscription, SubscriptionTerms
from payments.services.documents.rates import rate_of
from products.models import Price, Product
from stores.scope import current_store
from stores.services.business import business_of

RETURNING = frozenset({Price.Kind.SUBSCRIPTION})
"""The kinds of price that are paid again and again."""
CHARGED_LATER = RETURNING | {Price.Kind.INSTALMENTS}
"""The kinds of price after whose first payment a card is charged."""
AT_STRIPE = {
    "week": ("week", 1),
    "month": ("month", 1),
    "quarter": ("month", 3),
    "year": ("year", 1),
}
"""Our rhythms as Stripe counts them: a unit, and how many of it."""
DAYS = {"week": Fraction(7), "month": Fraction(1461, 48)}
DAYS |= {"quarter": DAYS["month"] * 3, "year": DAYS["month"] * 12}
"""How many days a rhythm has on average."""


def store_terms() -> SubscriptionTerms:
    """Return the terms of the store in scope."""
    terms: SubscriptionTerms = SubscriptionTerms.objects.get_or_create()[0]
    return terms


def returns(price: Price) -> bool:
    """Whether a price is paid again and again."""
    return price.kind in RETURNING


def charge_total(price: Price, seats: int, now: datetime) -> int:
    """Return what a whole period of so many places costs; the tax of each is rounded by itself."""
    return period_total(price, now) * seats


def charged_later(price: Price) -> bool:
    """Whether a card is charged by itself after the first payment, so that only one will do."""
    return price.kind in CHARGED_LATER


def period_total(price: Price, now: datetime) -> int:
    """Return what a whole period costs, with tax where that comes on top; in minor units.

    Of a team's price it is for one place.
    """
    business = business_of(current_store())
    if not business.charges_vat or business.prices_include_vat:
        return int(price.amount)
    return int(price.amount) + vat_of(price.amount, rate_of(business, now), is_inclusive=False)[1]


def may_try(email: str, product: Product) -> bool:
    """Whether this address may try a product for free: who had it before pays at once.

    Asked by address, since nobody is signed in at a checkout.
    """
    before = Subscription.objects.filter(product=product, customer__user__email=email)
    return not before.exists()
