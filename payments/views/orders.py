"""After paying: the return page that opens what was bought, and the receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from access.middleware import give_guest_pass
from core import clock
from core.limits import Limit
from payments.errors import PaymentError, SumChanged, TryLater
from payments.forms.upsell import UpsellForm
from payments.models import Order
from payments.services import showing
from payments.services.cancelling import showing as cancelling
from payments.services.cancelling.words import consents_for
from payments.services.documents.showing import papers_of
from payments.services.fulfilment import accesses_of
from payments.services.gifts.giving import may_give
from payments.services.places import had_place
from payments.services.promises import waiting
from payments.services.providers import provider_of
from payments.services.subscriptions.showing import of_order
from payments.services.teams.showing import team_of
from payments.services.upselling import Upsell, go_on, take_upsell, upsell_for
from payments.views.browser import begun_here, may_see, remember
from payments.views.finding import is_mendable_here
from products.errors import NotSellable
from shipping.services.showing import parcels_of
from stores.contract import StoreRequest

ASKING = Limit("order-asked", times=60, seconds=600)
LOOK_AGAIN_SECONDS = 3
PATIENCE = 40
"""After this many looks the page stops refreshing itself and says that the mail will come."""


@never_cache
@require_safe
def come_back(request: StoreRequest, order_id: str) -> HttpResponseBase:
    """Receive who comes from the payment page: open what was bought, wait, or offer to try again.

    Nobody is signed in here. The guest pass goes only to the browser that began the order; who
    else has the address learns whether it was paid, and nothing more.
    """
    now = clock.now()
    order = get_object_or_404(Order, public_id=order_id)
    _ask(order, now)
    if not may_see(request, order, now):
        return render(request, "payments/elsewhere.html", {"is_paid": order.is_paid})
    if order.is_paid:
        return _thanks(request, order, now)
    if order.status in {Order.Status.EXPIRED, Order.Status.CANCELLED}:
        line = order.lines.select_related("price", "renews")[0]
        again = reverse("payments:checkout", args=[line.price.public_id])
        again_url = f"{again}?order={order.public_id}"
        if line.renews is not None:
            again_url = reverse("payments:renew-here", args=[line.renews.key])
        context = {"order": order, "again_url": again_url, "had_place": had_place(order)}
        return render(request, "payments/ran_out.html", context)
    if order.provider == Order.Provider.TRANSFER:
        return _how_to_pay(request, order)
    return _wait(request, order)


def _how_to_pay(request: StoreRequest, order: Order) -> HttpResponse:
    context = {**showing.how_to_pay(order), "papers": papers_of(order)}
    return render(request, "payments/how_to_pay.html", context)


def _ask(order: Order, now: datetime) -> None:
    """Make the order agree with its provider, unless it is settled or asked about too often."""
    if order.is_paid or order.status == Order.Status.REVIEW or not ASKING.hit(order.public_id):
        return
    try:
        provider_of(order).sync(order, now)
    except PaymentError:
        return  # the page waits, and the reconciler asks again
    finally:
        order.refresh_from_db()


def _thanks(
    request: StoreRequest,
    order: Order,
    now: datetime,
    *,
    form: UpsellForm | None = None,
    has_changed: bool = False,
) -> HttpResponse:
    accesses = accesses_of(order)
    is_here = order.public_id in begun_here(request, now)
    if is_here:
        give_guest_pass(request, accesses, now)
    doors = showing.doors(accesses, now)
    offer = upsell_for(order, now) if is_here else None
    context = {
        "order": order,
        "doors": doors,
        "door": doors[0] if doors else None,
        "may_mend": is_mendable_here(request, order),
        "offer": offer,
        "form": form or (_upsell_form(request, offer, now) if offer else None),
        "has_changed": has_changed,
        "gift": showing.gift_of(order, now),
        "team": team_of(order),
        "parcels": parcels_of(order.public_id),
        "waits": waiting(accesses, now, get_language() or order.language),
    }
    return render(request, "payments/thanks.html", context, status=422 if form else 200)


def _upsell_form(request: StoreRequest, offer: Upsell, now: datetime, **given: Any) -> UpsellForm:
    price = offer.extra.price
    consents = consents_for(request.store, price, now)
    initial = {"price": price.public_id, "seen": offer.quoted.total}
    return UpsellForm(**given, initial=initial, consents=consents)


@never_cache
@require_POST
def one_more(request: StoreRequest, order_id: str) -> HttpResponseBase:
    """Buy what was offered after an order, with the card just used; pressed twice, once."""
    now = clock.now()
    order = get_object_or_404(Order, public_id=order_id)
    if order.public_id not in begun_here(request, now):
        raise Http404
    offer = upsell_for(order, now)
    if offer is None:
        return _follow(request, order, now)
    form = _upsell_form(request, offer, now, data=request.POST)
    if not form.is_valid():
        return _thanks(request, order, now, form=form)
    if form.cleaned_data["price"] != offer.extra.price.public_id:
        return _thanks(request, order, now, has_changed=True)
    seen, consents = form.cleaned_data["seen"], form.consents()
    try:
        url = take_upsell(order, offer.extra, now=now, consents=consents, seen_total=seen)
    except SumChanged:
        return _thanks(request, order, now, has_changed=True)
    except TryLater:  # it may have been charged: its own page asks again, nothing is sold twice
        url = reverse("payments:return", args=[(order.followers.first() or order).public_id])
    except (NotSellable, PaymentError):
        url = reverse("payments:checkout", args=[offer.extra.price.public_id])
    _remember_followers(request, order, now)
    return redirect(url)


def _follow(request: StoreRequest, order: Order, now: datetime) -> HttpResponseBase:
    """Go where an order's follower stands; without one, back to the order."""
    _remember_followers(request, order, now)
    follower = order.followers.first() or order
    try:
        url = go_on(follower, now)
    except PaymentError:  # its own page asks again
        url = reverse("payments:return", args=[follower.public_id])
    return redirect(url)


