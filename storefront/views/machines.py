"""What search engines ask for."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from storefront.views.cached import same_for_visitors
from stores import slots
from stores.contract import StoreRequest
from stores.services.addresses import store_origin

CLOSED = ("admin", "account", "sign-in", "sign-out", "shelf", "buy", "read", "files", "k", "why")
"""Pages of one person, or with nothing to find."""


@require_safe
@same_for_visitors
def robots(request: StoreRequest) -> HttpResponse:
    """Say what may be crawled and where the sitemap is."""
    prefixes = ["", *(f"/{language}" for language in request.store.other_languages)]
    closed = [f"Disallow: {prefix}/{page}/" for prefix in prefixes for page in CLOSED]
    sitemap_url = f"{store_origin(request.store)}/sitemap.xml"
    lines = ["User-agent: *", *closed, "", f"Sitemap: {sitemap_url}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@same_for_visitors
def sitemap(request: StoreRequest) -> HttpResponse:
    """List every public page of the store, from all apps, on its primary host."""
    entries = [entry for pages in slots.sitemap.all() for entry in pages(request.store)]
    context = {"entries": entries, "origin": store_origin(request.store)}
    return render(
        request, "storefront/sitemap.xml", context, content_type="application/xml; charset=utf-8"
    )
