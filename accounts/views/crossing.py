"""Arriving in a store from the platform's host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.errors import HandOverOver
from accounts.services.handing_over import use_hand_over
from accounts.views.here import STEP
from accounts.views.signing_in import let_in
from core import clock

if TYPE_CHECKING:
    from stores.contract import StoreRequest


@never_cache
@require_http_methods(["GET"])
def hand_over(request: StoreRequest, token: str) -> HttpResponse:
    """Sign in whom the platform sent a moment ago, and go to the store's admin."""
    try:
        crossing = use_hand_over(token, store=request.store, now=clock.now())
    except HandOverOver:
        if request.staff:
            return redirect(reverse("admin:index"))
        return render(request, "accounts/hand-over.html", status=410)
    if crossing.has_second_step:
        record_authentication(request, crossing.user, method=STEP, type="hand-over")
    return let_in(request, crossing.user, reverse("admin:index"))
