"""Which orders were begun in this browser: remembered for a day, and proof of nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.rules import client_address
from core import clock, money, tokens
from payments.contract import Basket
from payments.forms.business import NAMES
from payments.forms.checkout import CARD
from payments.models import Order
from payments.services.coupons import normal_code
from payments.services.resuming import order_to_resume
from products.models import Price
from shipping.contract import Destination
from shipping.forms.address import first_values
from shipping.services.addresses import kept_address
from stores.contract import StoreRequest
from stores.scope import current_store

ORDERS = "orders"
LASTS = timedelta(days=1)
KEEPS = 20


def remember(request: HttpRequest, order: Order, now: datetime) -> None:
    """Note that this browser began the order."""
    kept = {**_kept(request, now), order.public_id: (now + LASTS).isoformat()}
    request.session[ORDERS] = dict(list(kept.items())[-KEEPS:])


def begun_here(request: HttpRequest, now: datetime) -> list[str]:
    """Return the public ids of the orders begun in this browser within a day."""
    return list(_kept(request, now))


def may_see(request: StoreRequest, order: Order, now: datetime) -> bool:
    """Whether this browser began the order, or its customer is signed in.

    An order that waits for its money has no customer yet: it is theirs who confirmed its address.
    """
    return is_theirs(request, order) or order.public_id in begun_here(request, now)


def is_theirs(request: StoreRequest, order: Order) -> bool:
    """Whether who is signed in made the order, or has the mailbox it was made with."""
    customer = request.customer or None
    if customer is None:
        return False
    if order.customer_id is not None:
        return bool(order.customer_id == customer.pk)
    return customer.user.confirmed_at is not None and order.email == customer.user.email


def _kept(request: HttpRequest, now: datetime) -> dict[str, str]:
    kept: dict[str, str] = request.session.get(ORDERS, {})
    return {key: until for key, until in kept.items() if now < datetime.fromisoformat(until)}


def address_of(request: HttpRequest) -> str:
    """Return the network address a request came from, for rate limits."""
    behind_proxy = settings.SECURE_PROXY_SSL_HEADER is not None
    return client_address(request.META, behind_proxy=behind_proxy)


def entered(request: StoreRequest, price: Price, now: datetime) -> dict[str, Any]:
    """Return what this browser typed before (after going back, or when a page ran out).

    A link may carry a coupon or an amount; what was typed for this very price stands behind it.
    """
    found: dict[str, Any] = {"attempt": tokens.public_id()}
    orders = Order.objects.filter(public_id__in=begun_here(request, now)).order_by("-id")
    order: Order | None = orders.first()
    if order is not None:
        found |= {"email": order.email, "name": order.name}
    same: Order | None = orders.filter(basket__price=price.public_id, paid_at=None).first()
    if same is not None:
        found |= _first_values(same, price)
    taken_up = order_to_resume(request.GET.get("take_up", ""))
    if taken_up is not None and taken_up.basket.get("price") == price.public_id:
        found |= _first_values(taken_up, price)
    found |= _for_whom(request, price)
    if request.GET.get("coupon"):
        found["coupon"] = normal_code(request.GET["coupon"][:40])
    if request.GET.get("amount", "").isdecimal():
        found["chosen"] = request.GET["amount"][:9]
    staff = request.staff or None
    if staff is not None and not request.customer:
        found.setdefault("email", staff.user.email)
        found.setdefault("name", staff.name)
    if request.customer:
        found["name"] = request.customer.name
        if "ship_how" not in found:
            found |= first_values(kept_address(request.customer))
    return found


def _for_whom(request: StoreRequest, price: Price) -> dict[str, Any]:
    """Return what a link says of for whom it is bought: as a gift, or for how many people."""
    found: dict[str, Any] = {}
    if price.is_gift or request.GET.get("gift"):
        found["is_gift"] = True
    if request.GET.get("seats", "").isdecimal():
        found["seats"] = int(request.GET["seats"][:4])
    return found


def _first_values(order: Order, price: Price) -> dict[str, Any]:
    """Return what was chosen for an order, to be chosen again; the signed link tells its maker."""
    found: dict[str, Any] = {key: order.basket.get(key) for key in ("extras", "coupon", "way")}
    found |= {"email": order.email, "name": order.name, "may_remind": order.may_remind}
    found |= {name: getattr(order, name) for name in NAMES if getattr(order, name)}
    found |= first_values(Destination.from_json(order.basket.get("shipping")))
    if order.basket.get("gift"):
        found |= gift_values(order.basket["gift"])
    if order.basket.get("seats"):
        found["seats"] = order.basket["seats"]
    if order.basket.get("chosen") is not None:
        found["chosen"] = money.to_major(order.basket["chosen"], price.currency)
    return found


def gift_values(wish: dict[str, Any]) -> dict[str, Any]:
    """Return what was wished for a gift, as the checkout form begins."""
    day = datetime.fromisoformat(wish["deliver_at"]) if wish["deliver_at"] else None
    local = day.astimezone(current_store().zone) if day else None
    values = {
        f"gift_{name}": wish[name] for name in ("from_name", "to_name", "to_email", "message")
    }
    if local is not None and local > clock.now():
        values |= {"gift_day": local.date(), "gift_hour": local.hour}
    return {**values, "is_gift": True}


def restored(initial: Mapping[str, Any], price: Price) -> Basket:
    """Return the basket that a form's first values stand for."""
    chosen, way = initial.get("chosen"), str(initial.get("way") or CARD)
    return Basket(
        price,
        chosen=None if chosen is None else money.from_major(Decimal(chosen), price.currency),
        seats=int(initial.get("seats") or price.seats_min or 1),
        extras=tuple(initial.get("extras") or ()),
        coupon=str(initial.get("coupon") or ""),
        way="" if way == CARD else way,
    )
