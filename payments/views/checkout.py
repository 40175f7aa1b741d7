"""Our checkout page: what I get and when, who I am, one button."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from access.models import Access
from access.services.inclusions import owned_inside
from core import clock, tokens
from core.limits import Limit
from core.prepared import Prepared, given
from payments.contract import Basket, Buyer
from payments.errors import AmountRefused, CannotCharge, CouponRefused, PaymentError, SumChanged
from payments.forms.checkout import CheckoutForm
from payments.models import Order, OtherWay
from payments.rules import source_word
from payments.services import showing, summing
from payments.services.accounts import payment_account, why_not_charging
from payments.services.cancelling.words import consents_for
from payments.services.ordering import Placed, order_for, test_order
from payments.services.other_ways import ways_offered
from payments.services.overlaps.finding import paid_already
from payments.services.places import place_here
from payments.services.providers import provider_of
from payments.services.quoting import check, extras_for, is_draft
from payments.services.stripe_provider import expire_quietly
from payments.services.subscriptions import changing
from payments.services.subscriptions.telling import told
from payments.services.subscriptions.terms import charged_later, returns
from payments.services.subscriptions.tiers import tiers_beside
from payments.views.browser import address_of, begun_here, entered, remember, restored
from products.errors import NotSellable, SoldOut
from products.models import Price, Product
from products.services.sales import places_left
from shipping.errors import NotPosted
from stores.contract import StoreRequest
from stores.roles import Area

FROM_ONE_PLACE = Limit("orders-from", times=40, seconds=600)
TO_ONE_ADDRESS = Limit("orders-to", times=8, seconds=600)
CODES_TRIED = Limit("coupons-tried", times=30, seconds=600)
Kind = Price.Kind
HOSTED_PAGES = "https://checkout.stripe.com"
PRICE = Prepared(
    lambda with_drafts: Price.objects.select_related("product").filter(
        public_id=given("price"),
        product__in=Product.objects.kept() if with_drafts else Product.objects.reachable(),
    )
)


@dataclass(frozen=True)
class Till:
    """How a store is paid now: its own ways, and why it takes no cards; empty when it does."""

    ways: list[OtherWay]
    takes_no_cards: str


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


def hosted_pages() -> str:
    """Return the origin of the payment pages our form may lead to."""
    if not settings.STRIPE_API_BASE:
        return HOSTED_PAGES
    base = urlsplit(settings.STRIPE_API_BASE)
    return f"{base.scheme}://{base.netloc}"


def _checkout(request: StoreRequest, price: Price, now: datetime) -> HttpResponseBase:
    till = Till(ways_offered(), why_not_charging(payment_account()))
    refusal = _refusal(request, price, till, now)
    if refusal is not None:
        return refusal
    if request.method != "POST":
        initial = entered(request, price, now)
        form = _form(request, price, till, now, initial=initial)
        basket = replace(restored(form.initial, price), destination=form.first_destination())
        return _page(request, price, form, basket, now)
    typed = _mended(request.POST)
    is_look = "look" in typed
    form = _form(request, price, till, now, data=typed, is_look=is_look)
    is_right = form.is_valid()
    if is_look or not is_right:
        return _page(request, price, form, form.basket(), now, status=200 if is_look else 422)
    if "test" in typed and may_test(request):
        return _test(request, form, now)
    if not _within_limits(request, form.cleaned_data["email"]):
        form.add_error(None, _("That was many tries in a short time. Wait a few minutes."))
        return _page(request, price, form, form.basket(), now, status=429)
    return _order(request, price, form, now)


def may_test(request: StoreRequest) -> bool:
    """Whether who asks runs this store, and so may buy here without paying."""
    staff = request.staff or None
    return staff is not None and staff.may_change(Area.PRODUCTS)


def _test(request: StoreRequest, form: CheckoutForm, now: datetime) -> HttpResponseBase:
    """Let who runs the store buy it themselves: everything as a customer, and nothing is paid."""
    try:
        order = test_order(form.basket(), buyer=_buyer(request, form), now=now)
    except (NotSellable, NotPosted, PaymentError) as refused:
        return _sorry(request, form.price, refused.sentence)
    remember(request, order, now)
    return redirect(reverse("payments:return", args=[order.public_id]))


def _mended(posted: QueryDict) -> QueryDict:
    """Return what was sent, with the answer to "did you mean …?" taken in."""
    typed = posted.copy()
    if typed.get("take_address"):
        typed["email"] = str(typed["take_address"])
    elif typed.get("keep_address"):
        typed["kept_address"] = str(typed["keep_address"])
    return typed


def _refusal(request: StoreRequest, price: Price, till: Till, now: datetime) -> HttpResponse | None:
    if is_draft(price):
        return None  # only who runs the store comes here, to try it
    try:
        check(price, who=request.customer or None, now=now)
    except NotSellable as refused:
        if not (isinstance(refused, SoldOut) and _holds_a_place(request, price, now)):
            return _sorry(request, price, refused.sentence, refused.next_url)
    is_paid = price.amount > 0 and price.kind != Price.Kind.PAY_WHAT_YOU_WANT
    has_ways = bool(till.ways) and not charged_later(price)
    if not (is_paid and till.takes_no_cards) or has_ways or may_test(request):
        return None
    return _sorry(request, price, till.takes_no_cards)


def _holds_a_place(request: StoreRequest, price: Price, now: datetime) -> bool:
    mine = Order.objects.waiting().filter(public_id__in=begun_here(request, now))
    return mine.filter(lines__price=price).exists()


def _order(
    request: StoreRequest, price: Price, form: CheckoutForm, now: datetime
) -> HttpResponseBase:
    buyer, basket = _buyer(request, form), form.basket()
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
        return _page(request, price, form, basket, now, has_changed=True)
    except SoldOut as refused:
        return _sold_out(request, price, form, refused, now)
    except NotSellable as refused:
        return _sorry(request, price, refused.sentence, refused.next_url)
    except CannotCharge as refused:
        return _sorry(request, price, refused.sentence)
    except (AmountRefused, CouponRefused, NotPosted):
        return _page(request, price, form, basket, now, status=422)
    remember(request, placed.order, now)
    try:
        return redirect(_next(placed, now), permanent=False)
    except PaymentError as error:
        form.add_error(None, str(error.sentence))
        form.add_error(None, _("Nothing was charged. What you typed is kept: try once more."))
        return _page(request, price, form, basket, now, status=503)


def _sold_out(
    request: StoreRequest, price: Price, form: CheckoutForm, refused: SoldOut, now: datetime
) -> HttpResponseBase:
    """Say that it is gone; where only something beside it is gone, go on without that."""
    if _is_gone(price, now) and not _holds_a_place(request, price, now):
        return _sorry(request, price, refused.sentence, refused.next_url)
    return _page(request, price, form, form.basket(), now, has_changed=True)


def _is_gone(price: Price, now: datetime) -> bool:
    return places_left(price, now) == 0


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
        business=form.buyer_business() if form.business_fields else {},
        source=source_word(request.POST.get("from", "")),
    )


def _form(
    request: StoreRequest, price: Price, till: Till, now: datetime, **filled: Any
) -> CheckoutForm:
    customer = request.customer or None
    takes_cards = not till.takes_no_cards
    ways = [] if charged_later(price) else till.ways
    extras = [
        extra
        for extra in extras_for(price, who=customer, now=now)
        if takes_cards or ways or not extra.price.amount
    ]
    paid = next((each.price for each in extras if each.price.amount), price)
    return CheckoutForm(
        **filled,
        price=price,
        email=customer.user.email if customer else "",
        is_owned=bool(_owned(request, price, now)),
        extras=extras,
        consents=consents_for(request.store, paid if price.kind == Kind.FREE else price, now),
        ways=ways,
        takes_cards=takes_cards,
        paid=paid_already(customer, price, now) if customer else [],
    )


def _owned(request: StoreRequest, price: Price, now: datetime) -> list[Access]:
    """Return what this browser has of it already; a copy in print alone is nobody's yet."""
    option = price.product.contract.option(price.product, price.option)
    if price.is_team or price.is_gift or (option is not None and not option.opens):
        return []
    return showing.owned(request.viewer, price.product, now)


