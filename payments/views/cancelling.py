"""Cancelling a purchase: signed out or in, from this browser or by a mailed key, and undoing it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.limits import Limit
from payments.errors import CannotCancel, CannotChange, TryLater
from payments.forms.cancelling import CancelForm
from payments.forms.stopping import StopForm
from payments.models import CancelNotice, Order, OrderLine, Subscription
from payments.services.cancelling import noticing, showing, words
from payments.services.cancelling.continuing import finding, undoing
from payments.services.cancelling.continuing import showing as paying
from payments.services.cancelling.continuing.noticing import confirm
from payments.services.cancelling.judging import deal_of
from payments.services.cancelling.keys import mailbox_of, opened_by
from payments.services.cancelling.noticing import Said
from payments.services.waiting import theirs
from payments.views.browser import address_of, begun_here, is_theirs, may_see
from stores.contract import StoreRequest

FROM_ONE_PLACE = Limit("cancel-from", times=10, seconds=3600)
TO_A_STORE = Limit("cancel-store", times=500, seconds=24 * 3600)
Proof = CancelNotice.Proof


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: StoreRequest) -> HttpResponseBase:
    """Take in a notice from anybody; show who is known here their own orders, one button each.

    The answer is the same whatever was typed: it never says whether there is such an order.
    """
    form = CancelForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if _is_calm(request):
                notice = noticing.give_notice(form.said(_language(request)), now=clock.now())
                _remember(request, notice)
                return redirect("payments:cancel-notice", notice.public_id)
            status = 429
            sentence = _("That was many notices in a short time. Wait an hour, or write by mail.")
            form.add_error(None, sentence)
    context = {
        "form": form,
        "mine": showing.orders(_own_orders(request), clock.now()),
        "paying": paying.of_many(_own_subscriptions(request), clock.now()),
        "seller": words.seller_lines(request.store, get_language()),
    }
    return render(request, "payments/cancel.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_order(request: StoreRequest, order_id: str) -> HttpResponseBase:
    """Show what cancelling an own order would do; sent, do it."""
    now = clock.now()
    order = get_object_or_404(Order, public_id=order_id)
    if not may_see(request, order, now):
        raise Http404
    deal = deal_of(order)
    if deal != order:
        return redirect("payments:cancel-order", deal.public_id)
    subscription = finding.of_order(order)
    if subscription is not None and not noticing.is_cancellable(order):
        return redirect("payments:cancel-subscription", subscription.public_id)
    if request.method == "POST" and noticing.is_cancellable(order):
        notice = noticing.cancel(
            order,
            line=_line(request, order),
            proof=Proof.SIGNED_IN if is_theirs(request, order) else Proof.BROWSER,
            said=Said(language=_language(request), text=request.POST.get("text", "")[:4000]),
            now=now,
        )
        _remember(request, notice)
        return redirect("payments:cancel-notice", notice.public_id)
    shown = showing.order(order, now)
    context = {"shown": shown, "order": order, "is_charged_on": showing.is_charged_on(order)}
    return render(request, "payments/cancel_order.html", context)


@never_cache
@require_safe
def notice(request: StoreRequest, notice_id: str) -> HttpResponse:
    """Acknowledge a notice by number, day and hour; to its buyer also how it stands."""
    found = _notice(notice_id)
    now = clock.now()
    knows = _may_know(request, found, now)
    was_here = found.public_id in request.session.get("notices", [])
    if not knows and not was_here:
        raise Http404
    context: dict[str, Any] = {"notice": found, "knows": knows}
    if knows:
        context |= {
            "thread": showing.thread(found),
            "may_keep": undoing.can_keep(found, now),
            "stops": found.stops.standing().exists(),
            "is_asked": showing.is_asked(found),
        }
    return render(request, "payments/cancel_notice.html", context)


@require_POST
def keep(request: StoreRequest, notice_id: str) -> HttpResponse:
    """Undo an own notice while that is possible."""
    found = _notice(notice_id)
    if not _may_know(request, found, clock.now()):
        raise Http404
    _keep(request, found)
    return redirect("payments:cancel-notice", found.public_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_mail(request: StoreRequest, secret: str) -> HttpResponseBase:
    """Let who has the mailbox say which order it is, that it was not them, or keep it after all.

    Looking changes nothing: mail programs open links by themselves.
    """
    now = clock.now()
    found = opened_by(secret, now)
    if found is None:
        raise Http404
    waiting = found.state in {CancelNotice.State.WAITING, CancelNotice.State.CONFIRMING}
    theirs_to_stop = finding.of_address(mailbox_of(found)) if waiting else []
    stoppable = [each for each in theirs_to_stop if finding.is_stoppable(each)]
    is_stopping = request.method == "POST" and "stop" in request.POST
    form = StopForm(
        request.POST if is_stopping else None,
        found=_likeliest(found, stoppable),
        said_at=found.said_at,
    )
    if is_stopping and stoppable and form.is_valid():
        confirm(found, form.chosen, proof=Proof.MAILBOX, now=now, asked=form.asked())
        return redirect("payments:cancel-mail", secret)
    if request.method == "POST" and not (is_stopping and stoppable):
        _answer_by_mail(request, found, now)
        return redirect("payments:cancel-mail", secret)
    orders = noticing.orders_of_address(mailbox_of(found)) if waiting else []
    context = {
        "stop_form": form if stoppable else None,
        "paying": paying.of_many(theirs_to_stop, found.said_at),
        "notice": found,
        "mine": showing.orders(orders, found.said_at),
        "thread": showing.thread(found),
        "is_waiting": waiting,
        "stops": found.stops.standing().exists(),
        "is_asked": showing.is_asked(found),
        "may_keep": not waiting and undoing.can_keep(found, now),
    }
    status = 422 if form.is_bound else 200
    return render(request, "payments/cancel_mail.html", context, status=status)


def _likeliest(found: CancelNotice, stoppable: list[Subscription]) -> list[Subscription]:
    """Return what may be stopped, what the notice named first."""
    named = finding.of_order(found.order) if found.order is not None else None
    return sorted(stoppable, key=lambda each: (each != named, -each.pk))


def _answer_by_mail(request: StoreRequest, found: CancelNotice, now: datetime) -> None:
    if "keep" in request.POST:
        _keep(request, found)
        return
    orders = noticing.orders_of_address(mailbox_of(found))
    order = next((each for each in orders if each.public_id == request.POST.get("order")), None)
    if order is None:
        messages.warning(request, _("This order cannot be cancelled any more."))
        return
    noticing.confirm(found, order, line=_line(request, order), proof=Proof.MAILBOX, now=now)


@require_safe
def terms(request: StoreRequest) -> HttpResponse:
    """Say what may be cancelled, until when and at what cost."""
    context = {
        "sentences": words.policy_sentences(request.store, clock.now()),
        "seller": words.seller_lines(request.store, get_language()),
    }
    return render(request, "payments/cancel_terms.html", context)


def _keep(request: StoreRequest, found: CancelNotice) -> None:
    try:
        undoing.keep_after_all(found, by="", now=clock.now())
    except (CannotCancel, CannotChange, TryLater) as error:
        messages.warning(request, str(error.sentence))
    else:
        messages.success(request, _("It is yours again."))


def _notice(notice_id: str) -> CancelNotice:
    found: CancelNotice = get_object_or_404(
        CancelNotice.objects.select_related("order", "line"), public_id=notice_id
    )
    return found


def _may_know(request: StoreRequest, found: CancelNotice, now: datetime) -> bool:
    """Whether this is the buyer: a notice's own address tells a stranger only its number."""
    return found.order is not None and bool(found.proof) and may_see(request, found.order, now)