def _remember_followers(request: StoreRequest, order: Order, now: datetime) -> None:
    for each in order.followers.all():
        remember(request, each, now)


def _wait(request: StoreRequest, order: Order) -> HttpResponse:
    looks = request.GET.get("looks", "0")
    seen = min(int(looks), PATIENCE) if looks.isdecimal() and len(looks) < 4 else 0  # noqa: PLR2004 -- three digits are plenty
    is_patient = order.status == Order.Status.PENDING and seen < PATIENCE
    context = {
        "order": order,
        "is_patient": is_patient,
        "is_review": order.status == Order.Status.REVIEW,
        "pay_url": order.checkout_url if order.status == Order.Status.PENDING else "",
    }
    response = render(request, "payments/wait.html", context)
    if is_patient:
        again = f"{request.path}?{urlencode({'looks': seen + 1})}"
        response["Refresh"] = f"{LOOK_AGAIN_SECONDS}; url={again}"
    return response


@never_cache
@require_safe
def receipt(request: StoreRequest, order_id: str) -> HttpResponseBase:
    """Show an order to its customer, or to the browser that began it."""
    now = clock.now()
    order = get_object_or_404(Order.objects.prefetch_related("lines"), public_id=order_id)
    if may_see(request, order, now):
        if order.status == Order.Status.PENDING and order.provider == Order.Provider.TRANSFER:
            return _how_to_pay(request, order)
        context = {
            "order": order,
            "doors": showing.doors_of(order, now),
            "lines": showing.rows_of(order),
            "refunds": showing.refunds_of(order),
            "total": order.display_total(),
            "papers": papers_of(order),
            "gift": showing.gift_of(order, now),
            "team": team_of(order),
            "parcels": parcels_of(order.public_id),
            "paid_again": of_order(order),
            "may_give": may_give(order),
            "cancelling": cancelling.facts_of(order, now),
            "waits": waiting(accesses_of(order), now, get_language() or order.language),
        }
        return render(request, "payments/receipt.html", context)
    if not request.customer:
        return redirect(f"{reverse('accounts:sign-in')}?{urlencode({'next': request.path})}")
    raise Http404
