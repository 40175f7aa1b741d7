"""What readers see of their books on the shelf: where they are, the one next step, what is new."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content.models import Asset, Edition
from content.services import discussion, reading_life
from content.services.listening.album import ALBUM
from content.services.reading_life import Life
from core.addresses import path_to
from core.prepared import Among, Prepared, given, padded
from products.contract import ShelfCard, Tab
from products.models import Part
from shipping.services.showing import posted_news

if TYPE_CHECKING:
    from access.models import Access

READ_FIRST = ("epub", "pdf", ALBUM)
"""The parts a reader opens, the kinder one to a phone first."""
ALMOST = 0.99
"""Opened once more, a book is not finished on the shelf, whatever it was before."""


@dataclass(frozen=True)
class Known:
    """What is known of the reading of many, by customer and part, and of what is new."""

    lives: dict[tuple[int, int], Life]
    seconds: dict[int, int]
    notes: dict[tuple[int, int], int]
    discussed: set[int]
    """Products whose readers ask and reply."""
    editions: dict[int, Edition]
    posted: dict[tuple[int, int], str]


def _to_read(count: int) -> QuerySet[Part]:
    rows = Part.objects.filter(Among("product_id", "products", count), kind__in=READ_FIRST)
    out = Asset.objects.out(given("now", datetime)).filter(part=OuterRef("pk"))
    heard = Q(children__published_at__isnull=False, children__assets__isnull=False)
    found: QuerySet[Part] = rows.published().filter(Q(Exists(out)) | heard).distinct()
    return found


TO_READ = Prepared(_to_read)


def parts_to_read(products: Iterable[int], now: datetime) -> dict[int, list[Part]]:
    """Return the parts of books that can be read, by product, the first to open first."""
    found: dict[int, list[Part]] = {}
    asked = padded(sorted(set(products)))
    for part in TO_READ.rows(len(asked), products=asked, now=now) if asked else ():
        found.setdefault(part.product_id, []).append(part)
    for parts in found.values():
        parts.sort(key=lambda part: READ_FIRST.index(part.kind))
    return found


def cards_of(accesses: Sequence[Access], now: datetime) -> dict[Access, ShelfCard]:
    """Return the card of each book that can be read, at a constant number of queries."""
    parts = parts_to_read((access.product_id for access in accesses), now)
    if not parts:
        return {}
    every = [part for mine in parts.values() for part in mine]
    customers = {access.customer_id for access in accesses}
    known = Known(
        lives=reading_life.lives(customers, every),
        seconds=reading_life.whole_in_seconds(every),
        notes=reading_life.note_counts(customers, every),
        discussed=discussion.on_for(set(parts)),
        editions=_new_editions(parts, now),
        posted=posted_news(accesses),
    )
    return {
        access: _card(access, parts[access.product_id], known)
        for access in accesses
        if access.product_id in parts
    }


def read_url(part: Part) -> str:
    """Return where a part is read, or heard."""
    return path_to("content:read", part.public_id)


def _card(access: Access, parts: list[Part], known: Known) -> ShelfCard:
    who, news = access.customer_id, _news(access, parts, known)
    read = [part for part in parts if (who, part.pk) in known.lives]
    if not read:
        return _unopened(parts[0], known, news)
    part = max(read, key=lambda each: known.lives[who, each.pk].updated_at)
    life = known.lives[who, part.pk]
    links = [*_notes(parts, who, known), *_questions(part, known)]
    is_heard = part.kind == ALBUM
    if life.is_finished:
        line = _("Heard to the end") if is_heard else reading_life.finished_in_words(life)
        verb = _("Listen again") if is_heard else _("Read again")
        url = read_url(part) if is_heard else f"{read_url(part)}?again=1"
        return ShelfCard(line, verb, url, 1.0, news, links)
    fraction = min(life.fraction, ALMOST)
    line = (
        _how_far(life)
        if not is_heard
        else _("%(percent)s%% heard") % {"percent": round(fraction * 100)}
    )
    verb = _("Continue listening") if is_heard else _("Continue reading")
    return ShelfCard(line, verb, read_url(part), fraction, news, links)


def _unopened(part: Part, known: Known, news: str) -> ShelfCard:
    line, seconds = _("Not opened yet"), known.seconds.get(part.pk)
    if seconds:
        line = f"{line} · {reading_life.whole_in_words(seconds)}"
    verb = _("Start listening") if part.kind == ALBUM else _("Start reading")
    return ShelfCard(line, verb, read_url(part), news=news, links=_questions(part, known))


def _how_far(life: Life) -> str:
    said = [reading_life.where_in_words(life)]
    if life.seconds_left:
        said.append(reading_life.left_in_words(life.seconds_left))
    if life.finished_at is not None:
        said.append(reading_life.finished_in_words(life))
    return " · ".join(said)


def _notes(parts: list[Part], who: int, known: Known) -> Sequence[Tab]:
    """Return the way to the notes somebody made, one for each file they made them in."""
    return [
        Tab(
            ngettext("%(n)s note", "%(n)s notes", count) % {"n": count},
            path_to("content:notebook", part.public_id),
        )
        for part in parts
        if (count := known.notes.get((who, part.pk), 0))
    ]


def _questions(part: Part, known: Known) -> Sequence[Tab]:
    if part.product_id not in known.discussed:
        return ()
    return (Tab(_("Questions and replies"), path_to("content:questions", part.public_id)),)


NEW_EDITIONS = Prepared(
    lambda count: (
        Edition.objects.out(given("now", datetime))
        .filter(Among("product_id", "products", count), number__gt=1)
        .order_by("number")
    )
)


def _new_editions(products: Iterable[int], now: datetime) -> dict[int, Edition]:
    """Return the editions that are read now, by product, where they are not the first."""
    asked = padded(sorted(set(products)))
    rows = NEW_EDITIONS.rows(len(asked), products=asked, now=now) if asked else ()
    return {edition.product_id: edition for edition in rows}


def _news(access: Access, parts: list[Part], known: Known) -> str:
    """Return what is new since the book was opened last; a quiet correction is not."""
    posted = known.posted.get((access.customer_id, access.product_id), "")
    seen, edition = access.last_opened_at, known.editions.get(access.product_id)
    if posted:
        return posted
    if edition is not None and edition.out_at is not None:
        is_seen = seen is not None and seen >= edition.out_at
        if access.created_at < edition.out_at and not is_seen:
            return _("A new edition")
    came = [part.published_at for part in parts if part.published_at is not None]
    return _("New since you were here") if seen is not None and max(came) > seen else ""
