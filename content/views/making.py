"""The page that waits for a copy: it looks again by itself, with scripts and without."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render

from content.models import StampedCopy
from content.services.stamping.copies import ahead_of
from content.views.locked import OURS_ALONE
from core import clock
from products.models import Part
from stores.contract import StoreRequest

LOOK_AGAIN_SECONDS = 2
LONG = timedelta(seconds=45)


def making(
    request: StoreRequest, part: Part, copy: StampedCopy, *, status: int = 202
) -> HttpResponse:
    """Say that the copy is being made, and how many are made before it.

    At a file's own address the ``status`` is an error, so that no program takes this page for it.
    """
    context = {
        "part": part,
        "product": part.product,
        "ahead": ahead_of(copy),
        "is_long": clock.now() - (copy.due_at or copy.created_at) > LONG,
    }
    response = render(request, "content/making.html", context, status=status)
    response.headers["Cache-Control"] = OURS_ALONE
    response.headers["Retry-After"] = str(LOOK_AGAIN_SECONDS)
    response.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return response
