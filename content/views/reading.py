"""The readers' page."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from access.contract import Locked, Open, Viewer
from access.services.gate import may_open
from access.services.unpaid import unpaid_behind
from content.models import Asset, Edition, StampedCopy
from content.rules import Place
from content.services import discussion
from content.services.carrying.moving import follow_up
from content.services.excerpts.offer import sample_end
from content.services.files import current_file
from content.services.stamping.copies import Given, file_for
from content.views.back import back_of
from content.views.files import note_opening
from content.views.listening import listen
from content.views.locked import OURS_ALONE, locked
from content.views.making import making
from content.views.offline import is_kept, until
from content.views.placing import place_of, place_url_of
from content.views.policies import under_reader_policy
from content.views.watching import FILMS, watch
from core import clock
from core.addresses import path_to
from core.prepared import Prepared, given
from products.models import Part
from stores.contract import StoreRequest

PART = Prepared(lambda: Part.objects.select_related("product").filter(public_id=given("part")))
READERS = {Asset.Kind.EPUB: "content/read_epub.html", Asset.Kind.PDF: "content/read_pdf.html"}


@require_safe
@under_reader_policy
def read(request: StoreRequest, part_id: str) -> HttpResponse:
    """Open a part in the reader of its file's kind, at the place where this reader stopped."""
    part = PART.first(part=part_id)
    if part is None:
        raise Http404
    now = clock.now()
    answer = may_open(request.viewer, [part], now)[part]
    if isinstance(answer, Locked):
        return locked(request, part, answer)
    asset = current_file(part, now)
    if asset is None and (own := part.product.contract.page_of(part)):
        return redirect(own)
    kept = place_of(request, part)
    if asset is None or asset.is_audio:
        place_url = place_url_of(request.viewer, part)
        return listen(request, part, answer, kept, place_url=place_url, now=now)
    if asset.kind in FILMS:
        return watch(request, part, asset, answer, kept, place_url_of(request.viewer, part))
    if asset.kind not in READERS:
        raise Http404
    given = file_for(request.viewer, asset, answer, now, looks_again=True)
    if isinstance(given, StampedCopy) and not given.is_ready:
        return making(request, part, given)
    note_opening(answer, request)
    if kept is not None and kept.file not in {"", asset.public_id}:
        follow_up(part, [(None, None)], now)
    is_again = "again" in request.GET
    context = {
        **_book(part, asset, given),
        **_reader(request.viewer, part, answer, None if is_again else kept),
        **_around(request.viewer, part, asset.edition, answer, now),
        "is_again": is_again,
    }
    response = render(request, READERS[Asset.Kind(asset.kind)], context)
    response.headers["Cache-Control"] = OURS_ALONE
    return response


def _book(part: Part, asset: Asset, given: Given) -> dict[str, Any]:
    """What is read."""
    return {
        "part": part,
        "product": part.product,
        "asset": asset,
        "contents": _contents(asset),
        "direction": asset.facts.get("direction", ""),
        "file_size": given.size,
        "file_url": path_to("content:file", asset.public_id, asset.original_name),
    }


def _reader(viewer: Viewer, part: Part, answer: Open, kept: Place | None) -> dict[str, Any]:
    """Who reads it, where they stopped, and whether it stays on their device."""
    return {
        "place_url": place_url_of(viewer, part),
        "reader_id": viewer.customer.public_id if viewer.customer is not None else "",
        "place": kept.place if kept else {},
        "fraction": kept.fraction if kept else 0,
        "is_kept": is_kept(viewer, answer),
        "until": until(answer),
    }


def _around(
    viewer: Viewer, part: Part, edition: Edition | None, answer: Open, now: datetime
) -> dict[str, Any]:
    """Where the reader leads: its files, what is new in it, who talks of it, where it is bought."""
    # Whoever runs the shop sees a sample as a visitor does.
    is_preview = answer.because == "preview" or (part.preview and viewer.is_staff)
    files_url = path_to("content:taking", part.product.public_id)
    editions_url = path_to("content:editions", part.public_id)
    return {
        "is_preview": is_preview,
        "files_url": "" if is_preview else files_url,
        "end": sample_end(part.product, now) if is_preview else None,
        "back_url": back_of(part),
        "editions_url": editions_url if edition is not None and edition.number > 1 else "",
        "questions_url": _questions_url(viewer, part, answer),
        "unpaid": unpaid_behind(answer, now),
    }


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


def _questions_url(viewer: Viewer, part: Part, answer: Open) -> str:
    """Return where readers of this ask; empty where they do not, and for visitors of a preview."""
    is_reader = answer.because in discussion.HAVING and (viewer.customer or viewer.is_staff)
    if not is_reader or not discussion.is_on(part.product):
        return ""
    return path_to("content:questions", part.public_id)
