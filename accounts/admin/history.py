"""What happened with a customer: one list from all apps, narrowed by kind, grouped by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Customer
from core import clock
from stores import slots
from stores.admin.rows import Choice
from stores.models import Staff
from stores.scope import current_store
from stores.services.following import may_follow
from stores.slots import TimelineEntry

A_PAGE = 40
KINDS = {
    "orders": gettext_lazy("Orders"),
    "access": gettext_lazy("Access"),
    "mails": gettext_lazy("Mails"),
    "messages": gettext_lazy("Letters and questions"),
    "parcels": gettext_lazy("Parcels"),
    "notes": gettext_lazy("Notes"),
}


@dataclass(frozen=True)
class HistoryDay:
    """A day of it."""

    day: date
    lines: Sequence[TimelineEntry]


def history_of(customer: Customer, staff: Staff, asked: QueryDict) -> dict[str, Any]:
    """Return a page of what happened, newest first, as far as this person may see it."""
    every = lines_of(customer, staff)
    kinds = [kind for kind in KINDS if any(line.kind == kind for line in every)]
    chosen = asked.get("show", "") if asked.get("show") in kinds else ""
    shown = [line for line in every if not chosen or line.kind == chosen]
    page = Paginator(shown, A_PAGE).get_page(asked.get("page"))
    zone = current_store().zone
    days = groupby(page.object_list, key=lambda line: clock.local_day(line.at, zone))
    return {
        "history": [HistoryDay(day, list(lines)) for day, lines in days],
        "history_page": page,
        "history_shown": chosen,
        "history_kinds": [
            Choice(_("All"), "?#history", not chosen),
            *(Choice(str(KINDS[kind]), f"?show={kind}#history", kind == chosen) for kind in kinds),
        ],
    }


def lines_of(customer: Customer, staff: Staff) -> list[TimelineEntry]:
    """Return all that happened, newest first; a link this person may not follow is left out."""
    found = [
        line if may_follow(line, staff) else replace(line, url="")
        for entry in slots.customer_timeline.all()
        for line in entry([customer]).get(customer, [])
    ]
    return sorted(found, key=lambda line: line.at, reverse=True)
