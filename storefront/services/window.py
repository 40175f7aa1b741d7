"""The shop window: all listed products as objects, a gift apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from products.models import Price, Product
from products.services.moments import short_day
from storefront.services.offers import Offer, fresh_for, offer_of, offered
from storefront.services.things import Thing, path_of, thing_of


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

    @property
    def first(self) -> Good | None:
        """What stands beside the store's name: the first thing for sale, or the gift."""
        paid = [good for good in self.goods if good.is_sold and not good.is_gift]
        return next(iter([*paid, *self.goods]), None)

    @property
    def gifts(self) -> list[Good]:
        """What is given for a name and an address, beside what stands first already."""
        return [good for good in self.goods if good.is_gift and good != self.first]


def window(now: datetime) -> Window:
    """Return the window of the store in scope, in three queries however many products."""
    products = list(Product.objects.listed().prefetch_related("prices"))
    prices = offered(products, now)
    goods = [_good(product, prices.get(product.pk, []), now) for product in products]
    return Window(goods, fresh_for(products, now))


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
