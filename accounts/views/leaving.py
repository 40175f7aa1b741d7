"""Taking one's data along, and being forgotten in a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.security import LeaveForm
from accounts.rules import COPIES_BY_PERSON
from accounts.services.leaving import copy_of, erase_customer, farewells
from accounts.views.here import for_people, for_the_sure
from core import clock

if TYPE_CHECKING:
    from stores.contract import StoreRequest


@never_cache
@for_people
@require_POST
def my_data(request: StoreRequest) -> HttpResponse:
    """Hand over all that this store knows of who is signed in, made at this moment."""
    customer = request.customer
    if not customer:
        return redirect("accounts:account")
    if not COPIES_BY_PERSON.hit(customer.public_id):
        messages.warning(request, _("That was asked for often today. Try again tomorrow."))
        return redirect("accounts:account")
    response = HttpResponse(copy_of(customer, now=clock.now()), content_type="application/zip")
    name = f"{request.store.public_id}-{clock.now():%Y-%m-%d}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@never_cache
@for_the_sure
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: StoreRequest) -> HttpResponse:
    """Say what goes and what the law keeps, and forget who is signed in."""
    customer = request.customer
    if not customer:
        return redirect("accounts:account")
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        erase_customer(customer, now=clock.now())
        logout(request)
        return redirect(reverse("accounts:left"))
    context = {
        "form": form,
        "lines": farewells(customer, clock.now()),
        "email": customer.user.email,
        "is_staff_too": bool(request.staff),
    }
    return render(request, "accounts/leave.html", context)


@never_cache
@require_http_methods(["GET", "HEAD"])
def left(request: StoreRequest) -> HttpResponse:
    """Say that somebody is forgotten."""
    return render(request, "accounts/left.html")
