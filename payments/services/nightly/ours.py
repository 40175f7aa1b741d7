"""Our own rows against each other: orders, payments, lines, access, places. A page of one store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Q

from access.models import Access, AccessEvent, SourceKind
from access.services.personal import ERASED
from core import money
from payments.models import Decision, Gift, InstalmentPlan, Order, OrderLine, Payment, Subscription
from payments.querysets import OrderQuerySet
from payments.rules import status_after
from payments.services.disputes.standing import Standing, standing
from payments.services.nightly.findings import Finding
from payments.services.teams.checking import astray, teams_of
from products.models import Hold
from shipping.models import Parcel

SIZE = 100
FREED = (Order.Status.EXPIRED, Order.Status.CANCELLED)


def orders_after(cursor: str) -> list[Order]:
    """Return the next page of the orders of the store in scope."""
    found = Order.objects.filter(pk__gt=int(cursor or 0)).order_by("pk")
    return list(_with_all(found)[:SIZE])


def _with_all(orders: OrderQuerySet) -> OrderQuerySet:
    """Fetch beforehand what the comparison reads of each order: the same few queries a page."""
    return orders.prefetch_related(
        "lines__cancellations", "payments__refunds", "payments__disputes"
    )


def order_alone(pk: int) -> list[Order]:
    """Return one order of the store in scope, as a page of its own."""
    return list(_with_all(Order.objects.filter(pk=pk)))


def compare_orders(orders: Sequence[Order], now: datetime) -> list[Finding]:
    """Return where an order, its money, what it gave and its places do not agree."""
    facts = _Facts(orders)
    found: list[Finding] = []
    for order in orders:
        stands = _standing(order)
        found += _money(order, facts, stands)
        found += _places(order, facts)
        found += _lines(order, facts, stands)
    return found


class _Facts:
    """What a page of orders needs of other tables, asked for once."""

    def __init__(self, orders: Sequence[Order]) -> None:
        lines = [line for order in orders for line in order.lines.all()]
        sources = [str(line.pk) for line in lines]
        self.given: dict[str, list[Access]] = defaultdict(list)
        here = Access.objects.filter(source_kind=SourceKind.ORDER_LINE, source_id__in=sources)
        for access in here:
            self.given[access.source_id].append(access)
        self.begun = {
            each.line_id: each
            for each in Subscription.objects.filter(line__order__in=list(orders)).select_related(
                "instalments"
            )
        }
        line_of = {str(each.pk): str(line) for line, each in self.begun.items()}
        for access in Access.objects.filter(
            source_kind=SourceKind.SUBSCRIPTION, source_id__in=line_of
        ):
            self.given[line_of[access.source_id]].append(access)
        self.gifts = {
            gift.line_id: gift for gift in Gift.objects.filter(line__order__in=list(orders))
        }
        self.teams = teams_of(orders)
        claimed = [gift.public_id for gift in self.gifts.values() if gift.claimed_at is not None]
        self.claimed: dict[str, list[Access]] = defaultdict(list)
        for access in Access.objects.filter(source_kind=SourceKind.GIFT, source_id__in=claimed):
            self.claimed[access.source_id].append(access)
        every = [
            each for some in (self.given, self.claimed) for row in some.values() for each in row
        ]
        self.decided = decided_by_people(every)
        self.left_inside = _left_inside(every)
        self.parcels: dict[tuple[str, int], list[Parcel]] = defaultdict(list)
        for parcel in Parcel.objects.filter(order_reference__in=[o.public_id for o in orders]):
            self.parcels[parcel.order_reference, parcel.price_id].append(parcel)
        self.holds: dict[str, list[Hold]] = defaultdict(list)
        references = [order.public_id for order in orders]
        keys = [f"accepted:{reference}" for reference in references]
        answered = Decision.objects.filter(key__in=keys).values_list("key", flat=True)
        self.accepted = {key.partition(":")[2] for key in answered}
        for hold in Hold.objects.filter(order_reference__in=references):
            self.holds[hold.order_reference].append(hold)


def decided_by_people(accesses: Sequence[Access]) -> set[int]:
    """Return which of these somebody closed or put on hold: the staff, or their holder for good."""
    events = AccessEvent.objects.filter(access__in=accesses, what__in=("revoked", "suspended"))
    decided = events.exclude(Q(by="") & ~Q(because=ERASED))
    return set(decided.values_list("access_id", flat=True))


def _left_inside(accesses: Sequence[Access]) -> set[int]:
    """Return which of these were taken back while something they gave, however deep, stands."""
    left: set[int] = set()
    root = {access.pk: access.pk for access in accesses if access.revoked_at is not None}
    while root:
        inside = Access.objects.filter(parent__in=root)
        level = list(inside.values_list("pk", "parent_id", "revoked_at"))
        left |= {root[parent] for _pk, parent, revoked_at in level if revoked_at is None}
        root = {pk: root[parent] for pk, parent, _revoked_at in level}
    return left


def _money(order: Order, facts: _Facts, stands: Standing) -> Iterator[Finding]:
    lines, payments = list(order.lines.all()), list(order.payments.all())
    paid = sum(payment.amount for payment in payments)
    if sum(line.total for line in lines) != order.total:
        yield _of(order, "order_lines", _shown(sum(line.total for line in lines), order))
    for payment in payments:
        back = _given_back(payment)
        if payment.refunded_amount != back or back > payment.amount:
            yield _of(
                order,
                "payment_refunds",
                _shown(payment.refunded_amount, order),
                _shown(back, order),
                about=("payment", payment.payment_intent),
            )
    returned = sum(_given_back(payment) for payment in payments)
    if order.is_test:
        return
    if order.is_paid:
        if _is_charged(order) and paid != order.total and order.public_id not in facts.accepted:
            yield _of(order, "order_paid", order.display_total(), _shown(paid, order))
        expected = status_after(paid, returned, stands.lost)
        if order.status != expected:
            yield _of(order, "order_status", order.status, expected)
    elif order.status != Order.Status.REVIEW and paid > returned + stands.lost:
        yield _of(order, "order_kept_money", order.status, _shown(paid - returned, order))


def _is_charged(order: Order) -> bool:
    return order.total > 0 and order.provider not in {Order.Provider.FREE, Order.Provider.TEST}


def _given_back(payment: Payment) -> int:
    return sum(refund.amount for refund in payment.refunds.all() if refund.is_effective)


def _standing(order: Order) -> Standing:
    back: dict[int | None, int] = defaultdict(int)
    for payment in order.payments.all():
        for refund in payment.refunds.all():
            if refund.is_effective:
                back[refund.line_id] += refund.amount
    paid = sum(payment.amount for payment in order.payments.all())
    totals = {line.pk: line.total for line in order.lines.all()}
    return standing(order, totals, back, paid)


def _places(order: Order, facts: _Facts) -> Iterator[Finding]:
    for hold in facts.holds[order.public_id]:
        if order.is_paid and hold.sold_at is None:
            yield _of(order, "hold_unsold", about=("hold", f"{order.public_id}:{hold.pk}"))
        elif not order.is_paid and order.status in FREED and hold.sold_at is not None:
            yield _of(order, "hold_sold", about=("hold", f"{order.public_id}:{hold.pk}"))


def _lines(order: Order, facts: _Facts, stands: Standing) -> Iterator[Finding]:
    for line in order.lines.all():
        about = ("line", f"{order.public_id}:{line.pk}")
        if order.payments.all() and (line.closed_at is not None) != (line.pk in stands.closed):
            yield _of(order, "line_closed", _is(line.closed_at), line.title, about=about)
        if order.payments.all() and (line.held_at is not None) != (line.pk in stands.held):
            yield _of(order, "line_held", _is(line.held_at), line.title, about=about)
        if line.is_posted and not order.is_test:
            yield from _posting(order, line, facts, about)
        if line.pk in facts.teams:
            is_due = order.is_paid and (line.closed_at is None or line.pk in facts.begun)
            for kind in astray(facts.teams[line.pk], is_due=is_due):
                yield _of(order, kind, line.title, about=about)
        elif line.opens:
            yield from _access(order, line, facts, about)
        elif facts.given[str(line.pk)]:
            yield _of(order, "access_left", line.title, about=about)


def _posting(
    order: Order, line: OrderLine, facts: _Facts, about: tuple[str, str]
) -> Iterator[Finding]:
    """Each paid line in print has a parcel that stands, and none that waits once it is closed.

    Who was forgotten has one that was called off: nobody knows where to any more.
    """
    mine = facts.parcels[order.public_id, line.price_id]
    is_due = order.is_paid and line.closed_at is None
    if is_due and all(each.unsold_at is not None for each in mine):
        yield _of(order, "line_unposted", line.title, about=about)
    if not is_due and any(each.is_waiting for each in mine):
        yield _of(order, "line_posted", line.title, about=about)


def _access(
    order: Order, line: OrderLine, facts: _Facts, about: tuple[str, str]
) -> Iterator[Finding]:
    """Each paid line has one live access to its product, unless its money is gone or at the bank.

    What the staff took or held by hand is theirs to decide, and who was forgotten has nothing. A
    gift gives nothing until it is claimed, and then what its receiver took. What a subscription
    gave stays, whatever became of one period's money: it is on hold, or it ended.
    """
    gift = facts.gifts.get(line.pk)
    product = line.product_id
    begun = facts.begun.get(line.pk)
    if gift is not None:
        product = gift.taken_instead_id or product
        given = facts.claimed[gift.public_id]
    else:
        given = facts.given[str(line.pk)]
    given = [each for each in given if each.product_id == product]
    is_due = order.is_paid and (line.closed_at is None or begun is not None)
    if not is_due:
        if any(each.revoked_at is None or each.pk in facts.left_inside for each in given):
            yield _of(order, "access_left", line.title, about=about)
        return
    if not given and (gift is None or gift.claimed_at is not None):
        yield _of(order, "access_missing", line.title, about=about)
    if len(given) > 1:
        yield _of(order, "access_twice", line.title, str(len(given)), about=about)
    for access in given:
        if access.pk in facts.decided:
            continue
        yield from _one_access(order, line, access, begun)


def _one_access(
    order: Order, line: OrderLine, access: Access, begun: Subscription | None
) -> Iterator[Finding]:
    """What a line gave stands, held where its money is; monthly charges that went back took it."""
    about = ("line", f"{order.public_id}:{line.pk}")
    if _is_returned(begun):
        if access.revoked_at is None:
            yield _of(order, "access_left", line.title, about=about)
        return
    if access.revoked_at is not None:
        yield _of(order, "access_closed", line.title, about=about)
    held_at = line.held_at if begun is None else begun.held_at
    if (access.suspended_at is not None) != (held_at is not None):
        yield _of(order, "access_held", line.title, _is(held_at), about=about)


def _is_returned(begun: Subscription | None) -> bool:
    """Whether all the money of monthly charges went back, so that nothing of it stands."""
    plan = getattr(begun, "instalments", None)
    return plan is not None and plan.state == InstalmentPlan.State.RETURNED


def _is(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _shown(amount: int, order: Order) -> str:
    return money.display(amount, order.currency)


def _of(
    order: Order,
    kind: str,
    ours: str = "",
    theirs: str = "",
    about: tuple[str, str] | None = None,
) -> Finding:
    subject_type, subject = about or ("order", order.public_id)
    return Finding(
        kind,
        subject_type,
        subject,
        ours=str(ours)[:200],
        theirs=str(theirs)[:200],
        stripe_account=order.stripe_account,
        store_id=order.store_id,
        order_id=order.pk,
    )
