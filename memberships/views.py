"""The pages of a club's member: this month, one month, a text in it, all months."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from access.contract import Locked
from access.services.gate import may_open
from access.services.unpaid import why_of
from content.rules import Place
from content.services.places import keep_place
from content.views.files import note_opening
from content.views.locked import OURS_ALONE, locked
from core import clock
from core.markdown import small_markdown
from memberships.models import Club, Drop
from memberships.services import showing
from memberships.services.pieces import TEXT
from products.models import Part
from stores.contract import StoreRequest

NEWEST = 3
"""How many earlier months stand under the one that is shown."""


@require_safe
def this_month(request: StoreRequest, slug: str) -> HttpResponse:
    """Show the newest month that is open to a member; a stranger sees the club's own page."""
    club, now = _club(slug), clock.now()
    seen = _seen(request, club, now)
    if seen.place is None or not seen.is_live or seen.place.current is None:
        is_stranger = request.viewer.is_nobody
        return redirect("storefront:product" if is_stranger else "memberships:archive", slug)
    drop = Drop.objects.select_related("part__product").get(pk=seen.place.current.pk)
    return _show(request, seen, drop, now)


@require_safe
def month(request: StoreRequest, slug: str, part_id: str) -> HttpResponse:
    """Show one month; where it is locked, why. Staff see it before it is given out."""
    club, now = _club(slug), clock.now()
    drops = Drop.objects.select_related("part__product").filter(club=club.pk)
    shown = drops if request.viewer.is_staff else drops.given()
    drop = get_object_or_404(shown, part__public_id=part_id)
    return _show(request, _seen(request, club, now), drop, now)


@require_safe
def archive(request: StoreRequest, slug: str) -> HttpResponse:
    """Show all months that were given out, each open or locked with why."""
    club, now = _club(slug), clock.now()
    seen = _seen(request, club, now)
    months = showing.months_for(request.viewer, club, now)
    current = seen.place.current if seen.place is not None else None
    why = showing.shared_reason(months)
    context = {
        **_around(seen),
        "months": months,
        "current_id": current.pk if current is not None else None,
        "open_count": sum(each.is_open for each in months),
        "why": why,
        "said": why and why_of(why, request.customer, club, now),
    }
    return _ours_alone(render(request, "memberships/archive.html", context))


@require_safe
def text(request: StoreRequest, slug: str, part_id: str) -> HttpResponse:
    """Show a text of a month to be read, with the way on."""
    now = clock.now()
    part = _text(slug, part_id)
    answer = may_open(request.viewer, [part], now)[part]
    if isinstance(answer, Locked):
        return locked(request, part, answer)
    note_opening(answer, request)
    drop = Drop.objects.select_related("part__product").get(part=part.parent_id)
    shown = showing.month_for(request.viewer, drop, now)
    following = [piece for piece in shown.pieces if piece.part != part and not piece.is_finished]
    mine = next((piece for piece in shown.pieces if piece.part == part), None)
    context = {
        **_around(showing.visit(request.viewer, drop.club, now)),
        "month": shown,
        "month_url": showing.month_url(part.product, drop.part),
        "part": part,
        "html": small_markdown(part.club_words.text),
        "is_finished": mine is not None and mine.is_finished,
        "following": next((piece for piece in following if piece.is_open), None),
        "keeps_place": request.viewer.customer is not None,
        "is_preview": answer.because == "preview",
    }
    return _ours_alone(render(request, "memberships/text.html", context))


@require_POST
def done(request: StoreRequest, slug: str, part_id: str) -> HttpResponse:
    """Keep that a text was read to its end, and go on with what is next in its month."""
    now = clock.now()
    part = _text(slug, part_id)
    answer = may_open(request.viewer, [part], now)[part]
    if isinstance(answer, Locked):
        return locked(request, part, answer)
    if request.viewer.customer is not None:
        keep_place(request.viewer.customer, part, Place({}, showing.FINISHED), now)
    drop = Drop.objects.select_related("part__product").get(part=part.parent_id)
    following = showing.month_for(request.viewer, drop, now).next_step
    there = following.url if following is not None else showing.month_url(part.product, drop.part)
    return redirect(there)


def _show(request: StoreRequest, seen: showing.Visit, drop: Drop, now: datetime) -> HttpResponse:
    shown = showing.month_for(request.viewer, drop, now)
    if isinstance(shown.answer, Locked) and not shown.has_open_piece:
        return locked(request, drop.part, shown.answer)
    if not isinstance(shown.answer, Locked):
        note_opening(shown.answer, request)
    current = seen.place.current if seen.place is not None else None
    earlier = [each for each in _opened(seen) if each.pk != drop.pk][:NEWEST]
    context = {
        **_around(seen),
        "month": shown,
        "is_current": current is not None and current.pk == drop.pk,
        "is_first": seen.place is not None and seen.place.turn == 1,
        "earlier": [(each, showing.month_url(seen.club, each.part)) for each in earlier],
        "ahead": showing.ahead(seen, now),
    }
    return _ours_alone(render(request, "memberships/month.html", context))


def _opened(seen: showing.Visit) -> list[Drop]:
    return [] if seen.place is None else [*reversed(seen.place.open_drops)]


def _around(seen: showing.Visit) -> dict[str, Any]:
    """Return what every page of a club shows: its name, the way to all months, the group."""
    club = seen.club
    return {
        "club": club,
        "product": club,
        "turn": seen.turn_in_words,
        "is_member": seen.is_live,
        "this_month_url": showing.club_url(club),
        "archive_url": showing.archive_url(club),
        "group_url": club.group_url if seen.is_live else "",
    }


def _club(slug: str) -> Club:
    found: Any = get_object_or_404(
        Club.objects.filter(deleted_at=None),
        Q(slug=slug) | Q(slug="", public_id=slug),
    )
    club: Club = found
    return club


def _seen(request: StoreRequest, club: Club, now: datetime) -> showing.Visit:
    """Return how whoever asks stands to the club; what is a draft is there for its own people."""
    seen = showing.visit(request.viewer, club, now)
    is_draft = club.status == Club.Status.DRAFT
    if is_draft and seen.place is None and not request.viewer.is_staff:
        raise Http404
    return seen


def _text(slug: str, part_id: str) -> Part:
    """Return a text of this club's; whether it opens the gate says."""
    found: Part = get_object_or_404(
        Part.objects.select_related("product", "club_words"),
        Q(product__slug=slug) | Q(product__slug="", product__public_id=slug),
        public_id=part_id,
        kind=TEXT,
        club_words__isnull=False,
        product__deleted_at=None,
    )
    return found


def _ours_alone(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = OURS_ALONE
    return response
