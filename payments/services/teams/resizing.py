"""Another number of places: more at once, for what they cost until the next charge; fewer with it.

Both are changes of plan with the same price (ADR 0042), so what Stripe shows decides when they
hold, and one that is set for later can be undone until then.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from payments.errors import CannotChange
from payments.models import OutboundCall, PlanChange, Subscription
from payments.services import stripe_subscriptions
from payments.services.subscriptions.applying import open_change
from payments.services.subscriptions.asking import ask
from payments.services.subscriptions.changing import Preview
from payments.services.teams.standing import counts_of

State = Subscription.State


def preview(subscription: Subscription, seats: int, now: datetime) -> Preview:
    """Return what another number of places costs, asked of Stripe; CannotChange says why not."""
    _check(subscription, seats, now)
    is_now = _comes_now(subscription, seats)
    next_at = subscription.next_charge_at or now
    then = _amount(subscription, seats)
    if not is_now:
        return Preview(is_now, 0, then, next_at, now)
    details = {
        **_items(subscription, seats),
        "proration_behavior": "always_invoice",
        "proration_date": int(now.timestamp()),
    }
    facts = stripe_subscriptions.preview(
        subscription.stripe_account, subscription.stripe_id, details
    )
    return Preview(is_now, facts.amount_remaining, then, next_at, now)


def resize_to(
    subscription: Subscription, seats: int, *, now: datetime, at: datetime | None = None
) -> PlanChange:
    """Change how many places a team has; ``at`` is the moment of the preview.

    More are there when they are paid for: a card that is refused leaves all as it was. Fewer come
    with the next charge, and never under the number of those who have one. CannotChange, TryLater.
    """
    _check(subscription, seats, now)
    is_now = _comes_now(subscription, seats)
    params = _items(subscription, seats)
    if not is_now:
        params |= {"proration_behavior": "none"}
    else:
        params |= {
            "proration_behavior": "always_invoice",
            "payment_behavior": "pending_if_incomplete",
            "proration_date": int((at or now).timestamp()),
        }
    when = PlanChange.When.NOW if is_now else PlanChange.When.LATER

    def beside(locked: Subscription, call: OutboundCall) -> None:
        amount = _amount(locked, seats)
        PlanChange.objects.create(
            subscription=locked,
            when=when,
            was=locked.price,
            price=locked.price,
            amount_was=locked.amount,
            amount=amount,
            tax=locked.tax // locked.seats * seats,
            seats_was=locked.seats,
            seats=seats,
            call=call,
            due_at=now if is_now else locked.next_charge_at or now,
            created_at=now,
        )

    ask(
        subscription,
        "seats",
        params,
        now=now,
        check=lambda locked: _check(locked, seats, now),
        beside=beside,
    )
    change: PlanChange = PlanChange.objects.filter(subscription=subscription).latest("pk")
    return change


def _comes_now(subscription: Subscription, seats: int) -> bool:
    """Whether more places can be paid for until the next charge: not where that was moved."""
    return seats > subscription.seats and not subscription.is_moved


def why_not(subscription: Subscription, now: datetime) -> str:
    """Return in a sentence why the number cannot be changed now; empty when it can."""
    try:
        _may_change(subscription, now)
    except CannotChange as no:
        return str(no.sentence)
    return ""


def _check(subscription: Subscription, seats: int, now: datetime) -> None:
    price = subscription.price
    if seats == subscription.seats:
        raise CannotChange(_("So many places there are already."))
    if not price.sells_seats(seats):
        words = {"least": price.seats_min, "most": price.seats_max}
        raise CannotChange(_("From %(least)s to %(most)s places.") % words)
    counts = counts_of(subscription.line.team)
    if seats < counts.taken:
        words = {"taken": counts.taken}
        raise CannotChange(
            _("%(taken)s places are taken. Take one back first, then make the team smaller.")
            % words
        )
    _may_change(subscription, now)


def _may_change(subscription: Subscription, now: datetime) -> None:
    if open_change(subscription) is not None:
        raise CannotChange(_("A change is under way already. Undo it first, or wait for it."))
    is_calm = subscription.state(now) in {State.ACTIVE, State.TRIAL}
    if subscription.next_charge_at is None or not is_calm or subscription.rests_ahead(now):
        raise CannotChange(_("The number of places can change while it is paid and goes on."))


def _amount(subscription: Subscription, seats: int) -> int:
    """Return what so many places cost, at what each was agreed to cost."""
    return subscription.amount // subscription.seats * seats


def _items(subscription: Subscription, seats: int) -> dict[str, Any]:
    return {"items": [{"id": subscription.stripe_item_id, "quantity": seats}]}
