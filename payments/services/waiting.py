"""Orders that wait: their request for payment, one reminder, and an end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from access.contract import Locked, Remedy
from access.models import Access
from accounts.models import Customer
from payments.models import Order
from payments.services import waiting_letters
from payments.services.documents.asking import ask_on_paper, stores_with_unasked, unasked
from payments.services.dunning import banner
from payments.services.letting_go import let_go
from payments.services.other_ways import REMIND_AFTER
from payments.services.quoting import check
from products.errors import NotSellable
from products.models import Product
from stores.scope import all_stores

FORGET_AFTER = timedelta(days=3)
"""A reminder of a half-finished order that is older than this would only be odd."""
BATCH = 200


def stores_with_waiting(now: datetime) -> list[int]:
    """Find the stores in which an order should be reminded of, or let go."""
    with all_stores():
        found = {*Order.objects.unreminded(now - REMIND_AFTER).values_list("store_id", flat=True)}
        found |= {*Order.objects.overdue(now).values_list("store_id", flat=True)}
        left = Order.objects.left_halfway(now - FORGET_AFTER, now)
        found |= {*left.values_list("store_id", flat=True)}
    return sorted(found | stores_with_unasked())


def work_on_waiting(now: datetime) -> None:
    """Remind and let go in the store in scope; what was done is on the rows, so twice is once."""
    for order in Order.objects.overdue(now)[:BATCH]:
        _with(order, lambda locked: _release(locked, now))
    for order in Order.objects.unreminded(now - REMIND_AFTER)[:BATCH]:
        _with(order, lambda locked: _remind(locked, now))
    for order in Order.objects.left_halfway(now - FORGET_AFTER, now)[:BATCH]:
        _with(order, lambda locked: _ask_back(locked, now))
    for order in unasked()[:BATCH]:
        _with(order, lambda locked: _ask_on_paper(locked, now))


def theirs(customer: Customer) -> QuerySet[Order]:
    """Return a customer's orders that wait for their money.

    They have no customer yet: theirs is what was ordered with the address they confirmed.
    """
    mine = Q(customer=customer)
    if customer.user.confirmed_at is not None:
        mine |= Q(customer=None, email=customer.user.email)
    waiting = Order.objects.waiting().filter(mine, provider=Order.Provider.TRANSFER)
    return waiting.prefetch_related("lines").order_by("-id")


def why_locked(customer: Customer, product: Product, now: datetime) -> Locked | None:
    """Return that a product stays locked until the money of its order or a later charge arrives."""
    on_hold = banner.why_locked(customer, product, now)
    if on_hold is not None:
        return on_hold
    order = theirs(customer).filter(lines__product=product).first()
    if order is None:
        return None
    page = reverse("payments:order", args=[order.public_id])
    said = _("Waiting for your transfer, order %(number)s.") % {"number": order.number}
    return Locked(said, "ordered", order.expires_at, Remedy(_("How to pay"), page))


def release(order: Order, *, now: datetime) -> None:
    """End the wait for money that comes another way, before its day; twice is once."""
    _with(order, lambda locked: _release(locked, now))


@transaction.atomic
def _with(order: Order, act: Callable[[Order], None]) -> None:
    act(Order.objects.select_for_update(no_key=True).get(pk=order.pk))


def _remind(order: Order, now: datetime) -> None:
    if order.status != Order.Status.PENDING or order.reminded_at is not None:
        return
    order.reminded_at = now
    order.save(update_fields=["reminded_at"])
    waiting_letters.remind(order)


def _release(order: Order, now: datetime) -> None:
    if order.status != Order.Status.PENDING or order.provider != Order.Provider.TRANSFER:
        return
    order.status = Order.Status.EXPIRED
    order.sync_version += 1
    order.save(update_fields=["status", "sync_version"])
    let_go(order, now)
    waiting_letters.released(order)


def _ask_on_paper(order: Order, now: datetime) -> None:
    if order.status == Order.Status.PENDING:
        ask_on_paper(order, now)


def _ask_back(order: Order, now: datetime) -> None:
    """Remind of an order left halfway, unless its maker has the thing or could not buy it now."""
    if order.reminded_at is not None or order.is_paid:
        return
    order.reminded_at = now
    order.save(update_fields=["reminded_at"])
    if not _was_bought_since(order, now) and _can_be_bought(order, now):
        waiting_letters.unfinished(order)


def _was_bought_since(order: Order, now: datetime) -> bool:
    products = order.lines.filter(is_extra=False).values("product")
    same = Order.objects.filter(email=order.email, lines__product__in=products)
    if same.filter(paid_at__gte=order.placed_at).exists() or _has_newer(order):
        return True
    if order.basket.get("gift"):
        return False  # who has it may well give it
    buyer = Q(customer__user__email=order.email)
    if order.customer_id is not None:
        buyer |= Q(customer=order.customer_id)
    return bool(Access.objects.live(now).filter(buyer, product__in=products).exists())


def _can_be_bought(order: Order, now: datetime) -> bool:
    price = order.lines.select_related("price__product").filter(is_extra=False)[0].price
    try:
        check(price, who=order.customer or order.email, now=now)
    except NotSellable:
        return False
    return True


def _has_newer(order: Order) -> bool:
    """Whether a newer attempt of the same person waits or was reminded of: one mail is enough."""
    newer = Order.objects.filter(email=order.email, pk__gt=order.pk, may_remind=True)
    return bool(newer.exists())
