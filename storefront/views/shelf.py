"""The customer's own shelf."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from core import clock
from storefront.services.shelf import shelf_of
from storefront.views.cached import same_for_visitors, show
from stores.contract import StoreRequest


@require_safe
@same_for_visitors
def shelf(request: StoreRequest) -> HttpResponse:
    """Show what the signed-in customer owns, or what a guest pass in this browser opens.

    Visitors, whose page is kept for all of them, own nothing to narrow.
    """
    viewer = request.viewer
    is_guest = viewer.customer is None and bool(viewer.access_ids)
    asked = request.GET
    narrowed = {"shown": asked.get("show", ""), "number": asked.get("page", "1")}
    shown = shelf_of(viewer, clock.now(), **narrowed)
    context = {"shelf": shown, "is_guest": is_guest, "shown": narrowed["shown"]}
    return show(request, "storefront/shelf.html", context)
