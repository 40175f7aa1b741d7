"""Why a checkout cannot be gone on with, said on a page of its own."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render

from payments.models import Order
from payments.services.quoting import check, is_draft
from payments.views.browser import begun_here
from payments.views.till import Till
from payments.views.trying import may_test
from products.errors import NotSellable, SoldOut
from products.models import Price
from products.services.sales import places_left
from stores.contract import StoreRequest


def refusal(request: StoreRequest, price: Price, till: Till, now: datetime) -> HttpResponse | None:
    """Return the page that says why a price cannot be bought here and now; None when it can."""
    if is_draft(price):
        return None  # only who runs the store comes here, to try it
    try:
        check(price, who=request.customer or None, now=now)
    except NotSellable as refused:
        if not (isinstance(refused, SoldOut) and _holds_a_place(request, price, now)):
            return sorry(request, price, refused.sentence, refused.next_url)
    is_paid = price.amount > 0 and price.kind != Price.Kind.PAY_WHAT_YOU_WANT
    if not (is_paid and till.takes_no_cards) or till.ways_for(price) or may_test(request):
        return None
    return sorry(request, price, till.takes_no_cards)


def sold_out(
    request: StoreRequest, price: Price, refused: SoldOut, now: datetime
) -> HttpResponse | None:
    """Return the page that says that it is gone; None where only something beside it is."""
    if places_left(price, now) == 0 and not _holds_a_place(request, price, now):
        return sorry(request, price, refused.sentence, refused.next_url)
    return None


def sorry(
    request: StoreRequest, price: Price, sentence: object, next_url: str = ""
) -> HttpResponse:
    """Return the page that says why not, in one sentence."""
    context = {"price": price, "sentence": sentence, "next_url": next_url}
    return render(request, "payments/not_for_sale.html", context, status=409)


def _holds_a_place(request: StoreRequest, price: Price, now: datetime) -> bool:
    mine = Order.objects.waiting().filter(public_id__in=begun_here(request, now))
    return mine.filter(lines__price=price).exists()
