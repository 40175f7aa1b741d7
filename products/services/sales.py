"""Whether something can be sold now, and the places and copies a sale takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import clock
from core.prepared import Prepared, given
from products.errors import NotSellable, SoldOut
from products.models import Hold, Price, Product
from stores.scope import current_store
from stores.services.closing.phases import Phase, phase_of

if TYPE_CHECKING:
    from accounts.models import Customer
    from products.contract import Option
    from products.querysets import HoldQuerySet

SOLD_KINDS = frozenset(
    {
        Price.Kind.ONE_TIME,
        Price.Kind.PAY_WHAT_YOU_WANT,
        Price.Kind.FREE,
        Price.Kind.SUBSCRIPTION,
        Price.Kind.INSTALMENTS,
    }
)
"""The kinds of price that checkout can take today."""

LOCKED = Prepared(lambda: Price.objects.select_for_update(no_key=True).filter(pk=given("pk", int)))
TAKEN = Prepared(
    lambda: Hold.objects.filter(price_id=given("price", int), order_reference=given("order"))
)


class Terms(Protocol):
    """How long access lasts: a price says it, and an order's line keeps what it said then."""

    length: str
    length_count: int | None
    length_unit: str
    length_until: date | None


def check_sale(
    who: Customer | str | None,
    price: Price,
    *,
    answers: Mapping[str, str],
    now: datetime,
    left: Mapping[int, int] | None = None,
) -> None:
    """Raise NotSellable, with a sentence and where to go, unless ``price`` can be bought now.

    Whether ``who`` owns what an owners' price asks for is known further up, and asked there.
    ``left`` is how many are left at limited prices, where that was asked for many at once.
    """
    product = price.product
    if is_closing(now):
        raise NotSellable(_("This shop is closing and sells nothing new."))
    if not product.is_sellable:
        raise NotSellable(_("This is not on sale right now."))
    is_gone = bool(price.option) and product.contract.option(product, price.option) is None
    is_gone = is_gone or not price.is_active or price.is_moved_in
    if is_gone or price.kind not in SOLD_KINDS:
        raise NotSellable(_("This price is no longer offered."))
    if price.doors_open_at is not None and now < price.doors_open_at:
        raise NotSellable(_("Sales have not opened yet."))
    if price.doors_close_at is not None and now >= price.doors_close_at:
        raise NotSellable(_("Sales at this price have ended."))
    if is_over_before_it_begins(price, now):
        raise NotSellable(_("Access at this price would be over before it begins."))
    if (places_left(price, now) if left is None else left.get(price.pk)) == 0:
        raise _sold_out(price, now)
    refused = product.contract.before_sale(who, price, answers, now)
    if refused is not None:
        raise NotSellable(refused.reason, refused.next_url)


def is_closing(now: datetime) -> bool:
    """Whether the store in scope is on its way to be closed."""
    return phase_of(current_store().closing_since, now) is not Phase.OPEN


def places_left(price: Price, now: datetime) -> int | None:
    """Return how many can still be sold at this price, or None where there is no limit.

    The smaller of what the price itself has and what is left of its option (a cohort's places,
    copies in print), which other prices of the product may sell too.
    """
    limits = []
    if price.quantity is not None:
        limits.append(price.quantity - _taken(Hold.objects.filter(price=price), now))
    options = _sharing(price)
    places = next((each.places for each in options if each.key == price.option), None)
    if places is not None:
        keys = [each.key for each in options]
        same = Hold.objects.filter(price__product=price.product_id, option__in=keys)
        limits.append(places - _taken(same, now))
    return max(0, min(limits)) if limits else None


def free_again_at(price: Price, now: datetime) -> datetime | None:
    """Return when the next place that is only held would be free again; None when all are sold."""
    rivals = Q(price=price)
    if price.option:
        keys = [each.key for each in _sharing(price)] or [price.option]
        rivals |= Q(price__product=price.product_id, option__in=keys)
    held = Hold.objects.filter(rivals, sold_at=None, released_at=None, until__gt=now)
    until: datetime | None = held.order_by("until").values_list("until", flat=True).first()
    return until


def _sold_out(price: Price, now: datetime) -> SoldOut:
    until = free_again_at(price, now)
    if until is None:
        return SoldOut(_("Nothing is left at this price."))
    day = date_format(until.astimezone(current_store().zone), "DATETIME_FORMAT")
    return SoldOut(
        _("The last ones are being paid for right now. What stays unpaid is free again: %(day)s.")
        % {"day": day}
    )


def _taken(holds: HoldQuerySet, now: datetime) -> int:
    return holds.counting(now).aggregate(n=Sum("quantity"))["n"] or 0


def _sharing(price: Price) -> list[Option]:
    """Return the options whose places this price takes: its own, and those of the same pool."""
    if not price.option:
        return []
    options = price.product.contract.options(price.product)
    mine = next((each for each in options if each.key == price.option), None)
    return [each for each in options if mine is not None and each.stock == mine.stock]


def sold_counts(products: Sequence[Product]) -> dict[int, int]:
    """Return how many of each product were bought and not given back, by its primary key."""
    rows = Hold.objects.sold().filter(price__product__in=[each.pk for each in products])
    totals = rows.values_list("price__product").annotate(n=Sum("quantity")).order_by()
    return dict(totals)


