"""What is paid twice is written down where a purchase, a plan or an addition opens it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.models import Access, SourceKind
from payments.contract import NOTHING_TWICE, Twice
from payments.models import Overlap, Subscription
from payments.services.subscriptions.terms import RETURNING
from products.models import Inclusion
from products.services.bundles import included_below
from stores.scope import all_stores

FRESH = timedelta(days=3)
"""So long after something was put inside it is looked who pays for it beside."""
BATCH = 200
Choice = Overlap.Choice


def note(accesses: Iterable[Access], now: datetime, *, twice: Twice = NOTHING_TWICE) -> None:
    """Write down, once, which subscriptions give what these accesses give too.

    ``twice`` is what was chosen before; who was not asked is asked by mail. Belongs to the
    transaction in which the accesses were given, and locks no subscription.
    """
    given = {(each.customer_id, each.product_id): each for each in reversed([*accesses])}
    if not given:
        return
    own = {each.source_id for each in given.values() if each.source_kind == SourceKind.SUBSCRIPTION}
    rows = Subscription.objects.standing().filter(
        customer__in={customer for customer, _product in given},
        product__in={product for _customer, product in given},
        price__kind__in=RETURNING,
    )
    for row in rows.exclude(pk__in=[int(pk) for pk in own if pk.isdecimal()]):
        access = given.get((row.customer_id, row.product_id))
        if access is not None:
            _write(row, access, twice.choice_of(row.public_id), now)


def note_added(now: datetime) -> None:
    """Write down who pays for something that was put lately into what they have, in one store."""
    for row in _fresh(now).select_related("included"):
        given = Access.objects.standing().filter(
            source_kind=SourceKind.BUNDLE,
            product__in={row.included_id, *included_below(row.included)},
            created_at__gte=row.added_at,
        )
        pays = Subscription.objects.standing().filter(
            customer=OuterRef("customer"),
            product=OuterRef("product"),
            price__kind__in=RETURNING,
        )
        known = Overlap.objects.filter(access=OuterRef("pk"))
        note(given.filter(Exists(pays), ~Exists(known)).order_by("pk")[:BATCH], now)


def stores_with_additions(now: datetime) -> set[int]:
    """Return the stores in which something was put inside lately that somebody pays for."""
    with all_stores():
        paid = Subscription.objects.standing().filter(store=OuterRef("store"))
        return set(_fresh(now).filter(Exists(paid)).values_list("store_id", flat=True))


def _fresh(now: datetime) -> QuerySet[Inclusion]:
    lately = Q(added_at__gte=now - FRESH) | Q(settles_at__gte=now - FRESH)
    found: QuerySet[Inclusion] = Inclusion.objects.filter(lately)
    return found


def _write(subscription: Subscription, access: Access, choice: str, now: datetime) -> None:
    Overlap.objects.get_or_create(
        subscription=subscription,
        access=access,
        defaults={
            "choice": choice,
            "chosen_at": now if choice else None,
            "settled_at": now if choice == Choice.KEEP else None,
            "created_at": now,
        },
    )
