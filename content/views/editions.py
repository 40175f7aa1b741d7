"""The editions somebody has: the one that is read now, and those they had before, to download."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from access.contract import Locked
from access.services.gate import may_open
from content.services.editions.holding import editions_of
from content.views.locked import OURS_ALONE, locked
from core import clock
from products.models import Part
from stores.contract import StoreRequest


@require_safe
def listed(request: StoreRequest, part_id: str) -> HttpResponse:
    """List the editions of a part's product that are this reader's, with what is new in each."""
    part = get_object_or_404(Part.objects.select_related("product"), public_id=part_id)
    now = clock.now()
    answer = may_open(request.viewer, [part], now)[part]
    if isinstance(answer, Locked):
        return locked(request, part, answer)
    held = editions_of(request.viewer, part.product, answer, now)
    context = {"part": part, "product": part.product, "held": held}
    response = render(request, "content/editions.html", context)
    response.headers["Cache-Control"] = OURS_ALONE
    return response
