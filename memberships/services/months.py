"""The months of a club: added in turn, given out by an act of their own, taken back in time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import override

from core import clock
from memberships.errors import AlreadyTold, NotReady
from memberships.models import Club, Drop
from memberships.rules import day_of, length_of, name_of, number_on, short_name
from products.models import Part, Product
from products.models.products import Rhythm
from stores.scope import current_store
from stores.services.opening import touch

DROP = "drop"
TOLD_AT = time(8, 0)
"""On its day members are told at this hour of the store's wall."""
SECOND_THOUGHTS = timedelta(minutes=10)
"""How long what opens at once can be taken back before anybody is told."""


def rhythm_of(club: Product) -> str:
    """Return the club's rhythm; one that was not chosen yet is a month."""
    return str(club.rhythm or Rhythm.MONTH)


def first_day(club: Club, now: datetime) -> date:
    """Return the day of the club's first month; not chosen yet, the first of next month."""
    if club.first_on is not None:
        return club.first_on
    today = clock.local_day(now, current_store().zone)
    return clock.add_months(today.replace(day=1), 1)


def next_number(club: Club) -> int:
    """Return the number of the month that is added next."""
    last: int | None = Drop.objects.filter(club=club.pk).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def name_in(club: Club, number: int, now: datetime, *, is_short: bool = False) -> str:
    """Return what a month is called: by its date, or "Month 3" where each has their own."""
    language = club.language or current_store().language
    if club.mode == Club.Mode.TENURE:
        with override(language):
            return numbered(rhythm_of(club), number)
    name = short_name if is_short else name_of
    said = name(first_day(club, now), rhythm_of(club), number, language)
    if rhythm_of(club) != Rhythm.WEEK or is_short:
        return said
    with override(language):
        return _("Week of %(day)s") % {"day": said}


def numbered(rhythm: str, number: int) -> str:
    """Return "Month 3" in the club's rhythm and the language being read."""
    match rhythm:
        case Rhythm.WEEK:
            return _("Week %(number)d") % {"number": number}
        case Rhythm.QUARTER:
            return _("Quarter %(number)d") % {"number": number}
        case _month:
            return _("Month %(number)d") % {"number": number}


def opening_day(drop: Drop) -> date | None:
    """Return the day on which a month opens for everyone; None where each has their own."""
    day: date | None = drop.part.release_on
    return day


def number_now(club: Club, now: datetime) -> int:
    """Return which month it is by the calendar; 0 before the first."""
    if club.first_on is None:
        return 0
    today = clock.local_day(now, current_store().zone)
    return number_on(club.first_on, rhythm_of(club), today)


@transaction.atomic
def add_month(club: Club, now: datetime) -> Drop:
    """Add the next month, empty; nobody sees it before it is given out."""
    rows: Any = Club.objects.select_for_update(of=("self",), no_key=True)
    locked: Club = rows.get(pk=club.pk)
    _settle(locked, now)
    number = next_number(locked)
    part = Part(
        product_id=locked.pk, kind=DROP, title=name_in(locked, number, now), position=number
    )
    _set_rule(part, locked, number)
    part.save()
    drop: Drop = Drop.objects.create(part=part, club=locked, number=number)
    club.rhythm, club.first_on = locked.rhythm, locked.first_on
    return drop


def _settle(club: Club, now: datetime) -> None:
    """Write down the rhythm and first day that were only proposed: months are reckoned by them."""
    wanted = {"rhythm": rhythm_of(club), "first_on": first_day(club, now)}
    if (club.rhythm, club.first_on) != (wanted["rhythm"], wanted["first_on"]):
        Product.objects.filter(pk=club.pk).update(rhythm=wanted["rhythm"])
        clubs: Any = Club.objects.filter(pk=club.pk)  # a column of the child's own
        clubs.update(first_on=wanted["first_on"])
        club.rhythm, club.first_on = str(wanted["rhythm"]), first_day(club, now)


