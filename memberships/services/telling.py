"""The sweep of clubs: months that opened are told of, memberships that ended are settled.

Rows are claimed under a lock, a batch and its letters are one transaction, and every letter has
one key for each month and customer: a killed worker or a second one changes nothing.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from access.models import Access
from access.services.paid_time import fetch_above
from memberships.models import Drop, Member
from memberships.services import keeping
from memberships.services.letters import month_is_here
from memberships.services.members import next_look
from memberships.services.standing import Place, places
from stores.scope import all_stores, current_store
from stores.services.opening import touch

BATCH = 500


def stores_with_due(now: datetime) -> list[int]:
    """Return the stores in which a month is to be told of, or a member is to be looked at."""
    with all_stores():
        due = set(Drop.objects.due(now).values_list("store_id", flat=True))
        return sorted(due | set(Member.objects.due(now).values_list("store_id", flat=True)))


def work(now: datetime, *, batches: int) -> bool:
    """Do what is due in the store in scope, at most so many batches; say whether more waits."""
    for pk in list(Drop.objects.due(now).order_by("pk").values_list("pk", flat=True)):
        open_month(pk, now)
    while batches and look_at_batch(now):
        batches -= 1
    return not batches


@transaction.atomic
def open_month(pk: int, now: datetime) -> None:
    """Let all who are members now be told of a month that opened, in one statement.

    A month that came late also reaches whoever left meanwhile and had paid for it.
    """
    due = Drop.objects.due(now).filter(pk=pk).select_for_update(of=("self",), no_key=True)
    drop: Drop | None = due.first()
    if drop is None:
        return
    live = Access.objects.live(now).filter(pk=OuterRef("access"))
    members = Member.objects.filter(club=drop.club_id)
    members.filter(Exists(live), told_number__lt=drop.number).update(due_at=now)
    members.filter(kept_at__isnull=False).update(due_at=now)
    drop.due_at, drop.told_at = None, now
    drop.save(update_fields=["due_at", "told_at"])
    touch(current_store())  # the kept pages show the month before


@transaction.atomic
def look_at_batch(now: datetime) -> bool:
    """Look at the next members that are due; say whether there may be more."""
    rows = Member.objects.due(now).select_related("club").order_by("pk")
    members = list(rows.select_for_update(of=("self",), no_key=True)[:BATCH])
    if not members:
        return False
    accesses = _accesses(members)
    over = [member for member in members if _is_over(accesses[member.access_id], now)]
    keeping.keep([accesses[member.access_id] for member in over], now)
    for member in over:
        member.kept_at, member.due_at = now, None
    lasting = [member for member in members if member not in over]
    _tell(lasting, accesses, now)
    Member.objects.bulk_update(members, ["kept_at", "due_at", "told_number"])
    return len(members) == BATCH


def _accesses(members: list[Member]) -> dict[int, Access]:
    rows = Access.objects.filter(pk__in=[member.access_id for member in members])
    rows = rows.select_related("product", "awaits").prefetch_related("paid_spans", "span_cuts")
    return {row.pk: row for row in fetch_above(rows)}


def _is_over(access: Access, now: datetime) -> bool:
    return access.revoked_at is not None or access.is_over(now)


def _tell(members: list[Member], accesses: dict[int, Access], now: datetime) -> None:
    """Tell those whose newest month is one they have not heard of; set when they are looked at."""
    found = places([accesses[member.access_id] for member in members], now)
    news: list[Place] = []
    for member in members:
        place = found[accesses[member.access_id]]
        member.due_at = next_look(member.club, now)
        member.kept_at = None
        if place.current is not None and place.current.number > member.told_number:
            member.told_number = place.current.number
            news.append(place)
    month_is_here(news, now)
