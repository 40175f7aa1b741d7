"""Our checkout page: what I get and when, who I am, one button."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import clock, tokens
from core.limits import Limit
from payments.contract import Buyer
from payments.errors import CannotCharge, PaymentError
from payments.forms.checkout import CheckoutForm
from payments.models import Order
from payments.services import showing
from payments.services.accounts import payment_account, why_not_charging
from payments.services.ordering import Placed, order_for
from payments.services.providers import provider_of
from payments.services.stripe_provider import expire_quietly
from payments.views.browser import address_of, begun_here, remember
from products.errors import NotSellable, SoldOut
from products.models import Price, Product
from products.services.sales import check_sale
from stores.contract import StoreRequest

FROM_ONE_PLACE = Limit("orders-from", times=40, seconds=600)
TO_ONE_ADDRESS = Limit("orders-to", times=8, seconds=600)
HOSTED_PAGES = "https://checkout.stripe.com"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: StoreRequest, price_id: str) -> HttpResponseBase:
    """Show the checkout page of a price; sent, it makes the order and leads on to pay."""
    price = get_object_or_404(
        Price.objects.select_related("product"),
        public_id=price_id,
        product__in=Product.objects.reachable(),
    )

    # A form that ends on the payment page: browsers check form-action along redirects too.
    @csp_update({"form-action": [SELF, hosted_pages()]})
    def answer(_request: HttpRequest) -> HttpResponseBase:
        return _checkout(request, price, clock.now())

    return answer(request)


def hosted_pages() -> str:
    """Return the origin of the payment pages our form may lead to."""
    if not settings.STRIPE_API_BASE:
        return HOSTED_PAGES
    base = urlsplit(settings.STRIPE_API_BASE)
    return f"{base.scheme}://{base.netloc}"


def _checkout(request: StoreRequest, price: Price, now: datetime) -> HttpResponseBase:
    refusal = _refusal(request, price, now)
    if refusal is not None:
        return refusal
    if request.method != "POST":
        return _page(
            request, price, _form(request, price, now, initial=_entered(request, now)), now
        )
    form = _form(request, price, now, data=request.POST)
    if not form.is_valid():
        return _page(request, price, form, now, status=422)
    if not _within_limits(request, form.cleaned_data["email"]):
        form.add_error(None, _("That was many tries in a short time. Wait a few minutes."))
        return _page(request, price, form, now, status=429)
    return _order(request, price, form, now)


def _refusal(request: StoreRequest, price: Price, now: datetime) -> HttpResponse | None:
    try:
        check_sale(request.customer or None, price, answers={}, now=now)
    except NotSellable as refused:
        if not (isinstance(refused, SoldOut) and _holds_a_place(request, price, now)):
            return _sorry(request, price, refused.sentence, refused.next_url)
    reason = why_not_charging(payment_account()) if price.amount else ""
    return _sorry(request, price, reason) if reason else None


def _holds_a_place(request: StoreRequest, price: Price, now: datetime) -> bool:
    mine = Order.objects.waiting().filter(public_id__in=begun_here(request, now))
    return mine.filter(lines__price=price).exists()


def _order(
    request: StoreRequest, price: Price, form: CheckoutForm, now: datetime
) -> HttpResponseBase:
    try:
        placed = order_for(
            price,
            buyer=_buyer(request, form),
            attempt=form.cleaned_data["attempt"],
            mine=begun_here(request, now),
            now=now,
        )
    except NotSellable as refused:
        return _sorry(request, price, refused.sentence, refused.next_url)
    except CannotCharge as refused:
        return _sorry(request, price, refused.sentence)
    remember(request, placed.order, now)
    try:
        return redirect(_next(placed, now), permanent=False)
    except PaymentError as error:
        form.add_error(None, str(error.sentence))
        form.add_error(None, _("Nothing was charged. What you typed is kept: try once more."))
        return _page(request, price, form, now, status=503)


def _next(placed: Placed, now: datetime) -> str:
    """Return where the browser goes: to the payment page, or straight to what was free."""
    if placed.order.is_paid or placed.order.status == Order.Status.REVIEW:
        return reverse("payments:return", args=[placed.order.public_id])
    url = provider_of(placed.order).open_checkout(placed.order, now)
    for order in placed.given_up:
        expire_quietly(order)
    return url


def _buyer(request: StoreRequest, form: CheckoutForm) -> Buyer:
    return Buyer(
        email=form.cleaned_data["email"],
        name=form.cleaned_data["name"],
        language=get_language() or request.store.language,
        customer=request.customer or None,
    )


def _form(request: StoreRequest, price: Price, now: datetime, **given: Any) -> CheckoutForm:
    customer = request.customer or None
    return CheckoutForm(
        **given,
        email=customer.user.email if customer else "",
        is_owned=bool(showing.owned(request.viewer, price.product, now)),
        is_free=price.amount == 0,
    )


def _entered(request: StoreRequest, now: datetime) -> dict[str, str]:
    """Return what this browser typed before (after going back, or when a page ran out)."""
    entered = {"attempt": tokens.public_id()}
    mine = begun_here(request, now)
    order: Order | None = Order.objects.filter(public_id__in=mine).order_by("-id").first()
    if order is not None:
        entered |= {"email": order.email, "name": order.name}
    if request.customer:
        entered["name"] = request.customer.name
    return entered


def _within_limits(request: StoreRequest, email: str) -> bool:
    store = request.store.public_id
    is_calm = FROM_ONE_PLACE.hit(f"{store}:{address_of(request)}")
    return TO_ONE_ADDRESS.hit(f"{store}:{tokens.keyed_hash('limit', email)}") and is_calm


def _page(
    request: StoreRequest, price: Price, form: CheckoutForm, now: datetime, status: int = 200
) -> HttpResponse:
    accesses = showing.owned(request.viewer, price.product, now)
    came_back = request.GET.get("order", "") in begun_here(request, now)
    context = {
        "form": form,
        "price": price,
        "shown": showing.shown(price, now),
        "is_free": price.amount == 0,
        "is_owned": bool(accesses),
        "door": next(iter(showing.doors(accesses, now)), None),
        "came_back": came_back and request.method != "POST",
    }
    return render(request, "payments/checkout.html", context, status=status)


def _sorry(
    request: StoreRequest, price: Price, sentence: object, next_url: str = ""
) -> HttpResponse:
    context = {"price": price, "sentence": sentence, "next_url": next_url}
    return render(request, "payments/not_for_sale.html", context, status=409)
