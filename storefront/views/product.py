"""A product's page."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access.models import Access
from core import clock
from products.models import OldAddress, Product
from products.services.replacing import last_heir
from storefront.services.offers import Offer, offer_of, owner_prices
from storefront.services.pages.showing import more_of
from storefront.services.product_page import at_slug, product_page, reachable
from storefront.services.structured import films
from storefront.services.things import path_of
from storefront.views.cached import same_for_visitors, show
from stores.contract import StoreRequest
from stores.roles import Area
from stores.services.addresses import store_origin


@require_safe
@same_for_visitors
def product(request: StoreRequest, slug: str) -> HttpResponse:
    """Show one product: the button opens what is owned and buys what is not."""
    found, beside = _find(request, slug)
    if isinstance(found, OldAddress):
        return redirect(path_of(found.product), permanent=True)
    now = clock.now()
    open_url, open_verb = _way_in(request, found, now)
    if found.status == Product.Status.RETIRED and not open_url:
        heir = last_heir(found)
        if heir is not None:
            return redirect(path_of(heir))
    page = product_page(found, origin=store_origin(request.store), now=now, beside=beside)
    more = more_of(found, now)
    context = {
        "page": page,
        "product": found,
        "open_url": open_url,
        "open_verb": open_verb,
        "more": more,
        "films": films(more.films, store_origin(request.store), found.tagline) if more else "",
        "for_owners": [] if open_url else _for_owners(request, found, now),
    }
    fresh_for = page.fresh_for if more is None else min(page.fresh_for, more.fresh_for)
    response = show(request, "storefront/product.html", context, fresh_for)
    if more is not None:
        response.sources = more.sources
    return response


def _for_owners(request: StoreRequest, product: Product, now: datetime) -> list[Offer]:
    """Return what a signed-in customer may buy it for because of what they own.

    Whoever is signed in carries a cookie, so this page is never the visitors' kept copy.
    """
    if request.viewer.customer is None or not product.is_sellable:
        return []
    live = Access.objects.live(now).filter(customer=request.viewer.customer)
    owned = set(live.values_list("product_id", flat=True))
    return [offer_of(price) for price in owner_prices([product], owned, now)]


def _find(request: StoreRequest, slug: str) -> tuple[Product | OldAddress, list[Product]]:
    """Return the product and what may stand beside it.

    A draft only for staff who may see products, by its slug or public id. An address it had before
    leads to it as long as no other product has it now.
    """
    staff = request.staff
    with_drafts = bool(staff and staff.may_view(Area.PRODUCTS))
    product, beside = at_slug(slug, with_drafts=with_drafts)
    if product is not None:
        return product, beside
    found = reachable(with_drafts=with_drafts)
    old: OldAddress | None
    old = OldAddress.objects.filter(slug=slug, product__in=found).select_related("product").first()
    if old is None:
        raise Http404
    return old, []


def _way_in(request: StoreRequest, product: Product, now: datetime) -> tuple[str, str]:
    """Return where whoever owns the product opens it, and in which words; else nothing.

    What was bought before it opens stands on the shelf until then.
    """
    viewer = request.viewer
    if viewer.customer is not None:
        owned = Access.objects.filter(customer=viewer.customer)
    elif viewer.access_ids:
        owned = Access.objects.filter(pk__in=viewer.access_ids)
    else:
        return "", ""
    held = list(owned.filter(product=product).held(now).select_related("product", "awaits"))
    live = [access for access in held if access.is_live(now)]
    opens = next(iter(product.contract.open_urls(live[:1]).values()), "") if live else ""
    if opens:
        return opens, _("Open")
    return (reverse("storefront:shelf"), _("To my shelf")) if len(held) > len(live) else ("", "")