def _own_orders(request: StoreRequest) -> list[Order]:
    mine = Order.objects.filter(public_id__in=begun_here(request, clock.now()))
    if request.customer:
        waiting = theirs(request.customer).values("pk")
        mine = mine | Order.objects.filter(Q(customer=request.customer.pk) | Q(pk__in=waiting))
    found = mine.distinct().select_related("customer__user").order_by("-id")[:50]
    return [each for each in found if noticing.is_cancellable(each)]


def _own_subscriptions(request: StoreRequest) -> list[Subscription]:
    mine = Q(order__public_id__in=begun_here(request, clock.now()))
    if request.customer:
        mine |= Q(customer=request.customer.pk)
    return list(finding.stoppable().filter(mine).order_by("-id")[:50])


def _line(request: StoreRequest, order: Order) -> OrderLine | None:
    """Return the one thing chosen of an order, or None for all of it."""
    chosen = request.POST.get("line", "")
    lines: dict[str, OrderLine] = {str(n): line for n, line in enumerate(order.lines.all(), 1)}
    return lines.get(chosen)


def _remember(request: StoreRequest, notice: CancelNotice) -> None:
    """Let this browser see the acknowledgement of what it sent."""
    request.session["notices"] = [*request.session.get("notices", []), notice.public_id][-20:]


def _is_calm(request: StoreRequest) -> bool:
    store = request.store.public_id
    is_calm = FROM_ONE_PLACE.hit(f"{store}:{address_of(request)}")
    return TO_A_STORE.hit(store) and is_calm


def _language(request: StoreRequest) -> str:
    return get_language() or request.store.language
