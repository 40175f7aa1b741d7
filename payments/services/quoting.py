"""What a basket costs now: derived on the server each time, never taken from a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from access.models import Access
from accounts.models import Customer
from core import money
from core.prepared import Prepared, given
from core.vat import vat_of
from payments.contract import Basket, Quote, QuotedLine
from payments.errors import AmountRefused, CouponRefused
from payments.models import Coupon, Extra
from payments.services import coupons
from payments.services.documents.rates import rate_of
from payments.services.instalments.spreading import spread
from payments.services.subscriptions.discounting import check_fits, taken_off
from payments.services.subscriptions.terms import may_try, period_total, returns
from products.errors import NotSellable
from products.models import Price, Product
from products.services.bundles import inside
from products.services.offering import places_left_of
from products.services.sales import check_sale
from shipping.contract import Destination
from shipping.services.places import costs, where, why_nowhere
from stores.scope import current_store
from stores.services.business import business_of

EXTRAS = Prepared(
    lambda: (
        Extra.objects.filter(
            Q(beside=None) | Q(beside_id=given("product", int)),
            kind=given("kind"),
            is_active=True,
            price__currency=given("currency"),
            price__kind__in=(Price.Kind.ONE_TIME, Price.Kind.FREE),
        )
        .exclude(price__product_id=given("product", int))
        .select_related("price__product")
    )
)


def quote(
    basket: Basket,
    *,
    who: Customer | str | None,
    email: str,
    now: datetime,
    is_test: bool = False,
) -> Quote:
    """Return what the basket costs; NotSellable, AmountRefused, CouponRefused, NotPosted say why
    not.

    ``who`` is asked of formats and of owners' prices; ``email`` counts a coupon's uses. In a test
    whoever runs the store may buy what is still a draft.
    """
    if not (is_test and is_draft(basket.price)):
        check(basket.price, who=who, now=now)
    main = _tried(QuotedLine(basket.price, _amount(basket), quantity=seats_of(basket)), email)
    beside = [
        QuotedLine(extra.price, extra.price.amount, is_extra=True)
        for extra in extras_for(basket.price, who=who, now=now)
        if extra.price.public_id in basket.extras
    ]
    lines = [_optioned(line) for line in (main, *beside)]
    coupon = coupons.find_coupon(basket.coupon, email=email, now=now) if basket.coupon else None
    if coupon is not None and not returns(basket.price):
        lines = _discounted(lines, coupon)
    lines = taxed(spread(posted(lines, basket.destination)), now)
    if coupon is not None and returns(basket.price):
        lines = _lowered(lines, coupon, now)
    return Quote(tuple(lines), basket.price.currency, coupon)


def _lowered(lines: Sequence[QuotedLine], coupon: Coupon, now: datetime) -> list[QuotedLine]:
    """Return the line that returns with its coupon, to the unit as Stripe will reckon it."""
    main, *others = lines
    coupons.discounts(coupon, [main.price], [main.price.amount])  # or it is for other things
    if main.price.is_team:
        raise CouponRefused(_("This code is not for a team's price."))
    gross = period_total(main.price, now)
    check_fits(coupon, main, gross, is_alone=not others)
    business = business_of(current_store())
    is_on_top = business.charges_vat and not business.prices_include_vat
    discount, tax = taken_off(main, coupon, gross, rate_of(business, now) if is_on_top else 0)
    return [replace(main, discount=discount, tax=tax)]


def _tried(line: QuotedLine, email: str) -> QuotedLine:
    """Return a line with its trial, for who never had it: nothing is paid before that is over."""
    price = line.price
    if not (returns(price) and price.trial_days and may_try(email, price.product)):
        return line
    return replace(line, amount=0, trial_days=price.trial_days)


def _optioned(line: QuotedLine) -> QuotedLine:
    product = line.price.product
    return replace(line, option=product.contract.option(product, line.price.option))


def posted(lines: Sequence[QuotedLine], destination: Destination | None) -> list[QuotedLine]:
    """Return the lines with what posting costs; NotPosted where the shop does not post.

    Nothing is added while nobody said where to.
    """
    there = [line for line in lines if line.is_posted]
    if not there or destination is None:
        return list(lines)
    worth = sum(line.goods for line in there)
    shares = iter(costs(destination, [line.quantity for line in there], worth))
    return [replace(line, shipping=next(shares)) if line.is_posted else line for line in lines]


def taxed(lines: Sequence[QuotedLine], now: datetime) -> list[QuotedLine]:
    """Return the lines with tax on top, where the seller charges it and prices are without it."""
    business = business_of(current_store())
    if not business.charges_vat or business.prices_include_vat:
        return list(lines)
    rate = rate_of(business, now)
    return [
        replace(
            line,
            tax=_tax(line, rate, now),
            later=line.later + vat_of(line.later, rate, is_inclusive=False)[1],
        )
        for line in lines
    ]


def _tax(line: QuotedLine, rate: int, now: datetime) -> int:
    """Return the tax on top of a line; Stripe charges a team's place by place, each rounded."""
    if line.price.is_team and returns(line.price):
        return (period_total(line.price, now) - line.price.amount) * line.quantity
    return vat_of(line.total - line.tax, rate, is_inclusive=False)[1]


