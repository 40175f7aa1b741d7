"""Inviting: many addresses at once, each with its own answer; again, or not after all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from mail.rules import normal_address
from payments.errors import CannotGive
from payments.models import Team, TeamPlace
from payments.services.teams.standing import counts_of, why_closed

BETWEEN = re.compile(r"[\n;,]+")
LONGEST = 20_000
MOST_MAILS = 5
"""So many mails one invitation may be: more is no reminder any more."""
AGAIN_AFTER = timedelta(minutes=10)


@dataclass
class Invited:
    """What came of a list of addresses: who was invited, and each line that was not, with why."""

    places: list[TeamPlace] = field(default_factory=list)
    troubles: list[tuple[str, str]] = field(default_factory=list)

    @property
    def left(self) -> str:
        """The lines that are still to be done: they stay in the box."""
        return "\n".join(line for line, _why in self.troubles)


@transaction.atomic
def invite(team: Team, text: str, *, now: datetime, language: str = "") -> Invited:
    """Offer a place to each address of a text: one a line, or with commas between them.

    "Dan Levi <dan@example.com>" says a name too. A line that cannot be invited is returned with
    its reason and stands in nobody's way. Sent twice, an address is invited once: the team's row
    is locked. CannotGive where no place can be given out at all.
    """
    locked: Team = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    closed = why_closed(locked, now)
    if closed:
        raise CannotGive(closed)
    done = Invited()
    free = list(locked.places.free().select_for_update(no_key=True).order_by("number"))
    free = free[: counts_of(locked).free]
    known = _known(locked)
    for line in _lines(text):
        name, email = _read(line)
        if not email:
            done.troubles.append((line, _("This is not an email address.")))
        elif email in known:
            done.troubles.append((line, known[email]))
        elif not free:
            done.troubles.append((line, _("No place is left for this one.")))
        else:
            place = free.pop(0)
            _offer(place, email, name, language or locked.line.order.language, now)
            known[email] = _("This address stands in the list twice.")
            done.places.append(place)
    return done


@transaction.atomic
def resend(place: TeamPlace, *, now: datetime) -> TeamPlace:
    """Send an invitation once more; CannotGive when it was taken, or sent a moment ago."""
    locked = _locked(place)
    if not locked.is_offered:
        raise CannotGive(_("Nobody waits for this invitation any more."))
    if locked.sent >= MOST_MAILS:
        raise CannotGive(_("It was sent often already. Hand over its link yourself."))
    if locked.sent_at is not None and now < locked.sent_at + AGAIN_AFTER:
        raise CannotGive(_("It was sent a moment ago. Give it ten minutes."))
    locked.sent_at = None
    locked.save(update_fields=["sent_at"])
    return locked


@transaction.atomic
def withdraw(place: TeamPlace, *, now: datetime) -> TeamPlace:
    """Take an invitation back that nobody accepted: its link opens nothing any more."""
    locked = _locked(place)
    if locked.claimed_by_id is not None:
        raise CannotGive(_("It was accepted meanwhile. Take the place back instead."))
    if locked.is_offered:
        empty(locked)
    return locked


def empty(place: TeamPlace) -> None:
    """Make a place free again, for whoever comes next; it is locked."""
    place.round += 1
    place.to_email = place.to_name = place.language = ""
    place.invited_at = place.sent_at = place.reminded_at = None
    place.claimed_by = place.claimed_at = None
    place.sent = 0
    place.save()


def _offer(place: TeamPlace, email: str, name: str, language: str, now: datetime) -> None:
    place.to_email, place.to_name, place.language = email, name, language
    place.invited_at, place.sent_at, place.reminded_at, place.sent = now, None, None, 0
    place.save()


def _known(team: Team) -> dict[str, str]:
    """Return, by address, why it is not invited once more."""
    known = {}
    for place in team.places.standing().select_related("claimed_by__user"):
        if place.claimed_by is not None:
            has_one = _("There is a place for this address already.")
            known[place.claimed_by.user.email] = known[place.to_email] = has_one
        elif place.is_offered:
            known[place.to_email] = _("This address was invited already.")
    known.pop("", None)
    return known


def _lines(text: str) -> Iterator[str]:
    for line in BETWEEN.split(text[:LONGEST].replace("\r", "\n")):
        if line.strip():
            yield line.strip()


def _read(line: str) -> tuple[str, str]:
    """Return the name and the address a line says; no address where it says none."""
    name, email = parseaddr(line)
    try:
        email = normal_address(email or line)
        validate_email(email)
    except (ValidationError, ValueError):
        return "", ""
    return name.strip()[:80], email


def _locked(place: TeamPlace) -> TeamPlace:
    found: TeamPlace = TeamPlace.objects.select_for_update(no_key=True).get(pk=place.pk)
    return found
