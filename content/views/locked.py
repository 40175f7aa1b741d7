"""The page of a locked part: what is closed, why, and what opens it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from access.contract import Locked
from access.services.unpaid import why_of
from core import clock
from products.models import Part
from stores.contract import StoreRequest

OURS_ALONE = "private, no-store"


def locked(request: StoreRequest, part: Part, answer: Locked) -> HttpResponse:
    """Say why in one sentence, with a link to the whole answer."""
    said = why_of(answer, request.customer, part.product, clock.now())
    response = render(request, "content/locked.html", {"part": part, "answer": said}, status=403)
    response.headers["Cache-Control"] = OURS_ALONE
    return response
