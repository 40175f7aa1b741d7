"""Moving access from one customer to another of the same store, with all it gave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from access.errors import AlreadyTheirs, BelongsElsewhere
from access.models import Access, AccessEvent, PartGrant, PartKey
from accounts.models import Customer

MOVED = "moved"


@transaction.atomic
def move(
    accesses: Iterable[Access], to: Customer, *, now: datetime, by: str = "", because: str = ""
) -> list[Access]:
    """Give these accesses, and what came with them, to another customer; return what moved.

    Standing or taken back, each goes with its paid time and its story; what it includes goes too.
    Links to their parts that were mailed to the giver end. Moving again to the same customer is
    nothing. AlreadyTheirs, before anything is written, when the receiver has one of them from the
    very same source; BelongsElsewhere across stores, or for a piece of something larger.
    """
    wanted = sorted(access.pk for access in accesses)
    locked = list(
        Access.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    )
    if len(locked) != len(wanted) or any(each.store_id != to.store_id for each in locked):
        raise BelongsElsewhere(f"customer {to.pk}")
    if any(each.parent_id is not None and each.parent_id not in wanted for each in locked):
        raise BelongsElsewhere(f"a piece of something larger, to customer {to.pk}")
    going = [each for each in with_children(locked) if each.customer_id != to.pk]
    twice = taken(going, to)
    if twice:
        raise AlreadyTheirs(twice)
    for access in going:
        _move(access, to, now=now, by=by, because=because)
    return going


def with_children(accesses: Iterable[Access]) -> list[Access]:
    """Return accesses and whatever they gave, however deep, each once."""
    found = {access.pk: access for access in accesses}
    level = list(found.values())
    while level:
        children = (
            Access.objects.select_for_update(no_key=True).filter(parent__in=level).order_by("pk")
        )
        level = [child for child in children if child.pk not in found]
        found |= {child.pk: child for child in level}
    return list(found.values())


def taken(accesses: Iterable[Access], to: Customer) -> list[Access]:
    """Return those of the receiver's own that come from the same sources."""
    same = Q(pk__in=[])
    for access in accesses:
        same |= Q(
            product_id=access.product_id,
            source_kind=access.source_kind,
            source_id=access.source_id,
        )
    return list(Access.objects.filter(same, customer=to).select_related("product"))


def _move(access: Access, to: Customer, *, now: datetime, by: str, because: str) -> None:
    giver = access.customer
    contract = access.product.contract
    is_standing = access.revoked_at is None
    if is_standing:
        contract.on_revoked([access])
    _move_grants(access, giver, to, now)
    PartKey.objects.filter(
        customer=giver, part__product_id=access.product_id, expires_at__gt=now
    ).update(expires_at=now)
    access.customer = to
    access.save(update_fields=["customer"])
    AccessEvent.objects.create(
        access=access,
        at=now,
        what=MOVED,
        by=by,
        because=because,
        before={"customer": giver.public_id},
        after={"customer": to.public_id},
    )
    if is_standing:
        contract.on_granted([access])


def _move_grants(access: Access, giver: Customer, to: Customer, now: datetime) -> None:
    """Take the parts this access paid for along; what the receiver has so already stays theirs."""
    of_source = PartGrant.objects.filter(
        source_kind=access.source_kind,
        source_id=access.source_id,
        part__product_id=access.product_id,
    )
    theirs = set(of_source.filter(customer=to).values_list("part_id", flat=True))
    for grant in of_source.filter(customer=giver).select_for_update(of=("self",), no_key=True):
        if grant.part_id not in theirs:
            PartGrant.objects.filter(pk=grant.pk).update(customer=to)
        elif grant.revoked_at is None:
            PartGrant.objects.filter(pk=grant.pk).update(revoked_at=now)
            of_source.filter(customer=to, part_id=grant.part_id).update(revoked_at=None)
