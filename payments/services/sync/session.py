"""A checkout session: paid, it opens the order; run out, it lets go of what was held."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.conf import settings

from payments.contract import SessionFacts
from payments.errors import NotOurs
from payments.models import Order, StripeCustomer
from payments.rules import is_lost, is_on_its_way, is_paid, mismatch
from payments.services import letters, stripe_api, stripe_subscriptions
from payments.services.fulfilment import fulfil, settle
from payments.services.letting_go import keep, let_go
from payments.services.subscriptions.beginning import begin, write_first
from payments.services.sync.agreeing import agree
from payments.services.taking import take_payment


def sync_session(account: str, session_id: str, now: datetime) -> Order:
    """Make our order agree with its session; NotOurs when no order has it."""
    order: Order | None = Order.objects.filter(
        stripe_account=account, stripe_session_id=session_id
    ).first()
    if order is None:
        raise NotOurs(session_id)

    def version() -> int:
        return int(Order.objects.values_list("sync_version", flat=True).get(pk=order.pk))

    agree(
        order,
        version=version,
        fetch=lambda: _fetch(account, session_id),
        write=lambda locked, facts: write_session(locked, facts, now),
    )
    order.refresh_from_db()
    return order


def _fetch(account: str, session_id: str) -> SessionFacts:
    """Return what Stripe says of a session, with what it began and the first invoice of that."""
    facts = stripe_api.fetch_session(account, session_id)
    if not facts.subscription:
        return facts
    billed = stripe_subscriptions.fetch_invoice(account, facts.invoice) if facts.invoice else None
    began = stripe_subscriptions.fetch_subscription(account, facts.subscription)
    return replace(facts, began=began, billed=billed)


def write_session(order: Order, facts: SessionFacts, now: datetime) -> None:
    """Write what a session says; the order is locked."""
    if is_paid(facts):
        take_payment(order, facts.paid_by, now)
        begun = begin(order, facts, now)
        if not order.is_paid:
            open_or_ask(order, mismatch(order, facts, is_live=settings.STRIPE_LIVEMODE), now)
        if begun is not None:
            write_first(begun, facts, now)
        _remember_customer(order, facts)
        settle(order, now)
    elif is_lost(facts) and order.status == Order.Status.PENDING:
        order.status = Order.Status.EXPIRED
        let_go(order, now)
    elif is_on_its_way(facts) and order.status == Order.Status.PENDING:
        keep(order, now)
    order.sync_version += 1
    order.save(update_fields=["status", "review_reason", "sync_version"])


def open_or_ask(order: Order, problem: str, now: datetime) -> None:
    """Open a paid order, or put it aside and ask a person when something does not match."""
    if not problem:
        fulfil(order, now)
    elif order.status != Order.Status.REVIEW:
        order.status = Order.Status.REVIEW
        order.review_reason = problem
        order.save(update_fields=["status", "review_reason"])
        letters.order_question(order, cause="review", about=problem)


def _remember_customer(order: Order, facts: SessionFacts) -> None:
    if facts.customer and order.customer is not None:
        StripeCustomer.objects.get_or_create(
            stripe_account=order.stripe_account,
            stripe_id=facts.customer,
            defaults={"customer": order.customer},
        )
