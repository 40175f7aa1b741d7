"""Today: what the front page of the admin gathers, as far as this person may see it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from stores import slots
from stores.admin.checklist import checklist, steps_for
from stores.admin.inbox import waiting
from stores.roles import Area
from stores.services.first_run import first_run

if TYPE_CHECKING:
    from stores.models import Staff, Store


def today(store: Store, staff: Staff, now: datetime) -> dict[str, Any]:
    """Return duties by date, people waiting, numbers, and the steps of a new store."""
    duties = [
        duty
        for entry in slots.duties.all()
        for duty in entry(store, now)
        if not duty.area or staff.may_view(Area(duty.area))
    ]
    cards = [
        card
        for entry in slots.today_cards.all()
        for card in entry(store, now)
        if staff.may_view(Area(card.area))
    ]
    run = first_run()
    steps = [] if run.folded_at else steps_for(store, staff)
    return {
        "duties": sorted(duties, key=lambda duty: (duty.due_at is None, duty.due_at or now)),
        "inbox": waiting(store, staff),
        "cards": cards,
        "checklist": checklist(steps, run.skipped),
    }
