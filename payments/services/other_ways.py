"""Another way to pay: the customer pays the store itself, and the creator says what arrived."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max
from django.urls import reverse
from django.utils.translation import gettext as _

from core.prepared import Prepared
from payments.errors import CannotCharge
from payments.models import Order, OtherWay, Payment, Refund
from payments.services import letters, waiting_letters
from payments.services.fulfilment import fulfil, settle

OFFERED = Prepared(lambda: OtherWay.objects.filter(is_active=True))
WAITS = timedelta(days=10)
REMIND_AFTER = timedelta(days=3)
RECEIVABLE = frozenset({Order.Status.PENDING, Order.Status.EXPIRED, Order.Status.CANCELLED})
"""Money that arrives late is still money: it opens what was ordered."""


class OtherWayProvider:
    """The second provider: no calls leave the house; see the contract."""

    def open_checkout(self, order: Order, now: datetime) -> str:
        """Return our own page, which says how to pay."""
        return reverse("payments:return", args=[order.public_id])

    def sync(self, order: Order, now: datetime) -> None:
        """Nobody can be asked: the creator says what arrived."""

    def refund(self, refund: Refund, now: datetime) -> None:
        """Leave the money to the creator, who pays it back by hand; what it paid for closes now."""
        with transaction.atomic():
            order: Order = Order.objects.select_for_update(no_key=True).get(
                pk=refund.payment.order_id
            )
            moved = Refund.objects.filter(pk=refund.pk, state=Refund.State.REQUESTED).update(
                state=Refund.State.PENDING, sync_version=F("sync_version") + 1
            )
            settle(order, now)
            if moved:
                refund.refresh_from_db()
                letters.refunded(refund, order)


def ways_offered() -> list[OtherWay]:
    """Return the store's own ways to be paid, in its order."""
    return OFFERED.rows()


def way_called(public_id: str) -> OtherWay:
    """Return one of the ways offered; CannotCharge when it is not offered any more."""
    way: OtherWay | None = OtherWay.objects.filter(public_id=public_id, is_active=True).first()
    if way is None:
        raise CannotCharge(_("This way of paying is no longer offered. Choose another."))
    return way


def next_position() -> int:
    """Return where a new way stands: last."""
    last: int | None = OtherWay.objects.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


@transaction.atomic
def receive(order: Order, *, by: str, now: datetime) -> Order:
    """Record that the whole sum of a waiting order arrived, and open it; twice is once.

    Belongs to what staff may do in refunds and sales. An order that ran out opens all the same.
    """
    locked: Order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if locked.provider != Order.Provider.TRANSFER or locked.is_paid:
        return locked
    if locked.status not in RECEIVABLE:
        return locked
    Payment.objects.get_or_create(
        stripe_account="",
        payment_intent=reference(locked),
        defaults={
            "order": locked,
            "provider": Order.Provider.TRANSFER,
            "status": "succeeded",
            "amount": locked.total,
            "currency": locked.currency,
            "paid_at": now,
        },
    )
    locked.sync_version += 1
    locked.save(update_fields=["sync_version"])
    fulfil(locked, now)
    return locked


def reference(order: Order) -> str:
    """Return what the payment of such an order is called, where Stripe's are called by intent."""
    return f"order-{order.public_id}"


@transaction.atomic
def returned(refund: Refund, *, now: datetime) -> Refund:
    """Record that the creator has paid money back by hand."""
    locked: Order = Order.objects.select_for_update(no_key=True).get(pk=refund.payment.order_id)
    Refund.objects.filter(pk=refund.pk, state=Refund.State.PENDING).update(
        state=Refund.State.SUCCEEDED, settled_at=now, sync_version=F("sync_version") + 1
    )
    settle(locked, now)
    refund.refresh_from_db()
    return refund


def announce(order: Order, now: datetime) -> None:
    """Tell both sides how an order waits: the customer how to pay, the creator what to expect."""
    waiting_letters.how_to_pay(order, now)
    waiting_letters.expect(order)
