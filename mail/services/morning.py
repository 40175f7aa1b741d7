"""The morning list: at half past seven, store time, what waits for each of the team.

One row a store holds when its next list is due. A worker moves it on by a conditional UPDATE in
the transaction that posts the mails, so a second worker, or the same one killed and begun again,
makes no second list; the message's key (one a day and person) says so once more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.urls import set_script_prefix
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from core.clock import local_day, start_of_day
from mail.models import MorningList
from mail.services.outbox import post
from mail.services.team import receivers
from stores import slots
from stores.models import Staff, Store
from stores.roles import Area
from stores.scope import all_stores, store_scope
from stores.services.addresses import absolute_url, page_url
from stores.services.moments import when_in_words
from stores.services.quiet import rests_until
from stores.slots import Duty

KIND = "morning"
AT = time(7, 30)
TOO_LATE = timedelta(hours=5)
"""After that a list is no longer of this morning: the next one tells of it too."""
MOST_LINES = 30
REASONS = ("duties", "people", "troubles", "news")
"""Without any of these there is no list: numbers and the next step alone wake nobody."""


def stores_with_due(now: datetime) -> list[int]:
    """Find the stores whose list is due, and give new stores their first hour."""
    with all_stores():
        known = MorningList.objects.values("store_id")
        new = Store.objects.exclude(pk__in=known)
        MorningList.objects.bulk_create(
            [MorningList(store=store, due_at=_next(store, now)) for store in new],
            ignore_conflicts=True,
        )
        return list(MorningList.objects.filter(due_at__lte=now).values_list("store_id", flat=True))


def make_list(store: Store, *, now: datetime) -> int:
    """Post this morning's list to everyone of the team for whom something waits; return how many.

    May be called twice. On a day of rest nothing is sent, and the next list tells of it too.
    """
    with store_scope(store), transaction.atomic():
        row = MorningList.objects.filter(due_at__lte=now).first()
        if row is None:
            return 0
        is_skipped = now - row.due_at > TOO_LATE or rests_until(store, now) is not None
        told_until = row.told_until if is_skipped else now
        moved = MorningList.objects.filter(pk=row.pk, due_at=row.due_at).update(
            due_at=_next(store, now), told_until=told_until
        )
        if not moved or is_skipped:
            return 0
        since = row.told_until or start_of_day(
            local_day(now, store.zone) - timedelta(days=1), store.zone
        )
        return _post_to_team(store, since, now)


def _post_to_team(store: Store, since: datetime, now: datetime) -> int:
    day = local_day(now, store.zone)
    set_script_prefix("/")
    posted = 0
    with override(store.language), timezone.override(store.zone):
        gathered = _gather(store, since, now)
        for person in receivers(slots.mail_kinds.get(KIND)):
            blocks = _for_person(store, person, gathered)
            if not any(blocks[name] for name in REASONS):
                continue
            post(
                KIND,
                key=f"morning:{day.isoformat()}:{person.pk}",
                to=person.user.email,
                name=person.name,
                language=store.language,
                context={
                    **blocks,
                    "day": date_format(day, "DATE_FORMAT"),
                    "admin_url": page_url("admin:index", language=store.language),
                },
                due_at=now,
            )
            posted += 1
    return posted


Gathered = dict[str, list[tuple[str, str, str]]]
"""By block of the mail: area, sentence, path."""


def _gather(store: Store, since: datetime, now: datetime) -> Gathered:
    """Ask every app once, in the order of Today; then what happened since the last list."""
    duties = [duty for entry in slots.duties.all() for duty in entry(store, now)]
    duties.sort(key=lambda duty: (duty.due_at is None, duty.due_at or now))
    cards = [card for entry in slots.today_cards.all() for card in entry(store, now)]
    steps = [step for entry in slots.first_steps.all() for step in entry(store)]
    to_do = sorted((step for step in steps if not step.is_done), key=lambda step: step.order)
    inbox = [item for entry in slots.inbox_items.all() for item in entry(store)]
    news = [line for entry in slots.morning_lines.all() for line in entry(store, since, now)]
    return {
        "duties": [_duty(store, duty, now) for duty in duties if not duty.is_trouble],
        "people": [
            (getattr(item, "area", ""), f"{item.who}: {item.sentence}", item.url) for item in inbox
        ],
        "troubles": [_duty(store, duty, now) for duty in duties if duty.is_trouble],
        "numbers": [(card.area, f"{card.label}: {card.value}", card.url) for card in cards],
        "next_step": [(step.area, str(step.sentence), step.url) for step in to_do[:1]],
        "news": [(line.area, str(line.sentence), line.url) for line in news],
    }


def _duty(store: Store, duty: Duty, now: datetime) -> tuple[str, str, str]:
    when = when_in_words(duty.due_at, now, store.zone) if duty.due_at is not None else ""
    sentence = f"{duty.sentence} · {when}" if when else str(duty.sentence)
    return duty.area, sentence, duty.url


def _for_person(store: Store, person: Staff, gathered: Gathered) -> dict[str, Any]:
    """Return what this person may see of it, with whole addresses."""
    return {
        block: list(_lines(store, person, lines))[:MOST_LINES] for block, lines in gathered.items()
    }


def _lines(
    store: Store, person: Staff, lines: Iterable[tuple[str, str, str]]
) -> Iterable[dict[str, str]]:
    for area, sentence, path in lines:
        if not area or person.may_view(Area(area)):
            yield {"title": sentence, "link": absolute_url(store, path) if path else ""}


def _next(store: Store, now: datetime) -> datetime:
    """Return the next half past seven on the store's wall."""
    day = local_day(now, store.zone)
    for later in (0, 1):
        at = datetime.combine(day + timedelta(days=later), AT, tzinfo=store.zone).astimezone(UTC)
        if at > now:
            break
    return at
