"""What the customer's page of monthly charges shows: how many are paid, and paying the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from payments.models import InstalmentPlan, OutboundCall, Subscription
from payments.services.instalments.paying_off import why_not
from payments.services.instalments.standing import State
from payments.services.instalments.wording import plan_stands, price_of_plan
from payments.services.subscriptions.showing import Receipt, card_of, receipts_of


@dataclass(frozen=True)
class Page:
    """One sum paid in monthly charges, for its owner."""

    price: str
    state: str
    sentences: list[str]
    n_paid: int
    n_total: int
    left: str
    """What the rest costs at once; empty when nothing can be paid."""
    left_amount: int
    why_not: str
    """Why the rest cannot be paid now, although some is left."""
    waits_at: str
    """Where a rest that is being paid goes on; empty when none is."""
    receipts: list[Receipt]
    card: str
    is_over: bool
    has_card: bool
    """Whether a card will still be charged, and so can be changed."""


def page_of(subscription: Subscription, plan: InstalmentPlan, now: datetime) -> Page:
    """Return what is shown of a plan."""
    is_open = plan.state == State.PAYING
    may_pay = is_open or (plan.state == State.ENDED and plan.stopped_at is None)
    problem = why_not(subscription, plan, now) if may_pay else ""
    order = plan.pay_off
    waits = order is not None and order.status == order.Status.PENDING and may_pay
    return Page(
        price=price_of_plan(plan),
        state=state_in_words(plan),
        sentences=plan_stands(plan, now),
        n_paid=plan.n_paid,
        n_total=plan.n_total,
        left=plan.display(plan.left) if may_pay and not problem else "",
        left_amount=plan.left,
        why_not=problem if may_pay else "",
        waits_at=order.public_id if waits and order is not None else "",
        receipts=receipts_of(subscription),
        card=card_of(subscription),
        is_over=not is_open,
        has_card=is_open and subscription.ended_at is None,
    )


def state_in_words(plan: InstalmentPlan) -> str:
    """Return how it stands in a word or two: its own state, or that a charge failed."""
    subscription = plan.subscription
    if plan.state == State.PAYING and subscription.held_at is not None:
        return str(Subscription.State.ON_HOLD.label)
    if plan.state == State.PAYING and subscription.unpaid_since is not None:
        return str(Subscription.State.TO_FIX.label)
    return str(State(plan.state).label)


def is_waiting(plan: InstalmentPlan) -> bool:
    """Whether a call to Stripe about it has no answer yet."""
    waiting = OutboundCall.objects.filter(
        subscription=plan.subscription_id, state=OutboundCall.State.WAITING, attempts__gt=0
    )
    return bool(waiting.exists())
