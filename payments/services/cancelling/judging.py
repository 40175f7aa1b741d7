"""What may be cancelled of an order, and what would come back: the facts, judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q, Sum

from access.models import Access, SourceKind
from core import money
from core.clock import local_day
from mail.models import Message
from payments.models import (
    CancelledLine,
    CancelPolicy,
    Gift,
    InstalmentPlan,
    Order,
    OrderLine,
    Subscription,
)
from payments.services.cancelling.law import Law, law_of
from payments.services.cancelling.right import Facts, Right, Terms, cancel_right, most_fee
from payments.services.instalments.spreading import later_total
from payments.services.refunding import owed_at_most
from payments.services.teams.holders import given_by_line
from shipping.services.parcels import received_at
from stores.scope import current_store
from stores.services.business import business_of

OPENS_AT_ONCE = "opens_at_once"
"""The key of the consent with which opening ends the right, in ``Order.consents``."""


@dataclass(frozen=True)
class Judged:
    """One thing of an order: may it be cancelled, and what would come back (minor units)."""

    line: OrderLine
    right: Right
    first_opened_at: datetime | None
    amount: int
    parts: Sequence[tuple[OrderLine, int]]
    """The lines it was charged by, and how much of each can come back: one, but for a sum in
    several charges."""

    def shares(self) -> list[tuple[OrderLine, int]]:
        """Return how much comes back of each part; what is kept is kept of the first."""
        left, found = self.amount, []
        for line, most in reversed(self.parts):
            found.append((line, min(most, left)))
            left -= found[-1][1]
        return found[::-1]

    def display(self, language: str | None = None) -> str:
        """Return what would come back, in the reader's language."""
        return money.display(self.amount, self.line.order.currency, language)

    def display_fee(self, language: str | None = None) -> str:
        """Return what would be kept; empty when nothing is."""
        fee = self.right.fee
        return money.display(fee, self.line.order.currency, language) if fee else ""


def judge(
    order: Order, now: datetime, *, line: OrderLine | None = None, is_protected: bool = False
) -> list[Judged]:
    """Return each open line of a paid order (or only ``line``) as judged at ``now``."""
    lines = [each for each in open_lines(order) if line is None or each.pk == line.pk]
    law, terms, zone = law_at(order), terms_of(policy()), current_store().zone
    opened = first_openings(lines)
    document = document_sent_at(order)
    left = owed_at_most(order) if lines else 0
    kept = kept_already(order)
    judged: list[Judged] = []
    for each in lines:
        facts = Facts(
            amount=each.total + later_total(each),
            currency=order.currency,
            bought_at=_days_begin(order, each, now),
            document_sent_at=document,
            first_opened_at=opened.get(each.pk),
            is_waiting=each.product.is_presale,
            opens_at=each.product.opens_at,
            consented=bool(order.consents.get(OPENS_AT_ONCE)),
            is_protected=is_protected,
        )
        right = cancel_right(law, terms, facts, now, zone)
        most = most_fee(law, facts.currency)
        if right.fee and most is not None:  # the law's most is for the deal, not for each thing
            right = replace(right, fee=max(0, min(right.fee, most - kept)))
        kept += right.fee
        amount = max(0, min(each.left_to_return() - right.fee, left))
        later = _later_charges(each)
        parts = [(each, min(each.left_to_return(), left)), *later]
        left -= amount
        amount += sum(most for _line, most in later)
        judged.append(Judged(each, right, opened.get(each.pk), amount, parts))
    return judged


def deal_of(order: Order) -> Order:
    """Return the order that began what one of several charges pays for; any other as it is."""
    plans = InstalmentPlan.objects.filter(subscription=order.subscription_id)
    plan: InstalmentPlan | None = plans.select_related("subscription__order").first()
    return plan.subscription.order if plan is not None else order


def _later_charges(line: OrderLine) -> list[tuple[OrderLine, int]]:
    """Return the later charges of a line that is paid in several, and what of each can go back."""
    if line.charges is None:
        return []
    charged = OrderLine.objects.filter(
        order__subscription__line=line, order__paid_at__isnull=False, closed_at=None
    )
    return [
        (each, min(each.left_to_return(), owed_at_most(each.order)))
        for each in charged.select_related("order").order_by("pk")
    ]


