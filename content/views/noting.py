"""Notes in a part: the reader's script keeps and takes them out; their maker takes them along."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from access.contract import Locked
from access.services.gate import may_open
from accounts.models import Customer
from content.errors import BadNote, TooManyNotes
from content.services import notes
from content.services.carrying.moving import follow_up
from content.views.locked import OURS_ALONE
from core import clock
from products.models import Part
from stores.contract import StoreRequest


@require_safe
def listed(request: StoreRequest, part_id: str) -> HttpResponse:
    """Give a customer their own notes in a part; they are theirs when it is closed, too."""
    part, customer = _of_reader(request, part_id)
    mine = notes.notes_in(part, customer)
    follow_up(part, [(note.asset_id, note.sought_in_id) for note in mine], clock.now())
    found = [notes.shown(note) for note in mine]
    return _private(JsonResponse({"notes": found}))


@require_safe
def notebook(request: StoreRequest, part_id: str) -> HttpResponse:
    """Give a customer their notes in a part as a Markdown file."""
    part, customer = _of_reader(request, part_id)
    found = notes.notes_in(part, customer)
    if not found:
        raise Http404
    response = HttpResponse(
        notes.notebook(part, found), content_type="text/markdown; charset=utf-8"
    )
    name = notes.notebook_name(part)
    response.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=name
    )
    return _private(response)


@require_POST
def keep(request: StoreRequest, part_id: str, note_id: str) -> HttpResponse:
    """Keep a note under the name that the reader gave it."""
    part, customer = _of_reader(request, part_id)
    now = clock.now()
    if isinstance(may_open(request.viewer, [part], now)[part], Locked):
        return HttpResponse(status=403)
    try:
        sent = notes.parse_note(_body(request))
        notes.keep_note(part, customer=customer, name=note_id, note=sent, now=now)
    except BadNote:
        return HttpResponseBadRequest()
    except TooManyNotes:
        return HttpResponse(status=409)
    return HttpResponse(status=204)


@require_POST
def drop(request: StoreRequest, part_id: str, note_id: str) -> HttpResponse:
    """Take a note out: it is its maker's, whether the part is open or not."""
    part, customer = _of_reader(request, part_id)
    notes.drop_note(part, customer=customer, name=note_id)
    return HttpResponse(status=204)


def _of_reader(request: StoreRequest, part_id: str) -> tuple[Part, Customer]:
    """Return the part and who reads; notes of nobody are kept in their browser only."""
    part = get_object_or_404(Part.objects.select_related("product"), public_id=part_id)
    if request.viewer.customer is None:
        raise Http404
    return part, request.viewer.customer


def _body(request: HttpRequest) -> bytes:
    try:
        return request.body
    except RequestDataTooBig as error:
        raise BadNote("too long") from error


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = OURS_ALONE
    return response
