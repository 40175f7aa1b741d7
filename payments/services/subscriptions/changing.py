"""Another plan: up, paid for at once; down, with the next charge, and undone until then.

Down is one change at Stripe made at once and without a charge, which shows in the next period; our
row holds the old plan until that begins (ADR 0042). Nothing has to happen at the moment itself, so
nothing can be missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from payments.contract import NOTHING_TWICE, Twice
from payments.errors import CannotChange
from payments.models import OutboundCall, PlanChange, PriceRise, Subscription
from payments.services import stripe_subscriptions
from payments.services.income.writing import write_income
from payments.services.subscriptions.applying import apply, open_change
from payments.services.subscriptions.asking import ask
from payments.services.subscriptions.discounting import off_at
from payments.services.subscriptions.terms import (
    AT_STRIPE,
    DAYS,
    charge_total,
    period_total,
    returns,
)
from payments.services.subscriptions.unused import days_left_cost
from products.models import Price
from products.services.offering import is_offered, places_left_of
from products.services.sales import mark_sold

Params = dict[str, Any]
State = Subscription.State


@dataclass(frozen=True)
class Preview:
    """What a change of plan costs. Amounts are in minor units."""

    is_now: bool
    """Whether it holds at once, and not with the next charge."""
    today: int
    then: int
    """From ``next_at`` on, each time."""
    next_at: datetime
    at: datetime
    """The moment it was reckoned for: handed back, exactly this is charged."""


def plans(subscription: Subscription, now: datetime) -> list[Price]:
    """Return the other prices of the product that its owner may change to now.

    None while it rests, is on hold, leaves or has ended. What the store raised the price to is the
    same thing for more: it is paid when its day comes, and nobody is asked to pay it before.
    """
    if not goes_on(subscription, now):
        return []
    found = Price.objects.filter(
        product=subscription.product_id,
        kind=Price.Kind.SUBSCRIPTION,
        currency=subscription.currency,
    ).exclude(pk__in=[subscription.price_id, *_comes_by_itself(subscription)])
    prices = [price for price in found.select_related("product") if is_offered(price, now)]
    left = places_left_of({subscription.product: prices}, now)
    return [
        price
        for price in prices
        if left.get(price.pk) != 0 and takes_seats(price, subscription, subscription.seats)
    ]


def _comes_by_itself(subscription: Subscription) -> list[int]:
    rises = PriceRise.objects.filter(
        old=subscription.price_id,
        new__amount__gt=F("old__amount"),
        new__interval=F("old__interval"),
    )
    return list(rises.values_list("new_id", flat=True))


def goes_on(subscription: Subscription, now: datetime, *, through_rests: bool = False) -> bool:
    """Whether it is paid and charged again; a rest counts only ``through_rests``."""
    state = subscription.state(now)
    if subscription.next_charge_at is None:
        return False
    if through_rests:
        return state in {State.ACTIVE, State.TRIAL, State.RESTING}
    return state in {State.ACTIVE, State.TRIAL} and not subscription.rests_ahead(now)


def takes_seats(price: Price, subscription: Subscription, seats: int) -> bool:
    """Whether a price is for as many places: a team's for a team, another for who pays alone."""
    if not subscription.price.is_team:
        return not price.is_team
    return bool(price.sells_seats(seats))


def is_up(subscription: Subscription, price: Price, now: datetime) -> bool:
    """Whether a price costs more by the day than what is paid now, or as much."""
    was = (
        Fraction(subscription.amount, subscription.seats)
        / DAYS[subscription.price.interval or "month"]
    )
    return Fraction(period_total(price, now)) / DAYS[price.interval or "month"] >= was


def comes_now(subscription: Subscription, price: Price, now: datetime) -> bool:
    """Whether a change holds at once: it costs more, and what it costs until the next charge can
    be charged.

    Where that charge was moved Stripe would charge nothing until then, for as long as a year that
    is paid; so such a change comes with it. So does one to a shorter rhythm whose first charge is
    less than what the days left cost: Stripe would keep what is over, also for who leaves.
    """
    if not is_up(subscription, price, now):
        return False
    then = charge_total(price, subscription.seats, now)
    if _is_alike(subscription, price, then):
        return True
    return not (subscription.is_moved or _leaves_credit(subscription, price, then, now))


