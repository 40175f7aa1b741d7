"""Reading without a connection: the script that keeps books, and whether it still may."""

from __future__ import annotations

import json
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from access.contract import Answer, Locked, Open, Viewer
from access.services.gate import may_open
from content.services.shell import shell
from content.views.locked import OURS_ALONE
from content.views.policies import under_reader_policy
from core import clock
from products.models import Part
from stores.contract import StoreRequest


@require_safe
@under_reader_policy
def worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker; where it lies is what it may act on: ``/read/``, ``/en/read/``.

    It is the same for everybody and changes when a piece of the reader does.
    """
    lines = (
        f"self.SHELL = {json.dumps(shell())}",
        f"importScripts({json.dumps(static('reader/worker.js'))})",
    )
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def standing(request: StoreRequest, part_id: str) -> HttpResponse:
    """Say whether a customer may still read a part: a device that keeps it asks at each contact.

    403 when it is locked or theirs by no access; 404 for who is not signed in.
    """
    part = get_object_or_404(Part.objects.select_related("product"), public_id=part_id)
    viewer = request.viewer
    if viewer.customer is None:
        raise Http404
    answer = may_open(viewer, [part], clock.now())[part]
    if isinstance(answer, Locked) or not is_kept(viewer, answer):
        response = HttpResponse(status=403)
    else:
        response = JsonResponse(
            {
                "reader": viewer.customer.public_id,
                "until": until(answer),
                "csrf": get_token(request),
            }
        )
    response.headers["Cache-Control"] = OURS_ALONE
    return response


def is_kept(viewer: Viewer, answer: Answer) -> bool:
    """Whether a device may keep the file: of customers who own it, and of nobody else."""
    return (
        viewer.customer is not None
        and not viewer.is_staff
        and isinstance(answer, Open)
        and answer.because in ("access", "grant")
    )


def until(answer: Open) -> int:
    """Return when the access ends, in milliseconds as browsers count them; 0 for never."""
    return _milliseconds(answer.until) if answer.until is not None else 0


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
