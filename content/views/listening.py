"""The player: recordings of a part in order, at the second where this listener stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from access.contract import Answer, Locked, Open
from access.services.gate import may_open
from access.services.unpaid import unpaid_behind
from content.rules import FINISHED, Place
from content.services.listening import Track, tracks_of
from content.services.listening.chapters import Chapter, clock_of
from content.views.back import back_of
from content.views.files import note_opening
from content.views.locked import OURS_ALONE
from products.models import Part
from products.services.covers import cover_of
from stores.contract import StoreRequest

AT_ITS_END = 3.0
"""Whoever stopped so many seconds before the end of all begins anew."""


@dataclass(frozen=True)
class Row:
    """One recording in the list of the player."""

    track: Track
    answer: Answer
    url: str

    @property
    def is_open(self) -> bool:
        """Whether it can be heard now."""
        return isinstance(self.answer, Open)

    @property
    def clock(self) -> str:
        """How long it plays."""
        return clock_of(self.track.seconds)

    @property
    def chapters(self) -> list[tuple[Chapter, str]]:
        """Its chapters, each with the time at which it begins."""
        return [(each, clock_of(each.start)) for each in self.track.chapters]


def listen(
    request: StoreRequest, part: Part, answer: Open, kept: Place | None, **context: Any
) -> HttpResponse:
    """Show the player of a part that is open; 404 where there is nothing to hear."""
    rows = rows_of(request, tracks_of(part), context["now"])
    if not rows:
        raise Http404
    note_opening(answer, request)
    product = part.product
    cover = cover_of(product)
    context |= {
        "part": part,
        "product": product,
        "rows": rows,
        "is_album": len(rows) > 1,
        "cover": cover,
        "cover_url": request.build_absolute_uri(cover.src) if cover else "",
        "back_url": back_of(part),
        "length": clock_of(sum(row.track.seconds for row in rows)),
        "place": _begin(kept, rows),
        "is_preview": answer.because == "preview",
        "unpaid": unpaid_behind(answer, context["now"]),
        "takes_notes": request.viewer.customer is not None,
        "files_url": reverse("content:taking", args=[product.public_id]),
    }
    response = render(request, "content/listen.html", context)
    response.headers["Cache-Control"] = OURS_ALONE
    return response


def rows_of(request: StoreRequest, tracks: Sequence[Track], now: datetime) -> list[Row]:
    """Return the recordings with what the gate says of each, in one answer for all."""
    answers = may_open(request.viewer, [track.part for track in tracks], now)
    return [
        Row(
            track,
            answers[track.part],
            "" if isinstance(answers[track.part], Locked) else _url(track),
        )
        for track in tracks
    ]


def _url(track: Track) -> str:
    return reverse("content:file", args=[track.asset.public_id, track.asset.original_name])


def _begin(kept: Place | None, rows: Sequence[Row]) -> dict[str, Any]:
    """Return the recording and second to begin at; whoever was at the end begins anew."""
    place: dict[str, Any] = dict(kept.place) if kept is not None else {}
    known = {row.track.part.public_id: row for row in rows}
    row = known.get(str(place.get("track", "")))
    seconds = place.get("seconds", 0)
    if row is None or not isinstance(seconds, int | float):
        return {}
    is_over = kept is not None and kept.fraction >= FINISHED and row is rows[-1]
    if is_over and seconds >= row.track.seconds - AT_ITS_END:
        return {}
    return {"track": row.track.part.public_id, "seconds": seconds}