def _leaves_credit(subscription: Subscription, price: Price, then: int, now: datetime) -> bool:
    if price.interval == subscription.price.interval or _is_free_now(subscription):
        return False
    return days_left_cost(subscription, now) > then - off_at(subscription, then, now)


def preview(subscription: Subscription, price: Price, now: datetime) -> Preview:
    """Return what a change costs, asked of Stripe; CannotChange says why it cannot be."""
    _check(subscription, price, now)
    then = charge_total(price, subscription.seats, now)
    holds_now, next_at = comes_now(subscription, price, now), subscription.next_charge_at or now
    if not holds_now or _is_free_now(subscription) or _is_alike(subscription, price, then):
        return Preview(holds_now, 0, then, next_at, now)
    details = {
        **_items(subscription, price, then, subscription.seats),
        "proration_behavior": "always_invoice",
        "proration_date": int(now.timestamp()),
    }
    facts = stripe_subscriptions.preview(
        subscription.stripe_account, subscription.stripe_id, details
    )
    ends = max((line.end for line in facts.lines), default=next_at)
    return Preview(holds_now, facts.amount_remaining, then, ends, now)


def upgrade(
    subscription: Subscription,
    price: Price,
    *,
    now: datetime,
    at: datetime | None = None,
    twice: Twice = NOTHING_TWICE,
) -> PlanChange:
    """Change to a price that costs more, from now on; what it costs more is charged at once.

    ``twice`` says what becomes of what is paid for already and the new price includes.

    ``at`` is the moment of the preview, so that exactly that is charged. It holds when it is paid:
    a card that is refused leaves all as it was, and the bill can be paid for 23 hours.
    CannotChange, TryLater.
    """
    _check(subscription, price, now)
    if not comes_now(subscription, price, now):
        raise CannotChange(_("This comes with the next charge."))
    amount = charge_total(price, subscription.seats, now)
    if _is_alike(subscription, price, amount):
        return _without_a_call(subscription, price, amount, now, twice)
    params = _items(subscription, price, amount, subscription.seats)
    if _is_free_now(subscription):
        params |= {"proration_behavior": "none"}
    else:
        params |= {
            "proration_behavior": "always_invoice",
            "payment_behavior": "pending_if_incomplete",
            "proration_date": int((at or now).timestamp()),
        }
    return _ask(subscription, price, amount, params, PlanChange.When.NOW, now, twice=twice)


def downgrade(
    subscription: Subscription, price: Price, *, now: datetime, twice: Twice = NOTHING_TWICE
) -> PlanChange:
    """Change to a price that does not come at once, with the next charge; undone until then.

    ``twice`` as for ``upgrade``.

    CannotChange, TryLater.
    """
    _check(subscription, price, now)
    if comes_now(subscription, price, now):
        raise CannotChange(_("This costs more, so it is paid for at once."))
    return change_later(subscription, price, now=now, twice=twice)


def change_later(
    subscription: Subscription,
    price: Price,
    *,
    now: datetime,
    rise: PriceRise | None = None,
    twice: Twice = NOTHING_TWICE,
) -> PlanChange:
    """Change to a price with the next charge; until then all stays.

    ``rise`` is the store's own announcement: then ``price`` need not be on sale.
    """
    _check(subscription, price, now, is_ours=rise is not None)
    amount = charge_total(price, subscription.seats, now)
    params = _items(subscription, price, amount, subscription.seats) | {
        "proration_behavior": "none"
    }
    if price.interval != subscription.price.interval and subscription.next_charge_at is not None:
        # Another rhythm begins at once, unless the next charge is said to be when it is anyway.
        params["trial_end"] = int(subscription.next_charge_at.timestamp())
    when = PlanChange.When.LATER
    return _ask(subscription, price, amount, params, when, now, rise=rise, twice=twice)


def undo(subscription: Subscription, *, now: datetime) -> Subscription:
    """Stay with the plan one has; CannotChange when there is nothing left to undo."""
    change = open_change(subscription)
    if change is None or not change.may_be_undone(now):
        raise CannotChange(_("There is no change to undo."))
    params = _items(subscription, change.was, change.amount_was, change.seats_was)
    params |= {"proration_behavior": "none"}
    if change.price.interval != change.was.interval:
        params["trial_end"] = int(change.due_at.timestamp())

    def beside(_locked: Subscription, call: OutboundCall) -> None:
        PlanChange.objects.filter(pk=change.pk).update(undone_by=call)

    def still(locked: Subscription) -> None:
        found = open_change(locked)
        if found is None or not found.may_be_undone(now):
            raise CannotChange(_("There is no change to undo."))

    return ask(subscription, "as-was", params, now=now, check=still, beside=beside)


