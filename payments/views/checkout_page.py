"""Our checkout page as it is shown: what I get and when, what it costs, what is mine already."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from access.services.inclusions import owned_inside
from core.limits import Limit
from payments.contract import Basket
from payments.forms.checkout import CheckoutForm
from payments.rules import source_word
from payments.services import showing, summing
from payments.services.places import place_here
from payments.services.quoting import is_draft
from payments.services.subscriptions import changing
from payments.services.subscriptions.telling import told
from payments.services.subscriptions.terms import returns
from payments.services.subscriptions.tiers import tiers_beside
from payments.views.browser import address_of, begun_here
from payments.views.checkout_form import owned_here
from payments.views.trying import may_test
from products.models import Price, Product
from stores.contract import StoreRequest

CODES_TRIED = Limit("coupons-tried", times=30, seconds=600)


def page(
    request: StoreRequest,
    price: Price,
    form: CheckoutForm,
    basket: Basket,
    now: datetime,
    *,
    status: int = 200,
    has_changed: bool = False,
) -> HttpResponse:
    """Show the page with this basket; ``has_changed`` says that it costs something else by now."""
    summed = _summed(request, form, basket, now)
    accesses = owned_here(request, price, now)
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


def _summed(
    request: StoreRequest, form: CheckoutForm, basket: Basket, now: datetime
) -> summing.Summed:
    if basket.coupon and not CODES_TRIED.hit(f"{request.store.public_id}:{address_of(request)}"):
        refused = _("That was many tries in a short time. Wait a few minutes.")
        return summing.Summed(quoted=None, coupon_trouble=refused)
    email = form.cleaned_data.get("email") or "" if form.is_bound else ""
    return summing.sum_up(
        basket, who=request.customer or None, email=email, now=now, is_test=may_test(request)
    )


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
