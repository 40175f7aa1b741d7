"""Monthly charges of one customer: how many are paid, and all that is left in one press."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core import clock
from core.limits import Limit
from payments.errors import PaymentError, Refused, SumChanged
from payments.models import InstalmentPlan, Subscription
from payments.services.instalments.paying_off import pay_off
from payments.services.instalments.showing import page_of
from payments.services.instalments.standing import plan_of
from payments.services.subscriptions.terms import store_terms
from payments.views.browser import remember
from payments.views.till import hosted_pages
from stores.contract import StoreRequest

PRESSED = Limit("rest-paid", times=20, seconds=600)
LONGEST_SUM = 12
PORTALS = "https://billing.stripe.com"


def plan_page(request: StoreRequest, found: Subscription, plan: InstalmentPlan) -> HttpResponseBase:
    """Show how many are paid, when the next one is, every receipt, and paying the rest."""
    context = {
        "subscription": found,
        "product": found.product,
        "page": page_of(found, plan, clock.now()),
        "refused": list(found.bills.refused()) if plan.state == plan.State.PAYING else [],
        "has_portal": store_terms().has_portal,
    }
    there = hosted_pages()
    portals = [there, PORTALS] if there.endswith("stripe.com") else [there]

    @csp_update({"form-action": [SELF, *portals]})
    def answer(_request: HttpRequest) -> HttpResponseBase:
        return render(request, "payments/instalments.html", context)

    return answer(request)


@never_cache
@login_required
@require_POST
def pay_rest(request: StoreRequest, subscription_id: str) -> HttpResponse:
    """Charge all that is left, once, and go where it stands or where the bank asks."""
    found = _own(request, subscription_id)
    now, typed = clock.now(), request.POST.get("seen", "")
    seen = int(typed) if typed.isascii() and typed.isdecimal() else None
    if seen is None or len(typed) > LONGEST_SUM:
        return redirect("payments:subscription", found.public_id)
    try:
        if not PRESSED.hit(found.public_id):
            raise Refused("")
        url = pay_off(found, now=now, seen=seen)
    except SumChanged:
        messages.warning(request, _("The sum is another one now. Nothing was charged: look again."))
    except PaymentError as error:
        messages.warning(request, _sentence(error))
    else:
        plan = plan_of(found)
        if plan is not None and plan.pay_off is not None:
            remember(request, plan.pay_off, now)
            if plan.pay_off.is_paid:
                messages.success(request, _("All of it is paid. No more charges."))
                return redirect("payments:subscription", found.public_id)
        return redirect(url)
    return redirect("payments:subscription", found.public_id)


def _own(request: StoreRequest, subscription_id: str) -> Subscription:
    if not request.customer:
        raise Http404
    theirs = Subscription.objects.filter(customer=request.customer, instalments__isnull=False)
    found: Subscription | None = (
        theirs.select_related("product", "price", "order", "customer__user")
        .filter(public_id=subscription_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def _sentence(error: PaymentError) -> str:
    if isinstance(error, Refused):
        return _("The card company said no, and nothing was changed. Try again, or ask the shop.")
    return str(error.sentence)
