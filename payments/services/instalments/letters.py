"""The mails of monthly charges: each receipt, and what was decided about the rest."""

from __future__ import annotations

from typing import Any

from core import clock, days
from mail.services.outbox import post, post_to_creators
from payments.models import InstalmentPlan, Order
from payments.services.addresses import page_url
from payments.services.letters import order_words
from stores.scope import current_store


def charged(plan: InstalmentPlan, order: Order) -> None:
    """Send the receipt of a later charge, or of all that was left, once per order.

    It says which payment it was, and when the next one is, or that there is none.
    """
    subscription, language = plan.subscription, order.language
    n_paid = min(_paid(plan), plan.n_total)
    is_last = n_paid >= plan.n_total
    next_at = subscription.next_charge_at
    post(
        "instalment",
        key=f"instalment:{order.public_id}",
        to=order.email,
        name=order.name,
        language=language,
        context={
            **order_words(order, language),
            **_words(plan, language),
            "paid": n_paid,
            "left": "" if is_last else plan.display(_left(plan, n_paid), language),
            "next_charge": (
                days.said(clock.local_day(next_at, current_store().zone), language)
                if next_at is not None and not is_last and next_at > order.placed_at
                else ""
            ),
            "is_last": is_last,
            "shelf_url": page_url("storefront:shelf", language=language),
            "order_url": page_url("payments:order", order.public_id, language=language),
        },
    )


def let_go(plan: InstalmentPlan) -> None:
    """Tell its owner that nothing more is charged, and that it stays theirs."""
    _to_owner("instalments_let_go", plan)


def stopped(plan: InstalmentPlan) -> None:
    """Tell its owner that the shop stopped it: no more charges, and it is closed."""
    _to_owner("instalments_stopped", plan)


def ended_unpaid(plan: InstalmentPlan) -> None:
    """Tell who runs the store, once, that somebody's charges ended before all were paid."""
    subscription, language = plan.subscription, current_store().language
    customer = subscription.customer
    post_to_creators(
        "instalments_ended",
        key=f"instalments_ended:{subscription.public_id}",
        context={
            **_words(plan, language),
            "number": subscription.order.number,
            "paid": plan.n_paid,
            "left": plan.display(plan.left, language),
            "customer_name": customer.name or customer.user.email,
            "customer_email": customer.user.email,
            "admin_url": page_url(
                "admin:payments_instalmentplan_change", plan.pk, language=language
            ),
        },
    )


def _to_owner(kind: str, plan: InstalmentPlan) -> None:
    subscription = plan.subscription
    customer = subscription.customer
    language = customer.language or subscription.order.language
    post(
        kind,
        key=f"{kind}:{subscription.public_id}",
        to=customer.user.email,
        name=customer.name,
        language=language,
        context={
            **_words(plan, language),
            "paid": plan.n_paid,
            "shelf_url": page_url("storefront:shelf", language=language),
        },
    )


def _words(plan: InstalmentPlan, language: str) -> dict[str, Any]:
    subscription = plan.subscription
    return {
        "title": subscription.product.title,
        "store_name": current_store().name,
        "count": plan.n_total,
        "billing_url": page_url("payments:subscription", subscription.public_id, language=language),
    }


def _paid(plan: InstalmentPlan) -> int:
    """Return how many were paid, this moment's included: the plan is written after its mail."""
    if plan.pay_off is not None and plan.pay_off.is_paid:
        return plan.n_total
    bills = plan.subscription.bills.filter(status="paid", order__paid_at__isnull=False)
    return int(bills.count())


def _left(plan: InstalmentPlan, n_paid: int) -> int:
    return int(plan.subscription.amount) * (plan.n_total - n_paid)
