"""The link in a mail that stops what is paid again and again, without signing in."""

from __future__ import annotations

from core import tokens
from payments.models import Subscription
from payments.services.addresses import page_url


def key_of(subscription: Subscription) -> str:
    """Return the key under which a mail's link may stop a subscription, and nothing else."""
    return tokens.keyed_hash("stop-subscription", subscription.public_id)[:32]


def stop_url(subscription: Subscription, language: str) -> str:
    """Return the link: it asks once, and the press there stops it with what is paid."""
    args = (subscription.public_id, key_of(subscription))
    return page_url("payments:stop", *args, language=language)


def by_link(public_id: str, key: str) -> Subscription | None:
    """Return the subscription a link may stop; None when the key is not its."""
    found: Subscription | None = (
        Subscription.objects.filter(public_id=public_id, instalments=None)
        .select_related("product", "order", "price")
        .first()
    )
    if found is None or not tokens.same(key, key_of(found)):
        return None
    return found
