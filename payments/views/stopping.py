"""Stopping what is paid again and again by notice: signed in, or in the browser that bought."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import clock
from payments.forms.stopping import StopForm
from payments.models import CancelNotice, Subscription
from payments.services.cancelling.continuing import finding, noticing, showing
from payments.services.cancelling.noticing import Said
from payments.views.browser import may_see
from stores.contract import StoreRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_subscription(request: StoreRequest, subscription_id: str) -> HttpResponseBase:
    """Show from when it may be over, and what comes back; sent, charges stop at once."""
    now = clock.now()
    found: Subscription = get_object_or_404(
        Subscription.objects.select_related(*finding.WITH), public_id=subscription_id
    )
    customer = request.customer or None
    is_theirs = customer is not None and found.customer_id == customer.pk
    if not is_theirs and not may_see(request, found.order, now):
        raise Http404
    shown = showing.of_one(found, now)
    if shown.notice is not None or shown.has_ended:
        return _shown(request, {"shown": [shown]})
    form = form_for(request, [found], now)
    if form.is_bound and form.is_valid():
        proof = CancelNotice.Proof.SIGNED_IN if is_theirs else CancelNotice.Proof.BROWSER
        said = Said(language=get_language() or "", text=form.cleaned_data["text"])
        written = noticing.cancel(found, proof=proof, said=said, now=now, asked=form.asked())
        request.session["notices"] = [*request.session.get("notices", []), written.public_id][-20:]
        return redirect("payments:cancel-notice", written.public_id)
    status = 422 if form.is_bound else 200
    return _shown(request, {"shown": [shown], "form": form}, status)


def form_for(request: HttpRequest, found: list[Subscription], said_at: datetime) -> StopForm:
    """Return the form for these, filled in where it was sent."""
    data = request.POST if request.method == "POST" else None
    return StopForm(data, found=found, said_at=said_at)


def _shown(request: StoreRequest, context: dict[str, Any], status: int = 200) -> HttpResponseBase:
    return render(request, "payments/cancel_subscription.html", context, status=status)
