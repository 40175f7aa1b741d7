"""Our checkout page: what I get and when, who I am, one button."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import clock, tokens
from core.limits import Limit
from core.prepared import Prepared, given
from payments.errors import AmountRefused, CannotCharge, CouponRefused, PaymentError, SumChanged
from payments.forms.checkout import CheckoutForm
from payments.models import Order
from payments.services.ordering import Placed, order_for
from payments.services.providers import provider_of
from payments.services.stripe_provider import expire_quietly
from payments.views.browser import address_of, begun_here, entered, remember, restored
from payments.views.checkout_form import buyer_of, form_of, mended
from payments.views.checkout_page import page
from payments.views.refusals import refusal, sold_out, sorry
from payments.views.till import hosted_pages, till_now
from payments.views.trying import may_test, try_out
from products.errors import NotSellable, SoldOut
from products.models import Price, Product
from shipping.errors import NotPosted
from stores.contract import StoreRequest

FROM_ONE_PLACE = Limit("orders-from", times=40, seconds=600)
TO_ONE_ADDRESS = Limit("orders-to", times=8, seconds=600)
PRICE = Prepared(
    lambda with_drafts: Price.objects.select_related("product").filter(
        public_id=given("price"),
        product__in=Product.objects.kept() if with_drafts else Product.objects.reachable(),
    )
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: StoreRequest, price_id: str) -> HttpResponseBase:
    """Show the checkout page of a price; sent, it makes the order and leads on to pay."""
    price = PRICE.first(may_test(request), price=price_id)
    if price is None:
        raise Http404

    # A form that ends on the payment page: browsers check form-action along redirects too.
    @csp_update({"form-action": [SELF, hosted_pages()]})
    def answer(_request: HttpRequest) -> HttpResponseBase:
        return _checkout(request, price, clock.now())

    return answer(request)


def _checkout(request: StoreRequest, price: Price, now: datetime) -> HttpResponseBase:
    till = till_now()
    refused = refusal(request, price, till, now)
    if refused is not None:
        return refused
    if request.method != "POST":
        form = form_of(request, price, till, now, initial=entered(request, price, now))
        basket = replace(restored(form.initial, price), destination=form.first_destination())
        return page(request, price, form, basket, now)
    typed = mended(request.POST)
    is_look = "look" in typed
    form = form_of(request, price, till, now, data=typed, is_look=is_look)
    is_right = form.is_valid()
    if is_look or not is_right:
        return page(request, price, form, form.basket(), now, status=200 if is_look else 422)
    if "test" in typed and may_test(request):
        return _test(request, form, now)
    if not _within_limits(request, form.cleaned_data["email"]):
        form.add_error(None, _("That was many tries in a short time. Wait a few minutes."))
        return page(request, price, form, form.basket(), now, status=429)
    return _order(request, price, form, now)


def _test(request: StoreRequest, form: CheckoutForm, now: datetime) -> HttpResponseBase:
    try:
        return try_out(request, form.basket(), buyer_of(request, form), now)
    except (NotSellable, NotPosted, PaymentError) as refused:
        return sorry(request, form.price, refused.sentence)


def _order(
    request: StoreRequest, price: Price, form: CheckoutForm, now: datetime
) -> HttpResponseBase:
    buyer, basket = buyer_of(request, form), form.basket()
    try:
        placed = order_for(
            basket,
            buyer=buyer,
            attempt=form.cleaned_data["attempt"],
            mine=begun_here(request, now),
            now=now,
            consents=form.consents(),
            seen_total=form.cleaned_data["seen"],
        )
    except SumChanged:
        return page(request, price, form, basket, now, has_changed=True)
    except SoldOut as refused:
        gone = sold_out(request, price, refused, now)
        return gone or page(request, price, form, form.basket(), now, has_changed=True)
    except NotSellable as refused:
        return sorry(request, price, refused.sentence, refused.next_url)
    except CannotCharge as refused:
        return sorry(request, price, refused.sentence)
    except (AmountRefused, CouponRefused, NotPosted):
        return page(request, price, form, basket, now, status=422)
    remember(request, placed.order, now)
    try:
        return redirect(_next(placed, now), permanent=False)
    except PaymentError as error:
        form.add_error(None, str(error.sentence))
        form.add_error(None, _("Nothing was charged. What you typed is kept: try once more."))
        return page(request, price, form, basket, now, status=503)


def _next(placed: Placed, now: datetime) -> str:
    """Return where the browser goes: to the payment page, or straight to what was free."""
    if placed.order.is_paid or placed.order.status == Order.Status.REVIEW:
        return reverse("payments:return", args=[placed.order.public_id])
    url = provider_of(placed.order).open_checkout(placed.order, now)
    for order in placed.given_up:
        expire_quietly(order)
    return url


def _within_limits(request: StoreRequest, email: str) -> bool:
    store = request.store.public_id
    is_calm = FROM_ONE_PLACE.hit(f"{store}:{address_of(request)}")
    return TO_ONE_ADDRESS.hit(f"{store}:{tokens.keyed_hash('limit', email)}") and is_calm
