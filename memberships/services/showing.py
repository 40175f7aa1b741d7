"""What a member sees: this month with its pieces and one next step, and all months."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.contract import Answer, Locked, Open, Viewer
from access.models import Access
from access.services.gate import may_open
from content.models import Progress
from content.services.listening.chapters import clock_of
from memberships.models import Club, Drop
from memberships.services.months import rhythm_of
from memberships.services.pieces import FILE, FILM, SOUND, TEXT
from memberships.services.standing import Place, best, places
from products.models import Part, Product
from products.services.moments import short_day

FINISHED = 1.0


@dataclass(frozen=True)
class Piece:
    """One piece of a month as its member sees it."""

    part: Part
    answer: Answer
    fraction: float
    is_finished: bool

    @property
    def is_open(self) -> bool:
        """Whether it opens now."""
        return isinstance(self.answer, Open)

    @property
    def url(self) -> str:
        """Where it opens."""
        return url_of(self.part)

    @property
    def percent(self) -> int:
        """How far along they are, while they are in the middle of it."""
        return 0 if self.is_finished else round(self.fraction * 100)

    @property
    def verb(self) -> str:
        """What is done with it next."""
        return verb_of(self.part.kind, is_begun=self.fraction > 0 and not self.is_finished)

    @property
    def kind(self) -> str:
        """What it is, in a word, and how long."""
        return kind_in_words(self.part)


@dataclass(frozen=True)
class Month:
    """One month in the list of all of them."""

    drop: Drop
    answer: Answer
    pieces: Sequence[Piece] = ()
    is_new: bool = False

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.drop.part.title)

    @property
    def is_open(self) -> bool:
        """Whether it opens now."""
        return isinstance(self.answer, Open)

    @property
    def has_open_piece(self) -> bool:
        """Whether something in it is open, be the month not."""
        return any(piece.is_open for piece in self.pieces)

    @property
    def next_step(self) -> Piece | None:
        """The first piece that is open and not finished."""
        left = (piece for piece in self.pieces if piece.is_open and not piece.is_finished)
        return next(left, None)

    @property
    def finished(self) -> int:
        """How many of its pieces were finished."""
        return sum(piece.is_finished for piece in self.pieces)

    @property
    def inside(self) -> str:
        """What stands in it, in a line."""
        return " · ".join(piece.part.title for piece in self.pieces)


@dataclass(frozen=True)
class Visit:
    """Who looks at a club: by which access, and where that stands."""

    club: Club
    place: Place | None
    """None for who has no access to it, be it ended: a key, a visitor, staff."""
    is_live: bool

    @property
    def turn_in_words(self) -> str:
        """ "Month 14 with us", while they are a member."""
        return turn_in_words(self.place) if self.place is not None and self.is_live else ""


def visit(viewer: Viewer, club: Club, now: datetime) -> Visit:
    """Return how whoever looks stands to the club."""
    rows = Access.objects.standing().filter(product=club.pk)
    if viewer.customer is not None:
        rows = rows.filter(customer=viewer.customer)
    else:
        rows = rows.filter(pk__in=viewer.access_ids)
    access = best(rows.select_related("product", "awaits"), now)
    if access is None:
        return Visit(club, None, is_live=False)
    return Visit(club, places([access], now)[access], access.is_live(now))


def ahead(seen: Visit, now: datetime) -> str:
    """Return what comes next, and when: the next month's day, for a member."""
    if seen.place is None or not seen.is_live:
        return ""
    title, at = coming([seen.place], now).get(seen.place.access, ("", None))
    if at is None:
        return ""
    return _("%(title)s opens %(day)s.") % {"title": title, "day": short_day(at)}


def coming(found: Iterable[Place], now: datetime) -> dict[Access, tuple[str, datetime | None]]:
    """Return the next month of each of these members, and when it opens, as far as time tells.

    By the calendar that is what was given out for a day ahead; by tenure the end of the period
    they are in, as far as it is paid for.
    """
    rows = list(found)
    drops: dict[int, list[Drop]] = {}
    given = Drop.objects.given().filter(club__in={place.club.pk for place in rows})
    for drop in given.select_related("part").order_by("number"):
        drops.setdefault(drop.club_id, []).append(drop)
    answer: dict[Access, tuple[str, datetime | None]] = {}
    for place in rows:
        known = {drop.pk for drop in place.open_drops}
        last = place.current.number if place.current is not None else 0
        later = [
            drop
            for drop in drops.get(place.club.pk, ())
            if drop.pk not in known and drop.number > last
        ]
        if later:
            answer[place.access] = (later[0].part.title, opens_at(place, later[0], now))
    return answer


def opens_at(place: Place, drop: Drop, now: datetime) -> datetime | None:
    """Return when a month opens to a member, if that is ahead and paid for."""
    published: datetime | None = drop.part.published_at
    if place.club.mode != Club.Mode.TENURE:
        return published if published is not None and published > now else None
    return place.reaches(drop.part.release_tenure or 0, now)


