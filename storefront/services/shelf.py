"""The shelf: everything a person owns as objects on a line, and the one next step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.utils import formats as written
from django.utils import timezone
from django.utils.translation import gettext as _

from access.contract import Unpaid, money_back_urls, unpaid_of
from access.models import Access
from core.prepared import Prepared, given
from core.shown import Seen
from products.contract import ShelfCard, formats
from storefront.services.offers import Offer, offer_of, owner_prices
from storefront.services.openings import opens_in_words
from storefront.services.things import Thing, path_of, thing_of

if TYPE_CHECKING:
    from access.contract import Viewer
    from products.contract import Tab, Text

DONE = 1.0
FULL = 12
"""From so many things on, a shelf can be narrowed."""
ON_A_PAGE = 48
GOING, UNOPENED, FINISHED = "begun", "new", "finished"
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Standing(Seen):
    """One object on the shelf."""

    title: str
    thing: Thing
    url: str
    line: Text
    verb: Text
    news: Text
    percent: int
    is_open: bool
    has_step: bool
    is_finished: bool
    last_opened_at: datetime | None
    back_url: str = ""
    """Where the money of what has not opened is given back."""
    links: Sequence[Tab] = ()
    """What else belongs to it, by the format's own word."""


@dataclass(frozen=True)
class Choice:
    """One way to narrow the shelf."""

    label: str
    query: str
    is_chosen: bool


@dataclass(frozen=True)
class ForYou:
    """Something that costs less because of what somebody owns."""

    title: str
    because: str
    offer: Offer


@dataclass(frozen=True)
class Shelf(Seen):
    """Objects in the order they stand: in use, waiting, then finished ones at the end."""

    standings: list[Standing]
    for_owners: list[ForYou] = field(default_factory=list)
    choices: Sequence[Choice] = ()
    """By what it can be narrowed, where much stands on it."""
    page: Page[Standing] | None = None
    """Which of several pages the standings are; None where all of them are shown."""
    going_on: Standing | None = None
    """What to go on with, whichever page is shown."""
    unpaid: Sequence[Unpaid] = ()
    """What of it is not paid for."""

    @property
    def next_step(self) -> Standing | None:
        """What to go on with: opened last, else what came last; never what is finished."""
        return self.going_on


def _how_fresh(standing: Standing) -> tuple[datetime, int]:
    return standing.last_opened_at or NEVER, standing.percent


def shelf_of(viewer: Viewer, now: datetime, *, shown: str = "", number: str = "1") -> Shelf:
    """Return the shelf of a customer or a guest pass, at a fixed number of queries per format.

    What was opened last stands first, what is finished at the end. A full shelf is narrowed to
    what is ``shown`` and comes in pages, of which this is the ``number``.
    """
    accesses = _best_of_each(_owned_by(viewer), now)
    live = [access for access in accesses if access.is_live(now)]
    cards, urls = _ask_formats(live, now)
    back = money_back_urls(accesses, now)
    standings = [
        _standing(access, cards.get(access), urls.get(access, ""), back.get(access.pk, ""), now)
        for access in accesses
    ]
    standings.sort(key=_how_fresh, reverse=True)
    standings.sort(key=lambda each: (each.is_finished, not each.is_open))
    is_full = len(standings) >= FULL
    wanted = [each for each in standings if not is_full or _is_shown(each, shown)]
    page = Paginator(wanted, ON_A_PAGE).get_page(number)
    return Shelf(
        list(page.object_list),
        _for_owners(accesses, live, now) if viewer.customer is not None else [],
        _choices(standings, shown) if is_full else (),
        page if page.has_other_pages() else None,
        _next_step(standings),
        unpaid_of(accesses, now),
    )


def _next_step(standings: Sequence[Standing]) -> Standing | None:
    going = [each for each in standings if each.has_step and not each.is_finished]
    return max(going, key=_how_fresh, default=None)


def _is_shown(standing: Standing, shown: str) -> bool:
    is_begun = standing.last_opened_at is not None or standing.percent > 0
    if shown == UNOPENED:
        return standing.is_open and not is_begun
    if shown == GOING:
        return is_begun and not standing.is_finished
    return standing.is_finished if shown == FINISHED else True


