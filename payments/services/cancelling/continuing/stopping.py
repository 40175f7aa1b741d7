"""What a notice does to a subscription: decided and told at once, done at Stripe right after.

The row says what must be true; a sweep makes it so, and asks again until it is. So a notice counts
though Stripe is down, and no charge made after it is kept.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from core.clock import local_day
from payments.errors import CannotChange, CannotRefund, PaymentError
from payments.models import Bill, CancelNotice, Dispute, OrderLine, Refund, Stop, Subscription
from payments.querysets import StopQuerySet
from payments.rules import DISPUTE_HOLDS, backoff
from payments.services.cancelling.continuing.effect_day import Back, Ending, Paying, Wish, ending_of
from payments.services.cancelling.continuing.law import ContinuingLaw, continuing_law_of
from payments.services.providers import taker_of
from payments.services.refunding import refundable, write_down_parts
from payments.services.subscriptions import letters
from payments.services.subscriptions.asking import CANCEL, UPDATE, Params, ask
from payments.services.subscriptions.deeds import NOTICE
from payments.services.subscriptions.following import access_of
from payments.services.subscriptions.unused import Unused, unused_of
from stores.scope import all_stores, current_store
from stores.services.business import business_of

logger = logging.getLogger(__name__)
BATCH = 200
A_SECOND = timedelta(seconds=1)
A_MINUTE = timedelta(minutes=1)
IN_VAIN = (Refund.State.FAILED, Refund.State.CANCELLED)
LOOKS_FOR = timedelta(days=2)
"""How long after the end a charge that was under way is waited for."""


@dataclass(frozen=True)
class Asked:
    """From when on somebody wants it to be over, and how they said so."""

    wish: Wish = Wish.BY_LAW
    day: date | None = None
    is_by_post: bool = False


def law_now(said_at: datetime) -> ContinuingLaw:
    """Return the rules of the store's country for a notice given then."""
    store = current_store()
    return continuing_law_of(business_of(store).country, local_day(said_at, store.zone))


def judge(subscription: Subscription, said_at: datetime, asked: Asked | None = None) -> Ending:
    """Return when it would be over, by a notice given at ``said_at``."""
    asked = asked or Asked()
    access = access_of(subscription)
    trial = subscription.trial_ends_at
    return ending_of(
        law_now(said_at),
        Paying(
            began_at=_first_paid(subscription) or subscription.started_at,
            paid_until=_paid_until(subscription, said_at),
            is_free_until=trial if trial is not None and said_at < trial else None,
            was_opened=access is not None and access.first_opened_at is not None,
            ends_at=subscription.ends_at,
        ),
        said_at,
        current_store().zone,
        wish=asked.wish,
        day=asked.day,
        is_by_post=asked.is_by_post,
    )


def stop(
    subscription: Subscription, notice: CancelNotice, now: datetime, asked: Asked | None = None
) -> Stop:
    """Write down that a notice stops a subscription; ``carry_out`` does it.

    Belongs to the transaction of the notice. Stopped twice, the first stop is returned.
    """
    locked: Subscription = Subscription.objects.select_for_update(no_key=True).get(
        pk=subscription.pk
    )
    known: Stop | None = Stop.objects.standing().filter(subscription=locked).first()
    if known is not None:
        return known
    if locked.ended_at is not None:
        raise CannotChange(_("It has ended already."))
    ending = judge(locked, notice.said_at, asked)
    written = Stop(
        notice=notice,
        subscription=locked,
        said_at=notice.said_at,
        effective_at=ending.at,
        back=ending.back,
        paid_until=_paid_until(locked, notice.said_at),
        ended_before=locked.ends_at,
        rules=law_now(notice.said_at).key,
    )
    written.amount = sum(part.amount for part in parts_back(written))
    written.save()
    notice.refund_due_by = max(notice.refund_due_by or ending.refund_due_by, ending.refund_due_by)
    return written