def months_for(viewer: Viewer, club: Club, now: datetime) -> list[Month]:
    """Return all months that were given out, the newest first, each open or locked with why."""
    drops = list(Drop.objects.filter(club=club.pk).given().select_related("part__product"))
    months = _months(viewer, drops, now)
    return sorted(months, key=lambda month: month.drop.number, reverse=True)


def month_for(viewer: Viewer, drop: Drop, now: datetime) -> Month:
    """Return one month with its pieces."""
    return _months(viewer, [drop], now)[0]


def _months(viewer: Viewer, drops: Sequence[Drop], now: datetime) -> list[Month]:
    """Return months with what the gate says of each and of its pieces, in one answer for all."""
    months = [drop.part_id for drop in drops]
    pieces = list(
        Part.objects.filter(parent__in=months)
        .published()
        .select_related("product")
        .order_by("position", "id")
    )
    answers = may_open(viewer, [*(drop.part for drop in drops), *pieces], now)
    far = progress_of(viewer, pieces)
    inside: dict[int, list[Piece]] = {pk: [] for pk in months}
    for part in pieces:
        fraction, is_finished = far.get(part.pk, (0.0, False))
        inside[part.parent_id or 0].append(Piece(part, answers[part], fraction, is_finished))
    return [
        Month(drop, answers[drop.part], inside[drop.part_id], is_new=_is_new(inside[drop.part_id]))
        for drop in drops
    ]


def _is_new(pieces: Iterable[Piece]) -> bool:
    """Whether nothing in an open month was begun."""
    rows = list(pieces)
    return bool(rows) and all(piece.is_open and not piece.fraction for piece in rows)


def progress_of(viewer: Viewer, parts: Sequence[Part]) -> dict[int, tuple[float, bool]]:
    """Return how far a customer is in each of these parts, and whether they finished it."""
    if viewer.customer is None:
        return {}
    rows = Progress.objects.filter(customer=viewer.customer, part__in=parts)
    found = rows.values_list("part", "fraction", "finished_at")
    return {part: (fraction, finished is not None) for part, fraction, finished in found}


def url_of(part: Part) -> str:
    """Return where a piece opens: a text on the club's page, all else in its reader or player."""
    if part.kind == TEXT:
        slug = part.product.slug or part.product.public_id
        return reverse("memberships:text", args=[slug, part.public_id])
    return reverse("content:read", args=[part.public_id])


def month_url(club: Product, part: Part) -> str:
    """Return the page of one month."""
    return reverse("memberships:month", args=[club.slug or club.public_id, part.public_id])


def club_url(club: Product) -> str:
    """Return the page of this month."""
    return reverse("memberships:club", args=[club.slug or club.public_id])


def archive_url(club: Product) -> str:
    """Return the page of all months."""
    return reverse("memberships:archive", args=[club.slug or club.public_id])


def verb_of(kind: str, *, is_begun: bool) -> str:
    """Return what is done with a piece: begun or gone on with."""
    match kind:
        case "text":
            return _("Go on reading") if is_begun else _("Read")
        case "sound":
            return _("Go on listening") if is_begun else _("Listen")
        case "film":
            return _("Go on watching") if is_begun else _("Watch")
        case _file:
            return _("Go on reading") if is_begun else _("Open")


def kind_in_words(part: Part) -> str:
    """Return what a piece is, and how long it plays."""
    words = {
        TEXT: _("to read"),
        SOUND: _("to hear"),
        FILM: _("to watch"),
        FILE: _("a file"),
    }
    said = words.get(part.kind, "")
    return f"{said} · {clock_of(part.length_seconds)}" if part.length_seconds else said


def turn_in_words(place: Place) -> str:
    """Return "Month 14 with us", in the club's rhythm."""
    match rhythm_of(place.club):
        case "week":
            return _("Week %(n)d with us") % {"n": place.turn}
        case "quarter":
            return _("Quarter %(n)d with us") % {"n": place.turn}
        case _month:
            return _("Month %(n)d with us") % {"n": place.turn}


def count_in_words(rhythm: str, count: int) -> str:
    """Return "14 months", in the club's rhythm."""
    match rhythm:
        case "week":
            said = ngettext("%(n)d week", "%(n)d weeks", count)
        case "quarter":
            said = ngettext("%(n)d quarter", "%(n)d quarters", count)
        case _month:
            said = ngettext("%(n)d month", "%(n)d months", count)
    return said % {"n": count}


def shared_reason(months: Sequence[Month]) -> Locked | None:
    """Return why most of what is locked is locked, where that is one reason: it is said once."""
    counted: Counter[Locked] = Counter(
        month.answer for month in months if isinstance(month.answer, Locked)
    )
    found = counted.most_common(1)
    return found[0][0] if found and found[0][1] > 1 else None
