"""The page of a film: the browser's own player, at the second where this viewer stopped."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from access.contract import Locked, Open
from access.services.gate import may_open
from content.models import Asset
from content.rules import FINISHED, Place
from content.services.captions import captions_of
from content.services.files import current_file
from content.services.listening.chapters import clock_of
from content.views.back import back_of
from content.views.files import harmless, note_opening
from content.views.locked import OURS_ALONE, locked
from core import clock
from products.models import Part
from stores.contract import StoreRequest

FILMS = frozenset({Asset.Kind.MP4, Asset.Kind.MOV})


def watch(
    request: StoreRequest,
    part: Part,
    asset: Asset,
    answer: Open,
    kept: Place | None,
    place_url: str,
) -> HttpResponse:
    """Show the player of a film that is open."""
    note_opening(answer, request)
    width, height = asset.facts.get("page_size") or (16, 9)
    context = {
        "part": part,
        "product": part.product,
        "film_url": reverse("content:file", args=[asset.public_id, asset.original_name]),
        "media_type": asset.media_type,
        "width": round(width),
        "height": round(height),
        "length": clock_of(float(asset.facts.get("seconds") or 0)),
        "captions_url": reverse("content:captions", args=[part.public_id])
        if captions_of(asset)
        else "",
        "captions_language": part.product.language,
        "seconds": _begin(kept),
        "place_url": place_url,
        "back_url": back_of(part),
        "is_preview": answer.because == "preview",
    }
    response = render(request, "content/watch.html", context)
    response.headers["Cache-Control"] = OURS_ALONE
    return response


@require_safe
def captions(request: StoreRequest, part_id: str) -> HttpResponse:
    """Give the words of a film to whoever may watch it."""
    part = get_object_or_404(Part.objects.select_related("product"), public_id=part_id)
    now = clock.now()
    answer = may_open(request.viewer, [part], now)[part]
    if isinstance(answer, Locked):
        return locked(request, part, answer)
    asset = current_file(part, now)
    text = captions_of(asset) if asset is not None else ""
    if not text:
        raise Http404
    response = HttpResponse(text, content_type="text/vtt; charset=utf-8")
    harmless(response)
    return response


def _begin(kept: Place | None) -> float:
    """Return the second to begin at; whoever was at the end begins anew."""
    place: dict[str, Any] = dict(kept.place) if kept is not None else {}
    seconds = place.get("seconds", 0)
    if kept is None or kept.fraction >= FINISHED or not isinstance(seconds, int | float):
        return 0
    return float(seconds)