def would_give_back(subscription: Subscription, said_at: datetime, asked: Asked) -> int:
    """Return what would go back, in minor units."""
    ending = judge(subscription, said_at, asked)
    would_be = Stop(
        subscription=subscription,
        said_at=said_at,
        effective_at=ending.at,
        back=ending.back,
        paid_until=_paid_until(subscription, said_at),
    )
    return sum(part.amount for part in parts_back(would_be))


def parts_back(stopped: Stop) -> list[Unused]:
    """Return what goes back, charge by charge: made after the notice whole, before it as judged."""
    subscription = stopped.subscription
    found = {
        part.order.pk: part
        for part in _whole(subscription)
        if _is_after(part.order.bill, stopped) or stopped.back == Back.ALL
    }
    if stopped.back == Back.UNUSED:
        for part in unused_of(subscription, stopped.effective_at):
            found.setdefault(part.order.pk, part)
    return [found[pk] for pk in sorted(found)]


def carry_out(stopped: Stop, now: datetime) -> None:
    """Make true at Stripe what a stop says, give back what is due, and come again otherwise.

    PaymentError when Stripe did not answer: the sweep goes on with it.
    """
    subscription: Subscription = Subscription.objects.get(pk=stopped.subscription_id)
    if not _is_stopped(subscription, stopped):
        _ask_to_stop(subscription, stopped, now)
        subscription.refresh_from_db()
    for each in _write_down(stopped, now):
        taker_of(each.payment).refund(each, now)


def try_now(stops: list[Stop], now: datetime) -> None:
    """Carry stops out at once, where Stripe answers."""
    for each in stops:
        try:
            carry_out(each, now)
        except PaymentError as error:
            logger.warning("stopped by notice: %s", error)


def stores_with_due(now: datetime) -> list[int]:
    """Return the stores in which a stop is not true yet, or its money has not left."""
    with all_stores():
        return sorted({*_due(now).values_list("store_id", flat=True)})


def work_due(now: datetime) -> None:
    """Carry out what is due in the store in scope; may run twice, and side by side.

    What was in vain is looked at again later and later. That an end is heard of is the
    reconciler's.
    """
    for each in _due(now).select_related("subscription")[:BATCH]:
        try_now([each], now)
        _look_later(each, now)


def _look_later(stopped: Stop, now: datetime) -> None:
    """Leave it alone for a while unless it is done; on its day it is looked at all the same."""
    next_look = now + backoff(stopped.looks + 1)
    if now < stopped.effective_at < next_look:
        next_look = stopped.effective_at
    Stop.objects.working().filter(pk=stopped.pk).update(
        looks=F("looks") + 1, next_look_at=next_look
    )


def _due(now: datetime) -> StopQuerySet:
    """Return stops that are not heard of as they should be, or where money waits.

    That is: it goes on at Stripe, was charged since, or its end has come.
    """
    all_of_them = Stop.objects.working().filter(Q(next_look_at=None) | Q(next_look_at__lte=now))
    has_ended = Q(subscription__ended_at__isnull=False)
    charged = Q(subscription__bills__paid_at__gt=F("said_at"))
    is_unheard = Q(pk__in=Stop.objects.unheard().values("pk"))
    found: StopQuerySet = all_of_them.filter(is_unheard | has_ended | charged).distinct()
    return found


def _is_stopped(subscription: Subscription, stopped: Stop) -> bool:
    """Whether it ends by then; Stripe counts whole seconds."""
    ends = subscription.ended_at or subscription.ends_at
    return ends is not None and (
        subscription.ended_at is not None or ends <= stopped.effective_at + A_SECOND
    )


def _ask_to_stop(subscription: Subscription, stopped: Stop, now: datetime) -> None:
    is_over = stopped.effective_at <= now + A_MINUTE
    params: Params = {} if is_over else _ends_at(stopped.effective_at)
    with suppress(CannotChange):  # it ended meanwhile
        ask(
            subscription,
            NOTICE,
            params,
            now=now,
            check=_anything,
            do=CANCEL if is_over else UPDATE,
        )


