"""What follows when a presale opens or moves: dates set anew, and everybody told, once each.

The rows themselves say what is due: an access that waits for what has opened, or whose holder was
told another day than the one that holds. A killed worker or a second one changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count

from access.models import Access, AccessEvent
from access.services import letters
from access.services.beginnings import dates_at_opening
from accounts.models import Customer
from products.contract import formats
from products.models import Product
from products.services import presale
from stores.scope import all_stores, current_store

if TYPE_CHECKING:
    from access.querysets import AccessQuerySet

BATCH = 500


def stores_with_presales(now: datetime) -> list[int]:
    """Return the stores in which a presale is due, is to be warned of, or has people to tell."""
    with all_stores():
        stores = set(Product.objects.presale().values_list("store_id", flat=True))
        stores |= set(Access.objects.to_begin().values_list("store_id", flat=True).distinct())
    return sorted(stores)


def work(now: datetime, *, batches: int) -> bool:
    """Open what is due in the store in scope and tell whom it concerns; say whether more waits."""
    presale.look_at_due(now)
    presale.warn(now)
    for step in (_begin_batch, _tell_late_batch, _tell_batch):
        while batches and step(now):
            batches -= 1
    return not batches


@transaction.atomic
def _begin_batch(now: datetime) -> bool:
    """Set the dates of the next accesses whose opening came, and mail their holders."""
    accesses = _locked(Access.objects.to_begin())
    if not accesses:
        return False
    asked = [each for each in accesses if each.awaits_id == each.product_id]
    AccessEvent.objects.bulk_create([_begin(access, now) for access in accesses])
    Access.objects.bulk_update(accesses, ["starts_at", "ends_at", "awaits", "told_opens_at"])
    # A sweep may have begun, by its own clock, before what it finds open was opened.
    live = [each for each in accesses if each.is_live(max(now, each.starts_at))]
    _say_granted(live)
    letters.it_opened([each for each in live if each in asked], now)
    return True


def _begin(access: Access, now: datetime) -> AccessEvent:
    """Set the dates of one access in memory; return what to write into its story."""
    awaited = access.awaits
    moment = (awaited.opened_at if awaited is not None else None) or access.created_at
    before = _dates(access)
    for name, value in dates_at_opening(access, moment, current_store().zone).items():
        setattr(access, name, value)
    return AccessEvent(
        access=access,
        at=now,
        what="begun",
        because=awaited.title if awaited is not None else "",
        before=before,
        after=_dates(access),
    )


@transaction.atomic
def _tell_late_batch(now: datetime) -> bool:
    """Tell the next holders that it did not open on the day they were told."""
    accesses = _locked(Access.objects.to_hear_it_is_late())
    if not accesses:
        return False
    letters.it_is_late([each for each in accesses if each.awaits_id == each.product_id], now)
    for access in accesses:
        access.told_opens_at = None
    Access.objects.bulk_update(accesses, ["told_opens_at"])
    return True


@transaction.atomic
def _tell_batch(now: datetime) -> bool:
    """Tell the next holders that the day they were told has moved."""
    accesses = _locked(Access.objects.to_hear())
    if not accesses:
        return False
    letters.it_moved([each for each in accesses if each.awaits_id == each.product_id], now)
    for access in accesses:
        access.told_opens_at = access.awaits.opens_at if access.awaits is not None else None
    Access.objects.bulk_update(accesses, ["told_opens_at"])
    return True


def buyers(products: Sequence[Product]) -> dict[int, int]:
    """Return how many people wait for each of these products to open, by its primary key."""
    rows = Access.objects.waiting().filter(awaits__in=[each.pk for each in products])
    counts = rows.values_list("awaits").annotate(n=Count("customer", distinct=True))
    return dict(counts.order_by())


def owners(product: Product, customers: Sequence[Customer], now: datetime) -> set[int]:
    """Return which of these customers have the product, open or ahead."""
    rows = Access.objects.held(now).filter(product=product.pk, customer__in=customers)
    return set(rows.values_list("customer_id", flat=True))


def _locked(due: AccessQuerySet) -> list[Access]:
    """Return the next due accesses, locked: a second worker waits, and finds them done."""
    rows = due.select_related("product", "awaits", "customer__user").order_by("pk")
    return list(rows.select_for_update(of=("self",), no_key=True)[:BATCH])


def _say_granted(accesses: Sequence[Access]) -> None:
    """Tell each format which of its accesses became live."""
    by_format: dict[str, list[Access]] = defaultdict(list)
    for access in accesses:
        by_format[access.product.format].append(access)
    for key, theirs in by_format.items():
        formats[key].on_granted(theirs)


def _dates(access: Access) -> dict[str, str | None]:
    return {
        "starts_at": access.starts_at.isoformat(),
        "ends_at": access.ends_at.isoformat() if access.ends_at else None,
    }
