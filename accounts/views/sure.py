"""Making sure that who is signed in is who sits there, before their keys are changed."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import AddressClosed, SignInOver, TooOften, WrongCode, WrongStep
from accounts.forms import CodeForm
from accounts.forms.security import PasswordAgainForm, StepForm
from accounts.models import SignIn
from accounts.rules import client_address, safe_path
from accounts.services import second_steps, signing_in
from accounts.services.passkeys import passkeys_of
from accounts.views.here import STEP, at, for_people, store_here, where, who
from accounts.views.security import may_try_password
from core import clock
from stores.middleware import host_of

FORM_PAGE = ["GET", "HEAD", "POST"]


@never_cache
@for_people
@require_http_methods(FORM_PAGE)
def sure(request: HttpRequest) -> HttpResponse:
    """Ask for the strongest proof this person has; a code by mail when they have no other."""
    user = who(request)
    next_path = next_of(request)
    has_step = second_steps.has_second_step(user, host_of(request)) or asks_step(request)
    form: forms.Form | None = None
    if has_step:
        form = StepForm(request.POST or None)
    elif user.has_usable_password():
        form = PasswordAgainForm(request.POST or None)
    if form is not None and form.is_valid():
        if _is_proved(request, form, has_step=has_step):
            return redirect(next_path)
        return _page(request, form, next_path, has_step=has_step, status=403)
    return _page(request, form, next_path, has_step=has_step)


@never_cache
@for_people
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Mail a code to the address of who is signed in."""
    user = who(request)
    if second_steps.has_second_step(user, host_of(request)):
        raise Http404  # a mailbox is no second step
    try:
        waiting = signing_in.ask(
            user.email,
            store=store_here(request),
            ip=client_address(
                request.META, behind_proxy=bool(getattr(settings, "SECURE_PROXY_SSL_HEADER", None))
            ),
            language=get_language() or settings.LANGUAGE_CODE,
            now=clock.now(),
            next_path=next_of(request),
            purpose=SignIn.Purpose.MAKE_SURE,
        )
    except TooOften:
        form = PasswordAgainForm() if user.has_usable_password() else None
        notice = _("That was asked for many times. Wait a quarter of an hour and try again.")
        return _page(request, form, next_of(request), has_step=False, status=429, notice=notice)
    return redirect(signing_in.code_path(waiting))


@never_cache
@for_people
@require_http_methods(FORM_PAGE)
def sure_code(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the code that was mailed; it proves this very person only."""
    user = who(request)
    waiting = SignIn.objects.filter(
        public_id=public_id,
        store=store_here(request),
        purpose=SignIn.Purpose.MAKE_SURE,
        email=user.email,
    ).first()
    if waiting is None or second_steps.has_second_step(user, host_of(request)):
        raise Http404
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            found = signing_in.use_code(waiting, form.cleaned_data["code"], now=clock.now())
        except (WrongCode, SignInOver, AddressClosed):
            form.add_error("code", _("This is not the code, or it is over. Ask for a new one."))
        else:
            if found.pk != user.pk:
                raise Http404
            record_authentication(request, user, method="code", reauthenticated=True)
            return redirect(safe_path(waiting.next_path) or at(request, "security"))
    context = {"form": form, "sure_url": at(request, "sure"), "email": user.email}
    return render(request, "accounts/sure-code.html", {**context, **where(request)})


def asks_step(request: HttpRequest) -> bool:
    """Whether the page that sent here wants a second step although none is kept for this host.

    It is only which form is shown: that page looks itself at what was proved.
    """
    wants = request.POST.get("step", request.GET.get("step", "")) == "1"
    return wants and second_steps.has_step_anywhere(who(request))


def next_of(request: HttpRequest) -> str:
    """Return where to go afterwards: a page of this host."""
    asked = request.POST.get("next", request.GET.get("next", ""))
    return safe_path(asked) or at(request, "security")


def _is_proved(request: HttpRequest, form: forms.Form, *, has_step: bool) -> bool:
    user = who(request)
    try:
        if has_step:
            kept = second_steps.check_step(user, form.cleaned_data["code"])
            record_authentication(request, user, method=STEP, id=kept.pk, type=kept.type)
            return True
    except WrongStep:
        form.add_error("code", _("This is not the code the app shows now, nor one of yours."))
        return False
    except TooOften:
        form.add_error(None, _("Too many tries. Wait a quarter of an hour."))
        return False
    if not may_try_password(user.email):
        form.add_error(None, _("Too many tries. Wait a quarter of an hour."))
        return False
    if user.check_password(form.cleaned_data["password"]):
        record_authentication(request, user, method="password", reauthenticated=True)
        return True
    form.add_error("password", _("This is not your password."))
    return False


def _page(
    request: HttpRequest,
    form: forms.Form | None,
    next_path: str,
    *,
    has_step: bool,
    status: int = 200,
    notice: str = "",
) -> HttpResponse:
    user = who(request)
    context = {
        "form": form,
        "next_path": next_path,
        "has_step": has_step,
        "is_elsewhere": asks_step(request)
        and not second_steps.has_second_step(user, host_of(request)),
        "has_passkey": bool(passkeys_of(user, host_of(request))),
        "has_app": second_steps.has_app(user),
        "send_url": at(request, "sure-send"),
        "back_url": at(request, "account" if store_here(request) else "stores"),
        "passkey_url": at(request, "passkey-use"),
        "email": user.email,
        "notice": notice,
        **where(request),
    }
    return render(request, "accounts/sure.html", context, status=status)
