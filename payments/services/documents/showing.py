"""An order's documents as pages show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from payments.errors import CannotIssue
from payments.models import Document, DocumentDue, Order
from payments.services.documents import elsewhere
from payments.services.documents.law import title_of


@dataclass(frozen=True)
class Paper:
    """One document to be downloaded."""

    title: str
    url: str


@dataclass(frozen=True)
class Papers:
    """The documents of an order, and what is still to come."""

    papers: list[Paper]
    is_coming: bool
    takes_business: bool
    """Whether a business may still be named as the buyer."""


def papers_of(order: Order) -> Papers:
    """Return an order's documents, the oldest first."""
    found = list(Document.objects.filter(order=order).order_by("pk"))
    has_due = bool(DocumentDue.objects.waiting().filter(order=order).exists())
    return Papers(
        papers=[_paper(document, order) for document in found],
        is_coming=has_due and not elsewhere.is_elsewhere(),
        takes_business=has_due and not any(each.sign for each in found),
    )


def papers_of_many(orders: Sequence[Order]) -> dict[int, list[Paper]]:
    """Return the documents of each order by its primary key, in one query."""
    found: dict[int, list[Paper]] = defaultdict(list)
    by_pk = {order.pk: order for order in orders}
    for document in Document.objects.filter(order__in=by_pk).order_by("pk"):
        found[document.order_id].append(_paper(document, by_pk[document.order_id]))
    return dict(found)


def _paper(document: Document, order: Order) -> Paper:
    url = reverse("payments:document", args=[order.public_id, document.public_id])
    return Paper(name_of(document), url)


def name_of(document: Document) -> str:
    """Return what a document is called in the reader's language, with its number."""
    return f"{title_of(document.kind, document.snapshot['seller']['kind'])} {document.number}"


@transaction.atomic
def name_business(order: Order, business: dict[str, str]) -> None:
    """Write down for which business an order is, while no document of it says otherwise."""
    locked: Order = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)
    if not papers_of(locked).takes_business:
        raise CannotIssue(_("The document is issued already. Write to the shop to change it."))
    Order.objects.filter(pk=locked.pk).update(**business)