def _owned_inside(
    request: StoreRequest, price: Price, form: CheckoutForm, now: datetime
) -> list[Product]:
    """Return what is inside and theirs already, without what they are asked about."""
    if not request.customer:
        return []
    asked = {each.subscription.product_id for each in form.paid}
    return [each for each in owned_inside(request.customer, price, now) if each.pk not in asked]


def _plan_url(form: CheckoutForm, price: Price, now: datetime) -> str:
    """Return where a plan is changed instead, by who pays another price of the same already."""
    for each in form.paid:
        if price in changing.plans(each.subscription, now):
            args = (each.public_id, price.public_id)
            return reverse("payments:plan-change", args=args)
    return ""


def _within_limits(request: StoreRequest, email: str) -> bool:
    store = request.store.public_id
    is_calm = FROM_ONE_PLACE.hit(f"{store}:{address_of(request)}")
    return TO_ONE_ADDRESS.hit(f"{store}:{tokens.keyed_hash('limit', email)}") and is_calm


def _page(
    request: StoreRequest,
    price: Price,
    form: CheckoutForm,
    basket: Basket,
    now: datetime,
    *,
    status: int = 200,
    has_changed: bool = False,
) -> HttpResponse:
    if basket.coupon and not CODES_TRIED.hit(f"{request.store.public_id}:{address_of(request)}"):
        refused = _("That was many tries in a short time. Wait a few minutes.")
        summed = summing.Summed(quoted=None, coupon_trouble=refused)
    else:
        email = form.cleaned_data.get("email") or "" if form.is_bound else ""
        summed = summing.sum_up(
            basket, who=request.customer or None, email=email, now=now, is_test=may_test(request)
        )
    accesses = _owned(request, price, now)
    came_back = request.GET.get("order", "") in begun_here(request, now)
    context = {
        "form": form,
        "price": price,
        "shown": showing.shown(price, now),
        "summed": summed,
        "is_free": summed.total == 0 and not returns(price),
        "told": told(summed.quoted, now) if summed.quoted else None,
        "is_by_card": not basket.way,
        "may_test": may_test(request),
        "may_pay": bool(form.ways_open) or (summed.total == 0 and not returns(price)),
        "is_draft": is_draft(price),
        "source": source_word((request.POST or request.GET).get("from", "")),
        "is_owned": bool(accesses),
        "owned_inside": _owned_inside(request, price, form, now),
        "door": next(iter(showing.doors(accesses, now)), None),
        "place": place_here(price, begun_here(request, now), now),
        "came_back": came_back and request.method != "POST",
        "has_changed": has_changed,
        "tiers": tiers_beside(price, now),
        "plan_url": _plan_url(form, price, now),
    }
    return render(request, "payments/checkout.html", context, status=status)


def _sorry(
    request: StoreRequest, price: Price, sentence: object, next_url: str = ""
) -> HttpResponse:
    context = {"price": price, "sentence": sentence, "next_url": next_url}
    return render(request, "payments/not_for_sale.html", context, status=409)
