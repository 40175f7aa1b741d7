"""The Inbox: what people wrote, from all apps in one list, answered from here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.text import clean_line
from stores import slots
from stores.admin.rows import Choice, Filter
from stores.roles import Area
from stores.slots import InboxItem

if TYPE_CHECKING:
    from stores.models import Staff, Store

MOST_SHOWN = 200
ANSWERED, OLDEST, MINE = "answered", "oldest", "mine"
KINDS = {
    "question": gettext_lazy("Questions"),
    "contact": gettext_lazy("Letters"),
    "missing": gettext_lazy("Did not arrive"),
    "request": gettext_lazy("Requests"),
    "cancel": gettext_lazy("Cancel notices"),
    "find": gettext_lazy("Lost purchases"),
    "report": gettext_lazy("Reported things"),
}


def waiting(store: Store, staff: Staff) -> list[InboxItem]:
    """Return what waits for an answer, as far as this person may see it, oldest first."""
    found = [item for entry in slots.inbox_items.all() for item in entry(store)]
    return sorted(_seen_by(staff, found), key=lambda item: item.at)


def waiting_count(store: Store, staff: Staff) -> int:
    """Return how long the list of what waits is for this person, without its rows and texts."""
    counted = set(slots.inbox_counts.keys())
    found: Counter[str] = Counter()
    for key in slots.inbox_items.keys():  # noqa: SIM118 -- a slot is no dictionary
        if key in counted:
            found.update(slots.inbox_counts.get(key)(store))
        else:
            found.update(item.area for item in slots.inbox_items.get(key)(store))
    return sum(count for area, count in found.items() if staff.may_view(Area(area)))


def answered(store: Store, staff: Staff) -> list[InboxItem]:
    """Return what was answered lately, as far as this person may see it, oldest first."""
    found = [item for entry in slots.inbox_answered.all() for item in entry(store)]
    return sorted(_seen_by(staff, found), key=lambda item: item.at)


@dataclass(frozen=True)
class Asked:
    """How the list is narrowed and ordered."""

    state: str = ""
    order: str = ""
    whose: str = ""
    kind: str = ""
    q: str = ""

    def query(self, **over: str) -> str:
        """Return the address of the list with something else chosen."""
        chosen = {**self.__dict__, **over}
        return "?" + urlencode({name: value for name, value in chosen.items() if value})


def inbox(store: Store, staff: Staff, asked: QueryDict) -> dict[str, Any]:
    """Return the Inbox as its page shows it: what waits or what was answered, newest first."""
    wanted = Asked(
        state=ANSWERED if asked.get("state") == ANSWERED else "",
        order=OLDEST if asked.get("order") == OLDEST else "",
        whose=MINE if asked.get("whose") == MINE else "",
        kind=asked.get("kind", "") if asked.get("kind") in KINDS else "",
        q=clean_line(asked.get("q", "").replace("\x00", ""))[:100],
    )
    every = answered(store, staff) if wanted.state else waiting(store, staff)
    items = [item for item in every if _fits(item, wanted, staff)]
    if not wanted.order:
        items.reverse()
    return {
        "items": items[:MOST_SHOWN],
        "is_answered": bool(wanted.state),
        "sees_letters": staff.may_view(Area.CUSTOMERS),
        "is_narrowed": bool(wanted.kind or wanted.whose or wanted.q),
        "wanted": wanted,
        "everything": wanted.query(kind="", whose="", q=""),
        "filters": [_states(wanted), _kinds(wanted, every), _whose(wanted), _orders(wanted)],
    }


def _fits(item: InboxItem, wanted: Asked, staff: Staff) -> bool:
    if wanted.kind and item.kind != wanted.kind:
        return False
    if wanted.whose and item.staff_id != staff.pk:
        return False
    said = f"{item.who} {item.sentence} {item.words}".casefold()
    return all(word in said for word in wanted.q.casefold().split())


def _seen_by(staff: Staff, items: Sequence[InboxItem]) -> list[InboxItem]:
    return [item for item in items if staff.may_view(Area(item.area))]


def _states(wanted: Asked) -> Filter:
    return Filter(
        _("state"),
        [
            Choice(_("Waiting"), wanted.query(state="open"), not wanted.state),
            Choice(_("Answered"), wanted.query(state=ANSWERED), bool(wanted.state)),
        ],
    )


def _kinds(wanted: Asked, every: Sequence[InboxItem]) -> Filter:
    """Return the kinds there are, each with how many; nothing to choose where there is one."""
    counts = {kind: sum(item.kind == kind for item in every) for kind in KINDS}
    shown = [kind for kind, count in counts.items() if count or kind == wanted.kind]
    if len(shown) < 2 and not wanted.kind:  # noqa: PLR2004 -- nothing to choose from
        return Filter(_("kind"))
    return Filter(
        _("kind"),
        [
            Choice(_("All"), wanted.query(kind=""), not wanted.kind),
            *(
                Choice(
                    f"{KINDS[kind]} {counts[kind]}", wanted.query(kind=kind), wanted.kind == kind
                )
                for kind in shown
            ),
        ],
    )


def _whose(wanted: Asked) -> Filter:
    return Filter(
        _("whose"),
        [
            Choice(_("Everybody's"), wanted.query(whose=""), not wanted.whose),
            Choice(_("Mine"), wanted.query(whose=MINE), bool(wanted.whose)),
        ],
    )


def _orders(wanted: Asked) -> Filter:
    return Filter(
        _("order of the list"),
        [
            Choice(_("Newest first"), wanted.query(order=""), not wanted.order),
            Choice(_("Oldest first"), wanted.query(order=OLDEST), bool(wanted.order)),
        ],
    )
