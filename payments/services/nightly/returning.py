"""Stripe's subscriptions against ours: whether each stands, until when, and for how much."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from payments.contract import SubscriptionFacts
from payments.models import Order, Subscription
from payments.services.nightly.findings import Finding
from payments.services.nightly.pages import Theirs
from payments.services.subscriptions.applying import is_at_stripe, open_change
from payments.services.subscriptions.beginning import next_charge, write_card

WITHOUT_MONEY = frozenset({"incomplete", "incomplete_expired"})
"""What was never paid has begun nothing."""


def keep_cards(account: str, rows: Sequence[Theirs]) -> None:
    """Write down which card each subscription of a page is charged from, where it is another."""
    facts = {row.id: row.returning for row in rows if row.returning is not None}
    for subscription in Subscription.objects.filter(stripe_account=account, stripe_id__in=facts):
        if write_card(subscription, facts[subscription.stripe_id].card):
            Subscription.objects.filter(pk=subscription.pk).update(
                card_last4=subscription.card_last4,
                card_expires_on=subscription.card_expires_on,
                card_told_at=None,
            )


def compare_subscriptions(account: str, rows: Sequence[Theirs], now: datetime) -> list[Finding]:
    """Return where a subscription that stands at Stripe differs from ours."""
    theirs = [row.returning for row in rows if row.returning is not None]
    theirs = [facts for facts in theirs if facts.status not in WITHOUT_MONEY]
    known = {
        subscription.stripe_id: subscription
        for subscription in Subscription.objects.filter(
            stripe_account=account, stripe_id__in=[facts.id for facts in theirs]
        )
    }
    found: list[Finding] = []
    for facts in theirs:
        subscription = known.get(facts.id)
        if subscription is None:
            found += _unknown(account, facts)
        else:
            found += compare(subscription, facts)
    return found


def compare(subscription: Subscription, facts: SubscriptionFacts) -> list[Finding]:
    """Return where one of ours differs from what Stripe says of it."""
    found = []
    ours = _shown(
        subscription.status,
        subscription.next_charge_at,
        subscription.ends_at,
        subscription.ended_at,
    )
    theirs = _shown(facts.status, next_charge(facts), facts.cancel_at, facts.ended_at)
    if ours != theirs:
        found.append(finding("subscription_state", subscription, ours=ours, theirs=theirs))
    amounts = (subscription.amount, subscription.currency), (facts.amount, facts.currency.upper())
    if amounts[0] != amounts[1] and not _is_set_for_later(subscription, facts):
        ours, theirs = (f"{amount} {currency}" for amount, currency in amounts)
        found.append(finding("subscription_amount", subscription, ours=ours, theirs=theirs))
    return found


def finding(kind: str, subscription: Subscription, *, ours: str = "", theirs: str = "") -> Finding:
    """Return a difference about one of our subscriptions."""
    return Finding(
        kind,
        "subscription",
        subscription.stripe_id,
        ours=ours,
        theirs=theirs,
        stripe_account=subscription.stripe_account,
        store_id=subscription.store_id,
        order_id=subscription.order_id,
    )


def _unknown(account: str, facts: SubscriptionFacts) -> list[Finding]:
    """One of ours that has no row; what others began in that account is not ours."""
    if not facts.reference:
        return []
    order = Order.objects.filter(public_id=facts.reference, stripe_account=account).first()
    if order is None:
        return []
    return [
        Finding(
            "subscription_unknown",
            "subscription",
            facts.id,
            theirs=f"{facts.status} {facts.amount} {facts.currency.upper()}",
            stripe_account=account,
            store_id=order.store_id,
            order_id=order.pk,
        )
    ]


def _shown(
    status: str, next_at: datetime | None, ends_at: datetime | None, ended_at: datetime | None
) -> str:
    """Return a state as both sides are compared by, to the minute."""
    parts = [status]
    for name, moment in (("next", next_at), ("ends", ends_at), ("ended", ended_at)):
        if moment is not None:
            parts.append(f"{name} {moment:%Y-%m-%d %H:%M}")
    return ", ".join(parts)


def _is_set_for_later(subscription: Subscription, facts: SubscriptionFacts) -> bool:
    """Whether Stripe has the cheaper plan already that here begins with the next charge."""
    change = open_change(subscription)
    if change is None or change.is_up or facts.currency.upper() != subscription.currency:
        return False
    return is_at_stripe(change.price, change.amount, facts)
