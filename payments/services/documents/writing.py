"""A document as it is written: all that stands on it, and its number last."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core import clock
from payments.errors import CannotIssue
from payments.models import Document, DocumentCounter, Order
from payments.services import steps
from payments.services.documents import snapshots
from payments.services.documents.sums import Sums
from stores.models import Business
from stores.scope import current_store
from stores.services.business import business_of, is_known


@dataclass(frozen=True)
class Draft:
    """A document without its number."""

    kind: str
    source: str
    order: Order
    sums: Sums
    seller: dict[str, Any]
    lines: list[dict[str, Any]]
    language: str
    about: Document | None = None
    more: dict[str, Any] = field(default_factory=dict)


def lock(order: Order) -> Order:
    """Return an order with its row locked, so that what was credited before is known."""
    locked: Order = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)
    return locked


def known_business() -> Business:
    """Return who sells; CannotIssue while nobody wrote that down."""
    business = business_of(current_store())
    if not is_known(business):
        raise CannotIssue(_("Write down your business details first: documents name the seller."))
    return business


def write(draft: Draft, now: datetime) -> Document:
    """Write a document down, its number last: a rollback gives that back."""
    snapshot = {
        "seller": draft.seller,
        "buyer": snapshots.buyer_of(draft.order),
        "lines": draft.lines,
        "order": draft.order.number,
        "about": snapshots.about(draft.about) if draft.about else None,
        **draft.more,
    }
    document = Document(
        kind=draft.kind,
        source=draft.source,
        order=draft.order,
        about=draft.about,
        issued_at=now,
        issued_on=clock.local_day(now, current_store().zone),
        language=draft.language,
        currency=draft.order.currency,
        net=draft.sums.net,
        vat=draft.sums.vat,
        total=draft.sums.total,
        vat_basis_points=draft.sums.basis_points,
        snapshot=snapshot,
    )
    document.number = _take_number(draft.kind)
    document.save()
    steps.reach("document.written")
    return document


def _take_number(kind: str) -> int:
    DocumentCounter.objects.get_or_create(kind=kind)
    counter: DocumentCounter = DocumentCounter.objects.select_for_update(no_key=True).get(kind=kind)
    number = counter.next_number
    counter.next_number = number + 1
    counter.save(update_fields=["next_number"])
    return number
