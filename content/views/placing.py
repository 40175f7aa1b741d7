"""The place a reader keeps: with the customer, or in a guest's session."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from access.contract import Locked, Viewer
from access.services.gate import may_open
from content.errors import BadPlace
from content.rules import Place, parse_place
from content.services.places import keep_place, place_in
from core import clock
from products.models import Part
from stores.contract import StoreRequest

PLACES = "places"
PLACES_KEPT = 30


@require_POST
def place(request: StoreRequest, part_id: str) -> HttpResponse:
    """Keep where a reader stopped: with the customer, or in a guest's session."""
    part = get_object_or_404(Part.objects.select_related("product"), public_id=part_id)
    now = clock.now()
    if isinstance(may_open(request.viewer, [part], now)[part], Locked):
        return HttpResponse(status=403)
    try:
        sent = parse_place(request.body)
    except (BadPlace, RequestDataTooBig):
        return HttpResponseBadRequest()
    if request.viewer.customer is not None:
        keep_place(request.viewer.customer, part, sent, now)
    elif keeps(request.viewer):
        kept = request.session.get(PLACES, {})
        kept.pop(part.public_id, None)
        kept[part.public_id] = [sent.place, sent.fraction]
        request.session[PLACES] = dict(list(kept.items())[-PLACES_KEPT:])
    return HttpResponse(status=204)


def place_url_of(viewer: Viewer, part: Part) -> str:
    """Return where the place is sent; empty where nobody keeps it but the browser."""
    return reverse("content:place", args=[part.public_id]) if keeps(viewer) else ""


def keeps(viewer: Viewer) -> bool:
    """Whether a place is kept on our side: not for visitors of a preview, nor for staff."""
    return viewer.customer is not None or bool(viewer.access_ids or viewer.keys)


def place_of(request: StoreRequest, part: Part) -> Place | None:
    """Return the customer's place, or the one this browser kept before they signed in."""
    viewer = request.viewer
    kept = place_in(viewer.customer, part) if viewer.customer is not None else None
    if kept is None and keeps(viewer):
        here = request.session.get(PLACES, {}).get(part.public_id)
        kept = Place(*here) if here else None
    return kept