def _ask(
    subscription: Subscription,
    price: Price,
    amount: int,
    params: Params,
    when: PlanChange.When,
    now: datetime,
    *,
    rise: PriceRise | None = None,
    twice: Twice = NOTHING_TWICE,
) -> PlanChange:
    def beside(locked: Subscription, call: OutboundCall) -> None:
        _write(locked, price, amount, when, now, call=call, rise=rise, twice=twice)

    ask(
        subscription,
        "plan",
        params,
        now=now,
        check=lambda locked: _check(locked, price, now, is_ours=rise is not None),
        beside=beside,
    )
    change: PlanChange = PlanChange.objects.filter(subscription=subscription).latest("pk")
    return change


@transaction.atomic
def _without_a_call(
    subscription: Subscription, price: Price, amount: int, now: datetime, twice: Twice
) -> PlanChange:
    """Change to a price that Stripe cannot tell from this one: nothing is to be asked there."""
    locked: Subscription = Subscription.objects.select_for_update(no_key=True).get(
        pk=subscription.pk
    )
    _check(locked, price, now)
    change = _write(locked, price, amount, PlanChange.When.NOW, now, twice=twice)
    apply(change, locked, now)
    write_income(locked)
    subscription.refresh_from_db()
    return change


def _write(
    locked: Subscription,
    price: Price,
    amount: int,
    when: PlanChange.When,
    now: datetime,
    *,
    call: OutboundCall | None = None,
    rise: PriceRise | None = None,
    twice: Twice = NOTHING_TWICE,
) -> PlanChange:
    mark_sold(price, now)
    due_at = (locked.next_charge_at or now) if when == PlanChange.When.LATER else now
    change: PlanChange = PlanChange.objects.create(
        subscription=locked,
        when=when,
        was=locked.price,
        price=price,
        amount_was=locked.amount,
        amount=amount,
        tax=amount - price.amount * locked.seats,
        seats_was=locked.seats,
        seats=locked.seats,
        rise=rise,
        twice=twice.as_json(),
        call=call,
        due_at=due_at,
        created_at=now,
    )
    return change


def _check(
    subscription: Subscription, price: Price, now: datetime, *, is_ours: bool = False
) -> None:
    """Raise CannotChange unless this may be changed to that price now."""
    if price.product_id != subscription.product_id or price.currency != subscription.currency:
        raise CannotChange(_("This is another product."))
    if price.pk == subscription.price_id:
        raise CannotChange(_("This is what you pay already."))
    if not takes_seats(price, subscription, subscription.seats):
        raise CannotChange(_("This price is not for so many places."))
    if not returns(price) or not (is_ours or is_offered(price, now)):
        raise CannotChange(_("This price is not on sale now."))
    if open_change(subscription) is not None:
        raise CannotChange(_("A change is under way already. Undo it first, or wait for it."))
    if not goes_on(subscription, now, through_rests=is_ours):
        raise CannotChange(_("A change of plan is possible while it is paid and goes on."))


def _is_free_now(subscription: Subscription) -> bool:
    """Whether nothing is charged before the next charge: they are free days."""
    return subscription.status == "trialing"


def _is_alike(subscription: Subscription, price: Price, amount: int) -> bool:
    return amount == subscription.amount and price.interval == subscription.price.interval


def _items(subscription: Subscription, price: Price, amount: int, seats: int) -> Params:
    return {"items": [_item(subscription, price, amount, seats, _product_of(subscription))]}


def _product_of(subscription: Subscription) -> str:
    """Return what a subscription is of at Stripe, as the checkout that began it described it."""
    found = stripe_subscriptions.fetch_subscription(
        subscription.stripe_account, subscription.stripe_id
    )
    return found.product


def _item(
    subscription: Subscription, price: Price, amount: int, seats: int, product: str
) -> Params:
    interval, count = AT_STRIPE[price.interval or "month"]
    many = {"quantity": seats} if subscription.price.is_team else {}
    return {
        "id": subscription.stripe_item_id,
        **many,
        "price_data": {
            "currency": subscription.currency.lower(),
            "product": product,
            "unit_amount": amount // seats,
            "recurring": {"interval": interval, "interval_count": count},
        },
    }
