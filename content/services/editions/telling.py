"""Telling readers of a new edition: each once, whatever is killed on the way.

The edition's own row is what is due. A batch and how far it came are written in one transaction,
and a message has one key per edition and customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count

from access.models import Access
from access.services.letters import language_of, open_links
from content.models import Edition
from content.services.editions.making import SETTLES
from content.services.excerpts.asking import follow
from mail.models import Message
from mail.services.outbox import Letter, post_many
from products.models import Product
from stores.scope import all_stores, current_store
from stores.services.addresses import page_url, store_origin
from stores.services.opening import touch

if TYPE_CHECKING:
    from access.querysets import AccessQuerySet

BATCH = 500
KIND = "new_edition"


def stores_with_editions(now: datetime) -> list[int]:
    """Return the stores in which readers are to be told of an edition."""
    with all_stores():
        return sorted(set(Edition.objects.due(now).values_list("store_id", flat=True)))


def tell(now: datetime, *, batches: int) -> bool:
    """Tell the next readers of the store in scope, at most so many batches; say if more wait."""
    for pk in list(Edition.objects.due(now).order_by("pk").values_list("pk", flat=True)):
        while batches and tell_batch(pk, now):
            batches -= 1
        if not batches:
            return True
    return False


@transaction.atomic
def tell_batch(edition_pk: int, now: datetime) -> bool:
    """Tell the next readers of one edition; say whether more of them wait now.

    The row is locked: a second worker waits, and finds them told. At the end it is looked once
    more for purchases that were under way when it went out.
    """
    due = Edition.objects.due(now).filter(pk=edition_pk)
    row: Edition | None = due.select_for_update(no_key=True).first()
    if row is None or row.out_at is None:
        return False
    if row.worked_to == 0:
        touch(current_store())  # the kept pages show the edition before
        for asset in row.assets.select_related("part"):
            follow(asset.part, now)  # what is open to anyone is of the edition that is read
    found = list(_next(row, now)[:BATCH])
    _post(row, found, now)
    if len(found) == BATCH:
        row.worked_to = found[-1].pk
    elif row.settles_at is not None and now < row.settles_at:
        row.due_at, row.worked_to = row.settles_at, 0
    else:
        row.due_at, row.told_at = None, now
    row.save(update_fields=["due_at", "worked_to", "told_at"])
    return row.due_at is not None and row.due_at <= now


def readers(product: Product, now: datetime) -> AccessQuerySet:
    """Return the accesses whose holders may open the product now and can be written to."""
    live: AccessQuerySet = Access.objects.live(now).filter(product=product.pk)
    return live.filter(customer__erased_at=None)


def count_readers(product: Product, now: datetime) -> int:
    """Return how many people would be told of a new edition now."""
    found = readers(product, now).aggregate(n=Count("customer", distinct=True))
    return int(found["n"])


def how_it_went(editions: Sequence[Edition]) -> dict[int, dict[str, int]]:
    """Return, by edition, how many messages about it are in each state of the outbox."""
    found: dict[int, dict[str, int]] = {edition.pk: {} for edition in editions}
    rows = Message.objects.filter(kind=KIND).values_list("key", "state")
    for edition in editions:
        about = rows.filter(key__startswith=_key(edition))
        for state in about.values_list("state", flat=True).order_by():
            found[edition.pk][state] = found[edition.pk].get(state, 0) + 1
    return found


def _next(row: Edition, now: datetime) -> AccessQuerySet:
    """Return who had it when it went out and was not looked at; whoever buys later has it new."""
    had_it = readers(row.product, now).filter(created_at__lt=row.out_at, pk__gt=row.worked_to)
    if row.out_at is not None and row.due_at == row.settles_at:
        had_it = had_it.filter(created_at__gte=row.out_at - SETTLES)
    return had_it.select_related("product", "customer__user").order_by("pk")


def _post(edition: Edition, accesses: Sequence[Access], now: datetime) -> None:
    """Put one message for each reader into the outbox, be it that they bought it twice."""
    told = list({access.customer_id: access for access in accesses}.values())
    links, origin = open_links(told, now), store_origin(current_store())
    shelves = {
        language: page_url("storefront:shelf", language=language, origin=origin)
        for language in {language_of(access) for access in told}
    }
    post_many(
        KIND,
        [
            Letter(
                key=f"{_key(edition)}{access.customer.public_id}",
                to=access.customer.user.email,
                name=access.customer.name,
                language=language_of(access),
                context={
                    "title": access.product.title,
                    "edition": edition.name or str(edition.number),
                    "changes": [line for line in edition.news.splitlines() if line.strip()],
                    "open_url": links.get(access.pk) or shelves[language_of(access)],
                    "shelf_url": shelves[language_of(access)],
                },
            )
            for access in told
        ],
    )


def _key(edition: Edition) -> str:
    return f"edition:{edition.pk}:"
