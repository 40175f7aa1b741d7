"""What of the catalogue is offered now: which prices are shown, and how many are left at each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Sum

from core.prepared import Among, Prepared, padded
from products.models import Hold, Price, Product
from products.querysets import PriceQuerySet
from products.services.sales import SOLD_KINDS, is_closing, is_over_before_it_begins
from stores.scope import InScope

PRICES = Prepared(lambda count: Price.objects.filter(Among("product_id", "products", count)))


def fetch_prices(products: Sequence[Product]) -> None:
    """Fetch the prices of these products, as ``prefetch_related("prices")`` does, in one query."""
    if not products:
        return
    found: dict[int, list[Price]] = defaultdict(list)
    asked = padded([product.pk for product in products])
    for price in PRICES.rows(len(asked), products=asked):
        found[price.product_id].append(price)
    for product in products:
        prices = _prices_of(product)
        for price in found[product.pk]:
            price.product = product
        prices._result_cache = found[product.pk]  # noqa: SLF001 -- as Django's own prefetching does
        prices._prefetch_done = True  # type: ignore[attr-defined]  # noqa: SLF001 -- as above
        product.__dict__.setdefault("_prefetched_objects_cache", {})["prices"] = prices


def _prices_of(product: Product) -> PriceQuerySet:
    """Return what ``product.prices.all()`` is, its conditions only written when it is asked on."""
    prices = PriceQuerySet(Price)
    # As Django's related managers do, without the copy that ``filter`` would make of it.
    prices._deferred_filter = (False, (InScope(),), {"product": product})  # type: ignore[attr-defined]  # noqa: SLF001 -- see above
    return prices


def is_shown(price: Price, now: datetime) -> bool:
    """Whether a visitor is shown this price at ``now``, on sale already or not."""
    return (
        not is_closing(now)
        and price.is_active
        and price.is_listed
        and price.kind in SOLD_KINDS
        and price.for_owners_of_id is None
        and (price.doors_close_at is None or now < price.doors_close_at)
        and not is_over_before_it_begins(price, now)
    )


def is_offered(price: Price, now: datetime) -> bool:
    """Whether a visitor may buy at this price at ``now``, as long as some are left."""
    opens = price.doors_open_at
    return is_shown(price, now) and (opens is None or opens <= now)


def to_be_had(products: Iterable[Product], now: datetime) -> set[int]:
    """Return which of these products a visitor can buy at ``now``, by primary key.

    They come with their prices fetched, or cost a query each.
    """
    offered = {
        product: [price for price in product.prices.all() if is_offered(price, now)]
        for product in products
        if product.is_sellable
    }
    left = places_left_of(offered, now)
    return {
        product.pk
        for product, prices in offered.items()
        if any(left.get(price.pk) != 0 for price in prices)
    }


def places_left_of(shown: Mapping[Product, Sequence[Price]], now: datetime) -> dict[int, int]:
    """Return how many are left at each price that has a limit, its own or its option's.

    One query where any price has a limit; a product with options asks its format for their places.
    """
    options = {
        (product.pk, option.key): option
        for product, prices in shown.items()
        if any(price.option for price in prices)
        for option in product.contract.options(product)
    }
    places = {key: each.places for key, each in options.items() if each.places is not None}
    limited = [
        price
        for prices in shown.values()
        for price in prices
        if price.quantity is not None or (price.product_id, price.option) in places
    ]
    if not limited:
        return {}
    by_price: dict[int, int] = defaultdict(int)
    by_option: dict[tuple[int, str], int] = defaultdict(int)
    held = Hold.objects.filter(price__product__in={price.product_id for price in limited})
    rows = held.counting(now).values_list("price", "price__product", "option")
    for price_id, product_id, option, taken in rows.annotate(taken=Sum("quantity")).order_by():
        by_price[price_id] += taken
        of_pool = options.get((product_id, option))
        by_option[product_id, of_pool.stock if of_pool else option] += taken
    left = {}
    for price in limited:
        of_option = (price.product_id, price.option)
        limits = []
        if price.quantity is not None:
            limits.append(price.quantity - by_price[price.pk])
        if of_option in places:
            stock = options[of_option].stock
            limits.append(places[of_option] - by_option[price.product_id, stock])
        left[price.pk] = max(0, min(limits))
    return left
