"""The sum on the checkout page: a quote, or the nearest one with what stands in its way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import Customer
from core import money
from payments.contract import Basket, Quote, QuotedLine
from payments.errors import AmountRefused, CouponRefused
from payments.services.quoting import quote
from products.errors import NotSellable
from shipping.errors import NotPosted


@dataclass(frozen=True)
class SumRow:
    """One line of the sum as it is shown."""

    title: str
    amount: str


@dataclass(frozen=True)
class Summed:
    """A quote in words, and what was refused on the way to it."""

    quoted: Quote | None
    coupon_trouble: str = ""
    amount_trouble: str = ""
    place_trouble: str = ""
    """Why it cannot be posted where it should go."""
    is_sent_somewhere: bool = False
    """Whether it is known where what is posted goes, so that its price is in the sum."""

    @property
    def total(self) -> int:
        """What is to be paid, in minor units."""
        return self.quoted.total if self.quoted else 0

    @property
    def amount(self) -> str:
        """What is to be paid, in the reader's language."""
        return money.display(self.total, self.quoted.currency) if self.quoted else ""

    @property
    def discount(self) -> str:
        """What the coupon takes off; empty without one."""
        if self.quoted is None or not self.quoted.discount:
            return ""
        return money.display(-self.quoted.discount, self.quoted.currency)

    @property
    def is_posted(self) -> bool:
        """Whether anything of it is posted or picked up."""
        return self.quoted is not None and self.quoted.is_posted

    @property
    def shipping(self) -> str:
        """What posting costs, nothing included; empty where nothing is posted or nobody knows."""
        if self.quoted is None or not self.quoted.is_posted or not self.is_sent_somewhere:
            return ""
        return money.display(self.quoted.shipping, self.quoted.currency)

    @property
    def tax(self) -> str:
        """What tax adds on top; empty where prices include it."""
        if self.quoted is None or not self.quoted.tax:
            return ""
        return money.display(self.quoted.tax, self.quoted.currency)

    @property
    def coupon(self) -> str:
        """The code that was taken off."""
        return self.quoted.coupon.code if self.quoted and self.quoted.coupon else ""

    @property
    def rows(self) -> list[SumRow]:
        """What is bought, where it is more than one thing or something is taken off."""
        if self.quoted is None:
            return []
        is_one = len(self.quoted.lines) == 1 and self.quoted.lines[0].quantity == 1
        if is_one and not self.discount and not self.is_posted:
            return []
        return [
            SumRow(
                _counted(line),
                money.display(line.amount * line.quantity, self.quoted.currency),
            )
            for line in self.quoted.lines
        ]


def _counted(line: QuotedLine) -> str:
    title = line.price.product.title
    return title if line.quantity == 1 else f"{title} × {line.quantity}"


def sum_up(
    basket: Basket, *, who: Customer | str | None, email: str, now: datetime, is_test: bool = False
) -> Summed:
    """Return the sum; a coupon or an amount that is refused is said, and left out."""
    coupon_trouble = amount_trouble = place_trouble = ""
    for _try in range(4):
        try:
            quoted = quote(basket, who=who, email=email, now=now, is_test=is_test)
        except CouponRefused as refused:
            coupon_trouble, basket = str(refused.sentence), replace(basket, coupon="")
        except AmountRefused as refused:
            least = max(basket.price.floor or 0, basket.price.amount)
            amount_trouble, basket = str(refused.sentence), replace(basket, chosen=least)
        except NotPosted as refused:
            place_trouble, basket = str(refused.sentence), replace(basket, destination=None)
        except NotSellable:
            break
        else:
            is_known = basket.destination is not None
            return Summed(quoted, coupon_trouble, amount_trouble, place_trouble, is_known)
    return Summed(None, coupon_trouble, amount_trouble, place_trouble)
