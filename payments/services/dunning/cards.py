"""A card that expires is told of a month before, once per card and expiry."""

from __future__ import annotations

from datetime import datetime, timedelta

from babel.dates import format_skeleton
from django.db import transaction
from django.urls import NoReverseMatch

from mail.services.outbox import post
from payments.models import Subscription
from payments.querysets import SubscriptionQuerySet
from payments.services.addresses import page_url
from payments.services.dunning.letters import language_of
from stores.scope import current_store

BEFORE = timedelta(days=31)
BATCH = 200


def expiring(now: datetime) -> SubscriptionQuerySet:
    """Return the subscriptions of whose card is to be told now."""
    found: SubscriptionQuerySet = Subscription.objects.card_ends((now + BEFORE).date())
    return found


def tell(now: datetime) -> None:
    """Tell of the cards of the store in scope that expire."""
    due = expiring(now).values_list("pk", flat=True)
    for pk in due[:BATCH]:
        _tell(pk, now)


@transaction.atomic
def _tell(pk: int, now: datetime) -> None:
    found = Subscription.objects.select_for_update(of=("self",), no_key=True).filter(
        pk=pk, card_told_at=None
    )
    row = found.select_related("customer__user", "product", "order").first()
    if row is None or row.card_expires_on is None:
        return
    language = language_of(row)
    post(
        "card_expires",
        key=f"card:{row.public_id}:{row.card_last4}:{row.card_expires_on:%Y%m}",
        to=row.customer.user.email,
        name=row.customer.name or row.order.name,
        language=language,
        context={
            "title": row.product.title,
            "card": row.card_last4,
            "month": str(format_skeleton("yMMMM", row.card_expires_on, locale=language)),
            "billing_url": billing_url(language),
            "store_name": current_store().name,
        },
    )
    Subscription.objects.filter(pk=pk).update(card_told_at=now)


def billing_url(language: str) -> str:
    """Return where a signed-in customer changes the card: their billing page, or their account."""
    try:
        return page_url("payments:billing", language=language)
    except NoReverseMatch:
        return page_url("accounts:account", language=language)