def is_draft(price: Price) -> bool:
    """Whether what a price is of was not put on sale yet."""
    return price.product.status == Product.Status.DRAFT and price.product.deleted_at is None


def check(
    price: Price,
    *,
    who: Customer | str | None,
    now: datetime,
    left: Mapping[int, int] | None = None,
) -> None:
    """Raise NotSellable unless this person can buy at this price now; ``left`` as check_sale's."""
    if price.for_owners_of_id is not None and not owns(who, price.for_owners_of_id, now):
        raise _for_owners_only(price, who)
    check_sale(who, price, answers={}, now=now, left=left)
    option = price.product.contract.option(price.product, price.option)
    if option is not None and option.is_posted and where().is_nowhere:
        raise NotSellable(why_nowhere().sentence)


def owns(who: Customer | str | None, product_id: int, now: datetime) -> bool:
    """Whether a customer known for certain has a product now; a typed address proves nothing."""
    if not isinstance(who, Customer):
        return False
    return bool(Access.objects.live(now).filter(customer=who, product_id=product_id).exists())


def has_already(who: Customer | str | None, product_id: int, now: datetime) -> bool:
    """Whether a customer known for certain has a product, open or bought before it opens."""
    return product_id in _held_of(who, [product_id], now)


def _held_of(who: Customer | str | None, product_ids: Sequence[int], now: datetime) -> set[int]:
    if not isinstance(who, Customer):
        return set()
    held = Access.objects.held(now).filter(customer=who, product__in=product_ids)
    return set(held.values_list("product_id", flat=True))


def extras_for(
    price: Price, *, who: Customer | str | None, now: datetime, kind: str = Extra.Kind.BUMP
) -> list[Extra]:
    """Return what is offered beside a purchase, each product once.

    Without what is owned, stands inside the purchase already, or cannot be bought now.
    """
    rows = EXTRAS.rows(product=price.product_id, kind=kind, currency=price.currency)
    if not rows:
        return []
    seen = {each.pk for each in inside(price.product, price)}
    seen |= _held_of(who, [extra.price.product_id for extra in rows], now)
    prices: dict[Product, list[Price]] = defaultdict(list)
    for extra in rows:
        prices[extra.price.product].append(extra.price)
    left = places_left_of(prices, now)
    if kind == Extra.Kind.UPSELL:  # what is posted asks where to, and what that costs
        rows = [extra for extra in rows if not extra_is_posted(extra)]
    offered = []
    for extra in rows:
        if extra.price.product_id in seen or left.get(extra.price_id) == 0:
            continue
        if _can_be_bought(extra.price, who, now, left):
            seen.add(extra.price.product_id)
            offered.append(extra)
    return offered


def extra_is_posted(extra: Extra) -> bool:
    """Whether taking it along asks for an address."""
    option = extra.price.product.contract.option(extra.price.product, extra.price.option)
    return option is not None and option.is_posted


def _can_be_bought(
    price: Price, who: Customer | str | None, now: datetime, left: Mapping[int, int]
) -> bool:
    try:
        check(price, who=who, now=now, left=left)
    except NotSellable:
        return False
    return True


def _for_owners_only(price: Price, who: Customer | str | None) -> NotSellable:
    words = {"title": price.for_owners_of.title} if price.for_owners_of else {"title": ""}
    sentence = _("This price is for those who have “%(title)s”.") % words
    if isinstance(who, Customer):
        return NotSellable(sentence)
    here = reverse("payments:checkout", args=[price.public_id])
    sign_in = f"{reverse('accounts:sign-in')}?{urlencode({'next': here})}"
    return NotSellable(f"{sentence} {_('Sign in, and it opens.')}", sign_in)


def seats_of(basket: Basket) -> int:
    """Return how many places are bought; AmountRefused where a team's price has not so many."""
    price = basket.price
    if price.seats_min is None or price.seats_max is None:
        return 1
    if not price.seats_min <= basket.seats <= price.seats_max:
        words = {"least": price.seats_min, "most": price.seats_max}
        raise AmountRefused(_("From %(least)s to %(most)s places.") % words)
    return basket.seats


def _amount(basket: Basket) -> int:
    price = basket.price
    if price.kind != Price.Kind.PAY_WHAT_YOU_WANT:
        return int(price.amount)
    chosen = price.amount if basket.chosen is None else basket.chosen
    least = price.floor or 0
    if chosen < least:
        raise AmountRefused(
            _("At least %(amount)s, please.") % {"amount": money.display(least, price.currency)}
        )
    smallest = money.smallest_charge(price.currency)
    if 0 < chosen < smallest:
        raise AmountRefused(
            _("A card cannot be charged less than %(amount)s.")
            % {"amount": money.display(smallest, price.currency)}
        )
    if chosen > money.MAX_AMOUNT:
        raise AmountRefused(_("This is more than a card can be charged."))
    return chosen


def _discounted(lines: Sequence[QuotedLine], coupon: Coupon) -> list[QuotedLine]:
    """Return the lines with the coupon taken off; a rest no card could be charged is waived."""
    amounts = [line.amount * line.quantity for line in lines]
    off = coupons.discounts(coupon, [line.price for line in lines], amounts)
    left = sum(amounts) - sum(off)
    if 0 < left < money.smallest_charge(lines[0].price.currency):
        off = amounts
    return [replace(line, discount=part) for line, part in zip(lines, off, strict=True)]
