"""Issuing a document: all of it is written, its number last, in one transaction.

The order's row is locked first (so what was credited before is known), the counter's row last, and
nothing after it: a rollback gives the number back, and no two documents ever share one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.vat import vat_of, vat_of_part
from payments.errors import CannotIssue
from payments.models import Document, DocumentCounter, Order, Payment, Refund
from payments.services import steps
from payments.services.documents import snapshots
from payments.services.documents.law import paper_of_payment, paper_of_standing_sale
from payments.services.documents.rates import rate_of
from stores.models import Business
from stores.scope import current_store
from stores.services.business import business_of, is_known

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


@transaction.atomic
def issue_for_order(order: Order, *, now: datetime) -> Document:
    """Return the document of a paid order, issued now unless it was; CannotIssue says why not."""
    locked = _locked(order)
    source = f"paid:{locked.public_id}"
    issued = _issued(source)
    if issued is not None:
        return issued
    if not locked.is_paid or not locked.total or locked.is_test:
        raise CannotIssue(_("Nothing was paid for this order."))
    return _write(_of_payment(locked, source, now), now)


@transaction.atomic
def issue_proforma(order: Order, *, now: datetime) -> Document:
    """Return the request for payment of an order that waits for its money, issued unless it was.

    Takes a number under the counter's lock: call it last in a transaction.
    """
    locked = _locked(order)
    source = f"asked:{locked.public_id}"
    issued = _issued(source)
    if issued is not None:
        return issued
    if locked.is_paid or not locked.total or locked.is_test:
        raise CannotIssue(_("This order does not wait for money."))
    business = _business()
    draft = Draft(
        kind=Kind.PROFORMA,
        source=source,
        order=locked,
        sums=sums_of(locked, locked.total, business, now),
        seller=snapshots.seller_of(business, current_store()),
        lines=snapshots.lines_of(locked),
        language=current_store().language,
        more={"means": snapshots.means_of(locked, None, None)},
    )
    return _write(draft, now)


@transaction.atomic
def issue_for_refund(refund: Refund, *, now: datetime) -> Document | None:
    """Return the credit note of a refund, issued now unless it was before.

    None where there is nothing to take back: no document of ours was issued for the payment.
    """
    order = _locked(refund.payment.order)
    source = f"refunded:{refund.public_id}"
    issued = _issued(source)
    if issued is not None:
        return issued
    original = standing(order)
    if original is None:
        return None
    draft = _credit(
        original,
        source,
        min(refund.amount, left_of(original)),
        snapshots.refund_lines(refund, order),
        {"reason": refund.reason, "means": {"kind": "refund"}},
    )
    return _write(draft, now) if draft.sums.total else None


@transaction.atomic
def issue_for_failed_refund(refund: Refund, *, now: datetime) -> Document | None:
    """Return what gives back what a refund's credit note took, because its money never left.

    A credit note is not undone: where VAT is charged a tax invoice over the same sums follows it,
    elsewhere a receipt. None where there was no credit note.
    """
    order = _locked(refund.payment.order)
    source = f"not-refunded:{refund.public_id}"
    issued = _issued(source)
    credit = _issued(f"refunded:{refund.public_id}")
    if issued is not None or credit is None:
        return issued
    sums = Sums(credit.net, credit.vat, credit.vat_basis_points)
    draft = Draft(
        kind=paper_of_standing_sale(has_vat=credit.vat_basis_points is not None),
        source=source,
        order=order,
        sums=sums,
        seller=credit.snapshot["seller"],
        lines=credit.snapshot["lines"],
        language=credit.language,
        about=credit,
        more={"buyer": credit.snapshot["buyer"], "means": {"kind": "standing"}},
    )
    return _write(draft, now)


@transaction.atomic
def issue_again(
    document: Document, *, company: str, tax_id: str, country: str, now: datetime
) -> Document:
    """Return a document in the place of one that named another buyer, which a credit note ends.

    Only the whole of a payment nothing was given back of; CannotIssue says so.
    """
    order = _locked(document.order)
    current = standing(order)
    if current is None or current.pk != document.pk or left_of(document) != document.total:
        raise CannotIssue(_("This document was taken back already, in part or in whole."))
    taken = _credit(
        document,
        f"replaced:{document.public_id}",
        document.total,
        document.snapshot["lines"],
        {"reason": _("Issued again with the buyer's details."), "means": {"kind": "replaced"}},
    )
    order.buyer_company, order.buyer_tax_id, order.buyer_country = company, tax_id, country
    order.save(update_fields=["buyer_company", "buyer_tax_id", "buyer_country"])
    again = Draft(
        kind=document.kind,
        source=f"again:{document.public_id}",
        order=order,
        sums=Sums(document.net, document.vat, document.vat_basis_points),
        seller=document.snapshot["seller"],
        lines=document.snapshot["lines"],
        language=document.language,
        about=document,
        more={"means": document.snapshot["means"]},
    )
    _write(taken, now)
    return _write(again, now)


def standing(order: Order) -> Document | None:
    """Return the document that says an order was paid: the newest, where one replaced another."""
    papers = Document.objects.filter(order=order)
    replaced = papers.filter(source__startswith="again:").order_by("-pk").first()
    found: Document | None = replaced or _issued(f"paid:{order.public_id}")
    return found


def left_of(document: Document) -> int:
    """Return how much of a document was not taken back, in minor units."""
    return int(document.total - _taken_back(document).total)


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


def _of_payment(order: Order, source: str, now: datetime) -> Draft:
    business = _business()
    payment: Payment | None = Payment.objects.filter(order=order).order_by("pk").first()
    paid_at = order.paid_at or now
    amount = payment.amount if payment else order.total
    asked = _issued(f"asked:{order.public_id}")
    return Draft(
        kind=paper_of_payment(business.kind, clock.local_day(paid_at, current_store().zone)),
        source=source,
        order=order,
        sums=sums_of(order, amount, business, paid_at),
        seller=snapshots.seller_of(business, current_store()),
        lines=snapshots.lines_of(order),
        language=current_store().language,
        about=asked,
        more={"means": snapshots.means_of(order, payment, paid_at)},
    )


def _credit(
    original: Document, source: str, amount: int, lines: list[dict[str, Any]], more: dict[str, Any]
) -> Draft:
    """Return a credit note whose VAT, with the others', adds up to the original's to the unit."""
    taken = _taken_back(original)
    vat = vat_of_part(
        amount, before=taken.total, vat_before=taken.vat, total=original.total, vat=original.vat
    )
    return Draft(
        kind=Kind.CREDIT,
        source=source,
        order=original.order,
        sums=Sums(amount - vat, vat, original.vat_basis_points),
        seller=original.snapshot["seller"],
        lines=lines,
        language=original.language,
        about=original,
        more={"buyer": original.snapshot["buyer"], **more},
    )


def _taken_back(original: Document) -> Sums:
    """Return what credit notes took of a document, less what others gave back of those."""
    taken = list(Document.objects.filter(about=original, kind=Kind.CREDIT))
    undone = list(Document.objects.filter(about__in=taken).exclude(kind=Kind.CREDIT))
    net = sum(each.net for each in taken) - sum(each.net for each in undone)
    vat = sum(each.vat for each in taken) - sum(each.vat for each in undone)
    return Sums(net, vat, original.vat_basis_points)


def _locked(order: Order) -> Order:
    locked: Order = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
    return locked


def _issued(source: str) -> Document | None:
    found: Document | None = Document.objects.filter(source=source).first()
    return found


def _business() -> Business:
    business = business_of(current_store())
    if not is_known(business):
        raise CannotIssue(_("Write down your business details first: documents name the seller."))
    return business


def _write(draft: Draft, now: datetime) -> Document:
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
    counter: DocumentCounter = DocumentCounter.objects.select_for_update().get(kind=kind)
    number = counter.next_number
    counter.next_number = number + 1
    counter.save(update_fields=["next_number"])
    return number
