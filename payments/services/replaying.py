"""Doing something once more by hand: an event, a call, or one object of Stripe's by its id."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from core.queue import wake
from payments.errors import NotOurs, Refused
from payments.models import Order, OutboundCall, StripeEvent
from payments.services import inbox, reconciling
from payments.services.locating import locate
from stores.scope import store_scope

TYPES = {
    "cs_": "checkout.session",
    "pi_": "payment_intent",
    "re_": "refund",
    "pyr_": "refund",
    "du_": "dispute",
    "dp_": "dispute",
    "in_": "invoice",
    "sub_": "subscription",
}


def work_again(event: StripeEvent, *, now: datetime) -> StripeEvent:
    """Work on an event once more, whatever became of it, and return how it stands."""
    StripeEvent.objects.filter(pk=event.pk).update(
        state=StripeEvent.State.PENDING, attempts=0, next_attempt_at=now, error=""
    )
    event.refresh_from_db()
    inbox.work_on(event, now)
    event.refresh_from_db()
    return event


def work_all_again(*, now: datetime) -> int:
    """Let workers take every failed event once more; return how many there were."""
    failed = StripeEvent.objects.filter(state=StripeEvent.State.FAILED)
    count = failed.update(
        state=StripeEvent.State.PENDING, attempts=0, next_attempt_at=now, error=""
    )
    wake("payments.tasks.work_inbox")
    return count


def repeat(call: OutboundCall, *, now: datetime) -> OutboundCall:
    """Repeat a call without an answer now, with its key; PaymentError when there is none again."""
    with store_scope(call.store):
        fresh = OutboundCall.objects.select_related("order", "refund__payment", "dispute").get(
            pk=call.pk
        )
        if fresh.state == OutboundCall.State.WAITING:
            reconciling.repeat(fresh, now)
    call.refresh_from_db()
    return call


def replay(account: str, object_id: str, *, now: datetime) -> Order:
    """Fetch one object of Stripe's and make our rows agree; Refused when it is nothing we know."""
    object_type = next((kind for start, kind in TYPES.items() if object_id.startswith(start)), "")
    if not object_type:
        raise Refused(
            _("This is no id of a session, payment, refund, dispute, invoice or subscription.")
        )
    hint = StripeEvent(stripe_account=account, object_type=object_type, object_id=object_id)
    try:
        found = locate(hint)
        with store_scope(found.store):
            order: Order = inbox.SYNCS[found.object_type](account, found.object_id, now)
    except NotOurs as error:
        raise Refused(_("Stripe has no such object, or it is about no order here.")) from error
    return order
