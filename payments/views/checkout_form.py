"""The form of our checkout page, and who fills it in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language

from access.models import Access
from payments.contract import Buyer
from payments.forms.checkout import CheckoutForm
from payments.rules import source_word
from payments.services import showing
from payments.services.cancelling.words import consents_for
from payments.services.overlaps.finding import paid_already
from payments.services.quoting import extras_for
from payments.views.till import Till
from products.models import Price
from stores.contract import StoreRequest


def form_of(
    request: StoreRequest, price: Price, till: Till, now: datetime, **filled: Any
) -> CheckoutForm:
    """Return the form for a price, with the extras and the ways to pay there are now."""
    customer = request.customer or None
    takes_cards = not till.takes_no_cards
    ways = till.ways_for(price)
    extras = [
        extra
        for extra in extras_for(price, who=customer, now=now)
        if takes_cards or ways or not extra.price.amount
    ]
    paid = next((each.price for each in extras if each.price.amount), price)
    is_free = price.kind == Price.Kind.FREE
    return CheckoutForm(
        **filled,
        price=price,
        email=customer.user.email if customer else "",
        is_owned=bool(owned_here(request, price, now)),
        extras=extras,
        consents=consents_for(request.store, paid if is_free else price, now),
        ways=ways,
        takes_cards=takes_cards,
        paid=paid_already(customer, price, now) if customer else [],
    )


def mended(posted: QueryDict) -> QueryDict:
    """Return what was sent, with the answer to "did you mean …?" taken in."""
    typed = posted.copy()
    if typed.get("take_address"):
        typed["email"] = str(typed["take_address"])
    elif typed.get("keep_address"):
        typed["kept_address"] = str(typed["keep_address"])
    return typed


def buyer_of(request: StoreRequest, form: CheckoutForm) -> Buyer:
    """Return who buys, as the form says."""
    return Buyer(
        email=form.cleaned_data["email"],
        name=form.cleaned_data["name"],
        language=get_language() or request.store.language,
        customer=request.customer or None,
        business=form.buyer_business() if form.business_fields else {},
        source=source_word(request.POST.get("from", "")),
    )


def owned_here(request: StoreRequest, price: Price, now: datetime) -> list[Access]:
    """Return what this browser has of it already; a copy in print alone is nobody's yet."""
    option = price.product.contract.option(price.product, price.option)
    if price.is_team or price.is_gift or (option is not None and not option.opens):
        return []
    return showing.owned(request.viewer, price.product, now)
