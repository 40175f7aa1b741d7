"""What is asked of Stripe so that something ends by itself after so many charges."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from payments.contract import SubscriptionFacts
from payments.services.stripe_api import _asking, _id, _options, _plain
from payments.services.stripe_subscriptions import fetch_subscription

KEPT = ("application_fee_percent", "description")
"""What a phase says of its subscription, which one that takes its place must say again."""


def end_after(
    account: str, subscription_id: str, body: dict[str, Any], key: str
) -> SubscriptionFacts:
    """Let a subscription end by itself so many months after it ``began``; done twice is once.

    Stripe makes a schedule of the subscription first, and takes its phases in another call.
    """
    with _asking() as client:
        found = _plain(client.v1.subscriptions.retrieve(subscription_id, {}, _options(account)))  # type: ignore[arg-type]  # options are built as a plain dict
        schedules, known = client.v1.subscription_schedules, _id(found.get("schedule"))
        if known:
            plain = _plain(schedules.retrieve(known, {}, _options(account)))  # type: ignore[arg-type]  # as above
        else:
            made = {"from_subscription": subscription_id}
            plain = _plain(schedules.create(made, _options(account, f"{key}-made")))  # type: ignore[arg-type]  # as above
        params = {"end_behavior": "cancel", "phases": [_phase(plain["phases"][0], body)]}
        schedules.update(plain["id"], params, _options(account, f"{key}-set"))  # type: ignore[arg-type]  # as above
    return fetch_subscription(account, subscription_id)


def _phase(phase: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    gone = _months_between(body["began"], phase["start_date"])
    return {
        "items": [
            {"price": _id(item["price"]), "quantity": item.get("quantity") or 1}
            for item in phase["items"]
        ],
        "start_date": phase["start_date"],
        "duration": {"interval": "month", "interval_count": max(1, body["months"] - gone)},
        "proration_behavior": "none",
        **{name: phase[name] for name in KEPT if phase.get(name) is not None},
    }


def _months_between(began: int, start: int) -> int:
    """Return how many whole periods passed before the one that the schedule begins with."""
    first, now = (datetime.fromtimestamp(each, tz=UTC) for each in (began, start))
    return max(0, (now.year - first.year) * 12 + now.month - first.month)
