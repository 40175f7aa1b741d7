"""The creator's pages: as visitors see them, as a draft for the team, and a category's shelf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock
from products.models import Category
from storefront.models import Page
from storefront.services.pages.showing import draft_blocks, published_blocks, shown_page
from storefront.services.product_page import canonical_path
from storefront.services.sharing.cards import home_path
from storefront.services.structured import films
from storefront.services.window import window
from storefront.views.cached import Page as KeptPage
from storefront.views.cached import same_for_visitors, show
from stores.admin.site import staff_asking
from stores.contract import StoreRequest
from stores.roles import Area
from stores.services.addresses import absolute_url, store_origin


@require_safe
@same_for_visitors
def page(request: StoreRequest, slug: str) -> HttpResponse:
    """Show a page that was published."""
    pages = Page.objects.published().exclude(kind__in=(Page.Kind.HOME, Page.Kind.PRODUCT))
    found: Page | None = pages.filter(slug=slug).select_related("shown").first()
    if found is None:
        raise Http404
    return page_response(request, found, published_blocks(found), clock.now())


def page_response(
    request: StoreRequest,
    found: Page,
    blocks: Sequence[Mapping[str, Any]],
    now: datetime,
    *,
    is_draft: bool = False,
) -> KeptPage:
    """Return a page's answer; only a page with a film may show what lies elsewhere."""
    shown = shown_page(found, blocks, now)
    path = "storefront:home" if found.kind == Page.Kind.HOME else "storefront:page"
    args = [] if found.kind == Page.Kind.HOME else [found.slug or found.public_id]
    context = {
        "page": found,
        "shown": shown,
        "is_draft": is_draft,
        "share": absolute_url(request.store, home_path()),
        "canonical": absolute_url(
            request.store, canonical_path(reverse(path, args=args), found.language)
        ),
        "films": films(shown.films, store_origin(request.store), found.description),
    }
    response = show(request, "storefront/page.html", context, shown.fresh_for)
    response.sources = shown.sources
    return response


@never_cache
@require_safe
def draft(request: StoreRequest, page_id: str) -> HttpResponse:
    """Show the draft of a page to the team, in the page's own language."""
    staff = request.staff
    if not (staff and staff.may_view(Area.SHOP_WINDOW)):
        raise Http404
    found: Page | None = Page.objects.kept().filter(public_id=page_id).first()
    if found is None:
        raise Http404
    with override(found.language):
        return page_response(request, found, draft_blocks(found), clock.now(), is_draft=True)


@require_safe
@same_for_visitors
def category(request: StoreRequest, slug: str, number: int = 1) -> HttpResponse:
    """Show the goods of a category; many go on by page."""
    found: Category | None = Category.objects.filter(slug=slug).first()
    if found is None:
        raise Http404
    shown = window(clock.now(), number, found)
    if not shown.goods and number != 1:
        raise Http404
    path = canonical_path(shown.path, request.store.language)
    context = {
        "category": found,
        "share": absolute_url(request.store, home_path()),
        "window": shown,
        "canonical": absolute_url(request.store, path),
    }
    return show(request, "storefront/category.html", context, shown.fresh_for)


def not_found(request: StoreRequest, exception: Exception) -> HttpResponse:
    """Lead an address that moved to where it is now; say of all others that there is none."""
    from storefront.services.redirects import count_hit, leads_to

    if getattr(request, "store", None) is not None and request.method in {"GET", "HEAD"}:
        row = leads_to(request.path_info)
        if row is not None:
            count_hit(row)
            response = HttpResponse(status=301 if row.is_permanent else 302)
            response.headers["Location"] = _location(request, row.new_path)
            return response
    return render(request, "404.html", {"is_desk": _is_desk(request)}, status=404)


def _is_desk(request: StoreRequest) -> bool:
    """Whether somebody of the store's staff missed a page of the admin, and not of the shop."""
    return request.path_info.startswith("/admin/") and staff_asking(request) is not None


def _location(request: StoreRequest, new_path: str) -> str:
    """Return where to go, in the language being read."""
    if not new_path.startswith("/"):
        return new_path
    prefix = (
        request.path.removesuffix(request.path_info.lstrip("/"))
        if request.path != request.path_info
        else "/"
    )
    return prefix.rstrip("/") + new_path
