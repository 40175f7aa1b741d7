"""A charge that failed, paid by whoever has the link: nobody is signed in here."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock
from payments.services.dunning.fixing import bill_by, look
from stores.contract import StoreRequest


@never_cache
@require_safe
def fix(request: StoreRequest, key: str) -> HttpResponse:
    """Say what could not be charged and lead on to where it is paid; after that, that it is."""
    bill = bill_by(key)
    if bill is None:
        raise Http404
    return render(request, "payments/fix.html", {"fix": look(bill, clock.now())})
