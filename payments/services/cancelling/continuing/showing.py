"""What is paid again and again, as the cancel pages, the Inbox and the billing page show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from payments.models import CancelNotice, Stop, Subscription
from payments.services.cancelling.continuing.wording import Choice, choices_for, sentences_of
from payments.services.subscriptions.noticed import stop_of
from payments.services.subscriptions.wording import how_it_stands, price_in_words


@dataclass(frozen=True)
class ShownSubscription:
    """One that may be stopped, or was: how it stands, and from when it may be over."""

    public_id: str
    title: str
    price: str
    sentences: Sequence[str]
    choices: Sequence[Choice]
    has_ended: bool
    notice: CancelNotice | None
    """The notice that stopped it."""


def of_many(found: Sequence[Subscription], said_at: datetime) -> list[ShownSubscription]:
    """Return subscriptions as they are listed."""
    return [of_one(each, said_at) for each in found]


def of_one(subscription: Subscription, said_at: datetime) -> ShownSubscription:
    """Return a subscription, judged for a notice given at ``said_at``."""
    stopped = stop_of(subscription)
    has_ended = subscription.ended_at is not None
    is_open = stopped is None and not has_ended
    return ShownSubscription(
        public_id=subscription.public_id,
        title=subscription.product.title,
        price=price_in_words(subscription),
        sentences=how_it_stands(subscription, said_at)
        if stopped is None or has_ended
        else sentences_of(stopped),
        choices=choices_for(subscription, said_at) if is_open else (),
        has_ended=has_ended,
        notice=stopped.notice if stopped is not None else None,
    )


def stops_of(notice: CancelNotice) -> list[Stop]:
    """Return what a notice stopped, also what was undone."""
    stops = notice.stops.select_related("subscription__product", "subscription__price")
    return list(stops.order_by("pk"))
