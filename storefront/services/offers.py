"""Prices in words: what is paid, what for, what is charged next, and the button's verb."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core import money
from core.addresses import path_to
from core.prepared import Among, Prepared, given, padded
from core.shown import Seen
from products.contract import Option
from products.models import Price, Product
from products.services.offering import is_shown, places_left_of
from products.services.rhythms import a_period, in_charges
from products.services.sales import SOLD_KINDS, is_over_before_it_begins
from storefront.services.inside import Inside

Kind = Price.Kind
MOST_FRESH = timedelta(minutes=10)
FEW_FRESH = timedelta(minutes=1)
FEW_LEFT = 20
"""From here on it is said how many are left."""


@dataclass(frozen=True)
class Offer(Seen):
    """One price as a visitor reads it."""

    amount: str
    was: str
    label: str
    note: str
    verb: str
    url: str
    is_free: bool
    hints: tuple[str, ...] = ()
    """How many are left and until when, where that is so."""
    why_not: str = ""
    """Why it cannot be bought now, though it is shown; empty when it can."""
    includes: tuple[Inside, ...] = ()
    """What this price gives beside the product, and others do not."""
    gift_url: str = ""
    """Where it is bought for somebody else; empty where it cannot be given, or is only given."""


@dataclass(frozen=True)
class Standing:
    """One price that is shown, and how many are left of it."""

    price: Price
    left: int | None
    """None where there is no limit."""
    opens_at: datetime | None
    """When it can be bought from, if that is ahead."""

    @property
    def is_open(self) -> bool:
        """Whether it can be bought now."""
        return self.left != 0 and self.opens_at is None


def offered(products: Iterable[Product], now: datetime) -> dict[int, list[Price]]:
    """Return, by product, the prices at which it can be bought now, in the creator's order."""
    return {
        product_id: [each.price for each in some if each.is_open]
        for product_id, some in standing(products, now).items()
    }


def standing(products: Iterable[Product], now: datetime) -> dict[int, list[Standing]]:
    """Return, by product, the prices shown: those on sale, sold out, or on sale from a day on.

    Costs one query where any price has a limit, none where the prices are fetched; a product with
    options asks its format for their places.
    """
    shown = {
        product: [price for price in product.prices.all() if is_shown(price, now)]
        for product in products
        if product.is_sellable
    }
    left = places_left_of(shown, now)
    return {
        product.pk: [_standing(price, left.get(price.pk), now) for price in prices]
        for product, prices in shown.items()
    }


def _standing(price: Price, left: int | None, now: datetime) -> Standing:
    opens = price.doors_open_at
    return Standing(price, left, opens if opens is not None and now < opens else None)


def offer_of(
    price: Price, standing: Standing | None = None, includes: Sequence[Inside] = ()
) -> Offer:
    """Return the price in words of the current language."""
    option = price.product.contract.option(price.product, price.option) if price.option else None
    opens = option is None or option.opens
    has_been = price.compare_at is not None and price.compare_at > price.amount
    return Offer(
        amount=amount_in_words(price),
        was=money.display(price.compare_at or 0, price.currency) if has_been else "",
        label=price.label,
        note=" ".join(
            filter(None, (charges_in_words(price), length_in_words(price) if opens else ""))
        ),
        verb=_verb(price),
        url=path_to("payments:checkout", price.public_id),
        is_free=price.kind == Kind.FREE,
        hints=_hints(price, standing.left, option) if standing and standing.is_open else (),
        why_not=_why_not(standing) if standing else "",
        includes=tuple(includes),
        gift_url=_gift_url(price, option) if standing is None or standing.is_open else "",
    )


def _gift_url(price: Price, option: Option | None) -> str:
    if price.is_gift or price.is_team or price.kind != Kind.ONE_TIME:
        return ""
    if option is not None and not option.opens:
        return ""
    return f"{path_to('payments:checkout', price.public_id)}?gift=1"


FOR_OWNERS = Prepared(
    lambda count: (
        Price.objects.open_at(given("now", datetime))
        .filter(Among("for_owners_of_id", "owned", count), kind__in=SOLD_KINDS)
        .select_related("product")
    )
)


def owner_prices(
    products: Iterable[Product] | None, owned: Collection[int], now: datetime
) -> list[Price]:
    """Return the prices for those who own something, for whoever owns all of ``owned``.

    ``products`` narrows it to some; what is owned already is not offered.
    """
    if not owned:
        return []
    asked = padded([*owned])
    wanted = None if products is None else {product.pk for product in products}
    return [
        price
        for price in FOR_OWNERS.rows(len(asked), owned=asked, now=now)
        if price.product_id not in owned
        and (wanted is None or price.product_id in wanted)
        and price.product.is_sellable
        and not is_over_before_it_begins(price, now)
    ]


def _hints(price: Price, left: int | None, option: Option | None) -> tuple[str, ...]:
    is_posted = option is not None and option.is_posted
    hints = []
    if is_posted:
        hints.append(_("Posted to you. What that costs is shown before you pay."))
    if left is not None and left <= FEW_LEFT:
        hints.append(_left_in_words(left, is_place=bool(price.option) and not is_posted))
    if price.doors_close_at is not None:
        hints.append(_("Until %(moment)s.") % {"moment": moment_in_words(price.doors_close_at)})
    return tuple(hints)


