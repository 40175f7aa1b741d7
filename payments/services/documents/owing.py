"""What is to be issued: a row in the transaction of the money it is about.

The document itself is made right after, by a worker: numbers are taken one after another under a
lock, and neither that lock nor a mistake in a document may ever stand in a payment's way.
"""

from __future__ import annotations

from datetime import datetime

from core.queue import wake
from payments.models import Dispute, DocumentDue, Order, Payment, Refund
from payments.rules import DISPUTE_LOST

ISSUE_TASK = "payments.tasks.issue_documents"
What = DocumentDue.What
LOST = (Refund.State.FAILED, Refund.State.CANCELLED)


def owe_for_payment(order: Order, now: datetime) -> None:
    """Write down that the payment of an order wants its document; twice is once.

    Nothing is owed for what was free or a test. Belongs to the transaction that pays the order.
    """
    if not order.total or order.is_test:
        return
    payment: Payment | None = Payment.objects.filter(order=order).order_by("pk").first()
    _owe(order, What.PAID, f"paid:{order.public_id}", now, payment=payment)


def owe_for_refunds(order: Order, now: datetime) -> None:
    """Write down what an order's refunds want: a credit note for each whose money went back.

    Where one that was credited failed after all, another document gives back what the credit note
    took: numbers are never cancelled. Belongs to the transaction that settles the order.
    """
    if order.is_test or not order.is_paid:
        return
    for refund in Refund.objects.filter(payment__order=order).order_by("pk"):
        source = f"refunded:{refund.public_id}"
        if refund.state == Refund.State.SUCCEEDED:
            _owe(order, What.REFUNDED, source, now, refund=refund)
        elif refund.state in LOST and DocumentDue.objects.filter(source=source).exists():
            _owe(order, What.NOT_REFUNDED, f"not-{source}", now, refund=refund)


def owe_for_disputes(order: Order, now: datetime) -> None:
    """Write down what an order's lost disputes want: a credit note for what a bank took.

    Belongs to the transaction that settles the order.
    """
    if order.is_test or not order.is_paid:
        return
    lost = Dispute.objects.filter(payment__order=order, status=DISPUTE_LOST)
    for dispute in lost.select_related("payment").order_by("pk"):
        _owe(order, What.LOST, f"lost:{dispute.public_id}", now, dispute=dispute)


def _owe(
    order: Order,
    what: str,
    source: str,
    now: datetime,
    *,
    payment: Payment | None = None,
    refund: Refund | None = None,
    dispute: Dispute | None = None,
) -> None:
    _due, is_new = DocumentDue.objects.get_or_create(
        source=source,
        defaults={
            "what": what,
            "order": order,
            "payment": payment or next((of.payment for of in (refund, dispute) if of), None),
            "refund": refund,
            "dispute": dispute,
            "created_at": now,
            "next_attempt_at": now,
        },
    )
    if is_new:
        wake(ISSUE_TASK, order.store_id)
