"""A rest that was paid at once: the order is paid, its receipt goes out, once."""

from __future__ import annotations

from datetime import datetime

from payments.models import InstalmentPlan, Order
from payments.services.documents.owing import owe_for_payment
from payments.services.instalments.letters import charged


def complete(order: Order, now: datetime) -> None:
    """Write down that a later order is paid; access follows when its money is settled.

    Belongs to the transaction in which the order's row is locked.
    """
    order.status = Order.Status.PAID
    order.review_reason = ""
    order.paid_at = now
    order.save(update_fields=["status", "review_reason", "paid_at"])
    owe_for_payment(order, now)
    plans = InstalmentPlan.objects.filter(subscription=order.subscription)
    plan = plans.select_related("pay_off", "subscription__product").first()
    if plan is not None:
        charged(plan, order)
