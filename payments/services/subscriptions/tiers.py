"""Tiers: prices of one product that include different things, compared and moved between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from access.models import Access
from payments.models import Subscription
from payments.services.showing import amount_in_words
from payments.services.subscriptions.following import access_of
from products.models import Inclusion, Price, Product
from products.services.bundles import NOT_YET, inside
from products.services.offering import is_offered, is_shown, places_left_of


@dataclass(frozen=True)
class Tier:
    """One price beside others of its product, with all that it gives."""

    price: Price
    name: str
    amount: str
    gives: Sequence[str]
    """The product itself, then what the price includes, by title."""
    url: str
    is_this: bool
    """Whether it is the one that is being bought, or paid already."""


@dataclass(frozen=True)
class Loss:
    """Something another plan does not include."""

    title: str
    stays: bool
    """Whether its owner has it otherwise too."""


def tiers_beside(price: Price, now: datetime) -> list[Tier]:
    """Return the prices one may choose from on the checkout page of ``price``, itself among them.

    None where all of them include the same.
    """
    if not Inclusion.objects.filter(price__product=price.product_id).exists():
        return []
    product = price.product
    rows = product.prices.all() if price.for_owners_of_id is None else ()
    shown = [each for each in rows if is_shown(each, now) and is_offered(each, now)]
    left = places_left_of({product: shown}, now)
    open_ones = [each for each in shown if each.pk == price.pk or left.get(each.pk) != 0]
    if price.pk not in {each.pk for each in open_ones} or len(open_ones) == 1:
        return []
    return compared(open_ones, this=price)


def compared(prices: Sequence[Price], *, this: Price | None = None) -> list[Tier]:
    """Return prices of one product side by side: what each costs, and all that it gives."""
    with_it = _given(prices)
    return [
        Tier(
            price=each,
            name=each.label or each.product.title,
            amount=amount_in_words(each),
            gives=[each.product.title, *with_it[each.pk]],
            url=reverse("payments:checkout", args=[each.public_id]),
            is_this=this is not None and each.pk == this.pk,
        )
        for each in prices
    ]


def gains(subscription: Subscription, price: Price) -> list[str]:
    """Return what another plan gives and this one does not, by title."""
    have = {each.pk for each in inside(subscription.product, subscription.price)}
    return [each.title for each in inside(price.product, price) if each.pk not in have]


def losses(subscription: Subscription, price: Price, now: datetime) -> list[Loss]:
    """Return what this plan gives and another does not, and whether it stays all the same."""
    wanted = {each.pk for each in inside(price.product, price)}
    gone = [
        each for each in inside(subscription.product, subscription.price) if each.pk not in wanted
    ]
    kept = _had_otherwise(subscription, gone, now) if gone else set()
    return [Loss(each.title, each.pk in kept) for each in gone]


def closes_with(subscription: Subscription, now: datetime) -> list[str]:
    """Return what stands inside and closes when it ends, by title: not what one has otherwise."""
    given = inside(subscription.product, subscription.price)
    kept = _had_otherwise(subscription, given, now) if given else set()
    return [each.title for each in given if each.pk not in kept]


def _had_otherwise(
    subscription: Subscription, products: Sequence[Product], now: datetime
) -> set[int]:
    own = access_of(subscription)
    rows = Access.objects.held(now).filter(
        customer=subscription.customer_id, product__in=[each.pk for each in products]
    )
    if own is not None:
        rows = rows.exclude(parent=own).exclude(parent__parent=own)
    return set(rows.values_list("product_id", flat=True))


def _given(prices: Sequence[Price]) -> dict[int, list[str]]:
    """Return what each of these prices includes directly, by title, in one query."""
    rows = Inclusion.objects.filter(bundle__in={each.product_id for each in prices})
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows.exclude(included__status__in=NOT_YET).select_related("included"):
        for price in prices:
            is_its = row.price_id in {None, price.pk} and row.bundle_id == price.product_id
            if is_its and row.included.title not in found[price.pk]:
                found[price.pk].append(row.included.title)
    return found
