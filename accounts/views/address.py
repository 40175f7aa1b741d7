"""Changing one's address, and the links that agree to it or stop it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.errors import AddressTaken, ChangeOver, TooOften
from accounts.forms.security import NewAddressForm
from accounts.models import AddressChange
from accounts.services import changing_address as service
from accounts.services.second_steps import has_second_step
from accounts.views.here import at, for_people, is_fresh, store_here, to_make_sure, where, who
from core import clock
from stores.middleware import host_of

FORM_PAGE = ["GET", "HEAD", "POST"]


@never_cache
@for_people
@require_http_methods(FORM_PAGE)
def address(request: HttpRequest) -> HttpResponse:
    """Ask for the new address, and mail both."""
    user = who(request)
    form = NewAddressForm(request.POST if request.method == "POST" else None, user=user)
    status = 200
    if form.is_valid():
        old_is_gone = form.cleaned_data["old_is_gone"]
        has_other_proof = user.has_usable_password() or has_second_step(user, host_of(request))
        # Who has lost the mailbox cannot get a code from it; three days and its veto guard that.
        if not is_fresh(request) and (has_other_proof or not old_is_gone):
            return to_make_sure(request)
        try:
            service.begin_change(
                user,
                form.cleaned_data["email"],
                store=store_here(request),
                old_is_gone=old_is_gone,
                language=get_language() or settings.LANGUAGE_CODE,
                now=clock.now(),
            )
        except TooOften:
            form.add_error(None, _("That was asked for often today. Try again tomorrow."))
            status = 429
        else:
            return redirect(at(request, "address"))
    open_now = AddressChange.objects.filter(
        user=user, store=store_here(request), **service.OPEN
    ).first()
    waiting = open_now if open_now and open_now.is_open(clock.now()) else None
    context = {"form": form, "waiting": waiting, "email": user.email, **where(request)}
    return render(request, "accounts/address.html", context, status=status)


@never_cache
@require_http_methods(FORM_PAGE)
def answer(request: HttpRequest, public_id: str, key: str) -> HttpResponse:
    """Show what a link from the mail can do; only its buttons do it."""
    now = clock.now()
    try:
        change, is_old = service.change_behind(public_id, key, store=store_here(request))
    except ChangeOver:
        return _page(request, None, status=404)
    if request.method == "POST" and change.is_open(now):
        try:
            if request.POST.get("answer") == "stop":
                service.stop(change, now=now)
            elif request.POST.get("answer") == "agree":
                service.agree(change, is_old=is_old, now=now)
        except AddressTaken:
            service.stop(change, now=now)
            return _page(request, change, is_old=is_old, is_taken=True, status=409)
        except ChangeOver:
            return _page(request, None, status=410)
        return redirect(request.path)
    return _page(request, change, is_old=is_old)


def _page(
    request: HttpRequest,
    change: AddressChange | None,
    *,
    is_old: bool = False,
    is_taken: bool = False,
    status: int = 200,
) -> HttpResponse:
    is_open = change is not None and change.is_open(clock.now())
    agreed = change and (change.old_confirmed_at if is_old else change.new_confirmed_at)
    context = {
        "change": change,
        "is_old": is_old,
        "is_open": is_open,
        "is_agreed": bool(agreed),
        "is_taken": is_taken,
        "address_url": at(request, "address"),
        **where(request),
    }
    return render(request, "accounts/address-answer.html", context, status=status)
