"""What a visitor reads of a club before paying: how it comes, what is open, what stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from memberships.models import Club, Drop
from memberships.services import showing
from memberships.services.months import rhythm_of
from products.contract import OutlineRow
from products.models import Part, Product

Earlier, Keep, Mode = Club.Earlier, Club.Keep, Club.Mode
SHOWN = 24
"""How many months stand in the outline, the newest first."""


def about(product: Product, now: datetime) -> Mapping[str, Any]:
    """Return what the club's section of its page shows."""
    club = _club(product)
    count = Drop.objects.filter(club=club.pk).out(now).count()
    return {
        "terms": [*how_it_comes(club), *what_is_there(club, count)],
        "keeps": [what_stays(club)],
        "count": count,
        "archive_url": showing.archive_url(club),
        "structured": {"@type": "Product", "category": _("Club")},
    }


def outline(product: Product, now: datetime) -> Sequence[OutlineRow]:
    """Return the months that are out, the newest first, with their pieces; previews open."""
    newest = Drop.objects.filter(club=product.pk).out(now).select_related("part")
    drops = list(newest.order_by("-number")[:SHOWN])
    pieces: dict[int, list[Part]] = {drop.part_id: [] for drop in drops}
    rows = Part.objects.filter(parent__in=pieces).published().select_related("product")
    for part in rows.order_by("position", "id"):
        pieces[part.parent_id or 0].append(part)
    found = []
    for drop in drops:
        found.append(OutlineRow(title=drop.part.title))
        found += [
            OutlineRow(
                title=part.title,
                detail=showing.kind_in_words(part),
                depth=1,
                open_url=showing.url_of(part) if part.preview or drop.part.preview else "",
            )
            for part in pieces[drop.part_id]
        ]
    return found


def how_it_comes(club: Club) -> list[str]:
    """Return whose clock the club goes by, in its rhythm."""
    if club.mode == Mode.TENURE:
        match rhythm_of(club):
            case "week":
                return [_("You begin at week 1; each paid week opens the next.")]
            case "quarter":
                return [_("You begin at quarter 1; each paid quarter opens the next.")]
            case _month:
                return [_("You begin at month 1; each paid month opens the next.")]
    match rhythm_of(club):
        case "week":
            return [_("A new one every week, for all members on the same day.")]
        case "quarter":
            return [_("A new one every quarter, for all members on the same day.")]
        case _month:
            return [_("A new one every month, for all members on the same day.")]


def what_is_there(club: Club, count: int) -> list[str]:
    """Return what a new member finds."""
    said = []
    if club.mode == Mode.CALENDAR:
        if club.earlier == Earlier.JOINING:
            said.append(_("What is open begins with the day you join."))
        elif count > 1:
            archive = showing.count_in_words(rhythm_of(club), count)
            said.append(_("Open from the first day: %(archive)s.") % {"archive": archive})
    if club.group_url:
        said.append(_("A group for members, while you are one."))
    return said


def what_stays(club: Club) -> str:
    """Return the keep-rule as whoever buys reads it."""
    match club.keep:
        case Keep.NOTHING:
            return _("After you leave it closes. Where you stopped is kept, if you come back.")
        case Keep.OPENED:
            return _("Everything that was open to you stays yours after you leave.")
        case _paid:
            return _("What came while you were a member stays yours after you leave.")


def _club(product: Product) -> Club:
    found: Club = product if isinstance(product, Club) else product.club
    return found
