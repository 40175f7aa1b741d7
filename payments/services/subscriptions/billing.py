"""Each invoice is a bill; each that was paid is an order of its own, with its receipt."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_noop

from core import tokens
from payments.contract import BilledLine, InvoiceFacts
from payments.models import Bill, InstalmentPlan, Order, OrderLine, Subscription
from payments.rules import invoice_mismatch
from payments.services.accounts import next_number, payment_account
from payments.services.documents.owing import owe_for_payment
from payments.services.dunning.letters import recovered
from payments.services.fulfilment import settle_money
from payments.services.instalments.letters import charged
from payments.services.instalments.standing import is_one_too_many, plan_of
from payments.services.instalments.wording import label_of_bill
from payments.services.letters import order_question
from payments.services.subscriptions.applying import agreed, is_optional, see_bill
from payments.services.subscriptions.following import follow
from payments.services.subscriptions.letters import renewed
from payments.services.taking import take_payment

PAID = "paid"


def write_bill(subscription: Subscription, facts: InvoiceFacts, now: datetime) -> Bill:
    """Write what an invoice says, and let access follow; the subscription is locked.

    A hold that began before the money came is written first, so that its time does not count.
    """
    see_bill(subscription, facts, now)
    bill = _row(subscription, facts)
    bill.subscription = subscription
    paid_at = facts.paid_at if bill.is_owed and facts.status == PAID else None
    if bill.is_owed:
        follow(subscription, now, paid_at=paid_at)
    bill.status = facts.status[:40]
    bill.reason = facts.reason[:40]
    bill.amount = facts.amount_paid + facts.amount_remaining
    bill.next_try_at = facts.next_try_at
    bill.pay_url = facts.hosted_url
    bill.paid_at = facts.paid_at
    period = _period(facts)
    bill.starts_at, bill.ends_at = (period.start, period.end) if period else (None, None)
    bill.period_amount = max(0, period.amount - period.off) if period else None
    part = None if period else _part(facts)
    bill.part_from, bill.part_until = (part.start, part.end) if part else (None, None)
    if facts.status == "open" and facts.is_tried and not is_optional(subscription, facts):
        bill.failed_at = bill.failed_at or facts.created_at
        if subscription.customer.erased_at is None:
            bill.fix_key = bill.fix_key or tokens.secret()
    bill.save()
    if facts.status == PAID and facts.amount_paid:
        _take(subscription, bill, facts, now)
    follow(subscription, now, paid_at=paid_at)
    if paid_at is not None and subscription.unpaid_since is None:
        recovered(bill)
    return bill


def _row(subscription: Subscription, facts: InvoiceFacts) -> Bill:
    known: Bill | None = (
        Bill.objects.select_related("order").filter(
            stripe_account=subscription.stripe_account, stripe_id=facts.id
        )
    ).first()
    return known or Bill(
        subscription=subscription,
        stripe_account=subscription.stripe_account,
        stripe_id=facts.id,
        written_at=facts.created_at,
    )


def _period(facts: InvoiceFacts) -> BilledLine | None:
    """Return the whole period an invoice is for; none for a trial, a moved charge, a change."""
    whole = [line for line in facts.lines if line.is_period and line.amount > 0]
    return max(whole, key=lambda line: line.end, default=None)


def _part(facts: InvoiceFacts) -> BilledLine | None:
    """Return the rest of a period that a change of plan is paid for; None where there is none."""
    parts = [line for line in facts.lines if line.is_part and line.amount > 0]
    return max(parts, key=lambda line: line.end, default=None) if facts.amount_paid else None


def _take(subscription: Subscription, bill: Bill, facts: InvoiceFacts, now: datetime) -> None:
    """Write the money down, and make an order of it unless it is the first one's.

    What it gives follows when the whole bill is written.
    """
    if bill.order is None:
        bill.order = _renewal(subscription, facts, now)
        bill.save(update_fields=["order"])
    order = bill.order
    take_payment(order, facts.intent, now)
    if not order.is_renewal:
        return
    if not order.is_paid:
        problem = invoice_mismatch(
            subscription,
            facts,
            is_live=settings.STRIPE_LIVEMODE,
            order=order,
            agreed=agreed(subscription, facts),
        )
        plan = plan_of(subscription)
        if plan is not None and is_one_too_many(plan):
            problem = gettext_noop("It was paid in full, or returned, before this charge.")
        if problem:
            _ask(order, problem)
        else:
            _complete(subscription, plan, order, facts, now)
    settle_money(order, now)
    order.sync_version += 1
    order.save(update_fields=["status", "sync_version"])


def _renewal(subscription: Subscription, facts: InvoiceFacts, now: datetime) -> Order:
    first = subscription.order
    customer = subscription.customer
    order: Order = Order.objects.create(
        number=next_number(payment_account()),
        attempt=f"b{facts.id[-19:]}",
        customer=customer,
        email=customer.user.email,
        name=customer.name or first.name,
        language=customer.language or first.language,
        buyer_company=first.buyer_company,
        buyer_tax_id=first.buyer_tax_id,
        buyer_country=first.buyer_country,
        currency=subscription.currency,
        total=facts.amount_paid,
        discount=0,
        provider=Order.Provider.STRIPE,
        subscription=subscription,
        source=first.source,
        stripe_account=subscription.stripe_account,
        placed_at=facts.created_at,
        terms_accepted_at=first.terms_accepted_at,
    )
    _line(order, subscription, facts)
    return order


def _line(order: Order, subscription: Subscription, facts: InvoiceFacts) -> None:
    """Write what was charged as one line: what it costs, less what was taken off."""
    period = _period(facts)
    gross = max(period.amount if period else 0, facts.amount_paid)
    price = subscription.price
    label = label_of_bill(subscription, facts, order.language) or price.label
    tax = facts.amount_paid * subscription.tax // subscription.amount
    OrderLine.objects.create(
        order=order,
        product=subscription.product,
        price=price,
        title=subscription.product.title,
        label=label,
        **_counted(subscription, gross - tax),
        discount=gross - facts.amount_paid,
        tax=tax,
        opens=False,
        option=price.option,
        length=price.length,
    )


def _counted(subscription: Subscription, whole: int) -> dict[str, int]:
    """Return the amount of one place and how many there are; a part of a period is one thing."""
    seats = subscription.seats
    if whole == subscription.amount - subscription.tax and whole % seats == 0:
        return {"amount": whole // seats, "quantity": seats}
    return {"amount": whole}


def _ask(order: Order, problem: str) -> None:
    if order.status != Order.Status.REVIEW:
        order.status = Order.Status.REVIEW
        order.review_reason = problem
        order.save(update_fields=["status", "review_reason"])
        order_question(order, cause="review", about=problem)


def _complete(
    subscription: Subscription,
    plan: InstalmentPlan | None,
    order: Order,
    facts: InvoiceFacts,
    now: datetime,
) -> None:
    order.status = Order.Status.PAID
    order.review_reason = ""
    order.paid_at = facts.paid_at or now
    order.save(update_fields=["status", "review_reason", "paid_at"])
    owe_for_payment(order, now)
    if plan is None:
        renewed(subscription, order, facts)
    else:
        charged(plan, order)
