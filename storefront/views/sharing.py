"""Pictures for sharing, as the project draws them."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from storefront.services.product_page import reachable
from storefront.services.sharing.cards import Card, card_of, card_of_store, picture_of
from stores.contract import StoreRequest
from stores.roles import Area

A_DAY = "public, max-age=86400"


@require_safe
def product_picture(request: StoreRequest, slug: str, shape: str) -> HttpResponse:
    """Show a product's picture for sharing; a draft's only to staff who may see products."""
    staff = request.staff
    found = reachable(with_drafts=bool(staff and staff.may_view(Area.PRODUCTS)))
    product = found.filter(slug=slug).first() or found.filter(slug="", public_id=slug).first()
    if product is None:
        raise Http404
    return _answer(request, card_of(product, request.store, shape=shape))


@require_safe
def store_picture(request: StoreRequest, shape: str) -> HttpResponse:
    """Show the shop's own picture for sharing."""
    return _answer(request, card_of_store(request.store, shape=shape))


def _answer(request: StoreRequest, card: Card) -> HttpResponse:
    etag = quote_etag(card.digest)
    known = get_conditional_response(request, etag=etag)
    response = known or HttpResponse(picture_of(card, request.store), content_type="image/jpeg")
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = A_DAY
    return response
