"""Searching the shop, for anybody."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.rules import client_address
from core import clock
from core.limits import Limit
from core.searching import LONGEST_QUERY
from core.text import clean_line
from storefront.services.finding.looking import find
from storefront.services.window import window
from stores.contract import StoreRequest

FROM_ONE = Limit("site-search", times=60, seconds=60)
TOO_MANY = 429
SUGGESTED = 4


@require_safe
def site_search(request: StoreRequest) -> HttpResponse:
    """Show the pages of the shop in which the words stand; without any, what is sold."""
    asked = clean_line(request.GET.get("q", "")[:LONGEST_QUERY])
    behind_proxy = settings.SECURE_PROXY_SSL_HEADER is not None
    is_within = not asked or FROM_ONE.hit(client_address(request.META, behind_proxy=behind_proxy))
    hits = find(request.store, asked) if is_within else []
    context = {
        "asked": asked,
        "hits": hits,
        "suggested": [] if hits else window(clock.now()).goods[:SUGGESTED],
        "longest": LONGEST_QUERY,
        "is_too_fast": not is_within,
    }
    status = 200 if is_within else TOO_MANY
    response = render(request, "storefront/find.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response
