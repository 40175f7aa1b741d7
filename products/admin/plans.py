"""A draft's plan beside its form, with a checklist to tick, and the advice that goes with it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from products.models import Plan, Product
from products.services import advising
from products.services.beginning import tick


def plan_and_advice(product: Product) -> dict[str, Any]:
    """Return what ``products/admin/advice.html`` and ``products/admin/plan.html`` show."""
    return {
        "advice": advising.on_page(product) if product.status != Product.Status.RETIRED else [],
        "plan": Plan.objects.filter(product=product.pk).first(),
        "plan_url": reverse("admin:products_product_plan", args=[product.pk]),
    }


class PlanView:
    """Ticking what is done."""

    def plan_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep on POST which lines of the checklist are ticked, and go back to the product."""
        product = self.get_object(request, str(pk))
        if product is None:
            raise Http404
        if not self.has_change_permission(request, product):
            raise PermissionDenied
        if request.method == "POST":
            tick(product, (int(each) for each in request.POST.getlist("done") if each.isdecimal()))
        return HttpResponseRedirect(f"{self.url_of(product)}#plan")
