"""The last days of a gift of some weeks or months: one letter, with a way to go on."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from access.models import Access, SourceKind
from payments.models import Gift, Subscription
from payments.querysets import GiftQuerySet
from payments.services.gifts import letters
from payments.services.gifts.timing import access_of
from products.models import Price, Product
from products.services.offering import is_offered

ENDS_WITHIN = {"month": timedelta(days=7), "week": timedelta(days=2)}
"""So long before its end it is told, by the unit it was given in."""
BATCH = 200


def ending(now: datetime) -> GiftQuerySet:
    """Return opened gifts that end soon, untold, of people who do not pay for the same already."""
    ends = Access.objects.standing().filter(
        source_kind=SourceKind.GIFT,
        source_id=OuterRef("public_id"),
        ends_at__gt=now,
        ends_at__lte=now + max(ENDS_WITHIN.values()),
    )
    pays = Subscription.objects.going_on().filter(
        customer=OuterRef("claimed_by"), product=OuterRef("line__product")
    )
    rows = Gift.objects.with_time().filter(Exists(ends), ~Exists(pays), told_end_at=None)
    found: GiftQuerySet = rows.select_related("line__order", "line__product", "claimed_by__user")
    return found


def tell_endings(now: datetime) -> None:
    """Write to whoever has a gift that ends soon, in the store in scope, once."""
    for gift in ending(now)[:BATCH]:
        _tell(gift, now)


@transaction.atomic
def _tell(gift: Gift, now: datetime) -> None:
    locked: Gift = Gift.objects.select_for_update(of=("self",), no_key=True).get(pk=gift.pk)
    access = access_of(locked)
    if locked.told_end_at is not None or access is None or access.ends_at is None:
        return
    if access.ends_at > now + ENDS_WITHIN.get(gift.line.length_unit, ENDS_WITHIN["month"]):
        return
    locked.told_end_at = now
    locked.save(update_fields=["told_end_at"])
    if gift.line.product.is_sellable:
        letters.ends(gift, access.ends_at, next_price(gift.line.product, now))


def next_price(product: Product, now: datetime) -> Price | None:
    """Return the subscription one may go on with; None where the product has none on sale."""
    prices = Price.objects.filter(product=product, kind=Price.Kind.SUBSCRIPTION, seats_min=None)
    return next((price for price in prices if is_offered(price, now)), None)