def sold_by_price(prices: Sequence[Price]) -> dict[int, int]:
    """Return how many were bought at each price and not given back, by its primary key."""
    rows = Hold.objects.sold().filter(price__in=[each.pk for each in prices])
    return dict(rows.values_list("price").annotate(n=Sum("quantity")).order_by())


@transaction.atomic
def take_hold(
    price: Price,
    *,
    option: str,
    quantity: int,
    order_reference: str,
    until: datetime,
    now: datetime,
) -> Hold:
    """Take places for an order until ``until``; SoldOut when there are not enough.

    The price's row (with an option: all the product's prices) is locked, so of two orders for the
    last place one waits and then loses. Taking twice for the same order is taking once.
    """
    if price.option:
        rivals = Price.objects.select_for_update(no_key=True).order_by("pk")
        list(rivals.filter(product=price.product_id))
    [locked] = LOCKED.rows(pk=price.pk)
    mine = TAKEN.first(price=locked.pk, order=order_reference)
    if mine is not None:
        return mine
    left = places_left(locked, now)
    if left is not None and left < quantity:
        raise _sold_out(locked, now)
    hold: Hold = Hold.objects.create(
        price=locked,
        option=option,
        quantity=quantity,
        order_reference=order_reference,
        until=until,
    )
    return hold


def sell_holds(order_reference: str, now: datetime) -> None:
    """Turn an order's holds into sales, for good; also those that ran out while it was paid."""
    Hold.objects.filter(order_reference=order_reference, sold_at=None).update(
        sold_at=now, released_at=None
    )


def keep_holds(order_reference: str, until: datetime) -> None:
    """Keep what an order holds for longer, because its payment is on its way."""
    Hold.objects.filter(order_reference=order_reference, sold_at=None, released_at=None).update(
        until=until
    )


def release_holds(order_reference: str, now: datetime) -> None:
    """Give back what an order held and did not buy."""
    Hold.objects.filter(order_reference=order_reference, sold_at=None, released_at=None).update(
        released_at=now
    )


def give_back_place(price: Price, order_reference: str, now: datetime) -> None:
    """Free the place or copy an order had, because its money went back: it can be sold again."""
    Hold.objects.filter(price=price, order_reference=order_reference, released_at=None).update(
        released_at=now
    )


def take_place_again(price: Price, order_reference: str) -> None:
    """Undo ``give_back_place``, because the money did not go back; also where none is left."""
    Hold.objects.filter(price=price, order_reference=order_reference, sold_at__isnull=False).update(
        released_at=None
    )


@transaction.atomic
def take_another_copy(price: Price, reference: str, *, quantity: int, now: datetime) -> Hold:
    """Take a copy that is sent in the place of one that was lost: gone, and bought by nobody.

    SoldOut when none is left; once per ``reference``.
    """
    hold = take_hold(
        price,
        option=price.option,
        quantity=quantity,
        order_reference=reference,
        until=now,
        now=now,
    )
    Hold.objects.filter(pk=hold.pk).update(sold_at=now, is_sale=False)
    return hold


def copy_left(price: Price, reference: str) -> None:
    """Note that a held copy left the house: from now on its money alone does not bring it back."""
    _copies(price, reference).update(copy=Hold.Copy.OUT)


def copy_returned(price: Price, reference: str) -> None:
    """Note that a copy came back and can be sold again, whatever became of its money."""
    _copies(price, reference).update(copy=Hold.Copy.BACK)


def copy_never_left(price: Price, reference: str) -> None:
    """Undo ``copy_left``, which was said of the wrong one."""
    _copies(price, reference).update(copy="")


def _copies(price: Price, reference: str) -> HoldQuerySet:
    found: HoldQuerySet = Hold.objects.filter(price=price, order_reference=reference)
    return found


def mark_sold(price: Price, now: datetime) -> None:
    """Freeze a price at its first sale."""
    Price.objects.filter(pk=price.pk, sold_at=None).update(sold_at=now)


def begins_at(product: Product, now: datetime) -> datetime:
    """Return when what is given now begins, as far as the promised day of a presale tells."""
    if product.is_presale and product.opens_at is not None:
        return max(now, product.opens_at)
    return now


def is_over_before_it_begins(price: Price, now: datetime) -> bool:
    """Whether the day until which access lasts is over before access bought now would begin."""
    if price.length != Price.Length.UNTIL:
        return False
    begins = begins_at(price.product, now)
    ends = access_ends(price, begins, current_store().zone)
    return ends is not None and ends <= begins


def access_ends(terms: Terms, starts_at: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when access bought on these terms ends, or None when it is for good.

    "Until a date" includes that day; a number of issues ends by count, not by time.
    """
    if terms.length == Price.Length.PERIODS and terms.length_count:
        return clock.add_period(starts_at, terms.length_unit, terms.length_count, zone)
    if terms.length == Price.Length.UNTIL and terms.length_until is not None:
        return clock.start_of_day(terms.length_until + timedelta(days=1), zone)
    return None
