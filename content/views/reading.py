"""The readers' page, and the place a reader keeps."""

from __future__ import annotations

import json

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from access.contract import Locked, Open, Viewer
from access.services.gate import may_open
from content.errors import BadPlace
from content.models import Asset, StampedCopy
from content.rules import Place, parse_place
from content.services import discussion
from content.services.carrying.moving import follow_up
from content.services.excerpts.offer import sample_end
from content.services.files import current_file
from content.services.places import keep_place, place_in
from content.services.stamping.copies import file_for
from content.views.files import note_opening
from content.views.listening import listen
from content.views.locked import OURS_ALONE, locked
from content.views.making import making
from content.views.offline import is_kept, until
from content.views.policies import under_reader_policy
from core import clock
from products.models import Part
from stores.contract import StoreRequest

PLACES = "places"
PLACES_KEPT = 30
READERS = {Asset.Kind.EPUB: "content/read_epub.html", Asset.Kind.PDF: "content/read_pdf.html"}


@require_safe
@under_reader_policy
def read(request: StoreRequest, part_id: str) -> HttpResponse:
    """Open a part in the reader of its file's kind, at the place where this reader stopped."""
    part = get_object_or_404(Part.objects.select_related("product"), public_id=part_id)
    now = clock.now()
    answer = may_open(request.viewer, [part], now)[part]
    if isinstance(answer, Locked):
        return locked(request, part, answer)
    asset = current_file(part, now)
    kept = _place_of(request, part)
    place_url = reverse("content:place", args=[part.public_id]) if _keeps(request.viewer) else ""
    if asset is None or asset.is_audio:
        return listen(request, part, answer, kept, place_url=place_url, now=now)
    if asset.kind not in READERS:
        raise Http404
    given = file_for(request.viewer, asset, answer, now, looks_again=True)
    if isinstance(given, StampedCopy) and not given.is_ready:
        return making(request, part, given)
    note_opening(answer, request)
    is_again = "again" in request.GET
    if is_again:
        kept = None
    if kept is not None and kept.file not in {"", asset.public_id}:
        follow_up(part, [(None, None)], now)
    customer = request.viewer.customer
    # Whoever runs the shop sees a sample as a visitor does.
    is_preview = answer.because == "preview" or (part.preview and request.viewer.is_staff)
    files_url = "" if is_preview else reverse("content:taking", args=[part.product.public_id])
    context = {
        "part": part,
        "product": part.product,
        "asset": asset,
        "contents": _contents(asset),
        "file_size": given.size,
        "direction": asset.facts.get("direction", ""),
        "files_url": files_url,
        "file_url": reverse("content:file", args=[asset.public_id, asset.original_name]),
        "place_url": place_url,
        "reader_id": customer.public_id if customer is not None else "",
        "place": kept.place if kept else {},
        "fraction": kept.fraction if kept else 0,
        "is_again": is_again,
        "is_kept": is_kept(request.viewer, answer),
        "until": until(answer),
        "is_preview": is_preview,
        "end": sample_end(part.product, now) if is_preview else None,
        "editions_url": reverse("content:editions", args=[part.public_id])
        if asset.edition is not None and asset.edition.number > 1
        else "",
        "questions_url": _questions_url(request.viewer, part, answer),
    }
    response = render(request, READERS[Asset.Kind(asset.kind)], context)
    response.headers["Cache-Control"] = OURS_ALONE
    return response


def _contents(asset: Asset) -> str:
    """Return the lines of a PDF's contents as [title, depth, page], known since it was judged.

    The reader would have to fetch a large part of a large file to find the pages. Empty where
    nothing is known.
    """
    if asset.kind != Asset.Kind.PDF or "contents" not in asset.facts:
        return ""
    lines = [
        (line["title"], line["depth"], int(line["target"]))
        for line in asset.facts["contents"]
        if str(line["target"]).isdecimal() and int(line["target"])
    ]
    return json.dumps(lines, ensure_ascii=False)


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
    elif _keeps(request.viewer):
        kept = request.session.get(PLACES, {})
        kept.pop(part.public_id, None)
        kept[part.public_id] = [sent.place, sent.fraction]
        request.session[PLACES] = dict(list(kept.items())[-PLACES_KEPT:])
    return HttpResponse(status=204)


def _questions_url(viewer: Viewer, part: Part, answer: Open) -> str:
    """Return where readers of this ask; empty where they do not, and for visitors of a preview."""
    is_reader = answer.because in discussion.HAVING and (viewer.customer or viewer.is_staff)
    if not is_reader or not discussion.is_on(part.product):
        return ""
    return reverse("content:questions", args=[part.public_id])


def _keeps(viewer: Viewer) -> bool:
    """Whether a place is kept on our side: not for visitors of a preview, nor for staff."""
    return viewer.customer is not None or bool(viewer.access_ids or viewer.keys)


def _place_of(request: StoreRequest, part: Part) -> Place | None:
    """Return the customer's place, or the one this browser kept before they signed in."""
    viewer = request.viewer
    kept = place_in(viewer.customer, part) if viewer.customer is not None else None
    if kept is None and _keeps(viewer):
        here = request.session.get(PLACES, {}).get(part.public_id)
        kept = Place(*here) if here else None
    return kept
