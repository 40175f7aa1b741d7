"""Why something is locked for a customer: for support, the very sentence the customer reads."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from access.contract import Locked, Viewer
from access.forms import WhyForm
from access.services.gate import may_open
from access.services.unpaid import why_of
from accounts.models import Customer
from core import clock
from stores.admin import site
from stores.admin.site import staff_of
from stores.roles import Area


def why_view(request: HttpRequest, customer_pk: int) -> HttpResponse:
    """Pick a part, and see what the gate says to the customer, and what would open it."""
    customer = Customer.objects.select_related("user").filter(pk=customer_pk).first()
    if customer is None:
        raise Http404
    if not staff_of(request).may_view(Area.CUSTOMERS):
        raise PermissionDenied
    form = WhyForm(request.GET if "part" in request.GET else None)
    answer = None
    if form.is_valid():
        part = form.cleaned_data["part"]
        now = clock.now()
        answer = may_open(Viewer(customer=customer), [part], now)[part]
        answer = why_of(answer, customer, part.product, now)
    context = {
        **site.each_context(request),
        "title": _("What is open for %(who)s?") % {"who": customer},
        "form": form,
        "answer": answer,
        "is_locked": isinstance(answer, Locked),
        "back_url": reverse("admin:accounts_customer_change", args=[customer.pk]),
        "give_url": reverse("admin:access_access_give", args=[customer.pk])
        if staff_of(request).may_change(Area.CUSTOMERS) and customer.erased_at is None
        else "",
    }
    return TemplateResponse(request, "access/admin/why.html", context)
