"""Taking in a notice: numbered and timed at once, whatever it turns out to be about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import Customer
from payments.models import CancelNotice, CancelPolicy, Order, OrderLine, Subscription
from payments.services.cancelling import letters
from payments.services.cancelling.continuing import finding
from payments.services.cancelling.effect import take_effect
from payments.services.cancelling.judging import deal_of, open_lines
from payments.services.cancelling.keys import addresses_of

Channel, Proof, State = CancelNotice.Channel, CancelNotice.Proof, CancelNotice.State
LARGEST_NUMBER = 2_147_483_647


@dataclass(frozen=True)
class Said:
    """What somebody said. Nothing of it is proof of anything."""

    language: str
    name: str = ""
    email: str = ""
    number: str = ""
    text: str = ""
    channel: str = Channel.PAGE
    taken_by: str = ""
    said_at: datetime | None = None
    """When it was said, if before it was written down."""
    is_protected: bool = False
    customer: Customer | None = None


@transaction.atomic
def give_notice(said: Said, *, now: datetime) -> CancelNotice:
    """Take in what was written on the cancel page, or told to the team without an order.

    It takes effect by nothing typed. Where the address is that of an order, its mailbox gets a
    link that does it; everything else waits for the team. The answer is the same in all cases.
    """
    notice = write(said, now)
    orders = orders_of_address(notice.email)
    paying = finding.of_address(notice.email)
    if orders or paying:
        notice.state = State.CONFIRMING
        notice.order = _named([*orders, *_orders_of(paying)], notice.typed_number)
        notice.save(update_fields=["state", "order"])
    letters.received(notice, with_key=bool(orders or paying), now=now)
    letters.tell_creators(notice)
    return notice


@transaction.atomic
def cancel(
    order: Order,
    *,
    proof: str,
    said: Said,
    now: datetime,
    line: OrderLine | None = None,
) -> CancelNotice:
    """Cancel an order, or one thing of it, for who proved to be its buyer or told the team.

    Inside the right it takes effect now; what is outside becomes a request. Asked for twice, the
    first notice is returned.
    """
    locked: Order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    earlier = locked.cancel_notices.filter(line=line).exclude(state__in=("kept", "refused"))
    if not is_cancellable(locked, line):
        again: CancelNotice | None = earlier.exclude(state="confirming").first()
        if again is not None:
            return again
    asked: CancelNotice | None = earlier.filter(state="request").first()
    if asked is not None:
        return asked
    notice = write(said, now, order=locked, line=line, proof=proof)
    take_effect(notice, now=now)
    return notice


@transaction.atomic
def confirm(
    notice: CancelNotice,
    order: Order,
    *,
    proof: str,
    now: datetime,
    line: OrderLine | None = None,
    by: str = "",
) -> CancelNotice:
    """Say which order a notice is about, by its buyer's mailbox or the team; then it counts.

    The day is that of the notice, not of the confirmation.
    """
    locked: CancelNotice = CancelNotice.objects.select_for_update(no_key=True).get(pk=notice.pk)
    if locked.state not in {State.WAITING, State.CONFIRMING}:
        return locked
    locked.order, locked.line, locked.proof = order, line, proof
    locked.customer = order.customer
    locked.taken_by = locked.taken_by or by
    locked.save(update_fields=["order", "line", "proof", "customer", "taken_by"])
    take_effect(locked, now=now)
    return locked


def is_cancellable(order: Order, line: OrderLine | None = None) -> bool:
    """Whether there is anything left of an order that a notice could be about."""
    if order.status == Order.Status.PENDING and order.provider == Order.Provider.TRANSFER:
        return True
    if not order.is_paid or order.is_test:
        return False
    return any(line is None or each.pk == line.pk for each in open_lines(order))


def orders_of_address(email: str) -> list[Order]:
    """Return the orders of an address that could be cancelled, newest first."""
    if not email:
        return []
    typed = email.strip().lower()
    found = Order.objects.filter(email__iexact=typed) | Order.objects.filter(
        customer__user__email=typed
    )
    orders = found.exclude(status="expired").select_related("customer__user").distinct()
    return [each for each in orders if typed in addresses_of(each) and is_cancellable(each)]


def candidates(notice: CancelNotice) -> list[Order]:
    """Return the orders a notice may be about, likeliest first, for the team's eyes only."""
    found = [notice.order] if notice.order is not None else []
    number = typed_number(notice.typed_number)
    if number is not None:
        numbered = Order.objects.filter(number=number).select_related("customer__user")
        found += [deal_of(each) for each in numbered]
    found += orders_of_address(notice.email)
    if notice.name:
        found += Order.objects.filter(name__iexact=notice.name, paid_at__isnull=False)[:5]
    return [each for each in dict.fromkeys(found) if is_cancellable(each)][:10]


def typed_number(text: str) -> int | None:
    """Return an order's number as it was typed, with or without words around it."""
    digits = "".join(letter for letter in text if letter.isdecimal())
    if not digits or len(digits) > len(str(LARGEST_NUMBER)):
        return None
    return int(digits) if int(digits) <= LARGEST_NUMBER else None


def _orders_of(paying: list[Subscription]) -> list[Order]:
    """Return what subscriptions were paid by: any of these numbers names one."""
    its = Q(began_subscriptions__in=paying) | Q(subscription__in=paying)
    return list(Order.objects.filter(its).distinct())


def _named(orders: list[Order], typed: str) -> Order | None:
    number = typed_number(typed)
    if number is None:
        return orders[0] if len(orders) == 1 else None
    deals = {deal_of(each).pk for each in Order.objects.filter(number=number)}
    return next((each for each in orders if each.number == number or each.pk in deals), None)


def write(
    said: Said,
    now: datetime,
    *,
    order: Order | None = None,
    line: OrderLine | None = None,
    proof: str = "",
) -> CancelNotice:
    """Write a notice down with the store's next number; belongs to a transaction."""
    written: CancelNotice = CancelNotice.objects.create(
        number=_next_number(),
        said_at=min(said.said_at or now, now),
        recorded_at=now,
        channel=said.channel,
        taken_by=said.taken_by,
        name=said.name or (order.name if order else ""),
        email=said.email or (order.email if order else ""),
        typed_number=said.number or (str(order.number) if order else ""),
        text=said.text,
        language=said.language,
        customer=order.customer if order else said.customer,
        order=order,
        line=line,
        proof=proof,
        is_protected=said.is_protected,
    )
    return written


def _next_number() -> int:
    """Return the store's next number; the row stays locked, so none is skipped or given twice."""
    CancelPolicy.objects.get_or_create()
    counter: CancelPolicy = CancelPolicy.objects.select_for_update(no_key=True).get()
    number = counter.next_number
    counter.next_number = number + 1
    counter.save(update_fields=["next_number"])
    return number
