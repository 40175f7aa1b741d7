"""What members see of their clubs on the shelf, and what is dated ahead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from content.models import Progress
from memberships.models import Drop
from memberships.services import showing
from memberships.services.standing import Place, places
from products.contract import AgendaItem, ShelfCard, Tab
from products.models import Part

if TYPE_CHECKING:
    from access.models import Access


def open_urls(accesses: Sequence[Access], now: datetime) -> dict[Access, str]:
    """Return the page of the newest month of each member."""
    return {
        access: showing.month_url(place.club, place.current.part)
        for access, place in places(accesses, now).items()
        if place.current is not None
    }


def cards_of(accesses: Sequence[Access], now: datetime) -> dict[Access, ShelfCard]:
    """Return the card of each member: their month, the one next step in it, what is new."""
    found = places(accesses, now)
    months = {place.current.part_id for place in found.values() if place.current is not None}
    pieces: dict[int, list[Part]] = defaultdict(list)
    rows = Part.objects.filter(parent__in=months).published().select_related("product")
    for part in rows.order_by("position", "id"):
        pieces[part.parent_id or 0].append(part)
    far = _progress({access.customer_id for access in accesses}, months)
    return {
        access: _card(place, place.current, pieces[place.current.part_id], far)
        for access, place in found.items()
        if place.current is not None
    }


def _progress(customers: set[int], months: set[int]) -> dict[tuple[int, int], tuple[float, bool]]:
    """Return how far these people are in the pieces of months, by customer and part."""
    rows = Progress.objects.filter(customer__in=customers, part__parent__in=months)
    found = rows.values_list("customer", "part", "fraction", "finished_at")
    return {(who, part): (far, finished is not None) for who, part, far, finished in found}


def _card(
    place: Place,
    current: Drop,
    pieces: Sequence[Part],
    far: dict[tuple[int, int], tuple[float, bool]],
) -> ShelfCard:
    who = place.access.customer_id
    known = {part.pk: far.get((who, part.pk), (0.0, False)) for part in pieces}
    left = [part for part in pieces if not known[part.pk][1]]
    archive = (Tab(_("All that came out"), showing.archive_url(place.club)),)
    line = f"{showing.turn_in_words(place)} · {current.part.title}"
    if pieces and not left:
        url = showing.month_url(place.club, current.part)
        return ShelfCard(line, _("See it again"), url, 1.0, links=archive)
    seen = place.access.last_opened_at
    opened = current.part.published_at
    is_new = opened is not None and (seen is None or seen < opened)
    news = _("%(title)s is here") % {"title": current.part.title} if is_new else ""
    if not left:
        url = showing.month_url(place.club, current.part)
        return ShelfCard(line, _("Open"), url, news=news, links=archive)
    fraction = known[left[0].pk][0]
    verb = showing.verb_of(left[0].kind, is_begun=fraction > 0)
    line = f"{line} · {left[0].title}" if fraction > 0 else line
    done = (len(pieces) - len(left)) / len(pieces)
    return ShelfCard(line, verb, showing.url_of(left[0]), done, news, archive)


def agenda(accesses: Sequence[Access], now: datetime, until: datetime) -> list[AgendaItem]:
    """Return the next month of each member, on the day it opens."""
    found = places([access for access in accesses if access.is_live(now)], now)
    coming = showing.coming(found.values(), now)
    return [
        AgendaItem(at, title, showing.club_url(found[access].club), found[access].club.title)
        for access, (title, at) in coming.items()
        if at is not None and now <= at < until
    ]
