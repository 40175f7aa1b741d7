"""A buyer's parcels: where one goes, that it arrived, that it did not."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from conversations.errors import TooMany
from conversations.services.asking import Place, Writer, begin
from conversations.views.asking import address_of
from core import clock
from payments.models import Order
from payments.views.browser import may_see
from shipping.contract import POST
from shipping.errors import CannotChange
from shipping.forms.address import AddressForm, first_values
from shipping.models import Parcel
from shipping.services.parcels import change_address, mark_arrived, report_missing
from stores.contract import StoreRequest


def _parcel(request: StoreRequest, order_id: str, parcel_id: str) -> Parcel:
    """Return a parcel of an order that this browser may see; 404 for everybody else."""
    order = get_object_or_404(Order, public_id=order_id)
    if not may_see(request, order, clock.now()):
        raise Http404
    return get_object_or_404(
        Parcel.objects.select_related("pickup"), public_id=parcel_id, order_reference=order_id
    )


def _back(parcel: Parcel) -> str:
    return reverse("payments:order", args=[parcel.order_reference])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: StoreRequest, order_id: str, parcel_id: str) -> HttpResponseBase:
    """Put right where a parcel goes, while it has not left."""
    parcel = _parcel(request, order_id, parcel_id)
    if not parcel.is_waiting:
        messages.info(request, _("It has left already, so its address stays."))
        return redirect(_back(parcel))
    how = parcel.pickup.public_id if parcel.pickup else POST
    if request.method != "POST":
        form = AddressForm(initial=first_values(parcel.destination) | {"ship_how": how})
        return _page(request, parcel, form)
    is_look = "look" in request.POST
    typed = request.POST.copy()
    typed["ship_how"] = how  # the way it was paid for
    form = AddressForm(typed, is_look=is_look)
    if is_look or not form.is_valid():
        return _page(request, parcel, form, status=200 if is_look else 422, is_look=is_look)
    destination = form.destination()
    assert destination is not None  # noqa: S101 -- this form always asks
    try:
        change_address(parcel, destination)
    except CannotChange as refused:
        form.add_error(None, str(refused.sentence))
        return _page(request, parcel, form, status=422)
    messages.success(request, _("Saved. It goes there now."))
    return redirect(_back(parcel))


def _page(
    request: StoreRequest, parcel: Parcel, form: AddressForm, *, status: int = 200, **extra: Any
) -> HttpResponse:
    context = {"form": form, "parcel": parcel, "back_url": _back(parcel), **extra}
    return render(request, "payments/parcel_address.html", context, status=status)


@never_cache
@require_POST
def missing(request: StoreRequest, order_id: str, parcel_id: str) -> HttpResponseBase:
    """Write down that a parcel did not arrive; the shop is told, once."""
    parcel = _parcel(request, order_id, parcel_id)
    is_news = parcel.missing_at is None
    try:
        report_missing(parcel, now=clock.now())
    except CannotChange as refused:
        messages.warning(request, str(refused.sentence))
    else:
        if is_news:
            _write_of(request, parcel)
        messages.success(request, _("The shop was told, and writes to you."))
    return redirect(_back(parcel))


def _write_of(request: StoreRequest, parcel: Parcel) -> None:
    """Let it stand in the Inbox, where it is answered; the team's mail about the parcel is sent."""
    writer = Writer(language=parcel.language, ip=address_of(request), customer=parcel.customer)
    words = _("“%(title)s” did not arrive.") % {"title": parcel.title}
    place = Place(order_number=parcel.order_number, page_path=_back(parcel))
    with suppress(TooMany):
        begin(writer, kind="missing", text=words, place=place, tells=False, now=clock.now())


@never_cache
@require_POST
def arrived(request: StoreRequest, order_id: str, parcel_id: str) -> HttpResponseBase:
    """Write down that a parcel arrived."""
    parcel = _parcel(request, order_id, parcel_id)
    try:
        mark_arrived(parcel, now=clock.now(), tells=False)
    except CannotChange as refused:
        messages.warning(request, str(refused.sentence))
    return redirect(_back(parcel))
