"""Giving money back: never more than was paid, written down before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from core import money
from payments.errors import CannotRefund
from payments.models import Decision, Dispute, Order, OrderLine, Payment, Refund
from payments.rules import DISPUTE_HOLDS, DISPUTE_LOST
from payments.services import steps
from payments.services.fulfilment import fulfil, settle
from payments.services.outbound import write_down_refund
from payments.services.providers import taker_of


def refund(
    order: Order,
    *,
    by: str,
    now: datetime,
    amount: int | None = None,
    lines: Sequence[OrderLine] | None = None,
    reason: str = "",
    seen: int | None = None,
    keeps_shipping: bool = False,
) -> list[Refund]:
    """Give back all that is left, an ``amount`` in minor units, or whole ``lines`` of an order.

    With ``keeps_shipping`` the ``lines`` close although what posting them cost stays.

    Returns the refunds, written down and sent, each by who took that payment; what one payment
    cannot give back alone is taken from several. When Stripe does not answer they stay "asked for"
    and the reconciler sends them: TryLater says so. CannotRefund is a sentence for who asked;
    Refused is Stripe's. All that is given back closes all, a line's money closes the line, an
    amount closes nothing by itself. With ``seen``, what could be given back when who asks looked,
    only the first of two at once gives anything: the other is told to look again.
    """
    refunds = _write_down(
        order,
        by=by,
        now=now,
        amount=amount,
        lines=lines,
        reason=reason,
        seen=seen,
        keeps_shipping=keeps_shipping,
    )
    steps.reach("refund.committed")
    for each in refunds:
        taker_of(each.payment).refund(each, now)
        each.refresh_from_db()
    order.refresh_from_db()
    return refunds


def write_down_parts(
    order: Order,
    parts: Sequence[tuple[OrderLine, int]],
    *,
    by: str,
    now: datetime,
    reason: str = "",
) -> list[Refund]:
    """Write down that so much goes back for each line, without sending it: the caller does.

    Belongs to the caller's transaction; CannotRefund when it is more than is left.
    """
    return _write_down(order, by=by, now=now, amount=None, lines=None, reason=reason, parts=parts)


def refundable(order: Order) -> int:
    """Return how much of an order can still be given back, in minor units."""
    return sum(left_of(payment) for payment in Payment.objects.filter(order=order))


def owed_at_most(order: Order) -> int:
    """Return how much of an order could still go back once banks and Stripe have answered.

    As ``refundable``, but a hold only delays what is owed, and what was asked for may be refused.
    """
    return sum(left_of(each, is_answered=True) for each in Payment.objects.filter(order=order))


def left_of(payment: Payment, *, is_answered: bool = False) -> int:
    """Return how much of a payment can still be given back.

    Not what is on its way back, nor what a bank took; while a bank decides Stripe gives nothing
    back of a payment, unless doing so ends the dispute. With ``is_answered`` both are left out of
    account.
    """
    reserved = payment.refunds.filter(state=Refund.State.REQUESTED)
    waiting = 0 if is_answered else reserved.aggregate(sum=Sum("amount"))["sum"] or 0
    taken = 0
    for dispute in Dispute.objects.filter(payment=payment):
        if not is_answered and dispute.status in DISPUTE_HOLDS and not dispute.is_refundable:
            return 0
        if dispute.status == DISPUTE_LOST:
            taken += dispute.amount
    return max(0, payment.amount - payment.refunded_amount - waiting - taken)


@dataclass
class _Purse:
    """A payment and what is left of it while refunds are shared out."""

    payment: Payment
    left: int


@transaction.atomic
def _write_down(
    order: Order,
    *,
    by: str,
    now: datetime,
    amount: int | None,
    lines: Sequence[OrderLine] | None,
    reason: str,
    parts: Sequence[tuple[OrderLine, int]] | None = None,
    seen: int | None = None,
    keeps_shipping: bool = False,
) -> list[Refund]:
    locked: Order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    payments = Payment.objects.filter(order=locked).order_by("pk")
    purses = [_Purse(payment, left_of(payment)) for payment in payments]
    if not purses:
        raise CannotRefund(_("Nothing was paid for this order."))
    left = sum(purse.left for purse in purses)
    if not left:
        raise CannotRefund(_why_nothing(locked))
    if seen not in (None, left):
        raise CannotRefund(
            _("Money was given back since this page was opened. Look at the order again.")
        )
    asked: list[tuple[OrderLine | None, int]]
    if parts is not None:
        asked = list(parts)
    elif lines is not None:
        asked = _asked_lines(locked, lines, left, keeps_shipping=keeps_shipping)
    else:
        asked = [(None, left if amount is None else amount)]
    _refuse_wrong(asked, left, purses[0].payment.currency)
    refunds = [
        _write(payment, locked, line, part, by=by, reason=reason, closes=keeps_shipping, now=now)
        for line, wanted in asked
        for payment, part in _share(purses, wanted)
    ]
    steps.reach("refund.written")
    return refunds


def _why_nothing(order: Order) -> str:
    held = Dispute.objects.filter(payment__order=order, status__in=DISPUTE_HOLDS)
    if held.exists():
        return _("A bank holds this money until it decides. Until then none can be given back.")
    return _("All of it was given back already.")


def _asked_lines(
    order: Order, lines: Sequence[OrderLine], left: int, *, keeps_shipping: bool
) -> list[tuple[OrderLine | None, int]]:
    """Return what goes back for each line: what is left of it, within what is left of all."""
    asked: list[tuple[OrderLine | None, int]] = []
    for line in dict.fromkeys(lines):
        if line.order_id != order.pk:
            raise CannotRefund(_("This is not in the order."))
        kept = line.shipping_total if keeps_shipping else 0
        part = min(max(0, line.left_to_return() - kept), left)
        left -= part
        if part:
            asked.append((line, part))
    return asked


def _refuse_wrong(asked: Sequence[tuple[OrderLine | None, int]], left: int, currency: str) -> None:
    if not asked or any(part <= 0 for _line, part in asked):
        raise CannotRefund(_("There is nothing to give back."))
    if sum(part for _line, part in asked) > left:
        most = money.display(left, currency)
        raise CannotRefund(_("At most %(amount)s can still be given back.") % {"amount": most})


def _share(purses: Sequence[_Purse], wanted: int) -> list[tuple[Payment, int]]:
    """Take ``wanted`` from the payments: from one that holds it all, else from each in turn."""
    whole = [purse for purse in purses if purse.left >= wanted]
    shares = []
    for purse in whole[:1] or purses:
        part = min(purse.left, wanted)
        if part:
            shares.append((purse.payment, part))
            purse.left -= part
            wanted -= part
    return shares


def _write(
    payment: Payment,
    order: Order,
    line: OrderLine | None,
    amount: int,
    *,
    by: str,
    reason: str,
    closes: bool,
    now: datetime,
) -> Refund:
    written: Refund = Refund.objects.create(
        payment=payment,
        line=line,
        amount=amount,
        currency=payment.currency,
        reason=reason,
        by=by,
        closes_line=closes and line is not None,
        stripe_account=payment.stripe_account,
        created_at=now,
    )
    if payment.provider == Order.Provider.STRIPE:
        write_down_refund(written, order, now)
    return written


@transaction.atomic
def name_line(refund: Refund, line: OrderLine | None, *, now: datetime) -> Refund:
    """Say which line a partial refund made at Stripe was for, or that it closes nothing (None).

    The line closes, be the refund less than it cost, for as long as the refund stands.
    """
    order: Order = Order.objects.select_for_update(no_key=True).get(pk=refund.payment.order_id)
    if line is not None and line.order_id != order.pk:
        raise CannotRefund(_("This is not in the order."))
    Refund.objects.filter(pk=refund.pk).update(
        line=line,
        closes_line=line is not None,
        asks_line=False,
        sync_version=F("sync_version") + 1,
    )
    settle(order, now)
    refund.refresh_from_db()
    return refund


@transaction.atomic
def accept_review(order: Order, *, now: datetime) -> Order:
    """Open an order whose payment did not match, because a person looked at it."""
    locked: Order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if locked.status == Order.Status.REVIEW:
        locked.sync_version += 1
        locked.save(update_fields=["sync_version"])
        Decision.objects.get_or_create(
            key=f"accepted:{locked.public_id}",
            defaults={"verdict": Decision.Verdict.LET_BE, "note": locked.review_reason[:200]},
        )
        fulfil(locked, now)
        settle(locked, now)
    return locked
