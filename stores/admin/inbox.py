"""The Inbox: what people wrote, from all apps in one list, answered from here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from stores import slots
from stores.admin.rows import Choice, Filter
from stores.roles import Area
from stores.slots import InboxItem

if TYPE_CHECKING:
    from stores.models import Staff, Store

MOST_SHOWN = 200
ANSWERED, OLDEST = "answered", "oldest"


def waiting(store: Store, staff: Staff) -> list[InboxItem]:
    """Return what waits for an answer, as far as this person may see it, oldest first."""
    found = [item for entry in slots.inbox_items.all() for item in entry(store)]
    return sorted(_seen_by(staff, found), key=lambda item: item.at)


def answered(store: Store, staff: Staff) -> list[InboxItem]:
    """Return what was answered lately, as far as this person may see it, oldest first."""
    found = [item for entry in slots.inbox_answered.all() for item in entry(store)]
    return sorted(_seen_by(staff, found), key=lambda item: item.at)


def inbox(store: Store, staff: Staff, asked: QueryDict) -> dict[str, Any]:
    """Return the Inbox as its page shows it: what waits or what was answered, newest first."""
    is_answered = asked.get("state") == ANSWERED
    is_oldest = asked.get("order") == OLDEST
    items = answered(store, staff) if is_answered else waiting(store, staff)
    if not is_oldest:
        items = items[::-1]
    return {
        "items": items[:MOST_SHOWN],
        "is_answered": is_answered,
        "filters": [_states(is_answered, is_oldest), _orders(is_answered, is_oldest)],
    }


def _seen_by(staff: Staff, items: Sequence[InboxItem]) -> list[InboxItem]:
    return [item for item in items if staff.may_view(Area(item.area))]


def _states(is_answered: bool, is_oldest: bool) -> Filter:  # noqa: FBT001 -- the two chips
    order = "&order=oldest" if is_oldest else ""
    return Filter(
        _("state"),
        [
            Choice(_("Waiting"), f"?state=open{order}", not is_answered),
            Choice(_("Answered"), f"?state={ANSWERED}{order}", is_answered),
        ],
    )


def _orders(is_answered: bool, is_oldest: bool) -> Filter:  # noqa: FBT001 -- the two chips
    state = ANSWERED if is_answered else "open"
    return Filter(
        _("order of the list"),
        [
            Choice(_("Newest first"), f"?state={state}", not is_oldest),
            Choice(_("Oldest first"), f"?state={state}&order={OLDEST}", is_oldest),
        ],
    )
