"""What a customer pays again and again: the page, and one deed each; only its owner sees it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.limits import Limit
from payments.errors import PaymentError, Refused
from payments.forms.subscriptions import ReasonForm
from payments.models import Subscription
from payments.services.addresses import page_url
from payments.services.instalments.standing import is_planned, plan_of
from payments.services.overlaps.letters import choice_path
from payments.services.subscriptions import changing, leaving, resting, showing
from payments.services.subscriptions.applying import open_change
from payments.services.subscriptions.noticed import stop_of
from payments.services.subscriptions.portal import CHANGED, portal_url
from payments.services.subscriptions.raising import told_of_rise
from payments.services.subscriptions.reasons import may_say_why, say_why
from payments.services.subscriptions.terms import store_terms
from payments.services.subscriptions.wording import how_it_stands, price_in_words
from payments.services.sync import sync_subscription
from payments.views.instalments import plan_page
from payments.views.till import hosted_pages
from stores.contract import StoreRequest

if TYPE_CHECKING:
    from accounts.models import Customer

PORTALS = "https://billing.stripe.com"
OPENED = Limit("card-pages", times=20, seconds=600)
ASKED = Limit("subscription-asked", times=20, seconds=600)
State = Subscription.State


@never_cache
@login_required
@require_safe
def billing(request: StoreRequest) -> HttpResponse:
    """Show all a customer pays again and again."""
    rows = [
        (each, price, sentences, hasattr(each, "instalments"))
        for each, price, sentences in showing.lines_of(_customer(request), clock.now())
    ]
    return render(request, "payments/billing.html", {"rows": rows})


@never_cache
@login_required
@require_safe
def subscription(request: StoreRequest, subscription_id: str) -> HttpResponseBase:
    """Show what is paid, when next, every receipt, and what can be done."""
    found, now = _mine(request, subscription_id), clock.now()
    plan = plan_of(found)
    if plan is not None:
        return plan_page(request, found, plan)
    context = {
        **_facts(found, now),
        "ways": showing.ways_of(found, now),
        "receipts": showing.receipts_of(found),
        "card": showing.card_of(found),
        "refused": list(found.bills.refused()),
        "is_over": found.state(now) == State.ENDED,
        "stopped": stop_of(found),
        "has_plans": bool(open_change(found) or changing.plans(found, now)),
        "paid_twice_url": choice_path(found, now),
        "has_portal": store_terms().has_portal,
        "rise": told_of_rise(found),
    }
    return _leads_out(request, "payments/subscription.html", context)


@never_cache
@login_required
@require_safe
def leave(request: StoreRequest, subscription_id: str) -> HttpResponseBase:
    """Say what is kept and what closes, today and at the end; the second press does it."""
    found, now = _own(request, subscription_id), clock.now()
    ways = showing.ways_of(found, now)
    if not ways.leaves:
        return redirect("payments:subscription", found.public_id)
    context = {**_facts(found, now), "ways": ways, "leaving": showing.leaving_of(found, now)}
    return render(request, "payments/subscription_leave.html", context)


@never_cache
@login_required
@require_POST
def leave_today(request: StoreRequest, subscription_id: str) -> HttpResponse:
    """End it now, with the unused days' money back."""
    return _do(request, subscription_id, lambda found, now: leaving.leave_today(found, now=now))


@never_cache
@login_required
@require_POST
def leave_end(request: StoreRequest, subscription_id: str) -> HttpResponse:
    """End it with what is paid."""
    return _do(request, subscription_id, lambda found, now: leaving.leave_at_end(found, now=now))


@never_cache
@login_required
@require_POST
def stay(request: StoreRequest, subscription_id: str) -> HttpResponse:
    """Undo leaving at the end."""
    return _do(request, subscription_id, lambda found, now: leaving.stay(found, now=now))


@never_cache
@login_required
@require_POST
def rest(request: StoreRequest, subscription_id: str) -> HttpResponse:
    """Rest for some months from the end of what is paid."""
    said = request.POST.get("months", "")
    months = int(said) if said.isdecimal() and len(said) < 3 else 0  # noqa: PLR2004 -- two digits are plenty
    return _do(request, subscription_id, lambda found, now: resting.rest(found, months, now=now))


@never_cache
@login_required
@require_POST
def come_back(request: StoreRequest, subscription_id: str) -> HttpResponse:
    """End a rest before its day, or give it up before it began."""
    return _do(request, subscription_id, lambda found, now: resting.come_back(found, now=now))


@never_cache
@login_required
@require_safe
def stands(request: StoreRequest, subscription_id: str) -> HttpResponse:
    """Say what is true now: the page after every deed."""
    found = _own(request, subscription_id)
    return _stands(request, found, ReasonForm() if may_say_why(found) else None)


