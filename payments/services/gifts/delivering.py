"""The gifts whose day has come, those that nobody opened, and those whose opening moved."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from payments.models import Gift
from payments.services.gifts import ending, letters, openings, timing
from stores.scope import all_stores

NUDGE_AFTER = timedelta(days=7)
"""Then who should get it is reminded, once."""
REMIND_AFTER = timedelta(days=14)
"""And then who gave it."""
BATCH = 200


def stores_with_gifts(now: datetime) -> list[int]:
    """Find the stores in which a gift should be sent, reminded of, or has an opening that moved."""
    with all_stores():
        found = {*Gift.objects.to_send(now).values_list("store_id", flat=True)}
        found |= {*Gift.objects.forgotten(now - REMIND_AFTER).values_list("store_id", flat=True)}
        found |= {*openings.with_news(now).values_list("store_id", flat=True)}
        found |= {*Gift.objects.overlooked(now - NUDGE_AFTER).values_list("store_id", flat=True)}
        found |= {*ending.ending(now).values_list("store_id", flat=True)}
        found |= timing.stores_with_moves(now)
    return sorted(found)


def work_on_gifts(now: datetime) -> None:
    """Send, remind and tell in the store in scope, each once: it is marked where it is posted."""
    for gift in Gift.objects.to_send(now)[:BATCH]:
        _send(gift, now)
    for gift in Gift.objects.forgotten(now - REMIND_AFTER)[:BATCH]:
        _remind(gift, now)
    openings.tell_givers(now)
    for gift in Gift.objects.overlooked(now - NUDGE_AFTER)[:BATCH]:
        _nudge(gift, now)
    ending.tell_endings(now)
    timing.move_charges(now)


@transaction.atomic
def _send(gift: Gift, now: datetime) -> None:
    locked: Gift = Gift.objects.select_for_update(no_key=True).get(pk=gift.pk)
    if locked.is_waiting and locked.sent_at is None and locked.to_email:
        locked.sent_at = now
        locked.save(update_fields=["sent_at"])
        letters.deliver(locked)


@transaction.atomic
def _remind(gift: Gift, now: datetime) -> None:
    locked: Gift = Gift.objects.select_for_update(no_key=True).get(pk=gift.pk)
    if locked.is_waiting and locked.reminded_at is None:
        locked.reminded_at = now
        locked.save(update_fields=["reminded_at"])
        letters.remind_giver(locked)


@transaction.atomic
def _nudge(gift: Gift, now: datetime) -> None:
    locked: Gift = Gift.objects.select_for_update(no_key=True).get(pk=gift.pk)
    if locked.is_waiting and locked.sent_at is not None and locked.nudged_at is None:
        locked.nudged_at = now
        locked.save(update_fields=["nudged_at"])
        letters.remind_receiver(locked)