def _left_in_words(left: int, *, is_place: bool) -> str:
    if is_place:
        return ngettext("%(count)s place left.", "%(count)s places left.", left) % {"count": left}
    return ngettext("%(count)s left.", "%(count)s left.", left) % {"count": left}


def _why_not(standing: Standing) -> str:
    if standing.left == 0:
        return pgettext("price", "Sold out")
    if standing.opens_at is not None:
        words = {"moment": moment_in_words(standing.opens_at)}
        return _("On sale from %(moment)s") % words
    return ""


def moment_in_words(moment: datetime) -> str:
    """Return a moment with its day of the week, in the reader's zone."""
    local = timezone.localtime(moment)
    return _("%(day)s, %(date)s, %(hour)s") % {
        "day": formats.date_format(local, "l"),
        "date": formats.date_format(local, "DATE_FORMAT"),
        "hour": formats.date_format(local, "H:i"),
    }


def amount_in_words(price: Price) -> str:
    """Return the amount as it is paid: "₪59 a month", "4 × ₪100 (₪400 in all)"."""
    amount = price.display()
    if price.is_team:
        each = a_period(price) if price.kind == Kind.SUBSCRIPTION else amount
        return _("%(amount)s for each place") % {"amount": each}
    if price.kind == Kind.FREE:
        return pgettext("price", "Free")
    if price.kind == Kind.SUBSCRIPTION:
        return a_period(price, amount)
    if price.kind == Kind.INSTALMENTS:
        return in_charges(price.amount, price.charges or 1, price.currency)
    if price.kind == Kind.PAY_WHAT_YOU_WANT:
        floor = money.display(price.floor, price.currency) if price.floor else ""
        return _("from %(amount)s") % {"amount": floor} if floor else _("What you want")
    return amount


def charges_in_words(price: Price) -> str:
    """Return what is charged and when, beyond the amount itself."""
    if price.is_team:
        return f"{_seats(price)} {_charges(price)}"
    return _charges(price)


def _seats(price: Price) -> str:
    words = {"least": price.seats_min, "most": price.seats_max}
    if price.seats_min == price.seats_max:
        said = ngettext("%(least)s place.", "%(least)s places.", price.seats_min or 1) % words
    else:
        said = _("From %(least)s to %(most)s places.") % words
    return f"{said} {_('You invite your people by mail.')}"


def _charges(price: Price) -> str:
    if price.kind == Kind.FREE:
        return _("Only a name and an email address are asked for.")
    if price.kind == Kind.INSTALMENTS:
        return _("One charge a month, and after the last one no more.")
    if price.kind == Kind.PAY_WHAT_YOU_WANT:
        return _suggested(price)
    if price.kind == Kind.SUBSCRIPTION and price.trial_days:
        free = ngettext(
            "The first %(days)s day is free.", "The first %(days)s days are free.", price.trial_days
        )
        then = _("Then %(amount)s. Stop whenever you like.") % {"amount": a_period(price)}
        return f"{free % {'days': price.trial_days}} {then}"
    if price.kind == Kind.SUBSCRIPTION:
        return _("Stop whenever you like.")
    return _("One payment.")


def _suggested(price: Price) -> str:
    if price.amount > (price.floor or 0):
        return _("You say how much; %(amount)s is suggested.") % {"amount": price.display()}
    return _("You say how much.")


def length_in_words(price: Price) -> str:
    """Return how long what is bought stays open."""
    if price.length == Price.Length.PERIODS and price.length_count:
        return _periods_in_words(price.length_count, price.length_unit)
    if price.length == Price.Length.UNTIL and price.length_until:
        return _("Access until %(date)s.") % {"date": formats.date_format(price.length_until)}
    if price.length == Price.Length.UNITS and price.length_count:
        words = ngettext("%(count)s issue.", "%(count)s issues.", price.length_count)
        return words % {"count": price.length_count}
    if price.length == Price.Length.FOR_GOOD and price.kind != Kind.SUBSCRIPTION:
        return _("Yours for good.")
    return ""


def _periods_in_words(count: int, unit: str) -> str:
    if unit == "week":
        sentence = ngettext("%(count)s week of access.", "%(count)s weeks of access.", count)
    else:
        sentence = ngettext("%(count)s month of access.", "%(count)s months of access.", count)
    return sentence % {"count": count}


def fresh_for(products: Sequence[Product], now: datetime) -> timedelta:
    """Return how long a page with these products stays true as far as time alone can change it."""
    prices = [price for product in products for price in product.prices.all()]
    moments = [product.opens_at for product in products]
    moments += [each for price in prices for each in (price.doors_open_at, price.doors_close_at)]
    is_limited = any(price.quantity is not None or price.option for price in prices)
    longest = FEW_FRESH if is_limited else MOST_FRESH
    return min([longest, *(each - now for each in moments if each is not None and each > now)])


def _verb(price: Price) -> str:
    if price.is_gift:
        return _("Give as a gift")
    if price.is_team:
        return _("For your team")
    if price.kind == Kind.FREE:
        return _("Get it free")
    if price.kind == Kind.SUBSCRIPTION:
        return _("Join")
    return _("Buy")
