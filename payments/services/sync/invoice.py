"""An invoice of a subscription: paid, it is an order and paid time; refused, days to fix begin."""

from __future__ import annotations

from datetime import datetime

from payments.contract import InvoiceFacts
from payments.errors import NotOurs
from payments.models import Bill, Order, Subscription
from payments.services import stripe_subscriptions
from payments.services.subscriptions.billing import write_bill
from payments.services.sync.agreeing import agree_under
from payments.services.sync.subscription import known_or_begun, locked, version_of


def sync_invoice(account: str, invoice_id: str, now: datetime) -> Order:
    """Make our bill agree with an invoice, and return its order, or the first one's.

    NotOurs when it is no invoice of a subscription of ours.
    """
    row = _subscription_of(account, invoice_id, now)
    agree_under(
        lambda: _lock(row.pk, account, invoice_id),
        version=lambda: version_of(row.pk),
        fetch=lambda: stripe_subscriptions.fetch_invoice(account, invoice_id),
        write=lambda subscription, facts: _write(subscription, facts, now),
    )
    order = _order_of(account, invoice_id) or row.order
    order.refresh_from_db()
    return order


def _subscription_of(account: str, invoice_id: str, now: datetime) -> Subscription:
    known: Bill | None = (
        Bill.objects.filter(stripe_account=account, stripe_id=invoice_id)
        .select_related("subscription__order")
        .first()
    )
    if known is not None:
        row: Subscription = known.subscription
        return row
    facts = stripe_subscriptions.fetch_invoice(account, invoice_id)
    if not facts.subscription:
        raise NotOurs(invoice_id)
    return known_or_begun(account, facts.subscription, now)


def _order_of(account: str, invoice_id: str) -> Order | None:
    found: Order | None = Order.objects.filter(
        bill__stripe_account=account, bill__stripe_id=invoice_id
    ).first()
    return found


def _lock(pk: int, account: str, invoice_id: str) -> Subscription:
    """Lock the order of an invoice, where it has become one, and then the subscription."""
    order = _order_of(account, invoice_id)
    if order is not None:
        Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    return locked(pk)


def _write(subscription: Subscription, facts: InvoiceFacts, now: datetime) -> None:
    write_bill(subscription, facts, now)
    subscription.sync_version += 1
    subscription.save(update_fields=["sync_version"])
