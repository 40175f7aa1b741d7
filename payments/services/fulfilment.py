"""What follows from money: a paid order opens what it promised, a returned one closes it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db.models import Q, Sum

from access.contract import Source
from access.models import Access, SourceKind
from access.services import granting
from accounts.services.consents import give_consent
from accounts.services.finding.keeping import add_words
from payments.contract import NEWS, Twice
from payments.models import Dispute, Gift, Order, OrderLine, Payment, Refund, Subscription
from payments.rules import status_after
from payments.services import coupons, letters, posting
from payments.services.accounts import customer_at
from payments.services.disputes.standing import standing
from payments.services.documents.owing import owe_for_disputes, owe_for_payment, owe_for_refunds
from payments.services.gifts import giving
from payments.services.instalments.completing import complete
from payments.services.overlaps.noting import note
from payments.services.subscriptions.following import follow, paid_by
from payments.services.teams.holders import given_by_line
from payments.services.teams.places import is_of_team, make_team
from products.services.sales import give_back_place, mark_sold, sell_holds, take_place_again


def fulfil(order: Order, now: datetime) -> None:
    """Open what a paid (or free) order promises, once, and tell both sides.

    Belongs to the transaction in which the order's row is locked.
    """
    if order.is_paid:
        return
    if order.is_renewal:
        complete(order, now)
        return
    if order.customer is None:
        order.customer = customer_at(order.email, order.name, order.language)
    elif order.name and not order.customer.name:  # signed in, so it is their own
        order.customer.name = order.name
        order.customer.save(update_fields=["name"])
    order.owned_before = _owned_all(order, now)
    is_first = order.total > 0 and not Order.objects.sales().exists()
    order.status = Order.Status.PAID
    order.review_reason = ""
    order.paid_at = now
    order.save(update_fields=["customer", "owned_before", "status", "review_reason", "paid_at"])
    add_words(order.customer, [order.name, order.email])
    if NEWS in order.consents:
        give_consent(order.customer, source="checkout", language=order.language, now=now)
    sell_holds(order.public_id, now)
    coupons.mark_used(order, now)
    accesses: list[Access] = []
    for line in _lines(order):
        accesses += _open(order, line, now)
    if not order.is_test:
        note(accesses, now, twice=Twice.from_json(order.basket.get("twice")))
    letters.receipt(order, accesses, now)
    owe_for_payment(order, now)
    if order.total and not order.is_test:
        letters.sale(order, is_first=is_first)


def accesses_of(order: Order) -> list[Access]:
    """Return what the order gave and has not taken back, with what that includes."""
    given = Access.objects.standing().filter(_from(order))
    found = list(given.select_related("product").order_by("id"))
    level = found
    while level:
        children = Access.objects.standing().filter(parent__in=level).select_related("product")
        level = list(children.order_by("id"))
        found += level
    return found


def given_by(order: Order) -> list[Access]:
    """Return all that the order ever gave, to whomever, also what was taken back.

    With what that includes.
    """
    gifts = Gift.objects.filter(line__order=order).values_list("public_id", flat=True)
    given = Access.objects.filter(
        _from(order) | Q(source_kind=SourceKind.GIFT, source_id__in=list(gifts))
    )
    places = [each for line in order.lines.all() for each in given_by_line(line.pk)]
    found = level = [*given.select_related("product").order_by("id"), *places]
    while level:
        level = list(Access.objects.filter(parent__in=level).select_related("product"))
        found = [*found, *level]
    return found


def _from(order: Order) -> Q:
    """Return the condition that an access came from an order's lines, or from what they began."""
    lines = [str(pk) for pk in order.lines.values_list("pk", flat=True)]
    begun = Subscription.objects.filter(order=order).values_list("pk", flat=True)
    return Q(source_kind=SourceKind.ORDER_LINE, source_id__in=lines) | Q(
        source_kind=SourceKind.SUBSCRIPTION, source_id__in=[str(pk) for pk in begun]
    )


def settle(order: Order, now: datetime) -> None:
    """Make the order's status, its lines and their access follow from its refunds and disputes.

    Derived anew from our rows each time, so any order of arrival ends the same. Belongs to the
    transaction in which the order's row is locked.
    """
    if settle_money(order, now):
        for subscription in paid_by(order):
            follow(subscription, now)


def settle_money(order: Order, now: datetime) -> bool:
    """Settle all but what follows from subscriptions; return whether it was ever paid.

    For who holds a subscription's lock, and lets it follow once all is written.
    """
    if not order.is_paid and order.status != Order.Status.REVIEW:
        return False
    _write_sums(order)
    paid, given_back = _count_money(order)
    lines = {line.pk: line for line in _lines(order)}
    stands = standing(order, {pk: line.total for pk, line in lines.items()}, given_back, paid)
    closed = stands.closed
    for pk, line in lines.items():
        if pk in closed and line.closed_at is None:
            _close(order, line, now)
        elif pk not in closed and line.closed_at is not None:
            _reopen(order, line, now)
        _keep_on_hold(order, line, now, is_held=pk in stands.held)
    returned = sum(given_back.values())
    if order.is_paid:
        order.status = status_after(paid, returned, stands.lost)
    elif paid and returned + stands.lost >= paid:
        order.status = Order.Status.CANCELLED
    order.save(update_fields=["status"])
    owe_for_refunds(order, now)
    owe_for_disputes(order, now)
    if len(closed) == len(lines):
        Refund.objects.filter(payment__order=order, asks_line=True).update(asks_line=False)
    return True


def asked_of(order: Order) -> tuple[Dispute, ...]:
    """Return the order's disputes of a part, of which somebody must say what they are about."""
    paid, given_back = _count_money(order)
    totals = {line.pk: line.total for line in _lines(order)}
    return standing(order, totals, given_back, paid).asks


