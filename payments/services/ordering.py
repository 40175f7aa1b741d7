"""Making an order: one per checkout page sent, however often it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core import tokens
from core.prepared import Prepared, given
from payments.contract import NO_CONSENTS, Basket, Buyer, Consents, Quote, QuotedLine
from payments.errors import CannotCharge, SumChanged
from payments.models import Order, OrderLine, OtherWay, OutboundCall, PaymentAccount
from payments.rules import CHECKOUT_LASTS, HOLD_OUTLASTS
from payments.services import coupons, steps
from payments.services.accounts import next_number, payment_account, why_not_charging
from payments.services.documents.asking import ask_on_paper
from payments.services.fulfilment import fulfil
from payments.services.instalments.wording import label_of
from payments.services.letting_go import let_go
from payments.services.other_ways import WAITS, announce, way_called
from payments.services.outbound import write_down_checkout
from payments.services.quoting import quote
from payments.services.subscriptions.terms import returns
from products.models import Price
from products.rules import charges_of
from products.services.sales import take_hold
from shipping.errors import NotPosted

NEARLY_OVER = timedelta(minutes=5)
"""A payment page with less time left is not offered again."""


OF_PAGE = Prepared(lambda: Order.objects.filter(attempt=given("attempt")))
LASTS_IN_A_TEST = {
    "week": ("week", 1),
    "month": ("month", 1),
    "quarter": ("month", 3),
    "year": ("month", 12),
}
"""A period, as the unit and the number an order's line counts in."""
LASTS = {Order.Provider.STRIPE: CHECKOUT_LASTS, Order.Provider.TRANSFER: WAITS}


@dataclass(frozen=True)
class Placed:
    """An order, and those of the same browser whose place it took."""

    order: Order
    given_up: list[Order] = field(default_factory=list)


def order_for(
    basket: Basket,
    *,
    buyer: Buyer,
    attempt: str,
    mine: Sequence[str],
    now: datetime,
    consents: Consents = NO_CONSENTS,
    seen_total: int | None = None,
) -> Placed:
    """Return the order of a checkout page that was sent: a new one, or the one made before.

    ``attempt`` names the page, so a double click is one order; ``mine`` are the public ids of this
    browser's orders, so a second tab is too. An order for the same thing with another address or
    another basket takes the place of the earlier one, unless a kept card may have been charged for
    that. A free order is fulfilled at once. Raises NotSellable, AmountRefused, CouponRefused,
    NotPosted, CannotCharge, and SumChanged when the basket costs something else than
    ``seen_total``, in minor units.
    """
    earlier = _earlier(basket.price, attempt, mine)
    for order in earlier:
        if _is_being_charged(order):
            return Placed(order)
        if _is_same(order, basket, buyer, now):
            _rename(order, buyer.name)
            return Placed(order)
    if any(order.attempt == attempt for order in earlier):
        attempt = tokens.public_id()  # the page was changed and sent again
    try:
        order = _place(
            basket,
            buyer=buyer,
            attempt=attempt,
            instead_of=earlier,
            now=now,
            consents=consents,
            seen_total=seen_total,
        )
    except IntegrityError:
        twin: Order | None = Order.objects.filter(attempt=attempt).first()
        if twin is None or not _is_same(twin, basket, buyer, now):
            raise
        return Placed(twin)
    steps.reach("order.committed")
    return Placed(order, earlier)


@transaction.atomic
def test_order(basket: Basket, *, buyer: Buyer, now: datetime) -> Order:
    """Buy without paying, as who runs the store: marked, holding nothing, outside all numbers.

    A draft can be bought so too: it is tried before anybody else may see it.
    """
    quoted = quote(
        basket, who=buyer.customer or buyer.email, email=buyer.email, now=now, is_test=True
    )
    order, _lines = _write(
        basket,
        quoted,
        payment_account(),
        Order.Provider.TEST,
        buyer=buyer,
        attempt=tokens.public_id(),
        now=now,
        consents=NO_CONSENTS,
    )
    fulfil(order, now)
    return order


def _earlier(price: Price, attempt: str, mine: Sequence[str]) -> list[Order]:
    of_this_page = OF_PAGE.rows(attempt=attempt)
    if not mine:
        return of_this_page
    begun = Q(public_id__in=list(mine)) | Q(follows__public_id__in=list(mine))
    of_this_browser = Order.objects.waiting().filter(
        begun, lines__price_id=price.pk, lines__is_extra=False
    )
    return [*of_this_page, *of_this_browser.order_by("-id")]


def _is_being_charged(order: Order) -> bool:
    """Whether a kept card may have been charged for it: then nothing takes its place."""
    charges = order.calls.filter(kind=OutboundCall.Kind.CHARGE, state=OutboundCall.State.WAITING)
    return order.status == Order.Status.PENDING and (
        bool(order.stripe_intent_id) or charges.exists()
    )


def _is_same(order: Order, basket: Basket, buyer: Buyer, now: datetime) -> bool:
    if order.email != buyer.email or order.basket != basket.as_json():
        return False
    if order.is_paid or order.status == Order.Status.REVIEW:
        return True
    is_open = order.expires_at is not None and now < order.expires_at - NEARLY_OVER
    return order.status == Order.Status.PENDING and is_open and _costs_the_same(order, basket)


