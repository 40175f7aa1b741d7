"""Documents issued by another system: it hears of each payment and refund until it answers.

A call is a POST of JSON. ``Sevenfold-Signature: t=<seconds>,v1=<hex>`` is the HMAC-SHA256 of
``<seconds>.<body>`` under the store's secret; ``Sevenfold-Delivery`` names the call, so that one
heard twice is booked once. Any answer from 200 to 299 ends it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from core import tokens
from core.queue import wake
from payments.models import Bookkeeping, DocumentDue, HookDelivery
from payments.rules import backoff
from payments.services.documents import posting, snapshots
from payments.services.documents.owing import ISSUE_TASK
from stores.scope import current_store

SIGNATURE, DELIVERY = "Sevenfold-Signature", "Sevenfold-Delivery"
GIVE_UP_AFTER = 14
"""Tries: with the waits between them about two days."""
CLAIM = timedelta(minutes=5)
BATCH = 50
EVENTS = {
    DocumentDue.What.PAID: "payment.received",
    DocumentDue.What.REFUNDED: "payment.refunded",
    DocumentDue.What.NOT_REFUNDED: "refund.failed",
    DocumentDue.What.LOST: "dispute.lost",
}
State = HookDelivery.State


def bookkeeping() -> Bookkeeping:
    """Return the store's choice; one that is not saved while nothing was chosen."""
    found: Bookkeeping | None = Bookkeeping.objects.first()
    return found or Bookkeeping(store=current_store())


def is_elsewhere() -> bool:
    """Whether another system issues this store's documents."""
    return bool(Bookkeeping.objects.filter(is_elsewhere=True).exists())


def new_secret(*, now: datetime) -> str:
    """Make a new secret for the store's calls and return it: it is shown this once."""
    secret = f"sfhook_{tokens.secret()}"
    Bookkeeping.objects.update_or_create(
        store=current_store(), defaults={"secret": secret, "secret_made_at": now}
    )
    return secret


def announce(due: DocumentDue, now: datetime) -> HookDelivery | None:
    """Write down the call about a payment or refund; None where there is no address to call."""
    settings = bookkeeping()
    if not settings.hook_url:
        return None
    call, is_new = HookDelivery.objects.get_or_create(
        source=due.source,
        defaults={
            "order": due.order,
            "body": json.dumps(body_of(due), ensure_ascii=False, separators=(",", ":")),
            "created_at": now,
            "next_attempt_at": now,
        },
    )
    if is_new:
        wake(ISSUE_TASK, due.store_id)
    found: HookDelivery = call
    return found


def body_of(due: DocumentDue) -> dict[str, Any]:
    """Return what another system needs for its document; amounts are in minor units."""
    order, refund = due.order, due.refund
    taken = refund or due.dispute
    amount = taken.amount if taken else due.payment.amount if due.payment else order.total
    return {
        "event": EVENTS[DocumentDue.What(due.what)],
        "id": due.source,
        "at": due.created_at.isoformat(),
        "store": current_store().public_id,
        "order": {
            "number": order.number,
            "id": order.public_id,
            "total": order.total,
            "paid_at": order.paid_at.isoformat() if order.paid_at else None,
        },
        "amount": amount,
        "currency": order.currency,
        "buyer": snapshots.buyer_of(order),
        "lines": snapshots.part_lines(taken.line, taken.amount, order)
        if taken
        else snapshots.lines_of(order),
        "means": snapshots.means_of(order, due.payment, order.paid_at),
        "refund": {"id": refund.public_id, "reason": refund.reason} if refund else None,
    }


def signature(secret: str, body: str, *, at: int) -> str:
    """Return the header that proves a body came from us at this second."""
    signed = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


def send_due(now: datetime) -> int:
    """Send what is due in the store in scope; return how many arrived."""
    settings = bookkeeping()
    if not settings.hook_url or not settings.secret:
        return 0
    calls = list(HookDelivery.objects.due(now)[:BATCH])
    return sum(send(call, settings, now=now) for call in calls)


def send(call: HookDelivery, settings: Bookkeeping, *, now: datetime) -> bool:
    """Send one call, claimed first so that no other worker sends it too; whether it arrived."""
    waiting = HookDelivery.objects.filter(pk=call.pk, state=State.WAITING, attempts=call.attempts)
    if not waiting.update(attempts=call.attempts + 1, next_attempt_at=now + CLAIM):
        return False
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        DELIVERY: call.public_id,
        SIGNATURE: signature(settings.secret, call.body, at=int(now.timestamp())),
    }
    try:
        posting.post(settings.hook_url, call.body.encode(), headers)
    except posting.NotDelivered as error:
        _failed(call, str(error), now)
        return False
    HookDelivery.objects.filter(pk=call.pk).update(state=State.DONE, answered_at=now, error="")
    return True


def _failed(call: HookDelivery, error: str, now: datetime) -> None:
    attempts = call.attempts + 1
    is_over = attempts >= GIVE_UP_AFTER
    HookDelivery.objects.filter(pk=call.pk).update(
        state=State.FAILED if is_over else State.WAITING,
        next_attempt_at=now + backoff(attempts),
        error=error[:200],
    )


@transaction.atomic
def send_again(call: HookDelivery, *, now: datetime) -> None:
    """Let a call be sent once more, now."""
    HookDelivery.objects.filter(pk=call.pk).update(
        state=State.WAITING, attempts=0, next_attempt_at=now, error=""
    )
    wake(ISSUE_TASK, call.store_id)
