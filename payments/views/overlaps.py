"""What is paid twice, from a mail's link and signed out: one of both, or both."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import clock, money
from payments.errors import CannotChange, PaymentError, TryLater
from payments.models import Overlap
from payments.services.overlaps.ending import choose
from payments.services.overlaps.letters import by_link, whole_of
from payments.services.subscriptions.showing import going_back
from payments.services.subscriptions.unused import unused
from payments.services.subscriptions.wording import in_day, price_in_words
from stores.contract import StoreRequest

Choice = Overlap.Choice


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def paid_twice(request: StoreRequest, overlap_id: str, key: str) -> HttpResponse:
    """Show both and what stopping one gives back; only a POST does what was pressed."""
    overlap = by_link(overlap_id, key)
    if overlap is None:
        raise Http404
    now, trouble = clock.now(), ""
    choice = request.POST.get("choice", "")
    if request.method == "POST" and choice in Choice.values:
        try:
            choose(overlap, choice, now=now)
        except TryLater:
            trouble = _("It is written down and will be done in a few minutes. Look again then.")
        except CannotChange:
            overlap.subscription.refresh_from_db()
        except PaymentError as refused:
            trouble = str(refused.sentence)
        if not trouble:
            return redirect("payments:paid-twice", overlap_id, key)
    subscription = overlap.subscription
    back = unused(subscription, now)
    ends_at = overlap.access.ends_at
    context = {
        "overlap": overlap,
        "subscription": subscription,
        "title": subscription.product.title,
        "whole": whole_of(overlap),
        "each_time": price_in_words(subscription),
        "back": money.display(back, subscription.currency) if back else "",
        "went_back": going_back(subscription),
        "is_over": not overlap.holds(now),
        "has_ended": subscription.ended_at is not None,
        "is_coming": overlap.choice == Choice.STOP,
        "is_kept": overlap.choice == Choice.KEEP,
        "until": in_day(ends_at) if ends_at else "",
        "trouble": trouble,
    }
    return render(request, "payments/paid_twice.html", context, status=502 if trouble else 200)
