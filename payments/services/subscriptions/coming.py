"""What the next charge costs: as now, or as another price says that is announced or set already."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import money
from mail.models import Message
from payments.models import PlanChange, PriceRise, Subscription
from payments.services.subscriptions.terms import period_total

NOTICE = timedelta(days=30)
"""So long before a charge everybody hears of another price."""


@dataclass(frozen=True)
class Heard:
    """Another price for all that the owner of a subscription was told of."""

    rise: PriceRise
    holds_from: datetime
    """Their first charge from then on is at the new price."""
    amount: int
    """What a whole period costs them then, in minor units."""


@dataclass(frozen=True)
class NextCharge:
    """What is charged next, for a whole period before any coupon."""

    amount: int
    """In minor units."""
    currency: str
    at_once: int
    """What would be charged if it were today: Stripe knows nothing of an announcement yet."""
    heard: Heard | None
    is_same: bool
    """Whether no other price is announced or set."""

    def display(self, language: str | None = None) -> str:
        """Return the amount in the reader's language."""
        return money.display(self.amount, self.currency, language)

    def display_at_once(self, language: str | None = None) -> str:
        """Return what would be charged today, in the reader's language."""
        return money.display(self.at_once, self.currency, language)


def next_charge(subscription: Subscription) -> NextCharge:
    """Return what the next charge of a subscription costs."""
    return next_charges([subscription])[subscription.pk]


def next_charges(subscriptions: Collection[Subscription]) -> dict[int, NextCharge]:
    """Return what the next charge of each costs, by the subscription's id, in three queries."""
    later = PlanChange.objects.open().filter(
        subscription__in=subscriptions, when=PlanChange.When.LATER
    )
    changed = dict(later.values_list("subscription_id", "amount"))
    heard = _heard(subscriptions)
    return {
        each.pk: _next(each, changed.get(each.pk), heard.get(each.pk)) for each in subscriptions
    }


def key_of(rise: PriceRise, subscription: Subscription) -> str:
    """Return the key of the mail that tells one of another price for all."""
    return f"price-rises:{rise.public_id}:{subscription.public_id}"


def _next(subscription: Subscription, changed: int | None, heard: Heard | None) -> NextCharge:
    at_once = amount = subscription.amount if changed is None else changed
    charged_at = _charged_at(subscription)
    if changed is None and heard and charged_at and heard.holds_from <= charged_at:
        amount = heard.amount
    is_same = heard is None and changed is None
    return NextCharge(amount, subscription.currency, at_once, heard, is_same)


def _charged_at(subscription: Subscription) -> datetime | None:
    """Return when the card is charged next; after a rest that was set, also before Stripe says."""
    moments = (subscription.next_charge_at, subscription.rests_until)
    return max((each for each in moments if each), default=None)


def _heard(subscriptions: Collection[Subscription]) -> dict[int, Heard]:
    rises = {
        each.old_id: each
        for each in PriceRise.objects.filter(
            old__in={each.price_id for each in subscriptions}, stopped_at=None
        ).select_related("new")
    }
    theirs = {
        key_of(rises[each.price_id], each): each
        for each in subscriptions
        if each.price_id in rises and _goes_on(each)
    }
    if not theirs:
        return {}
    one_place = {pk: period_total(rise.new, rise.announced_at) for pk, rise in rises.items()}
    found = {}
    for key, told_at in Message.objects.filter(key__in=theirs).values_list("key", "created_at"):
        subscription = theirs[key]
        rise = rises[subscription.price_id]
        found[subscription.pk] = Heard(
            rise,
            max(rise.holds_from, told_at + NOTICE),
            one_place[rise.old_id] * subscription.seats,
        )
    return found


def _goes_on(subscription: Subscription) -> bool:
    return (
        subscription.ended_at is None
        and subscription.ends_at is None
        and subscription.next_charge_at is not None
    )
