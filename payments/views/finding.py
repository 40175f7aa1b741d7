"""Finding a purchase, and mending an address that was mistyped at checkout."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.errors import TooOften
from accounts.rules import suggested_address
from accounts.services.signing_in import code_path
from core import clock
from core.limits import Limit
from payments.errors import CannotMove
from payments.forms.finding import FindForm, MendForm
from payments.models import Order
from payments.services.finding import look_for
from payments.services.moving import may_mend, mend_address
from payments.views.browser import address_of, begun_here
from stores.contract import StoreRequest

MENDS = Limit("mend-address", 5, 24 * 3600)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: StoreRequest) -> HttpResponseBase:
    """Ask what is remembered of a purchase; the answer is the same whether there is one."""
    form = FindForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        wanted = form.wanted()
        try:
            waiting = look_for(
                wanted,
                ip=address_of(request),
                language=get_language() or request.store.language,
                now=clock.now(),
            )
        except TooOften:
            form.add_error(None, _("That was asked for often today. Try again tomorrow."))
            status = 429
        else:
            if wanted.says_more:
                messages.info(request, _("What you wrote reached the shop too."))
            return redirect(code_path(waiting))
    return render(request, "payments/find.html", {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mend(request: StoreRequest, order_id: str) -> HttpResponseBase:
    """Let the browser that placed an order say which address was meant, until it is opened."""
    now = clock.now()
    order = get_object_or_404(Order, public_id=order_id)
    if not is_mendable_here(request, order):
        raise Http404
    form = MendForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        if not MENDS.hit(order.public_id):
            form.add_error(None, _("That was tried often today. Write to the shop instead."))
            return _mend_page(request, order, form, status=429)
        try:
            mend_address(order, form.cleaned_data["email"], now=now)
        except CannotMove as error:
            form.add_error(None, str(error.sentence))
            status = 409
        else:
            messages.success(request, _("Done. The receipt is on its way to the right address."))
            return redirect("payments:return", order.public_id)
    return _mend_page(request, order, form, status=status)


def is_mendable_here(request: StoreRequest, order: Order) -> bool:
    """Whether this browser placed the order with an address it only typed, and may mend it."""
    was_signed_in = bool(request.customer) and request.customer.pk == order.customer_id  # type: ignore[union-attr]  # bool() of a lazy object
    is_here = order.public_id in begun_here(request, clock.now())
    return is_here and not was_signed_in and may_mend(order)


def _mend_page(
    request: StoreRequest, order: Order, form: MendForm, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "order": order, "meant": suggested_address(order.email)}
    return render(request, "payments/mend.html", context, status=status)
