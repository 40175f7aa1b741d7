"""How somebody comes in: their browsers, a password, a second step, passkeys."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.security import NewPasswordForm, PasswordSignInForm
from accounts.models import Browser, User
from accounts.rules import (
    BY_PASSWORD_ADDRESS,
    BY_PASSWORD_ADDRESS_AND_DAY,
    BY_PASSWORD_IP,
    client_address,
    device_of,
    safe_path,
)
from accounts.services import browsers, passkeys, second_steps
from accounts.services.letters import security_notice
from accounts.views.here import (
    at,
    for_people,
    for_the_sure,
    must_have_step,
    store_here,
    where,
    who,
)
from core import tokens
from stores.middleware import host_of

FORM_PAGE = ["GET", "HEAD", "POST"]


@never_cache
@for_people
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Show all ways in, and which of them are open now."""
    user = who(request)
    host = host_of(request)
    here = request.session.session_key
    rows = [
        {
            "id": each.public_id,
            "device": device_words(each),
            "seen": date_format(localtime(each.last_seen_at), "DATETIME_FORMAT"),
            "is_this": each.session_key == here,
        }
        for each in browsers.browsers_of(user, store_here(request))
    ]
    context = {
        "browsers": rows,
        "email": user.email,
        "has_password": user.has_usable_password(),
        "has_app": second_steps.has_app(user),
        "passkeys": [
            {"id": passkeys.public_name(each), "name": each.data["name"], "since": each.created_at}
            for each in passkeys.passkeys_of(user, host)
        ],
        "codes_left": second_steps.codes_left(user),
        "must": must_have_step(request) and not second_steps.has_second_step(user, host),
        **where(request),
    }
    return render(request, "accounts/security.html", context)


def device_words(browser: Browser) -> str:
    """Return a browser in words: what it is, on which machine."""
    program, system = device_of(browser.agent)
    if program and system:
        return _("%(program)s on %(system)s") % {"program": program, "system": system}
    return program or system or _("a browser")


@never_cache
@for_people
@require_POST
def end_browser(request: HttpRequest, public_id: str) -> HttpResponse:
    """Sign one of one's own browsers out."""
    mine = browsers.browsers_of(who(request), store_here(request))
    browser = get_object_or_404(mine, public_id=public_id)
    if browser.session_key == request.session.session_key:
        logout(request)
    browsers.end(browser)
    messages.success(request, _("That browser is signed out."))
    return redirect(at(request, "security"))


@never_cache
@for_people
@require_POST
def end_everywhere(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    stay_here(request, browsers.end_all(who(request)))
    messages.success(request, _("You are signed out everywhere else."))
    return redirect(at(request, "security"))


# -- a password


@never_cache
@for_the_sure
@require_http_methods(FORM_PAGE)
def password(request: HttpRequest) -> HttpResponse:
    """Set a password, or another one; every other session ends."""
    user = who(request)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        user.set_password(form.cleaned_data["password"])
        user.save(update_fields=["password"])
        stay_here(request, browsers.end_all(user))
        tell(request, "password_set")
        messages.success(request, _("Your password is set. You are signed out everywhere else."))
        return redirect(at(request, "security"))
    context = {"form": form, "has_password": user.has_usable_password(), **where(request)}
    return render(request, "accounts/password.html", context)


@never_cache
@for_the_sure
@require_POST
def password_remove(request: HttpRequest) -> HttpResponse:
    """Do without a password: a code comes by mail, as before."""
    user = who(request)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    stay_here(request, browsers.end_all(user))
    tell(request, "password_removed")
    messages.success(request, _("There is no password any more. A code comes by mail."))
    return redirect(at(request, "security"))


@never_cache
@require_http_methods(FORM_PAGE)
def password_sign_in(request: HttpRequest) -> HttpResponse:
    """Come in with a password; whatever is wrong, the answer is the same."""
    next_path = safe_path(request.POST.get("next", request.GET.get("next", "")))
    form = PasswordSignInForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        email = form.cleaned_data["email"]
        if not all([BY_PASSWORD_IP.hit(ip_of(request)), may_try_password(email)]):
            form.add_error(None, _("Too many tries. Wait a quarter of an hour."))
            status = 429
        else:
            user = authenticate(request, email=email, password=form.cleaned_data["password"])
            if user is not None and user.confirmed_at is not None:
                return come_in_with(request, user, "password", next_path)
            form.add_error(None, _("This address and this password do not belong together."))
            status = 403
    context = {"form": form, "next_path": next_path, **where(request)}
    return render(request, "accounts/password-sign-in.html", context, status=status)


# -- what they share


def come_in_with(request: HttpRequest, user: User, method: str, next_path: str) -> HttpResponse:
    """Begin a session through allauth, so that a second step is asked for where there is one."""
    from accounts.views.signing_in import way_on

    record_authentication(request, user, method=method)
    response: HttpResponse = perform_login(
        request,
        user,
        email_verification="none",
        redirect_url=next_path or way_on(request, user),
        email=user.email,
    )
    return response


def may_try_password(email: str) -> bool:
    """Count a try of the password of an address, and return whether there may be one."""
    person = tokens.keyed_hash("limit", email)
    return all([BY_PASSWORD_ADDRESS.hit(person), BY_PASSWORD_ADDRESS_AND_DAY.hit(person)])


def stay_here(request: HttpRequest, user: User) -> None:
    """Keep this session when all others of its person end."""
    update_session_auth_hash(request, user)


def tell(request: HttpRequest, what: str) -> None:
    """Mail the person that a way in changed: who did not do it learns of it at once."""
    language = get_language() or settings.LANGUAGE_CODE
    security_notice(who(request), what, store=store_here(request), language=language)


def ip_of(request: HttpRequest) -> str:
    """Return who asks, as limits count them."""
    behind_proxy = bool(getattr(settings, "SECURE_PROXY_SSL_HEADER", None))
    return client_address(request.META, behind_proxy=behind_proxy)
