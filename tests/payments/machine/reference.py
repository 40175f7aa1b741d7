"""What a purchase should have come to: a small model that knows nothing of how the shop is built.

It knows what was promised, what happened, and what Stripe says became of the money. What follows
from that is said here once more, in other words than the shop's own (payments.md, "Flows").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

ON_ITS_WAY = frozenset({"pending", "requires_action", "succeeded"})
"""Statuses of a refund whose money is gone from us."""
WITH_THE_BANK = frozenset({"needs_response", "under_review"})
"""Statuses of a dispute whose money may still come back; an inquiry takes none."""


@dataclass(frozen=True)
class Sold:
    """One line: what it promises, by name, what it costs in minor units, and whether it is given
    away."""

    promises: tuple[str, ...]
    price: int
    is_given: bool = False


@dataclass(frozen=True)
class Asked:
    """Money somebody of the store gave back: for one line, or for none in particular."""

    amount: int
    line: int | None


@dataclass
class Purchase:
    """What happened to one order."""

    buyer: str
    sold: tuple[Sold, ...]
    has_coupon: bool = False
    is_paid: bool = False
    is_cancelled: bool = False
    receiver: str = ""
    asked: dict[str, Asked] = field(default_factory=dict)
    """By our reference."""
    made_there: list[str] = field(default_factory=list)
    """Refunds made at Stripe, by its id."""

    @property
    def price(self) -> int:
        """What it costs in all."""
        return sum(each.price for each in self.sold)


@dataclass(frozen=True)
class Returned:
    """A refund as Stripe has it; ``reference`` is ours, empty when it was made there."""

    id: str
    reference: str
    amount: int
    status: str


@dataclass(frozen=True)
class Money:
    """What Stripe says of one purchase."""

    refunds: Sequence[Returned] = ()
    disputes: Sequence[str] = ()
    """The statuses of its disputes, each about all that was left."""

    @property
    def gone(self) -> int:
        """How much went back to the buyer."""
        return sum(each.amount for each in self.refunds if each.status in ON_ITS_WAY)

    @property
    def is_lost(self) -> bool:
        """Whether a bank kept the rest."""
        return "lost" in self.disputes

    @property
    def is_held(self) -> bool:
        """Whether a bank has the rest for now."""
        return bool(WITH_THE_BANK.intersection(self.disputes))


def open_lines(purchase: Purchase, money: Money) -> list[Sold]:
    """Return what of a purchase should be open in the end."""
    return [] if money.is_held else kept_lines(purchase, money)


def kept_lines(purchase: Purchase, money: Money) -> list[Sold]:
    """Return what of a purchase was neither given back nor lost, if only for now."""
    if not purchase.is_paid or purchase.is_cancelled or money.is_lost:
        return []
    if money.gone >= purchase.price:
        return []
    for_line: Counter[int | None] = Counter()
    for each in money.refunds:
        if each.status in ON_ITS_WAY and each.reference in purchase.asked:
            for_line[purchase.asked[each.reference].line] += each.amount
    return [sold for at, sold in enumerate(purchase.sold) if for_line[at] < sold.price]


def entitled(ended: Iterable[tuple[Purchase, Money]]) -> Counter[tuple[str, str]]:
    """Return how many accesses each person should have to each thing."""
    found: Counter[tuple[str, str]] = Counter()
    for purchase, money in ended:
        for sold in open_lines(purchase, money):
            holder = purchase.receiver if sold.is_given else purchase.buyer
            found.update((holder, thing) for thing in sold.promises if holder)
    return found


def troubles(purchase: Purchase, money: Money) -> list[str]:
    """Return what is wrong with the money of a purchase: too much, unasked for, or kept."""
    most = purchase.price if purchase.is_paid else 0
    found = ["more went back than was paid"] if money.gone > most else []
    known = {*purchase.asked, *purchase.made_there}
    found += [
        f"{each.amount} went back and nobody asked for it"
        for each in money.refunds
        if not purchase.is_cancelled and not known.intersection({each.reference, each.id})
    ]
    for reference, asked in purchase.asked.items():
        gone = [each.amount for each in money.refunds if each.reference == reference]
        if gone not in ([], [asked.amount]):
            found.append(f"{reference} went back as {gone}, not once as {asked.amount}")
    arrived = {each.reference for each in money.refunds}
    wanted = sum(each.amount for each in purchase.asked.values())
    wanted += sum(each.amount for each in money.refunds if not each.reference)
    if wanted <= purchase.price and not money.disputes:
        found += [f"{each} never went back" for each in sorted(set(purchase.asked) - arrived)]
    is_undisturbed = not money.disputes and all(e.status in ON_ITS_WAY for e in money.refunds)
    if purchase.is_cancelled and is_undisturbed and money.gone != purchase.price:
        found.append("it was cancelled, and money was kept")
    return found


def asks_for_a_line(purchase: Purchase, money: Money) -> bool:
    """Whether somebody should be asked what a part returned at Stripe was for."""
    there = [each for each in money.refunds if each.id in purchase.made_there]
    is_open = money.gone < purchase.price and not purchase.is_cancelled and not money.is_lost
    return is_open and any(each.status in ON_ITS_WAY for each in there)
