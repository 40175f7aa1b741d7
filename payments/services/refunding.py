"""Giving money back: never more than was paid, written down before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from core import money
from payments.errors import CannotRefund
from payments.models import Order, OrderLine, Payment, Refund
from payments.services import steps
from payments.services.fulfilment import fulfil, settle
from payments.services.outbound import write_down_refund
from payments.services.providers import provider_of


def refund(
    order: Order,
    *,
    by: str,
    now: datetime,
    amount: int | None = None,
    lines: Sequence[OrderLine] | None = None,
    reason: str = "",
) -> list[Refund]:
    """Give back all that is left, an ``amount`` in minor units, or whole ``lines`` of an order.

    Returns the refunds, written down and sent. When Stripe does not answer they stay "asked for"
    and the reconciler sends them: TryLater says so. CannotRefund is a sentence for who asked;
    Refused is Stripe's. All that is given back closes all, a line's money closes the line, an
    amount closes nothing by itself.
    """
    refunds = _write_down(order, by=by, now=now, amount=amount, lines=lines, reason=reason)
    steps.reach("refund.committed")
    for each in refunds:
        provider_of(order).refund(each, now)
        each.refresh_from_db()
    order.refresh_from_db()
    return refunds


def refundable(order: Order) -> int:
    """Return how much of an order can still be given back, in minor units."""
    return sum(_left(payment) for payment in Payment.objects.filter(order=order))


def _left(payment: Payment) -> int:
    reserved = payment.refunds.filter(state=Refund.State.REQUESTED)
    waiting = reserved.aggregate(sum=Sum("amount"))["sum"] or 0
    return max(0, payment.amount - payment.refunded_amount - waiting)


@transaction.atomic
def _write_down(
    order: Order,
    *,
    by: str,
    now: datetime,
    amount: int | None,
    lines: Sequence[OrderLine] | None,
    reason: str,
) -> list[Refund]:
    locked: Order = Order.objects.select_for_update().get(pk=order.pk)
    payment: Payment | None = Payment.objects.filter(order=locked).first()
    if payment is None:
        raise CannotRefund(_("Nothing was paid for this order."))
    left = _left(payment)
    if not left:
        raise CannotRefund(_("All of it was given back already."))
    asked: list[tuple[OrderLine | None, int]]
    if lines is not None:
        asked = [(line, _left_of(line, locked)) for line in lines]
    else:
        asked = [(None, left if amount is None else amount)]
    _refuse_wrong(asked, left, payment)
    refunds = [
        _write(payment, locked, line, part, by=by, reason=reason, now=now) for line, part in asked
    ]
    steps.reach("refund.written")
    return refunds


def _refuse_wrong(
    asked: Sequence[tuple[OrderLine | None, int]], left: int, payment: Payment
) -> None:
    if not asked or any(part <= 0 for _line, part in asked):
        raise CannotRefund(_("There is nothing to give back."))
    if sum(part for _line, part in asked) > left:
        most = money.display(left, payment.currency)
        raise CannotRefund(_("At most %(amount)s can still be given back.") % {"amount": most})


def _left_of(line: OrderLine, order: Order) -> int:
    if line.order_id != order.pk:
        raise CannotRefund(_("This is not in the order."))
    taken = line.refunds.exclude(state__in=(Refund.State.FAILED, Refund.State.CANCELLED))
    given: int = taken.aggregate(sum=Sum("amount"))["sum"] or 0
    return line.total - given


def _write(
    payment: Payment,
    order: Order,
    line: OrderLine | None,
    amount: int,
    *,
    by: str,
    reason: str,
    now: datetime,
) -> Refund:
    written: Refund = Refund.objects.create(
        payment=payment,
        line=line,
        amount=amount,
        currency=payment.currency,
        reason=reason,
        by=by,
        stripe_account=payment.stripe_account,
        created_at=now,
    )
    write_down_refund(written, order, now)
    return written


@transaction.atomic
def name_line(refund: Refund, line: OrderLine | None, *, now: datetime) -> Refund:
    """Say which line a partial refund made at Stripe was for, or that it closes nothing (None)."""
    order: Order = Order.objects.select_for_update().get(pk=refund.payment.order_id)
    if line is not None and line.order_id != order.pk:
        raise CannotRefund(_("This is not in the order."))
    Refund.objects.filter(pk=refund.pk).update(
        line=line, asks_line=False, sync_version=F("sync_version") + 1
    )
    settle(order, now)
    refund.refresh_from_db()
    return refund


@transaction.atomic
def accept_review(order: Order, *, now: datetime) -> Order:
    """Open an order whose payment did not match, because a person looked at it."""
    locked: Order = Order.objects.select_for_update().get(pk=order.pk)
    if locked.status == Order.Status.REVIEW:
        locked.sync_version += 1
        locked.save(update_fields=["sync_version"])
        fulfil(locked, now)
        settle(locked, now)
    return locked
