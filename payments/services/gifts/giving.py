"""Giving: a paid line becomes a gift, is changed until it is claimed, and taken back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from access.models import Access, SourceKind
from access.services import granting
from payments.contract import GiftWish
from payments.errors import CannotGive
from payments.models import Gift, Order, OrderLine
from payments.services.gifts import letters


def is_given(order: Order, line: OrderLine) -> bool:
    """Whether a line was bought for somebody else; extras stay with the buyer.

    What opens nothing is given by the address it is posted to.
    """
    return bool(order.basket.get("gift")) and not line.is_extra and line.opens


def make_ready(order: Order, line: OrderLine, now: datetime) -> Gift:
    """Make a paid line's gift, once, and give its giver the link; in the order's transaction.

    We write to strangers only for what was paid for: a free thing would be a way to send anything
    to anybody.
    """
    wish = order.basket["gift"]
    day = datetime.fromisoformat(wish["deliver_at"]) if wish["deliver_at"] else now
    gift, is_new = Gift.objects.get_or_create(
        line=line,
        defaults={
            "from_name": wish["from_name"] or order.name,
            "to_name": wish["to_name"],
            "to_email": wish["to_email"] if order.total else "",
            "message": wish["message"],
            "deliver_at": max(day, now),
        },
    )
    if is_new:
        letters.ready(gift)
    made: Gift = gift
    return made


@transaction.atomic
def turn_into_gift(line: OrderLine, wish: GiftWish, *, now: datetime) -> Gift:
    """Turn something bought for oneself, and not opened yet, into a gift; CannotGive otherwise.

    For who bought at an address they share, or by mistake for themselves: what it opened closes
    and opens again for who claims it.
    """
    order: Order = Order.objects.select_for_update(no_key=True).get(pk=line.order_id)
    held = Access.objects.from_source(SourceKind.ORDER_LINE, str(line.pk)).standing()
    accesses = list(held.select_related("product"))
    if not accesses or Gift.objects.filter(line=line).exists() or line.closed_at is not None:
        raise CannotGive(_("This cannot be given away."))
    if any(_was_opened(access) for access in accesses):
        raise CannotGive(_("It was opened already, so it cannot be given away any more."))
    for access in accesses:
        granting.revoke(access, now=now, because=f"#{order.number} → gift")
    if not order.is_test:
        line.product.contract.on_unsold(line.sold_to(order.customer))
    gift: Gift = Gift.objects.create(
        line=line,
        from_name=wish.from_name or order.name,
        to_name=wish.to_name,
        to_email=wish.to_email if order.total else "",
        message=wish.message,
        deliver_at=max(wish.deliver_at or now, now),
    )
    letters.ready(gift)
    return gift


def may_give(order: Order) -> bool:
    """Whether what was bought for oneself can still become a gift."""
    line = order.lines.filter(is_extra=False).first()
    if line is None or line.closed_at is not None or Gift.objects.filter(line=line).exists():
        return False
    held = Access.objects.from_source(SourceKind.ORDER_LINE, str(line.pk)).standing()
    accesses = list(held)
    return bool(accesses) and not any(_was_opened(access) for access in accesses)


def _was_opened(access: Access) -> bool:
    return access.first_opened_at is not None or any(
        _was_opened(child) for child in access.children.all()
    )


@transaction.atomic
def change_gift(gift: Gift, wish: GiftWish, *, now: datetime) -> Gift:
    """Change for whom, what is written and when, until it is claimed; CannotGive afterwards.

    Another address is written to anew; without a day it may be opened at once.
    """
    locked: Gift = Gift.objects.select_for_update(no_key=True).get(pk=gift.pk)
    if not locked.is_waiting:
        raise CannotGive(_("It was claimed already, so nothing can be changed any more."))
    to_email = wish.to_email if locked.line.order.total else ""
    if to_email != locked.to_email:
        locked.sent_at = locked.nudged_at = locked.reminded_at = None
    locked.from_name, locked.to_name = wish.from_name, wish.to_name
    locked.to_email, locked.message = to_email, wish.message
    locked.deliver_at = wish.deliver_at or min(locked.deliver_at, now)
    locked.save()
    return locked


def withdraw(line: OrderLine, now: datetime) -> None:
    """Take an unclaimed gift back, because its money went back."""
    Gift.objects.filter(line=line, claimed_at=None).update(withdrawn_at=now)


def give_again(line: OrderLine) -> None:
    """Undo ``withdraw``, because the money did not go back after all."""
    Gift.objects.filter(line=line, claimed_at=None).update(withdrawn_at=None)
