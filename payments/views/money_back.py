"""Giving the money of a presale back by one press, until it opens."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import clock
from payments.errors import CannotRefund, PaymentError, TryLater
from payments.services.money_back import give_back
from payments.services.promises import promise_of
from products.services.moments import in_words
from stores.contract import StoreRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def money_back(request: StoreRequest, access_id: str, key: str) -> HttpResponse:
    """Say what comes back and what closes; only the POST gives it back."""
    now = clock.now()
    promise = promise_of(access_id, key, now)
    if promise is None:
        raise Http404
    trouble = ""
    if request.method == "POST":
        try:
            give_back(promise, now=now)
        except TryLater:
            pass  # it is written down, and the reconciler sends it
        except CannotRefund:
            promise = promise_of(access_id, key, clock.now()) or promise
        except PaymentError as error:
            trouble = str(error.sentence)
        if not trouble:
            return redirect("payments:money-back", access_id, key)
    opens_at = promise.product.opens_at
    context = {
        "promise": promise,
        "product": promise.product,
        "line": promise.line,
        "trouble": trouble,
        "opens": in_words(opens_at) if opens_at and opens_at > now else "",
    }
    return render(request, "payments/money_back.html", context, status=502 if trouble else 200)