def _ends_at(moment: datetime) -> Params:
    return {"cancel_at": int(moment.timestamp()), "proration_behavior": "none"}


@transaction.atomic
def _write_down(stopped: Stop, now: datetime) -> list[Refund]:
    """Write down what goes back now, once: after the end all of it, before only new charges."""
    locked: Stop = Stop.objects.select_for_update(of=("self",), no_key=True).get(pk=stopped.pk)
    if locked.undone_at is not None or locked.settled_at is not None:
        return []
    subscription: Subscription = Subscription.objects.get(pk=locked.subscription_id)
    has_ended = subscription.ended_at is not None
    refunds: list[Refund] = []
    for part in parts_back(locked):
        if not has_ended and not _is_after(part.order.bill, locked):
            continue
        if _was_tried(part, locked):
            continue
        with suppress(CannotRefund):  # a bank holds it, or it went back otherwise
            refunds += write_down_parts(
                part.order,
                [(part.line, part.amount)],
                by="",
                now=now,
                reason=_("Cancelled, notice %(number)s") % {"number": locked.notice.number},
            )
    if has_ended and _is_settled(subscription, now):
        locked.settled_at = now
        locked.save(update_fields=["settled_at"])
    if has_ended and refunds:
        letters.it_ended(subscription, sum(each.amount for each in refunds))
    return refunds


def _was_tried(part: Unused, stopped: Stop) -> bool:
    """Whether its money was sent and came to nothing: that waits for a person, on Today."""
    in_vain = Refund.objects.filter(line=part.line, state__in=IN_VAIN, by="")
    return in_vain.filter(created_at__gte=stopped.said_at).exists()


def _is_settled(subscription: Subscription, now: datetime) -> bool:
    """Whether nothing more can come back: no charge is under way, and no bank holds one."""
    held = Dispute.objects.filter(
        payment__order__bill__subscription=subscription, status__in=DISPUTE_HOLDS
    )
    under_way = subscription.bills.filter(status__in=("draft", "open"))
    is_long_over = subscription.ended_at is not None and subscription.ended_at <= now - LOOKS_FOR
    return not held.exists() and (is_long_over or not under_way.exists())


def _is_after(bill: Bill, stopped: Stop) -> bool:
    """Whether a charge was made after the notice, or is for time that was not paid by then."""
    if bill.paid_at is not None and bill.paid_at > stopped.said_at:
        return True
    if bill.starts_at is None:
        return False
    return bill.starts_at >= (stopped.paid_until or stopped.said_at)


def _whole(subscription: Subscription) -> list[Unused]:
    """Return all that could still go back of each charge."""
    found = []
    paid = Bill.objects.filter(subscription=subscription, status="paid", order__isnull=False)
    for bill in paid.select_related("order__bill").order_by("pk"):
        order = bill.order
        line = order.lines.filter(product=subscription.product_id).first() if order else None
        if order is None or line is None:
            continue
        amount = min(line.left_to_return(), refundable(order))
        if amount > 0:
            found.append(Unused(order, line, amount))
    return found


def _paid_until(subscription: Subscription, said_at: datetime) -> datetime | None:
    """Return the end of what was paid by then and not given back; None where that is over."""
    paid = subscription.bills.filter(status="paid", ends_at__isnull=False, paid_at__lte=said_at)
    back = OrderLine.objects.filter(product=subscription.product_id, closed_at__isnull=False)
    last = paid.exclude(order__in=back.values("order")).order_by("-ends_at").first()
    ends = last.ends_at if last is not None else None
    return ends if ends is not None and ends > said_at else None


def _first_paid(subscription: Subscription) -> datetime | None:
    first = subscription.bills.filter(status="paid", amount__gt=0).order_by("paid_at").first()
    return first.paid_at if first is not None else None


def _anything(subscription: Subscription) -> None:
    """A notice is always heard."""