@never_cache
@login_required
@require_POST
def why(request: StoreRequest, subscription_id: str) -> HttpResponse:
    """Keep why somebody left, if they care to say."""
    found, form = _own(request, subscription_id), ReasonForm(request.POST)
    if not may_say_why(found):
        return redirect("payments:subscription-now", found.public_id)
    if not form.is_valid():
        return _stands(request, found, form)
    say_why(found, form.cleaned_data["kind"], form.cleaned_data["words"], now=clock.now())
    messages.success(request, _("Thank you. It reaches the shop in your words."))
    return redirect("payments:subscription-now", found.public_id)


@never_cache
@login_required
@require_POST
def card(request: StoreRequest, subscription_id: str) -> HttpResponse:
    """Lead to Stripe's page where the card is changed."""
    found = _mine(request, subscription_id)
    back = page_url("payments:subscription-back", found.public_id, language=get_language() or "")
    try:
        if not OPENED.hit(found.public_id):
            raise Refused("")
        url = portal_url(found, back)
    except PaymentError as error:
        messages.warning(request, _sentence(error))
        return redirect("payments:subscription", found.public_id)
    return redirect(url)


@never_cache
@login_required
@require_safe
def back(request: StoreRequest, subscription_id: str) -> HttpResponse:
    """Receive who comes from Stripe's page, and look at what was changed there."""
    found = _mine(request, subscription_id)
    if found.ended_at is None and ASKED.hit(found.public_id):
        with suppress(PaymentError):  # the page shows what is known; the reconciler asks again
            sync_subscription(found.stripe_account, found.stripe_id, clock.now())
    if CHANGED in request.GET:
        messages.success(request, _("The card is changed. The next charges are made on it."))
    return redirect("payments:subscription", found.public_id)


def _customer(request: StoreRequest) -> Customer:
    if not request.customer:  # lazy, so it is never None itself
        raise Http404
    return request.customer


def _own(request: StoreRequest, subscription_id: str) -> Subscription:
    """Return what can be left and can rest; monthly charges end by themselves."""
    found = _mine(request, subscription_id)
    if is_planned(found):
        raise Http404
    return found


def _mine(request: StoreRequest, subscription_id: str) -> Subscription:
    found: Subscription = get_object_or_404(
        Subscription.objects.select_related("product", "price", "order", "customer__user"),
        public_id=subscription_id,
        customer=_customer(request),
    )
    return found


def _facts(found: Subscription, now: datetime) -> dict[str, Any]:
    return {
        "subscription": found,
        "product": found.product,
        "price": price_in_words(found),
        "state": found.state(now).label,
        "sentences": how_it_stands(found, now),
    }


def _stands(request: StoreRequest, found: Subscription, form: ReasonForm | None) -> HttpResponse:
    now = clock.now()
    is_leaving = found.ends_at is not None or found.ended_at is not None
    context = {
        **_facts(found, now),
        "form": form,
        "is_over": found.ended_at is not None,
        "is_waiting": showing.ways_of(found, now).is_waiting,
        "place": showing.kept_place(found, now) if is_leaving else "",
        "back": showing.going_back(found),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "payments/subscription_now.html", context, status=status)


def _do(
    request: StoreRequest,
    subscription_id: str,
    deed: Callable[[Subscription, datetime], object],
) -> HttpResponse:
    """Do it, and say on a page of its own what is true then; why it could not be, on the first."""
    found = _own(request, subscription_id)
    has_ended = found.ended_at is not None
    try:
        deed(found, clock.now())
    except PaymentError as error:
        found.refresh_from_db()
        if has_ended or found.ended_at is None:
            messages.warning(request, _sentence(error))
            return redirect("payments:subscription", found.public_id)
    return redirect("payments:subscription-now", found.public_id)


def _sentence(error: PaymentError) -> str:
    """Return an error in our words; what Stripe says in its own stays in the log of calls."""
    if isinstance(error, Refused):
        return _("The card company said no, and nothing was changed. Try again, or ask the shop.")
    return str(error.sentence)


def _leads_out(request: StoreRequest, template: str, context: dict[str, Any]) -> HttpResponseBase:
    """Render a page one form of which ends at Stripe: browsers follow form-action there too."""
    there = hosted_pages()
    portals = [there] if not there.endswith("stripe.com") else [PORTALS]

    @csp_update({"form-action": [SELF, *portals]})
    def answer(_request: HttpRequest) -> HttpResponseBase:
        return render(request, template, context)

    return answer(request)
