"""The page of a locked part: what is closed, why, and what opens it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from access.contract import Locked
from products.models import Part
from stores.contract import StoreRequest

OURS_ALONE = "private, no-store"


def locked(request: StoreRequest, part: Part, answer: Locked) -> HttpResponse:
    """Say why in one sentence, with a link to the whole answer."""
    response = render(request, "content/locked.html", {"part": part, "answer": answer}, status=403)
    response.headers["Cache-Control"] = OURS_ALONE
    return response
