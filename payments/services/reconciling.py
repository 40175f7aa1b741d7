"""What was lost on the way is found again: hints, answers, payments, refunds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings

from core.limits import Once
from payments.errors import PaymentError
from payments.models import Dispute, EventCursor, Order, OutboundCall, PaymentAccount, Refund
from payments.services import inbox, outbound, stripe_api
from payments.services.disputes import answering
from payments.services.instalments import guarding
from payments.services.providers import provider_of, taker_of
from payments.services.subscriptions import leaving, looking
from payments.services.sync import sync_dispute
from stores.scope import all_stores

logger = logging.getLogger(__name__)
OVERLAP = timedelta(minutes=15)
"""Events may appear in the list after their moment, so each reading begins a little earlier."""
FIRST_LOOK_BACK = timedelta(days=1)
PATIENCE = timedelta(minutes=10)
"""An order or a refund that waits longer is asked about."""
ASKED_BANK = Once("dispute", seconds=6 * 3600)
"""Banks take weeks: a dispute past its day is asked about four times a day."""
BATCH = 200


def read_events(now: datetime) -> None:
    """Take in the events of every account since it was last read, whatever became of webhooks."""
    if not settings.STRIPE_API_KEY:
        return
    for account in _accounts():
        _quietly(partial(_read_account, account, now))


def _accounts() -> list[str]:
    with all_stores():
        own = PaymentAccount.objects.exclude(stripe_account="")
        return ["", *own.values_list("stripe_account", flat=True).distinct()]


def _read_account(account: str, now: datetime) -> None:
    cursor, _is_new = EventCursor.objects.get_or_create(
        stripe_account=account, defaults={"read_to": now - FIRST_LOOK_BACK}
    )
    inbox.take_in(stripe_api.list_events(account, cursor.read_to - OVERLAP), now)
    EventCursor.objects.filter(pk=cursor.pk).update(read_to=now)


def stores_with_due(now: datetime) -> list[int]:
    """Return the stores in which something waits for an answer."""
    late = now - PATIENCE
    with all_stores():
        found = {*OutboundCall.objects.due(now).values_list("store_id", flat=True)}
        ending = OutboundCall.objects.ending(now - FIRST_LOOK_BACK)
        found |= {*ending.values_list("store_id", flat=True)}
        found |= {*Order.objects.late(late).values_list("store_id", flat=True)}
        found |= {*Refund.objects.late(late).values_list("store_id", flat=True)}
        found |= {*Refund.objects.unsent(late).values_list("store_id", flat=True)}
        found |= {*Dispute.objects.late(late).values_list("store_id", flat=True)}
        found |= {*guarding.unguarded(late).values_list("store_id", flat=True)}
        found |= {*looking.unheard(now).values_list("store_id", flat=True)}
    return sorted(found)


def reconcile_store(now: datetime) -> None:
    """Repeat what got no answer and ask about what waits too long, in the store in scope."""
    late = now - PATIENCE
    calls = OutboundCall.objects.due(now).select_related(
        "order", "refund__payment", "dispute", "subscription"
    )
    for call in calls[:BATCH]:
        _quietly(partial(repeat, call, now))
    for call in OutboundCall.objects.ending(now - FIRST_LOOK_BACK)[:BATCH]:
        _quietly(partial(leaving.give_back, call, now))
    for order in Order.objects.late(late)[:BATCH]:
        _quietly(partial(provider_of(order).sync, order, now))
    for refund in Refund.objects.late(late).select_related("payment__order")[:BATCH]:
        _quietly(partial(taker_of(refund.payment).refund, refund, now))
    for refund in Refund.objects.unsent(late).select_related("payment__order")[:BATCH]:
        _quietly(partial(taker_of(refund.payment).refund, refund, now))
    for dispute in Dispute.objects.late(late)[:BATCH]:
        if ASKED_BANK.take(str(dispute.pk)):
            _quietly(partial(sync_dispute, dispute.stripe_account, dispute.stripe_id, now))
    for subscription in guarding.unguarded(late).order_by("checked_at", "pk")[:BATCH]:
        _quietly(partial(looking.look_again, subscription, now))
    for subscription in looking.unheard(now).order_by("checked_at", "pk")[:BATCH]:
        _quietly(partial(looking.look_again, subscription, now))


def repeat(call: OutboundCall, now: datetime) -> None:
    """Make a call without an answer once more, or let it be when it came too late."""
    if outbound.is_too_late(call, now):
        outbound.let_be(call, now)
    elif call.refund is not None:
        taker_of(call.refund.payment).refund(call.refund, now)
    elif call.dispute is not None:
        answering.send(call, now)
    elif call.subscription is not None:
        leaving.finish(call, now)
    else:
        outbound.make(call, now)


def _quietly(act: Callable[[], object]) -> None:
    """Do one thing; one that fails is written in the log and does not stop the others."""
    try:
        act()
    except PaymentError as error:
        logger.warning("reconciling: %s", error)
