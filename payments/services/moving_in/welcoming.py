"""A quiet word to who moved in with what was bought once: it is here, and this is how to enter.

Who can pay on has a letter of another kind, which says the same. It goes out only where the creator
ticked it before the file moved in, once to each person of a file, whatever they bought.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Customer
from mail.services.outbox import Letter, post_many
from payments.models import MoveIn, MoveInRow
from payments.services.addresses import page_url
from payments.services.moving_in.bringing import locked_at
from stores.scope import all_stores, current_store

KIND = "moved_in"
BATCH = 200


def stores_with_due() -> set[int]:
    """Find the stores in which somebody is to be written to; across all stores."""
    with all_stores():
        return set(_due().values_list("store_id", flat=True))


def work_on(now: datetime) -> None:
    """Write to everybody in the store in scope who waits for a word, in batches."""
    for move_in in _due():
        while _write_next(move_in, now):
            pass


def _due() -> QuerySet[MoveIn]:
    found: QuerySet[MoveIn] = MoveIn.objects.filter(
        state=MoveIn.State.DONE, wants_welcome=True, welcomed_at=None
    ).order_by("pk")
    return found


@transaction.atomic
def _write_next(move_in: MoveIn, now: datetime) -> bool:
    """Write to the next people of a file; return whether there may be more."""
    locked = locked_at(move_in)
    if locked.state != MoveIn.State.DONE or locked.welcomed_at is not None:
        return False
    waiting = _rows(locked, now).filter(customer__gt=locked.welcomed_to)
    people = list(
        waiting.order_by("customer_id").values_list("customer_id", flat=True).distinct()[:BATCH]
    )
    rows = waiting.filter(customer__in=people).select_related("customer__user", "product")
    post_many(KIND, _letters(locked, rows.order_by("line")))
    if len(people) < BATCH:
        locked.welcomed_at = now
    else:
        locked.welcomed_to = people[-1] or 0
    locked.save(update_fields=["welcomed_to", "welcomed_at"])
    return locked.welcomed_at is None


def _rows(move_in: MoveIn, now: datetime) -> QuerySet[MoveInRow]:
    """Return the lines that gave something which is open still, with nothing to pay on for."""
    is_open = Q(access__ends_at=None) | Q(access__ends_at__gt=now)
    return move_in.rows.filter(
        is_open,
        state=MoveInRow.State.MOVED,
        does__welcome=True,
        access__revoked_at=None,
        customer__erased_at=None,
    )


def _letters(move_in: MoveIn, rows: Iterable[MoveInRow]) -> list[Letter]:
    titles: dict[Customer, list[str]] = defaultdict(list)
    for row in rows:
        if row.customer is not None and row.product is not None:
            titles[row.customer].append(row.product.title)
    return [_letter(move_in, customer, theirs) for customer, theirs in titles.items()]


def _letter(move_in: MoveIn, customer: Customer, titles: list[str]) -> Letter:
    language = customer.language or current_store().language
    return Letter(
        key=f"moved-in:{move_in.public_id}:{customer.pk}",
        to=customer.user.email,
        name=customer.name,
        language=language,
        context={
            "titles": titles,
            "store_name": current_store().name,
            "shelf_url": page_url("storefront:shelf", language=language),
        },
    )
