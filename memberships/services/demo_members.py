"""The members of a demo club, in every state there is, by access alone.

Whoever sells clubs by subscription may make them instead: ``make_demo_members`` is the one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from access.contract import Source
from access.models import Access, SourceKind
from access.services.granting import grant, pause, record_paid, set_end, suspend
from accounts.models import Customer, User
from content.rules import Place
from content.services.places import keep_place
from core import clock
from mail.models import Message
from memberships.models import Club, Drop, Member
from memberships.services import telling
from memberships.services.letters import WELCOME
from products.models import Part
from stores.scope import current_store

PERIODS = {"month": 1, "quarter": 3, "year": 12}
MONTH_DAYS = 31


@dataclass(frozen=True)
class Joined:
    """One member: how they pay, in which of the club's months they joined, and how they stand."""

    email: str
    name: str
    interval: str
    runs: Sequence[tuple[int, int]]
    """From which month on up to which they paid, the last included; 0 is on and on."""
    state: str = ""
    """"rest", "hold", "left", or nothing for who simply is a member."""


MEMBERS = {
    "he": (
        Joined("tamar@example.com", "תמר לוי", "month", ((1, 0),)),
        Joined("rivka@example.com", "רבקה שגב", "quarter", ((3, 0),)),
        Joined("eitan@example.com", "איתן ברק", "year", ((2, 0),)),
        Joined("sivan@example.com", "סיון דהן", "month", ((6, 0),), "rest"),
        Joined("omri@example.com", "עמרי נחום", "month", ((9, 0),), "hold"),
        Joined("lior@example.com", "ליאור אזולאי", "month", ((2, 5), (10, 0))),
        Joined("yael@example.com", "יעל קדם", "month", ((4, 9),), "left"),
    ),
    "en": (
        Joined("sam@example.com", "Sam Okafor", "month", ((1, 0),)),
        Joined("dina@example.com", "Dina Feld", "quarter", ((3, 0),)),
        Joined("marcus@example.com", "Marcus Webb", "year", ((2, 0),)),
        Joined("ines@example.com", "Inês Duarte", "month", ((6, 0),), "rest"),
        Joined("paul@example.com", "Paul Novak", "month", ((9, 0),), "hold"),
        Joined("ruthie@example.com", "Ruthie Stone", "month", ((2, 5), (10, 0))),
        Joined("kofi@example.com", "Kofi Mensah", "month", ((4, 9),), "left"),
    ),
}


def make_demo_members(club: Club, language: str, now: datetime) -> None:
    """Let the people of this language be members of the demo club, each as they stand."""
    for joined in MEMBERS[language]:
        access = _join(club, joined, language, now)
        _stand(access, joined, now)
    Message.objects.filter(kind=WELCOME, state=Message.State.WAITING).update(
        state=Message.State.SENT, sent_at=now
    )  # they were greeted when they joined
    last = Drop.objects.filter(club=club.pk).out(now).order_by("number").last()
    if last is not None:
        Member.objects.filter(club=club.pk).update(told_number=last.number)
        _begin(club, last, MEMBERS[language][0], now)
    while telling.look_at_batch(now):
        pass


def _join(club: Club, joined: Joined, language: str, now: datetime) -> Access:
    """Let somebody join when they did, and pay for every period since."""
    first, _last = joined.runs[0]
    since = _day(club, first)
    with clock.standing_at(since):
        access = grant(
            _customer(joined, language),
            product=club,
            source=Source(SourceKind.SUBSCRIPTION, f"demo:{joined.email}"),
            starts_at=since,
            now=since,
        )
    for run, (begun, ended) in enumerate(joined.runs):
        until = _day(club, ended + 1) if ended else now
        at, number = _day(club, begun), 0
        while at < until:
            step = PERIODS[joined.interval]
            end = _after(club, begun, (number + 1) * step)
            record_paid(access, source=f"demo-{run}-{number}", starts_at=at, ends_at=end, now=at)
            at, number = end, number + 1
    return access


def _stand(access: Access, joined: Joined, now: datetime) -> None:
    day = timedelta(days=1)
    match joined.state:
        case "rest":
            pause(access, until=now + MONTH_DAYS * day, now=now - 5 * day)
        case "hold":
            suspend(access, now=now - 3 * day, because="card")
        case "left":
            set_end(access, access.paid_through, now=now)


def _begin(club: Club, drop: Drop, joined: Joined, now: datetime) -> None:
    """Let the first of them have read this month's text, and be in the middle of what follows."""
    customer = Customer.objects.get(user__email=joined.email)
    rows = Part.objects.filter(parent=drop.part_id).published().order_by("position")
    for part, place, far in zip(rows, ({}, {"seconds": 9}), (1.0, 0.4), strict=False):
        keep_place(customer, part, Place(dict(place), far), now)


def _customer(joined: Joined, language: str) -> Customer:
    user = User.objects.filter(email=joined.email).first()
    user = user or User.objects.create_user(joined.email)
    found: Customer = Customer.objects.get_or_create(
        user=user, defaults={"language": language, "name": joined.name}
    )[0]
    return found


def _day(club: Club, number: int) -> datetime:
    return _after(club, number, 0)


def _after(club: Club, number: int, months: int) -> datetime:
    """Return the beginning of the month so many after one of the club's."""
    first: date = club.first_on or clock.local_day(clock.now(), current_store().zone)
    return clock.start_of_day(clock.add_months(first, number - 1 + months), current_store().zone)
