"""What stands inside what was bought: given with it, and given later when it is added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from access.models import Access, AccessEvent, SourceKind
from access.services import letters
from access.services.beginnings import child_dates
from products.models import Inclusion, Price, Product
from products.services.bundles import MAX_DEPTH, given_with, inside
from stores.scope import all_stores

if TYPE_CHECKING:
    from access.querysets import AccessQuerySet
    from accounts.models import Customer

BATCH = 500


def give_inside(parents: Sequence[Access], now: datetime) -> list[Access]:
    """Give what stands inside what these accesses are for, however deep; return what is new.

    A bundle's access is its price's too, what it gave is nobody's but its own.
    """
    given: list[Access] = []
    level = list(parents)
    for _depth in range(1, MAX_DEPTH):
        held: dict[tuple[int, int | None], list[Access]] = defaultdict(list)
        for parent in level:
            held[parent.product_id, parent.price_id].append(parent)
        level = []
        for bought, theirs in held.items():
            for product in given_with([bought])[bought[0]]:
                level += give_to(theirs, product, now)
        given += level
    return given


def give_to(
    parents: Sequence[Access],
    product: Product,
    now: datetime,
    *,
    kind: str = SourceKind.BUNDLE,
) -> list[Access]:
    """Give ``product`` from each of these accesses, once; return those that did not have it.

    It begins and ends with its parent, or begins when it opens itself or is added later than that;
    what is on hold or rests above is on hold and rests below.
    """
    rows = [_child(parent, product, now, kind) for parent in parents]
    Access.objects.bulk_create(rows, ignore_conflicts=True)
    ours = [row.public_id for row in rows]
    made = list(
        Access.objects.filter(public_id__in=ours)
        .select_related("product", "customer__user")
        .order_by("pk")
    )
    AccessEvent.objects.bulk_create(_granted(access, now) for access in made)
    live = [access for access in made if access.suspended_at is None]
    if live:
        product.contract.on_granted(live)
    return made


def owned_inside(customer: Customer, price: Price, now: datetime) -> list[Product]:
    """Return what a purchase at ``price`` would include and this customer has already."""
    products = inside(price.product, price)
    rows = _lasting(now).filter(customer=customer, product__in=[each.pk for each in products])
    owned = set(rows.values_list("product_id", flat=True))
    return [each for each in products if each.pk in owned]


def stores_with_additions(now: datetime) -> list[int]:
    """Return the stores in which buyers are owed something that was added."""
    with all_stores():
        due = Inclusion.objects.filter(due_at__lte=now)
        return sorted(set(due.values_list("store_id", flat=True)))


def give_additions(now: datetime, *, batches: int) -> bool:
    """Give what is due in the store in scope, at most so many batches; say whether more waits."""
    for pk in Inclusion.objects.filter(due_at__lte=now).order_by("pk").values_list("pk", flat=True):
        while batches and give_batch(pk, now):
            batches -= 1
        if not batches:
            return True
    return False


@transaction.atomic
def give_batch(inclusion_pk: int, now: datetime) -> bool:
    """Give one addition to the next of those who bought before it; say whether more wait.

    The row and the accesses are locked: a second worker waits, a refund comes before or after. At
    the end it is looked once more, late enough that purchases under way at the time are done.
    """
    due = Inclusion.objects.filter(pk=inclusion_pk, due_at__lte=now)
    row: Inclusion | None = due.select_for_update(no_key=True).first()
    if row is None:
        return False
    parents = _without(row, now)
    made = give_to(parents, row.included, now)
    give_inside(made, now)
    letters.something_was_added(row, made, now)
    if len(parents) == BATCH:
        row.worked_to = parents[-1].pk
    elif row.settles_at is not None and now < row.settles_at:
        row.due_at, row.worked_to = row.settles_at, 0
    else:
        row.due_at = None
    row.save(update_fields=["due_at", "worked_to"])
    return row.due_at is not None and row.due_at <= now


def _without(row: Inclusion, now: datetime) -> list[Access]:
    """Return the next accesses that promise what was added and did not get it, locked."""
    has_it = Access.objects.filter(parent=OuterRef("pk"), product=row.included_id)
    found = _lasting(now).filter(~Exists(has_it), product=row.bundle_id, pk__gt=row.worked_to)
    if row.price_id is not None:
        found = found.filter(price=row.price_id)
    locked = found.select_for_update(of=("self",), no_key=True).order_by("pk")
    return list(locked[:BATCH])


def _lasting(now: datetime) -> AccessQuerySet:
    """Accesses that were not taken back and are not over: open, on hold, resting or ahead."""
    return Access.objects.standing().filter(Q(ends_at=None) | Q(ends_at__gt=now))


def _child(parent: Access, product: Product, now: datetime, kind: str) -> Access:
    dates = child_dates(parent, product)
    if kind == SourceKind.BUNDLE and parent.created_at < now:  # put inside after it was bought
        dates["starts_at"] = max(dates["starts_at"], now)
    return Access(
        customer_id=parent.customer_id,
        product_id=product.pk,
        source_kind=kind,
        source_id=str(parent.pk),
        parent=parent,
        **dates,
        suspended_at=parent.suspended_at,
        paused_at=parent.paused_at,
        paused_until=parent.paused_until,
        reason=parent.reason,
        created_at=now,
    )


def _granted(access: Access, now: datetime) -> AccessEvent:
    return AccessEvent(
        access=access,
        at=now,
        what="granted",
        because=access.reason,
        before={},
        after={
            "starts_at": access.starts_at.isoformat(),
            "ends_at": access.ends_at.isoformat() if access.ends_at else None,
        },
    )
