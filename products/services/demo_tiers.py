"""A tier of a demo store: its club by the month, with one of its books inside."""

from __future__ import annotations

from datetime import datetime

from products.models import Price, Product
from products.services.bundles import include
from products.services.catalogue import add_price

LABELS = {"he": "בכל חודש, עם „{title}”", "en": "by the month, with “{title}”"}


def make_demo_tier(language: str, now: datetime) -> Price | None:
    """Offer what is paid every month with a book inside too, once; None where there is neither."""
    sold = Price.objects.filter(is_active=True, product__status=Product.Status.PUBLISHED)
    monthly = sold.filter(kind=Price.Kind.SUBSCRIPTION, interval="month").order_by("pk")
    basic = monthly.select_related("product").first()
    once = sold.filter(kind=Price.Kind.ONE_TIME, product__opens_at=None, position=0)
    books = once.exclude(product__format="bundle").order_by("product__position", "pk")
    book = books.select_related("product").first()
    if basic is None or book is None:
        return None
    made: Price | None = Price.objects.filter(
        inclusions__isnull=False, product=basic.product_id
    ).first()
    if made is not None:
        return made
    tier = add_price(
        basic.product,
        kind=Price.Kind.SUBSCRIPTION,
        amount=(basic.amount + basic.amount // 2) // 100 * 100,
        interval="month",
        label=LABELS[language].format(title=book.product.title),
        position=basic.position,
    )
    include(basic.product, book.product, price=tier, now=now)
    return tier
