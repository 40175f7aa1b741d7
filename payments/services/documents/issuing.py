"""Issuing a document: all of it is written, its number last, in one transaction.

The order's row is locked first (so what was credited before is known), the counter's row last, and
nothing after it: a rollback gives the number back, and no two documents ever share one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.vat import vat_of_part
from payments.errors import CannotIssue
from payments.models import Dispute, Document, Order, Payment, Refund
from payments.services.documents import snapshots
from payments.services.documents.law import paper_of_payment, paper_of_standing_sale
from payments.services.documents.sums import (
    Sums,
    issued_from,
    left_of,
    standing,
    sums_of,
    taken_back,
)
from payments.services.documents.writing import Draft, known_business, lock, write
from stores.scope import current_store

Kind = Document.Kind


@transaction.atomic
def issue_for_order(order: Order, *, now: datetime) -> Document:
    """Return the document of a paid order, issued now unless it was; CannotIssue says why not."""
    locked = lock(order)
    source = f"paid:{locked.public_id}"
    issued = issued_from(source)
    if issued is not None:
        return issued
    if not locked.is_paid or not locked.total or locked.is_test:
        raise CannotIssue(_("Nothing was paid for this order."))
    return write(_of_payment(locked, source, now), now)


@transaction.atomic
def issue_proforma(order: Order, *, now: datetime) -> Document:
    """Return the request for payment of an order that waits for its money, issued unless it was.

    Takes a number under the counter's lock: call it last in a transaction.
    """
    locked = lock(order)
    source = f"asked:{locked.public_id}"
    issued = issued_from(source)
    if issued is not None:
        return issued
    if locked.is_paid or not locked.total or locked.is_test:
        raise CannotIssue(_("This order does not wait for money."))
    business = known_business()
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
    return write(draft, now)


@transaction.atomic
def issue_for_refund(refund: Refund, *, now: datetime) -> Document | None:
    """Return the credit note of a refund, issued now unless it was before.

    None where there is nothing to take back: no document of ours was issued for the payment.
    """
    order = lock(refund.payment.order)
    source = f"refunded:{refund.public_id}"
    issued = issued_from(source)
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
    return write(draft, now) if draft.sums.total else None


@transaction.atomic
def issue_for_lost(dispute: Dispute, *, now: datetime) -> Document | None:
    """Return the credit note of what a bank took back, issued now unless it was before.

    None where nothing is left of the document to take back.
    """
    order = lock(dispute.payment.order)
    source = f"lost:{dispute.public_id}"
    issued = issued_from(source)
    if issued is not None:
        return issued
    original = standing(order)
    if original is None:
        return None
    amount = min(dispute.amount, left_of(original))
    draft = _credit(
        original,
        source,
        amount,
        snapshots.part_lines(dispute.line, amount, order),
        {"reason": _("The card's bank took it back."), "means": {"kind": "lost"}},
    )
    return write(draft, now) if draft.sums.total else None


@transaction.atomic
def issue_for_failed_refund(refund: Refund, *, now: datetime) -> Document | None:
    """Return what gives back what a refund's credit note took, because its money never left.

    A credit note is not undone: where VAT is charged a tax invoice over the same sums follows it,
    elsewhere a receipt. None where there was no credit note.
    """
    order = lock(refund.payment.order)
    source = f"not-refunded:{refund.public_id}"
    issued = issued_from(source)
    credit = issued_from(f"refunded:{refund.public_id}")
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
    return write(draft, now)


@transaction.atomic
def issue_again(
    document: Document, *, company: str, tax_id: str, country: str, now: datetime
) -> Document:
    """Return a document in the place of one that named another buyer, which a credit note ends.

    Only the whole of a payment nothing was given back of; CannotIssue says so.
    """
    order = lock(document.order)
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
    write(taken, now)
    return write(again, now)


def _of_payment(order: Order, source: str, now: datetime) -> Draft:
    business = known_business()
    payment: Payment | None = Payment.objects.filter(order=order).order_by("pk").first()
    paid_at = order.paid_at or now
    amount = payment.amount if payment else order.total
    asked = issued_from(f"asked:{order.public_id}")
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
    taken = taken_back(original)
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
