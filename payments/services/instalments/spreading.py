"""What each charge costs of a price that is paid in several, when it is quoted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from core import money
from payments.contract import QuotedLine
from payments.errors import CouponRefused
from payments.models import Order, OrderLine
from products.models import Price
from products.rules import charges_of


def is_spread(price: Price) -> bool:
    """Whether a price is paid in several monthly charges."""
    return price.kind == Price.Kind.INSTALMENTS


def spread(lines: Sequence[QuotedLine]) -> list[QuotedLine]:
    """Return the lines, each price that is paid in several charges with its first one.

    A line comes with the whole sum and what a coupon took off that; what nothing is left of has no
    charges at all. CouponRefused where a code leaves less for each than a card can be charged.
    """
    return [_spread(line) if is_spread(line.price) and line.goods else line for line in lines]


def _spread(line: QuotedLine) -> QuotedLine:
    count = line.price.charges or 1
    first, each = charges_of(line.goods, count)
    if each < money.smallest_charge(line.price.currency):
        raise CouponRefused(_("What this code leaves to pay is less than a card can be charged."))
    gross = max(charges_of(line.amount, count)[0], first)
    return replace(line, amount=gross, discount=gross - first, charges=count, later=each)


def later_total(line: QuotedLine | OrderLine) -> int:
    """Return what all charges after the first cost together."""
    return line.later * max(0, (line.charges or 0) - 1)


def spread_line(order: Order) -> OrderLine | None:
    """Return the line of an order that is paid in several charges; None where there is none."""
    lines = order.lines.select_related("product", "price__product")
    found: OrderLine | None = lines.filter(charges__isnull=False).first()
    return found
