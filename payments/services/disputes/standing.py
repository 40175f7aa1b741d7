"""What refunds, disputes and cancel notices of an order close, hold and took, from our rows alone.

So whatever the order of arrival, several disputes and refunds beside them end the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from payments.models import Dispute, Order
from payments.rules import DISPUTE_HOLDS, DISPUTE_LOST, closed_lines, is_about_all


@dataclass(frozen=True)
class Standing:
    """Lines by primary key, amounts in minor units."""

    closed: set[int]
    held: set[int]
    lost: int
    asks: tuple[Dispute, ...]
    """Disputes of a part: somebody must say what they are about."""


def standing(
    order: Order, totals: Mapping[int, int], given_back: Mapping[int | None, int], paid: int
) -> Standing:
    """Return what of an order is closed, what rests, and how much the bank took for good.

    ``totals`` is what each line cost, ``given_back`` the refunds by line. A dispute of all that is
    left touches every line; one of a part only the line somebody named. Reads through the order's
    own relations, so that who looks at many orders fetches them beforehand.
    """
    payments = list(order.payments.all())
    disputes = [each for payment in payments for each in payment.disputes.all()]
    disputes.sort(key=lambda each: each.pk)
    lost = [each for each in disputes if each.status == DISPUTE_LOST]
    holding = [each for each in disputes if each.status in DISPUTE_HOLDS]
    left = max(0, paid - sum(given_back.values()))
    taken = sum(each.amount for each in lost)
    is_all_lost = is_about_all(taken, left)
    is_all_held = bool(holding) and is_about_all(taken + sum(d.amount for d in holding), left)
    closed = closed_lines(totals, given_back, paid)
    closed |= {each.line_id for each in lost if each.line_id is not None}
    held = {each.line_id for each in holding if each.line_id is not None}
    closed |= {
        refund.line_id
        for payment in payments
        for refund in payment.refunds.all()
        if refund.closes_line and refund.line_id is not None and refund.is_effective
    }
    if is_all_lost:
        closed = set(totals)
    # A buyer's notice closes, whatever became of the money yet.
    closed |= {
        line.pk
        for line in order.lines.all()
        if any(each.undone_at is None for each in line.cancellations.all())
    }
    if is_all_held:
        held = set(totals)
    asked = [each for each in lost if not is_all_lost]
    asked += [each for each in holding if not is_all_held]
    return Standing(
        closed=closed,
        held=held - closed,
        lost=left if is_all_lost else min(taken, left),
        asks=tuple(each for each in asked if each.named_at is None and len(closed) < len(totals)),
    )
