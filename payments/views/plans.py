"""Another plan for what one pays again and again, and the link in a mail that stops it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core import clock, money
from payments.contract import Twice
from payments.errors import CannotChange, PaymentError, TryLater
from payments.forms.twice import PlanForm
from payments.models import Subscription
from payments.services.overlaps.finding import paid_beside
from payments.services.subscriptions import changing
from payments.services.subscriptions.applying import open_change
from payments.services.subscriptions.leaving import leave_at_end
from payments.services.subscriptions.owing import owed_lines
from payments.services.subscriptions.stopping import by_link
from payments.services.subscriptions.telling import day_in_words, each_time
from payments.services.subscriptions.tiers import compared, gains, losses
from products.models import Price
from products.services.rhythms import a_period
from stores.contract import StoreRequest

SHOWN_LASTS = timedelta(minutes=10)
"""So long what a page showed is charged exactly so; later it is shown again."""


def _theirs(request: StoreRequest, subscription_id: str) -> Subscription:
    if not request.customer:
        raise Http404
    theirs = Subscription.objects.filter(customer=request.customer, instalments=None)
    found: Subscription = get_object_or_404(
        theirs.select_related("product", "price", "order", "customer"), public_id=subscription_id
    )
    return found


@never_cache
@login_required
@require_http_methods(["GET", "HEAD"])
def plan(request: StoreRequest, subscription_id: str) -> HttpResponse:
    """Show what one pays, what it could be instead, and what is set to come."""
    return _plan(request, _theirs(request, subscription_id), clock.now())


def _plan(
    request: StoreRequest, subscription: Subscription, now: datetime, trouble: str = ""
) -> HttpResponse:
    change = open_change(subscription)
    others = [] if change else changing.plans(subscription, now)
    plans = compared([subscription.price, *others], this=subscription.price) if others else []
    context = {
        "subscription": subscription,
        "each_time": each_time(subscription),
        "change": change,
        "may_undo": change is not None and change.may_be_undone(now),
        "tiers": plans,
        "is_plan": True,
        "owed": owed_lines(subscription.customer, now),
        "trouble": trouble,
    }
    if change is not None:
        costs = money.display(change.amount, subscription.currency)
        context["change_costs"] = a_period(change.price, costs)
        context["change_day"] = day_in_words(change.due_at)
        context["pay_url"] = _pay_url(subscription) if change.is_up else ""
    return render(request, "payments/plan.html", context, status=409 if trouble else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_plan(request: StoreRequest, subscription_id: str, price_id: str) -> HttpResponse:
    """Show what a change costs today and then; on POST make exactly that change."""
    now = clock.now()
    subscription = _theirs(request, subscription_id)
    prices = Price.objects.filter(product=subscription.product_id).select_related("product")
    price = get_object_or_404(prices, public_id=price_id)
    seen = _seen(request.POST.get("at", ""), now)
    paid = paid_beside(subscription, price, now)
    form = PlanForm(request.POST if seen is not None else None, paid=paid)
    try:
        if request.method == "POST" and seen is not None and form.is_valid():
            _make(subscription, price, seen, form.twice_chosen(), now)
            return redirect("payments:plan", subscription.public_id)
        shown = changing.preview(subscription, price, now)
    except PaymentError as refused:
        subscription.refresh_from_db()
        return _plan(request, subscription, now, str(refused.sentence))
    context = {
        "subscription": subscription,
        "name": price.label or price.product.title,
        "shown": shown,
        "at": int(shown.at.timestamp()),
        "today": money.display(shown.today, subscription.currency),
        "then": a_period(price, money.display(shown.then, subscription.currency)),
        "next_day": day_in_words(shown.next_at),
        "was": each_time(subscription),
        "form": form,
        "gains": gains(subscription, price),
        "losses": losses(subscription, price, now),
    }
    return render(request, "payments/plan_change.html", context)


def _seen(typed: str, now: datetime) -> datetime | None:
    """Return the moment a page was reckoned for; None when that is too long ago, or no moment."""
    if not (typed.isascii() and typed.isdecimal()) or len(typed) > len("9999999999"):
        return None
    at = datetime.fromtimestamp(int(typed), tz=UTC)
    return at if now - SHOWN_LASTS <= at <= now else None


def _make(
    subscription: Subscription, price: Price, seen: datetime, twice: Twice, now: datetime
) -> None:
    if changing.comes_now(subscription, price, now):
        changing.upgrade(subscription, price, now=now, at=seen, twice=twice)
    else:
        changing.downgrade(subscription, price, now=now, twice=twice)


@never_cache
@login_required
@require_POST
def keep_plan(request: StoreRequest, subscription_id: str) -> HttpResponse:
    """Stay with the plan one has."""
    subscription = _theirs(request, subscription_id)
    try:
        changing.undo(subscription, now=clock.now())
    except PaymentError as refused:
        return _plan(request, subscription, clock.now(), str(refused.sentence))
    return redirect("payments:plan", subscription.public_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: StoreRequest, subscription_id: str, key: str) -> HttpResponse:
    """Stop it with what is paid, from a mail's link and signed out; only the POST stops it."""
    subscription = by_link(subscription_id, key)
    if subscription is None:
        raise Http404
    trouble = ""
    if request.method == "POST":
        try:
            leave_at_end(subscription, now=clock.now())
        except TryLater:
            trouble = _("It is written down and will be done in a few minutes. Look again then.")
        except CannotChange:
            subscription.refresh_from_db()
        except PaymentError as refused:
            trouble = str(refused.sentence)
        if not trouble:
            return redirect("payments:stop", subscription_id, key)
    ends = subscription.ended_at or subscription.ends_at
    paid_until = subscription.next_charge_at
    context = {
        "subscription": subscription,
        "each_time": each_time(subscription),
        "ends": day_in_words(ends) if ends else "",
        "paid_until": day_in_words(paid_until) if paid_until else "",
        "trouble": trouble,
    }
    return render(request, "payments/stop.html", context, status=502 if trouble else 200)


def _pay_url(subscription: Subscription) -> str:
    """Return where the bill of a change that waits for its payment is paid."""
    bill = subscription.bills.filter(status="open", reason="subscription_update").last()
    return bill.pay_url if bill is not None else ""
