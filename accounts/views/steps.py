"""The second step: setting it up, doing without it, and passing it on the way in."""

from __future__ import annotations

from base64 import b64encode

from allauth.account.internal.flows.login import record_authentication
from allauth.account.stages import LoginStageController
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import TooOften, WrongStep
from accounts.forms.security import AppForm, StepForm
from accounts.services import browsers, second_steps
from accounts.services.passkeys import passkeys_of
from accounts.views.here import (
    STEP,
    STEP_STAGE,
    at,
    for_a_new_app,
    for_the_sure,
    store_here,
    where,
    who,
)
from accounts.views.security import stay_here, tell
from stores.middleware import host_of

FORM_PAGE = ["GET", "HEAD", "POST"]
SECRET = "app_secret"  # noqa: S105 -- a session key's name


@never_cache
@require_http_methods(FORM_PAGE)
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for the second step of a sign-in that passed the first."""
    stage = LoginStageController.enter(request, STEP_STAGE)
    if stage is None:
        return redirect(at(request, "security" if request.user.is_authenticated else "sign-in"))
    user = stage.login.user
    form = StepForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        try:
            kept = second_steps.check_step(user, form.cleaned_data["code"])
        except WrongStep:
            form.add_error("code", _("This is not the code the app shows now, nor one of yours."))
            status = 403
        except TooOften:
            form.add_error(None, _("Too many tries. Wait a quarter of an hour."))
            status = 429
        else:
            record_authentication(request, user, method=STEP, id=kept.pk, type=kept.type)
            response: HttpResponse = stage.exit()
            return response
    context = {
        "form": form,
        "has_passkey": bool(passkeys_of(user, host_of(request))),
        "has_app": second_steps.has_app(user),
        "next_path": stage.login.redirect_url or "",
        **where(request),
    }
    return render(request, "accounts/second-step.html", context, status=status)


# -- an authenticator app


@never_cache
@for_a_new_app
@require_http_methods(FORM_PAGE)
def app(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app by its first code; then the recovery codes are shown, once."""
    user = who(request)
    secret = request.session.get(SECRET) or second_steps.new_secret()
    request.session[SECRET] = secret
    form = AppForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            codes = second_steps.add_app(user, secret, form.cleaned_data["code"])
        except WrongStep:
            form.add_error("code", _("This is not the code the app shows now. Try the next one."))
        except TooOften:
            form.add_error(None, _("Too many tries. Wait a quarter of an hour."))
        else:
            del request.session[SECRET]
            record_authentication(request, user, method=STEP, type="totp")
            stay_here(request, browsers.end_all(user))
            tell(request, "app_added")
            return codes_page(request, codes)
    store = store_here(request)
    issuer = store.name if store is not None else "Sevenfold"
    address = second_steps.app_address(user.email, secret, issuer)
    context = {
        "form": form,
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "picture": b64encode(second_steps.picture_of(address).encode()).decode(),
        "address": address,
        **where(request),
    }
    return render(request, "accounts/app.html", context)


@never_cache
@for_the_sure
@require_POST
def app_remove(request: HttpRequest) -> HttpResponse:
    """Do without the app."""
    second_steps.remove_app(who(request))
    tell(request, "app_removed")
    messages.success(request, _("The app is no longer asked for."))
    return redirect(at(request, "security"))


@never_cache
@for_the_sure
@require_POST
def codes(request: HttpRequest) -> HttpResponse:
    """Show new recovery codes, once."""
    user = who(request)
    if not second_steps.has_second_step(user, host_of(request)):
        raise Http404
    found = second_steps.renew_recovery_codes(user)
    tell(request, "codes_renewed")
    return codes_page(request, found)


def codes_page(request: HttpRequest, found: list[str]) -> HttpResponse:
    """Show recovery codes; they are shown nowhere else."""
    shown = [f"{code[:4]} {code[4:]}" for code in found]
    return render(request, "accounts/recovery-codes.html", {"codes": shown, **where(request)})
