"""What is new in the shop, for readers of feeds."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from products.models import Product
from storefront.services.addresses import canonical_path
from storefront.services.things import path_of
from storefront.views.cached import same_for_visitors
from stores.contract import StoreRequest
from stores.services.addresses import store_origin

MOST = 30


@require_safe
@same_for_visitors
def feed(request: StoreRequest) -> HttpResponse:
    """Answer with the newest products in the language being read, as Atom (RFC 4287)."""
    store, language = request.store, get_language() or ""
    origin = store_origin(store)
    home = origin + canonical_path(reverse("storefront:home"), language)
    made = Atom1Feed(
        title=store.name,
        link=home,
        description=store.tagline,
        subtitle=store.tagline,
        language=language,
        feed_url=origin + canonical_path(reverse("storefront:feed"), language),
        author_name=store.name,
    )
    in_language = Q(language=language) | Q(language="")
    products = Product.objects.listed().filter(in_language, published_at__isnull=False)
    for product in products.order_by("-published_at", "-pk")[:MOST]:
        made.add_item(
            title=product.title,
            link=origin + canonical_path(path_of(product), language),
            description=product.tagline or product.result,
            unique_id=f"urn:sevenfold:{product.public_id}",
            pubdate=product.published_at,
            updateddate=product.published_at,
        )
    return HttpResponse(
        made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )
