"""Buying it oneself: who runs a store goes through its checkout, and nothing is paid."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from payments.contract import Basket, Buyer
from payments.services.ordering import test_order
from payments.views.browser import remember
from stores.contract import StoreRequest
from stores.roles import Area


def may_test(request: StoreRequest) -> bool:
    """Whether who asks runs this store, and so may buy here without paying."""
    staff = request.staff or None
    return staff is not None and staff.may_change(Area.PRODUCTS)


def try_out(request: StoreRequest, basket: Basket, buyer: Buyer, now: datetime) -> HttpResponse:
    """Make a test order, everything as a customer's, and lead to its page; raises as a quote."""
    order = test_order(basket, buyer=buyer, now=now)
    remember(request, order, now)
    return redirect(reverse("payments:return", args=[order.public_id]))
