"""Searching in what somebody owns; for visitors, in what is open to anyone."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.rules import client_address
from content.services.searching import Found, search
from core import clock
from core.limits import Limit
from core.searching import LONGEST_QUERY, Query
from core.text import clean_line
from products.models import Product
from stores.contract import StoreRequest

FROM_ONE = Limit("search", times=60, seconds=60)
TOO_MANY = 429


@require_safe
def search_page(request: StoreRequest) -> HttpResponse:
    """Show where the words stand, in all that opens for this viewer or in one product."""
    asked = clean_line(request.GET.get("q", "")[:LONGEST_QUERY])
    within = _within(request)
    is_within = bool(asked) and FROM_ONE.hit(_who(request))
    found = _found(request, asked, within) if is_within else Found(Query((), ()))
    is_visitor = request.viewer.customer is None and not request.viewer.access_ids
    context = {
        "asked": asked,
        "found": found,
        "within": within,
        "longest": LONGEST_QUERY,
        "is_visitor": is_visitor,
        "is_too_fast": bool(asked) and not is_within,
    }
    status = TOO_MANY if context["is_too_fast"] else 200
    response = render(request, "storefront/search.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _found(request: StoreRequest, asked: str, within: Product | None) -> Found:
    return search(request.viewer, asked, now=clock.now(), within=within)


def _within(request: StoreRequest) -> Product | None:
    """Return the one product to search in; one that is unknown here narrows nothing."""
    found: Product | None = (
        Product.objects.kept().filter(public_id=request.GET.get("in", "")[:20]).first()
    )
    return found


def _who(request: StoreRequest) -> str:
    customer = request.viewer.customer
    if customer is not None:
        return str(customer.public_id)
    behind_proxy = bool(getattr(settings, "SECURE_PROXY_SSL_HEADER", None))
    return client_address(request.META, behind_proxy=behind_proxy)
