"""Reminders before what is free ends: three days, and a week where it was longer than a month."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import override

from mail.services.outbox import post
from payments.models import Subscription
from payments.services.addresses import page_url
from payments.services.subscriptions.coming import next_charge
from payments.services.subscriptions.stopping import stop_url
from payments.services.subscriptions.telling import day_in_words
from products.services.rhythms import a_period
from stores.scope import all_stores, current_store

SHORTLY, EARLY = 3, 7
"""In days before it ends."""
LONG = timedelta(days=30)
"""What is free for longer than this is reminded of early too."""
BATCH = 200


def stores_with_ending(now: datetime) -> list[int]:
    """Return the stores in which somebody should be reminded."""
    with all_stores():
        return sorted(set(_due(now).values_list("store_id", flat=True)))


def remind(now: datetime) -> None:
    """Remind in the store in scope, each once: it is marked where it is posted."""
    for pk in _due(now).values_list("pk", flat=True)[:BATCH]:
        _remind(pk, now)


def _due(now: datetime) -> QuerySet[Subscription]:
    shortly = Q(trial_ends_at__lte=now + timedelta(days=SHORTLY)) & (
        Q(told_days_before=None) | Q(told_days_before__gt=SHORTLY)
    )
    is_long = Q(trial_ends_at__gt=F("started_at") + LONG, told_days_before=None)
    found: QuerySet[Subscription] = Subscription.objects.trial_ending(
        now, now + timedelta(days=EARLY)
    ).filter(shortly | is_long)
    return found


@transaction.atomic
def _remind(pk: int, now: datetime) -> None:
    locked: Subscription = Subscription.objects.select_for_update(no_key=True).get(pk=pk)
    ends = locked.trial_ends_at
    if ends is None or not _due(now).filter(pk=pk).exists():
        return
    days = SHORTLY if ends <= now + timedelta(days=SHORTLY) else EARLY
    locked.told_days_before = days
    locked.save(update_fields=["told_days_before"])
    language = locked.customer.language or locked.order.language
    then = next_charge(locked)
    with override(language):
        context = {
            "title": locked.product.title,
            "day": day_in_words(ends, language),
            "amount": a_period(then.another or locked.price, then.display(language)),
            "store_name": current_store().name,
            "shelf_url": page_url("storefront:shelf", language=language),
            "end_url": stop_url(locked, language),
        }
    post(
        "trial_ends",
        key=f"trial-ends:{locked.public_id}:{ends:%Y%m%d}:{days}",
        to=locked.customer.user.email,
        name=locked.customer.name or locked.order.name,
        language=language,
        context=context,
    )
