"""The shop window."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from core import clock
from storefront.services.pages.showing import home_of, published_blocks
from storefront.services.product_page import canonical_path
from storefront.services.window import window
from storefront.views.cached import same_for_visitors, show
from storefront.views.pages import page_response
from stores.contract import StoreRequest
from stores.services.addresses import absolute_url


@require_safe
@same_for_visitors
def home(request: StoreRequest) -> HttpResponse:
    """Show the front page its creator made; without one, who they are and everything they sell."""
    own = home_of(request.store, get_language() or request.store.language)
    if own is not None:
        return page_response(request, own, published_blocks(own), clock.now())
    shown = window(clock.now())
    path = canonical_path(reverse("storefront:home"), get_language() or "")
    context = {"window": shown, "canonical": absolute_url(request.store, path)}
    return show(request, "storefront/home.html", context, shown.fresh_for)
