"""Which orders were begun in this browser: remembered for a day, and proof of nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest

from accounts.rules import client_address
from payments.models import Order
from stores.contract import StoreRequest

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
    """Whether this browser began the order, or its customer is signed in."""
    customer = request.customer
    is_theirs = bool(customer) and order.customer_id == customer.pk  # type: ignore[union-attr]  # bool() of a lazy object
    return is_theirs or order.public_id in begun_here(request, now)


def _kept(request: HttpRequest, now: datetime) -> dict[str, str]:
    kept: dict[str, str] = request.session.get(ORDERS, {})
    return {key: until for key, until in kept.items() if now < datetime.fromisoformat(until)}


def address_of(request: HttpRequest) -> str:
    """Return the network address a request came from, for rate limits."""
    behind_proxy = settings.SECURE_PROXY_SSL_HEADER is not None
    return client_address(request.META, behind_proxy=behind_proxy)
