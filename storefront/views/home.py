"""The shop window."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from core import clock
from storefront.services.pages.pictures import own_picture
from storefront.services.pages.showing import home_of, published_blocks
from storefront.services.product_page import canonical_path
from storefront.services.sharing.cards import home_path
from storefront.services.structured import site
from storefront.services.window import window
from storefront.views.cached import same_for_visitors, show
from storefront.views.pages import page_response
from stores.contract import StoreRequest
from stores.services.addresses import absolute_url


@require_safe
@same_for_visitors
def home(request: StoreRequest, number: int = 1) -> HttpResponse:
    """Show the front page its creator made; without one, who they are and what they sell.

    A long list goes on by page.
    """
    own = home_of(request.store, get_language() or request.store.language)
    if own is not None and number == 1:
        return page_response(request, own, published_blocks(own), clock.now())
    shown = window(clock.now(), number)
    if not shown.goods and number != 1:
        raise Http404
    path = canonical_path(shown.path, get_language() or "")
    home_url = absolute_url(request.store, path)
    search_url = absolute_url(request.store, reverse("storefront:site-search"))
    context = {
        "window": shown,
        "picture": own_picture(request.store.look, "hero") if number == 1 else None,
        "face": own_picture(request.store.look, "maker"),
        "canonical": home_url,
        "share": absolute_url(request.store, home_path()),
        "structured": site(request.store, home_url, search_url),
    }
    return show(request, "storefront/home.html", context, shown.fresh_for)
