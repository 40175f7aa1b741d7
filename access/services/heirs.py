"""What earlier buyers get of the product that took the place of theirs, batch by batch.

The replacement's own row is what is due. A batch and how far it came are written in one
transaction; what is given is a child of the access that promised it, so a refund of that takes it
back and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q

from access.models import Access, SourceKind
from access.services import letters
from access.services.inclusions import give_inside, give_to
from products.models import Product, Replacement
from stores.scope import all_stores

if TYPE_CHECKING:
    from access.querysets import AccessQuerySet

BATCH = 500
BATCH_OF_NEWS = 50
"""News is asked for consent one by one."""


def stores_with_heirs(now: datetime) -> list[int]:
    """Return the stores in which earlier buyers are owed what took the place of theirs."""
    with all_stores():
        due = Replacement.objects.filter(due_at__lte=now)
        return sorted(set(due.values_list("store_id", flat=True)))


def work(now: datetime, *, batches: int) -> bool:
    """Give and tell what is due in the store in scope, at most so many batches; say if more."""
    due = Replacement.objects.filter(due_at__lte=now).order_by("pk")
    for pk in list(due.values_list("pk", flat=True)):
        while batches and work_batch(pk, now):
            batches -= 1
        if not batches:
            return True
    return False


@transaction.atomic
def work_batch(replacement_pk: int, now: datetime) -> bool:
    """Give the next earlier buyers what is theirs, or tell them; say whether more wait.

    The row and the accesses are locked: a second worker waits, a refund comes before or after.
    """
    due = Replacement.objects.filter(pk=replacement_pk, due_at__lte=now)
    row: Replacement | None = due.select_for_update(no_key=True).first()
    if row is None:
        return False
    is_free = row.owners == Replacement.Owners.FREE
    most = BATCH if is_free else BATCH_OF_NEWS
    holders = _next(row, now, most)
    if is_free:
        given = give(holders, row.heir, now)
        letters.it_was_replaced(row, given, now)
    else:
        letters.it_has_a_price(row, holders)
    row.worked_to = holders[-1].pk if len(holders) == most else row.worked_to
    row.due_at = row.due_at if len(holders) == most else None
    row.save(update_fields=["worked_to", "due_at"])
    return row.due_at is not None


def give(holders: Sequence[Access], heir: Product, now: datetime) -> list[Access]:
    """Give ``heir`` with all it includes from each of these accesses, once; return what is new."""
    made = give_to(holders, heir, now, kind=SourceKind.REPLACEMENT)
    give_inside(made, now)
    return made


def give_late(access: Access, now: datetime) -> None:
    """Give what took a product's place to whoever receives only now what was bought before."""
    if access.product.status != Product.Status.RETIRED:
        return
    free = Replacement.objects.filter(
        product=access.product_id, owners=Replacement.Owners.FREE, starts_at__lte=now
    )
    row = free.select_related("heir").first()
    if row is not None:
        give([access], row.heir, now)


def holders_of(product: Product, now: datetime) -> int:
    """Return how many people would get what takes the place of a product."""
    rows = _lasting(now).filter(product=product.pk, customer__erased_at=None)
    return int(rows.aggregate(n=Count("customer", distinct=True))["n"])


def _next(row: Replacement, now: datetime, most: int) -> list[Access]:
    """Return the next accesses that promised what was replaced, locked."""
    has_it = Access.objects.filter(
        parent=OuterRef("pk"), product=row.heir_id, source_kind=SourceKind.REPLACEMENT
    )
    found = _lasting(now).filter(~Exists(has_it), product=row.product_id, pk__gt=row.worked_to)
    found = found.filter(customer__erased_at=None).select_related("customer__user", "product")
    return list(found.select_for_update(of=("self",), no_key=True).order_by("pk")[:most])


def _lasting(now: datetime) -> AccessQuerySet:
    """Accesses that were not taken back and are not over: open, on hold, resting or ahead."""
    return Access.objects.standing().filter(Q(ends_at=None) | Q(ends_at__gt=now))