def _count_money(order: Order) -> tuple[int, dict[int | None, int]]:
    """Return what was paid, and what was given back by line."""
    paid = 0
    given_back: dict[int | None, int] = defaultdict(int)
    for payment in Payment.objects.filter(order=order):
        paid += payment.amount
        refunds = Refund.objects.filter(payment=payment).effective()
        for line_id, amount in (
            refunds.values_list("line_id").annotate(sum=Sum("amount")).order_by()
        ):
            given_back[line_id] += amount
    return paid, dict(given_back)


def _write_sums(order: Order) -> None:
    """Write how much of each payment went back: never more than it was, though we may have heard
    of a refund before we hear that the one it replaces has failed."""
    for payment in Payment.objects.filter(order=order):
        refunds = Refund.objects.filter(payment=payment).effective()
        returned = min(refunds.aggregate(sum=Sum("amount"))["sum"] or 0, payment.amount)
        if payment.refunded_amount != returned:
            Payment.objects.filter(pk=payment.pk).update(refunded_amount=returned)


def _lines(order: Order) -> list[OrderLine]:
    return list(order.lines.select_related("product", "price__product"))


def _open(order: Order, line: OrderLine, now: datetime) -> list[Access]:
    assert order.customer is not None  # noqa: S101 -- fulfil() made it
    if not order.is_test:
        mark_sold(line.price, now)
    if line.is_posted and not order.is_test:
        posting.send(order, line, now)
    if giving.is_given(order, line):
        giving.make_ready(order, line, now)
        return []
    if is_of_team(line):
        make_team(order, line, now)
        if not order.is_test:
            line.product.contract.on_sold(line.sold_to(order.customer))
        return []
    if not line.opens:
        if not order.is_test:
            line.product.contract.on_sold(line.sold_to(order.customer))
        return []
    given = granting.grant_purchase(
        order.customer,
        price=line.price,
        option=line.option,
        source=_source(line),
        now=now,
        because=f"#{order.number}",
        terms=line,
    )
    if not order.is_test:
        line.product.contract.on_sold(line.sold_to(order.customer))
    return given


def _source(line: OrderLine) -> Source:
    """Return what a line's access comes from: itself, or the subscription it began."""
    begun = Subscription.objects.filter(line=line).values_list("pk", flat=True).first()
    if begun is not None:
        return Source(SourceKind.SUBSCRIPTION, str(begun))
    return Source(SourceKind.ORDER_LINE, str(line.pk))


def _close(order: Order, line: OrderLine, now: datetime) -> None:
    for access in _accesses(line):
        granting.revoke(access, now=now, because=f"#{order.number}")
    if order.is_paid and not order.is_renewal:
        line.product.contract.on_unsold(line.sold_to(order.customer))
    if line.is_posted:
        posting.call_off(order, line, now)
    give_back_place(line.price, order.public_id, now)
    giving.withdraw(line, now)
    line.closed_at = now
    line.save(update_fields=["closed_at"])


def _reopen(order: Order, line: OrderLine, now: datetime) -> None:
    """Undo a closing whose refund failed; what staff revoked by hand meanwhile stays so."""
    for access in _accesses(line):
        if access.revoked_at == line.closed_at:
            granting.restore(access, now=now, because=f"#{order.number}")
    gift = Gift.objects.filter(line=line).first()
    was_sold = order.is_paid and not order.is_renewal
    if was_sold and (gift is None or gift.has_what_was_given):
        line.product.contract.on_sold(line.sold_to(gift.claimed_by if gift else order.customer))
    if line.is_posted and order.is_paid and not order.is_test:
        posting.send(order, line, now)
    take_place_again(line.price, order.public_id)
    giving.give_again(line)
    line.closed_at = None
    line.save(update_fields=["closed_at"])


def _keep_on_hold(order: Order, line: OrderLine, now: datetime, *, is_held: bool) -> None:
    """Put on hold what a line gave and still stands, or end the hold that a dispute began.

    Only that: what somebody held or took back for another reason stays as it is.
    """
    if is_held:
        since = line.held_at or now
        for access in _accesses(line):
            is_new = line.held_at is None or access.created_at > line.held_at
            if access.revoked_at is None and is_new:
                granting.suspend(access, now=since, because=f"#{order.number}")
    else:
        since = None
        for access in _accesses(line) if line.held_at is not None else ():
            if access.revoked_at is None and access.suspended_at == line.held_at:
                granting.restore(access, now=now, because=f"#{order.number}")
    if line.held_at != since:
        if line.is_posted:
            posting.keep_on_hold(order, line, since)
        line.held_at = since
        line.save(update_fields=["held_at"])


def _accesses(line: OrderLine) -> list[Access]:
    """Return what a line gave: to its buyer, to who claimed it as a gift, to its team."""
    found = list(Access.objects.from_source(SourceKind.ORDER_LINE, str(line.pk)))
    gift = Gift.objects.filter(line=line).first()
    if gift is not None:
        found += Access.objects.from_source(SourceKind.GIFT, gift.public_id)
    if not Subscription.objects.filter(line=line).exists():  # or its charges decide
        found += given_by_line(line.pk)
    return found


def _owned_all(order: Order, now: datetime) -> bool:
    opening = [line for line in order.lines.all() if line.opens]
    kept = [
        line
        for line in opening
        if not (giving.is_given(order, line) or is_of_team(line) or line.renews_id is not None)
    ]
    wanted = {line.product_id for line in kept}
    owned = Access.objects.held(now).filter(customer=order.customer, product_id__in=wanted)
    return bool(wanted) and wanted == set(owned.values_list("product_id", flat=True))
