"""A checkout that was paid begins a subscription: one row for the line that returns."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from payments.contract import CardFacts, SessionFacts, SubscriptionFacts
from payments.models import Bill, InstalmentPlan, Order, OrderLine, Subscription
from payments.services.accounts import customer_at
from payments.services.instalments.guarding import see
from payments.services.instalments.spreading import later_total
from payments.services.instalments.standing import is_planned, plan_of
from payments.services.moving_in.carrying import carry_on
from payments.services.overlaps import letters as overlaps
from payments.services.subscriptions import letters, noticed
from payments.services.subscriptions.applying import see_state
from payments.services.subscriptions.billing import write_bill
from payments.services.subscriptions.deeds import ENDS, LEAVES, deed_of
from payments.services.subscriptions.terms import charge_total, returns
from payments.services.subscriptions.unused import unused


def begin(order: Order, facts: SessionFacts, now: datetime) -> Subscription | None:
    """Write down, once, what a paid session began; None where nothing returns.

    Belongs to the transaction in which the order's row is locked.
    """
    began = facts.began
    line = returning_line(order)
    if began is None or line is None:
        return None
    known: Subscription | None = Subscription.objects.filter(line=line).first()
    if known is not None:
        locked: Subscription = Subscription.objects.select_for_update(no_key=True).get(pk=known.pk)
        return locked
    if order.customer is None:
        order.customer = customer_at(order.email, order.name, order.language)
        order.save(update_fields=["customer"])
    amount, tax = _each(line, order)
    subscription: Subscription = Subscription.objects.create(
        order=order,
        line=line,
        customer=order.customer,
        product=line.product,
        price=line.price,
        amount=amount,
        tax=tax,
        seats=line.quantity,
        currency=order.currency,
        stripe_account=order.stripe_account,
        stripe_id=began.id,
        started_at=now,
        created_at=now,
    )
    if line.charges:
        InstalmentPlan.objects.create(
            subscription=subscription,
            n_total=line.charges,
            total=line.total - line.shipping_total + later_total(line),
        )
    return subscription


def _each(line: OrderLine, order: Order) -> tuple[int, int]:
    """Return what each charge costs that comes by itself, and the tax on top within it."""
    if line.charges:
        return line.later, line.later * line.tax // line.total
    amount = charge_total(line.price, line.quantity, order.placed_at)
    return amount, amount - line.price.amount * line.quantity


def returning_line(order: Order) -> OrderLine | None:
    """Return the line of an order after which a card is charged again; None where none is."""
    lines = order.lines.select_related("product", "price__product")
    return next((line for line in lines if line.charges or returns(line.price)), None)


def write_first(subscription: Subscription, facts: SessionFacts, now: datetime) -> None:
    """Write the first bill, which the order itself is, and how the subscription stands."""
    if facts.began is not None:
        write_state(subscription, _unjudged(subscription, facts.began), now)
    if facts.billed is None:
        carry_on(subscription, now)
        return
    Bill.objects.get_or_create(
        stripe_account=subscription.stripe_account,
        stripe_id=facts.billed.id,
        defaults={
            "subscription": subscription,
            "order": subscription.order,
            "written_at": facts.billed.created_at,
        },
    )
    write_bill(subscription, facts.billed, now)
    carry_on(subscription, now)


def _unjudged(subscription: Subscription, began: SubscriptionFacts) -> SubscriptionFacts:
    """Return how it stands without the end of monthly charges: that is judged by what was paid.

    So only ``sync_subscription`` takes it over, which looks at the charges before; as its day has
    passed it is asked about soon.
    """
    ended_at = began.ended_at
    if ended_at is None or subscription.ended_at is not None or not is_planned(subscription):
        return began
    return replace(began, ended_at=None, cancel_at=began.cancel_at or ended_at)


def write_state(subscription: Subscription, facts: SubscriptionFacts, now: datetime) -> None:
    """Write how a subscription stands at Stripe; it is locked.

    Once something was paid, here or before moving in, what Stripe calls a trial is a charge that
    was moved. Who leaves or
    stays is told in the same transaction, also where it was done at Stripe.
    """
    was_leaving, was_ended = subscription.ends_at is not None, subscription.ended_at is not None
    subscription.status, subscription.started_at = facts.status[:40], facts.started_at
    subscription.stripe_item_id = facts.item
    subscription.stripe_customer_id = facts.customer
    was_paid = subscription.bills.filter(status="paid", ends_at__isnull=False).exists()
    is_moved = was_paid or subscription.line.charged_from is not None
    trial_ends_at = None if is_moved else facts.trial_end
    if trial_ends_at != subscription.trial_ends_at:
        subscription.trial_ends_at, subscription.told_days_before = trial_ends_at, None
    subscription.ends_at = facts.cancel_at
    subscription.ended_at = facts.ended_at
    subscription.next_charge_at = next_charge(facts)
    write_card(subscription, facts.card)
    subscription.sync_version += 1
    subscription.save()
    see_state(subscription, facts, now)
    is_noticed = noticed.see_state(subscription, was_leaving=was_leaving, now=now)
    plan = plan_of(subscription)
    if plan is not None:
        see(subscription, plan, facts.schedule, now)
    elif not was_ended:
        _tell(subscription, was_leaving=was_leaving, is_noticed=is_noticed)


def next_charge(facts: SubscriptionFacts) -> datetime | None:
    """Return when a card is charged next; None when it is not any more."""
    if facts.ended_at is not None:
        return None
    ends_before = facts.cancel_at is not None and facts.cancel_at <= facts.period_end
    return None if ends_before else facts.period_end


def _tell(subscription: Subscription, *, was_leaving: bool, is_noticed: bool) -> None:
    """Tell what changed about its end; what ends for want of money is told of elsewhere.

    What a cancel notice stopped was acknowledged with that notice.
    """
    ended_at, deed = subscription.ended_at, deed_of(subscription)
    if is_noticed and deed != ENDS:
        return
    if ended_at is None:
        if subscription.ends_at is not None and not was_leaving:
            letters.leaves_at_end(subscription)
        elif subscription.ends_at is None and was_leaving:
            letters.stays_after_all(subscription)
        return
    if deed == ENDS:
        amount = unused(subscription, ended_at)
        if not overlaps.stopped(subscription, amount):
            letters.left_today(subscription, amount)
    elif not was_leaving and (deed == LEAVES or subscription.unpaid_since is None):
        letters.left_today(subscription, 0)


def write_card(subscription: Subscription, card: CardFacts | None) -> bool:
    """Set which card is charged, unsaved; of another one nothing was told yet."""
    if card is None:
        return False
    if (subscription.card_last4, subscription.card_expires_on) == (card.last4, card.expires_on):
        return False
    subscription.card_last4, subscription.card_expires_on = card.last4, card.expires_on
    subscription.card_told_at = None
    return True