def _set_rule(part: Part, club: Club, number: int) -> None:
    """Set when the month opens, so that the gate answers everything."""
    first, rhythm = club.first_on, rhythm_of(club)
    part.release_on = part.release_days = part.release_tenure = None
    if club.mode == Club.Mode.TENURE or first is None:
        part.release, part.release_tenure = Part.Release.AT_TENURE, number - 1
        return
    part.release = Part.Release.ON_DATE
    part.release_on = day_of(first, rhythm, number)
    part.release_days = length_of(first, rhythm, number)
    if club.earlier == Club.Earlier.JOINING:
        part.release = Part.Release.IN_PAID_TIME


@transaction.atomic
def arrange(club: Club, before: Club, now: datetime) -> None:
    """Set the rules of all months anew after the club's settings changed, and names not typed.

    ``before`` is the club as it was. What was given out for a day to come follows to its new day.
    """
    rows = list(Drop.objects.filter(club=club.pk).select_related("part"))
    for drop in rows:
        if drop.part.title == name_in(before, drop.number, now):
            drop.part.title = name_in(club, drop.number, now)
        _set_rule(drop.part, club, drop.number)
        if drop.part.published_at is not None and drop.part.published_at > now:
            drop.part.published_at = _opens_at(drop, now)
            drop.due_at = _tell_at(drop, now)
    fields = ["title", "release", "release_on", "release_days", "release_tenure", "published_at"]
    Part.objects.bulk_update([drop.part for drop in rows], fields)
    Drop.objects.bulk_update(rows, ["due_at"])
    touch(current_store())


def is_settled(club: Club) -> bool:
    """Whether a month was given out, so that its clock is not changed any more."""
    return bool(Drop.objects.filter(club=club.pk).given().exists())


def pieces_in(drop: Drop) -> int:
    """Return how many pieces members find in a month."""
    return int(Part.objects.filter(parent=drop.part_id).published().count())


@transaction.atomic
def give_out(drop: Drop, now: datetime) -> Drop:
    """Give a month out: from its day on members have it, and are told that morning.

    Given out twice it is given out once. NotReady while nothing stands in it.
    """
    locked: Drop = Drop.objects.select_for_update(of=("self",), no_key=True).get(pk=drop.pk)
    if locked.part.published_at is not None:
        return locked
    if not pieces_in(locked):
        raise NotReady(_("Nothing stands in it yet. Put in a text, a recording, a film or a file."))
    locked.part.published_at = _opens_at(locked, now)
    locked.part.save(update_fields=["published_at"])
    locked.due_at = _tell_at(locked, now)
    locked.save(update_fields=["due_at"])
    touch(current_store())
    return locked


@transaction.atomic
def take_back(drop: Drop, now: datetime) -> Drop:
    """Take a month back that nobody was told of; AlreadyTold when it is too late."""
    locked: Drop = Drop.objects.select_for_update(of=("self",), no_key=True).get(pk=drop.pk)
    if not can_be_taken_back(locked, now):
        raise AlreadyTold(_("Your members were told of it, so it stays. You can still change it."))
    locked.part.published_at, locked.due_at = None, None
    locked.part.save(update_fields=["published_at"])
    locked.save(update_fields=["due_at"])
    touch(current_store())
    return locked


def can_be_taken_back(drop: Drop, now: datetime) -> bool:
    """Whether nobody was told of a month that was given out."""
    return drop.part.published_at is not None and drop.due_at is not None and now < drop.due_at


@transaction.atomic
def drop_empty(drop: Drop) -> None:
    """Take away the last month, while nothing was ever put into it: what stands in one is kept."""
    Drop.objects.filter(pk=drop.pk).delete()
    Part.objects.filter(pk=drop.part_id).delete()


def may_be_dropped(drop: Drop) -> bool:
    """Whether a month is the last, was not given out, and nothing was ever put into it."""
    is_bare = not Part.objects.filter(parent=drop.part_id).exists()
    is_last = not Drop.objects.filter(club=drop.club_id, number__gt=drop.number).exists()
    return drop.part.published_at is None and is_bare and is_last


def _opens_at(drop: Drop, now: datetime) -> datetime:
    day = opening_day(drop)
    return now if day is None else max(now, clock.start_of_day(day, current_store().zone))


def _tell_at(drop: Drop, now: datetime) -> datetime:
    day, soon = opening_day(drop), now + SECOND_THOUGHTS
    return soon if day is None else max(soon, clock.at_local(day, TOLD_AT, current_store().zone))
