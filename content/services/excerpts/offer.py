"""What stands at the end of a sample: the cover, the price, and the way to buy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from products.models import Price, Product
from products.services.covers import Cover, cover_of
from products.services.offering import is_offered, to_be_had


@dataclass(frozen=True)
class SampleEnd:
    """The panel at the end of a sample."""

    cover: Cover | None
    amount: str
    """The price, where there is one and only one; empty else."""
    verb: str
    url: str


def sample_end(product: Product, now: datetime) -> SampleEnd:
    """Return the way from a sample to the whole: to pay, where one price stands, else its page."""
    page = reverse("storefront:product", args=[product.slug or product.public_id])
    cover = cover_of(product)
    prices = [each for each in product.prices.all() if is_offered(each, now)]
    if len(prices) != 1 or not to_be_had([product], now):
        return SampleEnd(cover, "", _("To the whole book"), page)
    (price,) = prices
    if price.kind == Price.Kind.FREE:
        return SampleEnd(cover, "", _("Get the whole book, free"), page)
    if price.kind != Price.Kind.ONE_TIME:
        return SampleEnd(cover, "", _("To the whole book"), page)
    pay = reverse("payments:checkout", args=[price.public_id])
    return SampleEnd(cover, price.display(), _("Buy the whole book"), pay)
