"""What the next charge costs: as now, or as another price says that is announced or set already.

In each case less what a coupon takes off at that moment, as Stripe will.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from core import clock, money
from mail.models import Message
from payments.models import PlanChange, PriceRise, Subscription
from payments.services.subscriptions.discounting import Lasting, lasting_of
from payments.services.subscriptions.terms import period_total
from products.models import Price

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
    """What is charged next, for a whole period and less what a coupon takes off it then."""

    amount: int
    """In minor units."""
    off: int
    """What a coupon takes off, in minor units: ``amount`` is after it."""
    coupon: Lasting | None
    """The coupon that lowers, or lowered, later charges too."""
    another: Price | None
    """The price it is charged at, where that is not the one of now."""
    currency: str
    at_once: int
    """What would be charged if it were today: Stripe knows nothing of an announcement yet."""
    heard: Heard | None
    is_same: bool
    """Whether no other price is announced or set."""

    def display(self, language: str | None = None) -> str:
        """Return the amount in the reader's language."""
        return money.display(self.amount, self.currency, language)

    def in_words(self, language: str | None = None) -> str:
        """Return the amount as a sentence names it: where a coupon is taken off, that it is."""
        if not self.off:
            return self.display(language)
        with override(language or get_language()):
            return _("%(amount)s after the coupon") % {"amount": self.display(language)}

    def display_at_once(self, language: str | None = None) -> str:
        """Return what would be charged today, in the reader's language."""
        return money.display(self.at_once, self.currency, language)


def next_charge(subscription: Subscription, *, at: datetime | None = None) -> NextCharge:
    """Return what the next charge of a subscription costs; ``at`` is its moment where that is
    about to be another."""
    return next_charges([subscription], at=at)[subscription.pk]


def next_charges(
    subscriptions: Collection[Subscription], *, at: datetime | None = None
) -> dict[int, NextCharge]:
    """Return what the next charge of each costs, by the subscription's id, in five queries."""
    later = PlanChange.objects.open().filter(
        subscription__in=subscriptions, when=PlanChange.When.LATER
    )
    changed = {each.subscription_id: each for each in later.select_related("price")}
    heard, lasting = _heard(subscriptions), lasting_of(subscriptions)
    return {
        each.pk: _next(each, changed.get(each.pk), heard.get(each.pk), lasting.get(each.pk), at)
        for each in subscriptions
    }


def key_of(rise: PriceRise, subscription: Subscription) -> str:
    """Return the key of the mail that tells one of another price for all."""
    return f"price-rises:{rise.public_id}:{subscription.public_id}"


def _next(
    subscription: Subscription,
    changed: PlanChange | None,
    heard: Heard | None,
    lasting: Lasting | None,
    at: datetime | None,
) -> NextCharge:
    at_once = whole = subscription.amount if changed is None else changed.amount
    another = changed.price if changed is not None else None
    now = clock.now()
    charged_at = at or _charged_at(subscription)
    if changed is None and heard and charged_at and heard.holds_from <= charged_at:
        whole, another = heard.amount, heard.rise.new
    off = lasting.off(whole, charged_at or now) if lasting is not None else 0
    off_at_once = lasting.off(at_once, now) if lasting is not None else 0
    return NextCharge(
        amount=whole - off,
        off=off,
        coupon=lasting,
        another=another,
        currency=subscription.currency,
        at_once=at_once - off_at_once,
        heard=heard,
        is_same=heard is None and changed is None,
    )


def _charged_at(subscription: Subscription) -> datetime | None:
    """Return when the card is charged next; after a rest that was set, also before Stripe says.

    Where it ends: when it would be charged, if it went on after all.
    """
    moments = (subscription.next_charge_at, subscription.rests_until)
    return max((each for each in moments if each), default=subscription.ends_at)


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
