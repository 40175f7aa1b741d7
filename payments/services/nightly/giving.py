"""What a paid order gives, made to follow from its lines once more where a row went astray."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from access.contract import Source
from access.models import Access, SourceKind
from access.services import granting
from payments.models import Gift, Order, OrderLine
from payments.services import posting
from payments.services.fulfilment import settle
from payments.services.nightly.ours import decided_by_people
from payments.services.teams.checking import teams_of
from products.services.sales import sell_holds


@transaction.atomic
def give_what_follows(order: Order, now: datetime) -> Order:
    """Open what is paid and not given, close what is returned and open, count the places as sold.

    What the staff closed or held by hand stays as they left it, and an access that moved stays
    where it is. Doing it twice is doing it once.
    """
    locked: Order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    settle(locked, now)
    if not locked.is_paid:
        return locked
    sell_holds(locked.public_id, now)
    teams = teams_of([locked])
    for line in locked.lines.select_related("product", "price__product"):
        if line.is_posted and not locked.is_test:
            follow = posting.send if line.closed_at is None else posting.call_off
            follow(locked, line, now)
        if line.pk in teams:
            continue  # its places follow from what settled; nobody takes one for somebody else
        if line.closed_at is None and line.opens:
            _open(locked, line, now)
        elif line.closed_at is not None:
            _close(locked, line, line.closed_at)
    return locked


def _open(order: Order, line: OrderLine, now: datetime) -> None:
    because = f"#{order.number}"
    gift = Gift.objects.filter(line=line).first()
    given = _given(line, gift)
    if not given:
        _give(order, line, gift, now)
        given = _given(line, gift)
    decided = decided_by_people(given)
    for access in given:
        if access.pk in decided:
            continue
        is_held = line.held_at is not None
        if access.revoked_at is not None or (access.suspended_at is not None and not is_held):
            granting.restore(access, now=now, because=because)
        if is_held:
            granting.suspend(access, now=line.held_at or now, because=because)


def _give(order: Order, line: OrderLine, gift: Gift | None, now: datetime) -> None:
    """Give it as the sale would have; a gift to who claimed it, and to nobody before."""
    who = order.customer
    source = Source(SourceKind.ORDER_LINE, str(line.pk))
    if gift is not None:
        if gift.claimed_by is None or gift.taken_instead_id is not None:
            return
        who, source = gift.claimed_by, Source(SourceKind.GIFT, gift.public_id)
    if who is None:
        return
    granting.grant_purchase(
        who,
        price=line.price,
        option=line.option,
        source=source,
        now=now,
        because=f"#{order.number}",
        terms=line,
    )


def _close(order: Order, line: OrderLine, at: datetime) -> None:
    """Close at the moment the line closed, so that a refund that fails later opens it again."""
    for access in _given(line, Gift.objects.filter(line=line).first()):
        granting.revoke(access, now=at, because=f"#{order.number}")


def _given(line: OrderLine, gift: Gift | None) -> list[Access]:
    if gift is not None:
        return list(Access.objects.from_source(SourceKind.GIFT, gift.public_id))
    return list(Access.objects.from_source(SourceKind.ORDER_LINE, str(line.pk)))
