"""Making an order: one per checkout page sent, however often it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from core import tokens
from payments.contract import Buyer
from payments.errors import CannotCharge
from payments.models import Order, OrderLine, OutboundCall, PaymentAccount
from payments.rules import CHECKOUT_LASTS, HOLD_OUTLASTS
from payments.services import steps
from payments.services.accounts import next_number, payment_account, why_not_charging
from payments.services.fulfilment import fulfil
from payments.services.outbound import write_down_checkout
from products.models import Price
from products.services.sales import check_sale, release_holds, take_hold

NEARLY_OVER = timedelta(minutes=5)
"""A payment page with less time left is not offered again."""


@dataclass(frozen=True)
class Placed:
    """An order, and those of the same browser whose place it took."""

    order: Order
    given_up: list[Order] = field(default_factory=list)


def order_for(
    price: Price, *, buyer: Buyer, attempt: str, mine: Sequence[str], now: datetime
) -> Placed:
    """Return the order of a checkout page that was sent: a new one, or the one made before.

    ``attempt`` names the page, so a double click is one order; ``mine`` are the public ids of this
    browser's orders, so a second tab is too. An order for the same thing with another address
    takes the place of the earlier one. A free order is fulfilled at once. Raises NotSellable
    and CannotCharge.
    """
    earlier = _earlier(price, attempt, mine)
    for order in earlier:
        if _is_same(order, price, buyer, now):
            _rename(order, buyer.name)
            return Placed(order)
    if any(order.attempt == attempt for order in earlier):
        attempt = tokens.public_id()  # the page was changed and sent again
    try:
        order = _place(price, buyer=buyer, attempt=attempt, instead_of=earlier, now=now)
    except IntegrityError:
        twin: Order | None = Order.objects.filter(attempt=attempt).first()
        if twin is None or not _is_same(twin, price, buyer, now):
            raise
        return Placed(twin)
    steps.reach("order.committed")
    return Placed(order, earlier)


def _earlier(price: Price, attempt: str, mine: Sequence[str]) -> list[Order]:
    of_this_page = Order.objects.filter(attempt=attempt)
    of_this_browser = Order.objects.waiting().filter(
        public_id__in=list(mine), lines__price_id=price.pk
    )
    return [*of_this_page, *of_this_browser.order_by("-id")]


def _is_same(order: Order, price: Price, buyer: Buyer, now: datetime) -> bool:
    if order.email != buyer.email or [line.price_id for line in order.lines.all()] != [price.pk]:
        return False
    if order.is_paid or order.status == Order.Status.REVIEW:
        return True
    is_open = order.expires_at is not None and now < order.expires_at - NEARLY_OVER
    return order.status == Order.Status.PENDING and is_open and order.total == price.amount


def _rename(order: Order, name: str) -> None:
    if order.status == Order.Status.PENDING and order.name != name:
        Order.objects.filter(pk=order.pk, status=Order.Status.PENDING).update(name=name)
        order.name = name


@transaction.atomic
def _place(
    price: Price, *, buyer: Buyer, attempt: str, instead_of: Sequence[Order], now: datetime
) -> Order:
    account = payment_account()
    for older in instead_of:  # first, so that the place they hold can be taken
        give_up(older, now)
    check_sale(buyer.customer or buyer.email, price, answers={}, now=now)
    reason = why_not_charging(account) if price.amount else ""
    if reason:
        raise CannotCharge(reason)
    order = _write(price, account, buyer=buyer, attempt=attempt, now=now)
    take_hold(
        price,
        option=price.option,
        quantity=1,
        order_reference=order.public_id,
        until=now + CHECKOUT_LASTS + HOLD_OUTLASTS,
        now=now,
    )
    if order.total:
        write_down_checkout(order, account, now)
    else:
        fulfil(order, now)
    steps.reach("order.placed")
    return order


def _write(
    price: Price, account: PaymentAccount, *, buyer: Buyer, attempt: str, now: datetime
) -> Order:
    order: Order = Order.objects.create(
        number=next_number(account),
        attempt=attempt,
        customer=buyer.customer,
        email=buyer.email,
        name=buyer.name,
        language=buyer.language,
        currency=price.currency,
        total=price.amount,
        provider=Order.Provider.STRIPE if price.amount else Order.Provider.FREE,
        stripe_account=account.stripe_account if price.amount else "",
        is_test=False,
        placed_at=now,
        terms_accepted_at=now,
        expires_at=now + CHECKOUT_LASTS if price.amount else None,
    )
    OrderLine.objects.create(
        order=order,
        product=price.product,
        price=price,
        title=price.product.title,
        label=price.label,
        amount=price.amount,
        option=price.option,
        length=price.length,
        length_count=price.length_count,
        length_unit=price.length_unit,
        length_until=price.length_until,
    )
    return order


@transaction.atomic
def give_up(order: Order, now: datetime) -> None:
    """Let go of an order whose place another took. Paid after all, it still opens."""
    locked: Order = Order.objects.select_for_update().get(pk=order.pk)
    if locked.status != Order.Status.PENDING:
        return  # paid meanwhile, or over already
    locked.status = Order.Status.CANCELLED
    locked.sync_version += 1
    locked.save(update_fields=["status", "sync_version"])
    release_holds(locked.public_id, now)
    locked.calls.filter(state=OutboundCall.State.WAITING).update(
        state=OutboundCall.State.REFUSED, error="given up", answered_at=now
    )