def _costs_the_same(order: Order, basket: Basket) -> bool:
    main = order.lines.filter(is_extra=False).first()
    if main is None or basket.price.kind == Price.Kind.PAY_WHAT_YOU_WANT:
        return main is not None
    if main.charges:
        first = charges_of(basket.price.amount, basket.price.charges or 1)[0]
        return bool((main.charges, main.amount) == (basket.price.charges, first))
    is_tried = main.amount == 0 and bool(basket.price.trial_days)
    return is_tried or bool(main.amount == basket.price.amount)


def _rename(order: Order, name: str) -> None:
    if order.status == Order.Status.PENDING and order.name != name:
        Order.objects.filter(pk=order.pk, status=Order.Status.PENDING).update(name=name)
        order.name = name


@transaction.atomic
def _place(
    basket: Basket,
    *,
    buyer: Buyer,
    attempt: str,
    instead_of: Sequence[Order],
    now: datetime,
    consents: Consents,
    seen_total: int | None,
) -> Order:
    account = payment_account()
    for older in instead_of:  # first, so that the place they hold can be taken
        give_up(older, now)
    quoted = quote(basket, who=buyer.customer or buyer.email, email=buyer.email, now=now)
    if quoted.is_posted and basket.destination is None:
        raise NotPosted(_("Say where it should go."))
    if seen_total not in {None, quoted.total}:
        raise SumChanged(_("The sum is another one now."))
    may_wait = bool(basket.way and quoted.total and not quoted.is_charged_later)
    way = way_called(basket.way) if may_wait else None
    asks_card = bool(quoted.total or quoted.returns)
    reason = why_not_charging(account) if asks_card and way is None else ""
    if reason:
        raise CannotCharge(reason)
    provider = _provider(quoted, way)
    order, lines = _write(
        basket, quoted, account, provider, buyer=buyer, attempt=attempt, now=now, consents=consents
    )
    take(order, quoted, now)
    if provider == Order.Provider.STRIPE:
        write_down_checkout(order, lines, account, now)
    elif way is not None:
        Order.objects.filter(pk=order.pk).update(way=way)
        order.way = way
        announce(order, now)
        ask_on_paper(order, now)
    else:
        fulfil(order, now)
    steps.reach("order.placed")
    return order


def _provider(quoted: Quote, way: OtherWay | None) -> Order.Provider:
    if not quoted.total and not quoted.returns:
        return Order.Provider.FREE
    return Order.Provider.STRIPE if way is None else Order.Provider.TRANSFER


def take(order: Order, quoted: Quote, now: datetime) -> None:
    """Hold the places and the coupon's use the order needs, always in the same sequence."""
    until = (order.expires_at or now) + HOLD_OUTLASTS
    for line in sorted(quoted.lines, key=lambda line: line.price.pk):
        take_hold(
            line.price,
            option=line.price.option,
            quantity=line.quantity,
            order_reference=order.public_id,
            until=until,
            now=now,
        )
    if quoted.coupon is not None:
        coupons.reserve(quoted.coupon, order, until=until, now=now)


def _write(
    basket: Basket,
    quoted: Quote,
    account: PaymentAccount,
    provider: Order.Provider,
    *,
    buyer: Buyer,
    attempt: str,
    now: datetime,
    consents: Consents,
) -> tuple[Order, list[OrderLine]]:
    order: Order = Order.objects.create(
        number=next_number(account),
        attempt=attempt,
        customer=buyer.customer,
        email=buyer.email,
        name=buyer.name,
        language=buyer.language,
        **buyer.business,
        currency=quoted.currency,
        total=quoted.total,
        discount=quoted.discount,
        basket=basket.as_json(),
        consents={key: now.isoformat() for key in consents.given},
        may_remind=consents.may_remind,
        provider=provider,
        is_test=provider == Order.Provider.TEST,
        source=buyer.source,
        stripe_account=account.stripe_account if provider == Order.Provider.STRIPE else "",
        placed_at=now,
        terms_accepted_at=now,
        expires_at=now + LASTS[provider] if provider in LASTS else None,
    )
    return order, [write_line(order, line) for line in quoted.lines]


def write_line(order: Order, line: QuotedLine) -> OrderLine:
    """Write a quoted line down: the snapshot that pays, opens and is refunded."""
    price = line.price
    length, count, unit = price.length, price.length_count, price.length_unit
    if order.is_test and returns(price):  # nobody charges for a second period
        length = Price.Length.PERIODS
        unit, count = LASTS_IN_A_TEST[price.interval or "month"]
    written: OrderLine = OrderLine.objects.create(
        order=order,
        product=price.product,
        price=price,
        title=price.product.title,
        label=label_of(price.label, 1, line.charges, order.language)
        if line.charges
        else price.label,
        amount=line.amount,
        quantity=line.quantity,
        discount=line.discount,
        shipping=line.shipping,
        is_posted=line.is_posted,
        opens=line.option is None or line.option.opens,
        comes_on=line.option.comes_on if line.option else None,
        tax=line.tax,
        is_extra=line.is_extra,
        option=price.option,
        length=length,
        length_count=count,
        length_unit=unit,
        length_until=price.length_until,
        charges=line.charges or None,
        later=line.later,
    )
    return written


@transaction.atomic
def give_up(order: Order, now: datetime) -> None:
    """Let go of an order whose place another took. Paid after all, it still opens."""
    locked: Order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if locked.status != Order.Status.PENDING:
        return  # paid meanwhile, or over already
    locked.status = Order.Status.CANCELLED
    locked.sync_version += 1
    locked.save(update_fields=["status", "sync_version"])
    let_go(locked, now)
    locked.calls.filter(state=OutboundCall.State.WAITING).update(
        state=OutboundCall.State.REFUSED, error="given up", answered_at=now
    )
