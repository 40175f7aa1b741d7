"""The mails of what returns: each charge, each that failed, a rest, an end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from core import clock, days, money
from mail.services.outbox import post, post_to_creators
from payments.contract import InvoiceFacts
from payments.models import Order, Subscription
from payments.services.addresses import page_url
from payments.services.letters import order_words
from payments.services.subscriptions.coming import NextCharge, next_charge
from payments.services.subscriptions.wording import in_day
from stores.scope import current_store

SOMEBODY_LEFT = "somebody_left"
REASON_WAITS = timedelta(minutes=10)
"""How long the team's mail waits for a reason, which is asked for after it is done."""


def renewed(subscription: Subscription, order: Order, facts: InvoiceFacts) -> None:
    """Send the receipt of a later charge, once per order."""
    language = order.language
    ends = max((line.end for line in facts.lines if line.is_period), default=None)
    zone = current_store().zone
    post(
        "renewed",
        key=f"renewed:{order.public_id}",
        to=order.email,
        name=order.name,
        language=language,
        context={
            **order_words(order, language),
            "title": subscription.product.title,
            "store_name": current_store().name,
            "next_charge": (
                days.said(clock.local_day(ends, zone), language) if ends is not None else ""
            ),
            "shelf_url": page_url("storefront:shelf", language=language),
            "order_url": page_url("payments:order", order.public_id, language=language),
            "billing_url": billing_url(subscription, language),
        },
    )


def billing_url(subscription: Subscription, language: str) -> str:
    """Return where its owner sees what they pay, leaves, and rests."""
    return page_url("payments:subscription", subscription.public_id, language=language)


def leaves_at_end(subscription: Subscription) -> None:
    """Say that it ends with what is paid, and until when all stays open."""
    _to_owner("leaves_at_end", subscription, days={"until": subscription.ends_at})
    _somebody_left(subscription)


def left_today(subscription: Subscription, amount: int) -> None:
    """Say that it has ended, and how much goes back, in minor units."""
    _to_owner("left_today", subscription, amount=amount)
    _somebody_left(subscription, amount)


def it_ended(subscription: Subscription, amount: int) -> None:
    """Say to its owner alone that it has ended, and how much goes back, in minor units."""
    _to_owner("left_today", subscription, amount=amount)


def stays_after_all(subscription: Subscription) -> None:
    """Say that it goes on, and when the next charge is."""
    _to_owner("stays_after_all", subscription, days={"next_charge": subscription.next_charge_at})


def rests(subscription: Subscription) -> None:
    """Say from when until when it rests."""
    days = {"from_day": subscription.rests_from, "until": subscription.rests_until}
    _to_owner("rests_until", subscription, days=days, then=next_charge(subscription))


def back_again(subscription: Subscription) -> None:
    """Say that the rest is over, or off, and when the next charge is."""
    _to_owner("back_again", subscription, days={"next_charge": subscription.next_charge_at})


def _to_owner(
    kind: str,
    subscription: Subscription,
    *,
    days: Mapping[str, datetime | None] | None = None,
    amount: int = 0,
    then: NextCharge | None = None,
) -> None:
    """Write to who pays; once for each change, as the row's version goes up with every one.

    Where it says what is charged ``then``, it says too whether that is another price.
    """
    customer = subscription.customer
    language = customer.language or subscription.order.language
    post(
        kind,
        key=f"{kind}:{subscription.public_id}:{subscription.sync_version}",
        to=customer.user.email,
        name=customer.name,
        language=language,
        context={
            **_words(subscription, language, days or {}, amount),
            **(_charge_words(then, language) if then is not None else {}),
            "shelf_url": page_url("storefront:shelf", language=language),
            "billing_url": billing_url(subscription, language),
        },
    )


def _somebody_left(subscription: Subscription, amount: int = 0) -> None:
    """Tell those who run the store, a little later: who leaves may still say why."""
    post_to_creators(
        SOMEBODY_LEFT,
        key=f"{SOMEBODY_LEFT}:{subscription.public_id}:{subscription.sync_version}",
        context=creators_words(subscription, amount),
        due_at=clock.now() + REASON_WAITS,
    )


def creators_words(
    subscription: Subscription, amount: int = 0, *, reason: str = ""
) -> dict[str, Any]:
    """Return what the team's mail says of somebody who left; ``amount`` goes back, in minor units.

    It holds the first order's number, by which a buyer who is forgotten is taken out of mails.
    """
    customer, language = subscription.customer, current_store().language
    until = subscription.ends_at if subscription.ended_at is None else None
    return {
        **_words(subscription, language, {"until": until}, amount),
        "subscription": subscription.public_id,
        "number": subscription.order.number,
        "customer_name": customer.name or customer.user.email,
        "customer_email": customer.user.email,
        "reason": reason,
        "admin_url": page_url(
            "admin:payments_subscription_change", subscription.pk, language=language
        ),
    }


def _charge_words(then: NextCharge, language: str) -> dict[str, Any]:
    return {"total": then.in_words(language), "has_other_price": not then.is_same}


def _words(
    subscription: Subscription,
    language: str,
    days: Mapping[str, datetime | None],
    amount: int,
) -> dict[str, Any]:
    return {
        "title": subscription.product.title,
        "store_name": current_store().name,
        "total": subscription.display(language),
        "amount": money.display(amount, subscription.currency, language) if amount else "",
        **{name: in_day(moment, language) if moment else "" for name, moment in days.items()},
    }