def _days_begin(order: Order, line: OrderLine, now: datetime) -> datetime:
    """Return from when the days count: of what is posted, from the day it reached its buyer.

    Consumer Protection Law 1981 (Israel), 14c(c)(1); Directive 2011/83/EU, article 9(2)(b).
    """
    bought_at = order.paid_at or order.placed_at
    if not line.is_posted:
        return bought_at
    received = received_at(order.public_id, line.price)
    return max(bought_at, received) if received is not None else max(bought_at, now)


def kept_already(order: Order) -> int:
    """Return the fees that were kept of an order so far, in minor units."""
    cancelled = CancelledLine.objects.filter(line__order=order, undone_at=None)
    return int(cancelled.aggregate(sum=Sum("fee"))["sum"] or 0)


def open_lines(order: Order) -> list[OrderLine]:
    """Return what of an order still stands.

    What is paid again and again is no part of it: a notice stops it (``continuing``). A sum in
    several charges is, by the line of the first.
    """
    cancelled = CancelledLine.objects.filter(undone_at=None, line__order=order)
    if order.subscription_id is not None:
        return []
    ends = Q(began_subscription=None) | Q(charges__isnull=False)
    lines = order.lines.filter(ends, closed_at=None).exclude(pk__in=cancelled.values("line_id"))
    return list(lines.select_related("order", "product", "price").order_by("pk"))


def policy() -> CancelPolicy:
    """Return the store's own terms; not saved while nobody wrote any."""
    written: CancelPolicy | None = CancelPolicy.objects.first()
    return written or CancelPolicy()


def terms_of(policy: CancelPolicy) -> Terms:
    """Return a store's terms as they are judged."""
    return Terms(
        days=policy.days or 0,
        after_opening=policy.after_opening,
        charges_fee=policy.charges_fee,
        fee_share=policy.fee_basis_points,
    )


def law_at(order: Order) -> Law:
    """Return the law that a purchase was made under."""
    store = current_store()
    return law_of(business_of(store).country, local_day(order.placed_at, store.zone))


def document_sent_at(order: Order) -> datetime | None:
    """Return when the purchase was put in writing to its buyer: the receipt's mail left.

    A receipt that went to a mistyped address reached nobody, so the one after it counts.
    """
    first = f"receipt:{order.public_id}"
    receipts = Message.objects.filter(Q(key=first) | Q(key__startswith=f"{first}:")).order_by("pk")
    receipt: Message | None = receipts[order.address_mends :].first()
    if receipt is None or receipt.state != Message.State.SENT:
        return None
    return receipt.sent_at


def first_openings(lines: Sequence[OrderLine]) -> dict[int, datetime]:
    """Return when anything a line gave was first opened, by its buyer or who claimed it."""
    sources = [str(line.pk) for line in lines]
    found: dict[int, datetime] = {}
    given = Access.objects.filter(source_kind=SourceKind.ORDER_LINE, source_id__in=sources)
    level = {access.pk: (int(access.source_id), access.first_opened_at) for access in given}
    begun = {
        str(pk): line
        for pk, line in Subscription.objects.filter(line__in=lines).values_list("pk", "line_id")
    }
    paid = Access.objects.filter(source_kind=SourceKind.SUBSCRIPTION, source_id__in=begun)
    level |= {each.pk: (begun[each.source_id], each.first_opened_at) for each in paid}
    gifts = dict(Gift.objects.filter(line__in=lines).values_list("public_id", "line_id"))
    claimed = Access.objects.filter(source_kind=SourceKind.GIFT, source_id__in=gifts)
    level |= {each.pk: (gifts[each.source_id], each.first_opened_at) for each in claimed}
    level |= {
        each.pk: (line.pk, each.first_opened_at)
        for line in lines
        if line.price.is_team
        for each in given_by_line(line.pk)
    }
    while level:
        _keep_first(found, level.values())
        children = Access.objects.filter(parent__in=level)
        level = {
            child.pk: (level[child.parent_id][0], child.first_opened_at)
            for child in children
            if child.parent_id is not None
        }
    return found


def _keep_first(
    found: dict[int, datetime], openings: Iterable[tuple[int, datetime | None]]
) -> None:
    for line, moment in openings:
        if moment is not None:
            found[line] = min(moment, found.get(line, moment))