def _choices(standings: Sequence[Standing], shown: str) -> list[Choice]:
    """Return the ways to narrow the shelf that leave something on it."""
    labels = (
        ("", _("All")),
        (GOING, _("Begun")),
        (UNOPENED, _("Not opened yet")),
        (FINISHED, _("Finished")),
    )
    return [
        Choice(label, f"?show={key}" if key else "?", shown == key)
        for key, label in labels
        if any(_is_shown(each, key) for each in standings)
    ]


def _for_owners(accesses: Sequence[Access], live: Sequence[Access], now: datetime) -> list[ForYou]:
    """Return what owning opens the price of; what waits for its opening was bought already."""
    titles = {access.product_id: access.product.title for access in live}
    ahead = {each.product_id for each in accesses if each.awaits_id and not each.is_over(now)}
    return [
        ForYou(price.product.title, titles[price.for_owners_of_id], offer_of(price))
        for price in owner_prices(None, set(titles), now)
        if price.for_owners_of_id is not None and price.product_id not in ahead
    ]


OF_CUSTOMER = Prepared(
    lambda: (
        Access.objects.filter(customer_id=given("customer", int))
        .standing()
        .select_related("product", "awaits")
    )
)


def _owned_by(viewer: Viewer) -> Iterable[Access]:
    if viewer.customer is not None:
        return OF_CUSTOMER.rows(customer=viewer.customer.pk)
    if not viewer.access_ids:
        return ()
    rows = Access.objects.filter(pk__in=viewer.access_ids)
    owned: Iterable[Access] = rows.standing().select_related("product", "awaits")
    return owned


def _best_of_each(accesses: Iterable[Access], now: datetime) -> list[Access]:
    """Return one access for each product, a live one where there is any, newest first."""
    best: dict[int, Access] = {}
    for access in accesses:
        held = best.get(access.product_id)
        if held is None or (access.is_live(now) and not held.is_live(now)):
            best[access.product_id] = access
    return list(best.values())


def _ask_formats(
    accesses: Sequence[Access], now: datetime
) -> tuple[dict[Access, ShelfCard], dict[Access, str]]:
    by_format: dict[str, list[Access]] = defaultdict(list)
    for access in accesses:
        by_format[access.product.format].append(access)
    cards: dict[Access, ShelfCard] = {}
    urls: dict[Access, str] = {}
    for key, theirs in by_format.items():
        cards |= formats[key].shelf_cards(theirs, now)
        # A card says itself where it goes on.
        bare = [each for each in theirs if each not in cards or not cards[each].next_url]
        urls |= formats[key].open_urls(bare) if bare else {}
    return cards, urls


def _standing(
    access: Access, card: ShelfCard | None, open_url: str, back_url: str, now: datetime
) -> Standing:
    is_open = access.is_live(now)
    page = path_of(access.product)
    return Standing(
        title=access.product.title,
        thing=thing_of(access.product),
        url=(card.next_url if card else "") or open_url or page,
        line=(card.line if card else "") if is_open else _why_closed(access, now),
        verb=(card.next_step if card else "") or _("Open"),
        news=card.news if card else "",
        percent=round(min(max(card.progress, 0.0), DONE) * 100) if card else 0,
        is_open=is_open,
        has_step=card is not None,
        is_finished=card is not None and card.progress >= DONE,
        last_opened_at=access.last_opened_at,
        back_url="" if is_open else back_url,
        links=card.links if card and is_open else (),
    )


def _why_closed(access: Access, now: datetime) -> str:
    if access.suspended_at is not None and not access.is_over(now):
        return _("On hold")
    if access.paused_until is not None and access.paused_until > now:
        return _("Rests until %(date)s") % {"date": _day(access.paused_until)}
    if access.awaits_id is not None and not access.is_over(now):
        awaited = access.product if access.product.is_presale else access.awaits
        return opens_in_words(awaited or access.product, now)
    if access.starts_at > now:
        return _("Opens %(date)s") % {"date": _day(access.starts_at)}
    return _("Ended %(date)s") % {"date": _day(access.ends_at or now)}


def _day(moment: datetime) -> str:
    return written.date_format(timezone.localtime(moment), "DATE_FORMAT")
