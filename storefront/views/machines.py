"""What search engines ask for."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from storefront.services.addresses import canonical_path
from storefront.views.cached import same_for_visitors
from stores import slots
from stores.contract import StoreRequest
from stores.services.addresses import store_origin

CLOSED = (
    "admin",
    "account",
    "sign-in",
    "sign-out",
    "shelf",
    "buy",
    "read",
    "files",
    "k",
    "why",
    "search",
)
"""Pages of one person, or with nothing to find."""
ON_A_PAGE = 5_000
XML = "application/xml; charset=utf-8"


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
    """List every public page of the store; of very many, name the lists they stand in.

    https://www.sitemaps.org/protocol.html
    """
    entries = _entries(request)
    if len(entries) <= ON_A_PAGE:
        return _listed(request, entries)
    numbers = range(1, -(-len(entries) // ON_A_PAGE) + 1)
    origin = store_origin(request.store)
    pages = [
        f"{origin}{canonical_path(reverse('storefront:sitemap-page', args=[n]), '')}"
        for n in numbers
    ]
    return render(request, "storefront/sitemap_index.xml", {"pages": pages}, content_type=XML)


@require_safe
@same_for_visitors
def sitemap_page(request: StoreRequest, number: int) -> HttpResponse:
    """List one page of a long sitemap."""
    entries = _entries(request)[max(0, number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    if not entries:
        raise Http404
    return _listed(request, entries)


def _entries(request: StoreRequest) -> list[slots.SitemapEntry]:
    return [entry for pages in slots.sitemap.all() for entry in pages(request.store)]


def _listed(request: StoreRequest, entries: list[slots.SitemapEntry]) -> HttpResponse:
    context = {"entries": entries, "origin": store_origin(request.store)}
    return render(request, "storefront/sitemap.xml", context, content_type=XML)
