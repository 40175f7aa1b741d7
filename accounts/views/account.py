"""A customer's own page in a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.forms import CustomerForm
from accounts.services.customers import customer_of_user
from core import clock
from stores.slots import AccountSection, account_sections

if TYPE_CHECKING:
    from accounts.models import Customer, User
    from stores.contract import StoreRequest


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: StoreRequest) -> HttpResponse:
    """Show and change the name, language and zone, and gather what other apps know."""
    user = cast("User", request.user)
    customer = request.customer or customer_of_user(user, language=get_language() or "")
    form = CustomerForm(request.POST if request.method == "POST" else None, instance=customer)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("Saved."))
        return redirect(account_path(request, saved))
    found = [section(customer, clock.now()) for section in account_sections.all()]
    sections = sorted((each for each in found if each.rows or each.empty), key=_place)
    context = {"form": form, "person": customer, "sections": sections}
    return render(request, "accounts/account.html", context)


def _place(section: AccountSection) -> int:
    return section.order


def account_path(request: StoreRequest, customer: Customer) -> str:
    """Return this page in the language just chosen: it is the path that says the language."""
    page = "/" + request.path_info.lstrip("/")
    if customer.language in request.store.other_languages:
        return f"/{customer.language}{page}"
    if customer.language == request.store.language:
        return page
    return reverse("accounts:account")
