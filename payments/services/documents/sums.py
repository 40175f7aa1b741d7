"""What documents say in sums: net and VAT, and what of a document still stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.vat import vat_of
from payments.models import Document, Order
from payments.services.documents.rates import rate_of
from stores.models import Business

Kind = Document.Kind


@dataclass(frozen=True)
class Sums:
    """Amounts in minor units and the rate in basis points; no rate where no VAT is charged."""

    net: int
    vat: int
    basis_points: int | None

    @property
    def total(self) -> int:
        """What the document is about in all."""
        return self.net + self.vat


def issued_from(source: str) -> Document | None:
    """Return the document issued from a source, if it was."""
    found: Document | None = Document.objects.filter(source=source).first()
    return found


def standing(order: Order) -> Document | None:
    """Return the document that says an order was paid: the newest, where one replaced another."""
    papers = Document.objects.filter(order=order)
    replaced = papers.filter(source__startswith="again:").order_by("-pk").first()
    found: Document | None = replaced or issued_from(f"paid:{order.public_id}")
    return found


def left_of(document: Document) -> int:
    """Return how much of a document was not taken back, in minor units."""
    return int(document.total - taken_back(document).total)


def sums_of(order: Order, amount: int, business: Business, at: datetime) -> Sums:
    """Return an order's amount as net and VAT, by the seller's rate of the day."""
    if not business.charges_vat:
        return Sums(amount, 0, None)
    rate = rate_of(business, at)
    added = sum(line.tax for line in order.lines.all())
    if added and amount == order.total:
        return Sums(amount - added, added, rate)
    net, vat, _gross = vat_of(amount, rate, is_inclusive=True)
    return Sums(net, vat, rate)


def taken_back(original: Document) -> Sums:
    """Return what credit notes took of a document, less what others gave back of those."""
    taken = list(Document.objects.filter(about=original, kind=Kind.CREDIT))
    undone = list(Document.objects.filter(about__in=taken).exclude(kind=Kind.CREDIT))
    net = sum(each.net for each in taken) - sum(each.net for each in undone)
    vat = sum(each.vat for each in taken) - sum(each.vat for each in undone)
    return Sums(net, vat, original.vat_basis_points)
