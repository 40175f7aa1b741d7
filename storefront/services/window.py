"""The shop window: all listed products as objects, a gift apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.addresses import path_to
from core.prepared import Prepared
from products.models import Category, Price, Product
from products.services.moments import short_day
from products.services.offering import fetch_prices
from storefront.services.offers import Offer, fresh_for, offer_of, offered
from storefront.services.things import Thing, path_of, thing_of

ON_A_PAGE = 48
MOST_PAGES = 10_000
MOST = 500
"""More than that the blocks of one page do not show together."""
FEW = 5
"""So many things are seen at once; from here on they can be searched."""


LISTED = Prepared(lambda: Product.objects.listed()[: ON_A_PAGE + 1])
"""The first page of the window."""


@dataclass(frozen=True)
class Good:
    """One product in the window."""

    title: str
    line: str
    """The format, and the price or why there is none."""
    promise: str
    url: str
    thing: Thing
    is_gift: bool
    is_sold: bool
    """Whether it can be had now."""
    public_id: str = ""
    category_id: int | None = None


@dataclass(frozen=True)
class Window:
    """All goods in the creator's order, and how long that stays true."""

    goods: list[Good]
    fresh_for: timedelta
    number: int = 1
    has_more: bool = False
    category: str = ""
    """The slug of the category this is a page of; empty for the whole shop."""

    @property
    def path(self) -> str:
        """The address of this page of it."""
        return page_path(self.number, self.category)

    @property
    def before(self) -> str:
        """The address of the page before, if there is one."""
        return page_path(self.number - 1, self.category) if self.number > 1 else ""

    @property
    def after(self) -> str:
        """The address of the next page, if there is one."""
        return page_path(self.number + 1, self.category) if self.has_more else ""

    @property
    def is_searched(self) -> bool:
        """Whether there is enough here to search in."""
        return len(self.goods) > FEW or self.number > 1

    @property
    def first(self) -> Good | None:
        """What stands beside the store's name: the first thing for sale, or the gift."""
        paid = [good for good in self.goods if good.is_sold and not good.is_gift]
        return next(iter([*paid, *self.goods]), None)

    @property
    def gifts(self) -> list[Good]:
        """What is given for a name and an address, beside what stands first already."""
        return [good for good in self.goods if good.is_gift and good != self.first]


def page_path(number: int, category: str = "") -> str:
    """Return the address of a page of the window or a category's; the first has no number."""
    if category and number > 1:
        return path_to("storefront:category-page", category, number)
    if category:
        return path_to("storefront:category", category)
    if number > 1:
        return path_to("storefront:home-page", number)
    return path_to("storefront:home")


def window(now: datetime, number: int = 1, category: Category | None = None) -> Window:
    """Return a page of the window of the store in scope or of a category, in three queries."""
    start = (min(number, MOST_PAGES) - 1) * ON_A_PAGE
    products = _listed(start, category) if number else []
    has_more, products = len(products) > ON_A_PAGE, products[:ON_A_PAGE]
    fetch_prices(products)
    slug = category.slug if category is not None else ""
    return Window(_goods(products, now), fresh_for(products, now), number, has_more, slug)


def _listed(start: int, category: Category | None) -> list[Product]:
    """Return what stands on the page that begins here, and one more if there is more."""
    if not start and category is None:
        return LISTED.rows()
    listed = Product.objects.listed()
    if category is not None:
        listed = listed.filter(category=category)
    return list(listed[start : start + ON_A_PAGE + 1])


def goods_of(products: QuerySet[Product], now: datetime) -> Window:
    """Return the listed ones of ``products`` as one page, in the creator's order."""
    found = list(products.filter(pk__in=Product.objects.listed()).prefetch_related("prices")[:MOST])
    return Window(_goods(found, now), fresh_for(found, now))


def _goods(products: Sequence[Product], now: datetime) -> list[Good]:
    prices = offered(products, now)
    return [_good(product, prices.get(product.pk, []), now) for product in products]


def _good(product: Product, prices: list[Price], now: datetime) -> Good:
    offers = [offer_of(price) for price in prices]
    label = str(product.contract.label)
    return Good(
        title=product.title,
        line=" · ".join([label[:1].upper() + label[1:], *_states(product, offers, now)]),
        promise=product.result or product.tagline,
        url=path_of(product),
        thing=thing_of(product),
        is_gift=bool(offers) and all(offer.is_free for offer in offers),
        is_sold=bool(offers),
        public_id=product.public_id,
        category_id=product.category_id,
    )


def _states(product: Product, offers: list[Offer], now: datetime) -> list[str]:
    """Return what a product costs and when it opens, or why it is not sold now."""
    if product.status == Product.Status.COMING_SOON:
        return [_("coming soon")]
    if product.is_presale and product.late_at is not None:
        return [_("late")]
    if not offers:
        return [_("closed for now")]
    if product.is_presale and product.opens_at is not None and product.opens_at > now:
        return [offers[0].amount, _("opens %(day)s") % {"day": short_day(product.opens_at)}]
    return [offers[0].amount]
