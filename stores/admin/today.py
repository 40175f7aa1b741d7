"""Today: what the front page of the admin gathers, as far as this person may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core import clock
from stores import slots
from stores.admin.checklist import checklist, steps_for
from stores.admin.inbox import waiting
from stores.roles import Area
from stores.services.first_run import first_run
from stores.services.moments import when_in_words
from stores.slots import Duty

if TYPE_CHECKING:
    from stores.models import Staff, Store

MOST_PEOPLE = 8
"""So many people stand on Today; the rest in the Inbox."""


@dataclass(frozen=True)
class Owed:
    """A duty as Today shows it."""

    duty: Duty
    when: str
    is_late: bool
    url: str
    """Where it is done; empty for who may not."""


def today(store: Store, staff: Staff, now: datetime) -> dict[str, Any]:
    """Return what is promised, who waits, what broke, the numbers, and the next step."""
    owed = duties_for(store, staff, now)
    cards = [
        card
        for entry in slots.today_cards.all()
        for card in entry(store, now)
        if staff.may_view(Area(card.area))
    ]
    run = first_run()
    steps = [] if run.folded_at else steps_for(store, staff)
    people = waiting(store, staff)
    return {
        "duties": [_owed(store, staff, duty, now) for duty in owed if not duty.is_trouble],
        "inbox": people[:MOST_PEOPLE],
        "more_people": max(0, len(people) - MOST_PEOPLE),
        "troubles": [_owed(store, staff, duty, now) for duty in owed if duty.is_trouble],
        "cards": cards,
        "checklist": checklist(steps, run.skipped),
        "may_fold": staff.may_change(Area.SETTINGS),
        "day": clock.local_day(now, store.zone),
    }


def duties_for(store: Store, staff: Staff, now: datetime) -> Sequence[Duty]:
    """Return what this person may see of what is owed and what broke, the most urgent first."""
    found = [
        duty
        for entry in slots.duties.all()
        for duty in entry(store, now)
        if not duty.area or staff.may_view(Area(duty.area))
    ]
    return sorted(found, key=lambda duty: (duty.due_at is None, duty.due_at or now))


def _owed(store: Store, staff: Staff, duty: Duty, now: datetime) -> Owed:
    is_theirs = not duty.is_done_by_changers or staff.may_change(Area(duty.area))
    url = duty.url if is_theirs else ""
    if duty.due_at is None:
        return Owed(duty, "", is_late=False, url=url)
    when = when_in_words(duty.due_at, now, store.zone)
    return Owed(duty, when, is_late=duty.due_at < now, url=url)
