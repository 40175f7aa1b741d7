"""Films of the creator's own: for everybody while a page shows them, for the team from a draft."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseForbidden
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from content.views.files import deliver, harmless, is_part_of_another_page
from content.views.locked import OURS_ALONE
from storefront.models import Captions, Film
from storefront.services.films.showing import is_public
from stores.contract import StoreRequest
from stores.roles import Area

FOR_GOOD = "public, max-age=31536000, immutable"
"""Other bytes have another address."""
WATCHED_FOR = 6 * 3600
"""Seconds for which an address at the storage is good: who pauses a film goes on in the evening."""


@require_safe
def film(request: StoreRequest, film_id: str, digest: str) -> HttpResponseBase:
    """Give a film to whoever may see a page that shows it."""
    found = get_object_or_404(Film, public_id=film_id)
    keeps = _keeps(request, found, digest)
    if is_part_of_another_page(request):
        return HttpResponseForbidden()
    response = harmless(deliver(request, found, signed_for=WATCHED_FOR))
    if not settings.STORAGE_URL:  # where it leads to is good for a while only
        response.headers["Cache-Control"] = keeps
    return response


@require_safe
def captions(request: StoreRequest, captions_id: str, digest: str) -> HttpResponseBase:
    """Give the captions of a film to whoever may see a page that shows it."""
    found = get_object_or_404(Captions, public_id=captions_id)
    keeps = _keeps(request, found, digest)
    response = harmless(HttpResponse(found.text, content_type="text/vtt; charset=utf-8"))
    response.headers["Cache-Control"] = keeps
    return response


def _keeps(request: StoreRequest, found: Film | Captions, digest: str) -> str:
    """Return who may keep it and for how long; who may not have it does not find it."""
    if digest != found.digest:
        raise Http404
    if is_public(found.public_id):
        return FOR_GOOD
    if request.staff and request.staff.may_view(Area.SHOP_WINDOW):
        return OURS_ALONE
    raise Http404
