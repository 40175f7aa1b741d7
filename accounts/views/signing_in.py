"""The door, on a store's host and on the platform's: an address, then the code from the mail."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import AddressClosed, SignInOver, TooOften, WrongCode
from accounts.forms import AddressForm, CodeForm
from accounts.models import SignIn, User
from accounts.rules import client_address, safe_path
from accounts.services import signing_in as service
from accounts.services.browsers import end_session
from accounts.views.here import store_here, where
from core import clock
from stores.models import Staff

FORM_PAGE = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(FORM_PAGE)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for an address; the answer is the same whoever's it is."""
    next_path = safe_path(request.POST.get("next", request.GET.get("next", "")))
    if request.user.is_authenticated:
        return redirect(next_path or way_on(request, request.user))
    form = AddressForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            waiting = service.ask(
                form.cleaned_data["email"],
                store=store_here(request),
                ip=ip_of(request),
                language=get_language() or settings.LANGUAGE_CODE,
                now=clock.now(),
                next_path=next_path,
            )
        except TooOften:
            form.add_error(None, too_often())
            status = 429
        else:
            return redirect(service.code_path(waiting))
    context = {"form": form, "next_path": next_path, **where(request)}
    return render(request, "accounts/sign-in.html", context, status=status)


@never_cache
@require_http_methods(FORM_PAGE)
def code(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the code; looking at the page signs nobody in, so a mail scanner may follow the link."""
    waiting = sign_in_here(request, public_id)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            user = service.use_code(waiting, form.cleaned_data["code"], now=clock.now())
        except WrongCode as wrong:
            form.add_error("code", tries_left(wrong.tries_left))
        except AddressClosed:
            return code_page(request, waiting, form, closed=True)
        except SignInOver:
            return code_page(request, waiting, form)
        else:
            return let_in(request, user, waiting.next_path or way_on(request, user))
    return code_page(request, waiting, form)


@never_cache
@require_POST
def again(request: HttpRequest, public_id: str) -> HttpResponse:
    """Mail another code."""
    waiting = sign_in_here(request, public_id)
    language = get_language() or settings.LANGUAGE_CODE
    try:
        service.ask_again(waiting, ip=ip_of(request), language=language, now=clock.now())
    except TooOften:
        form = CodeForm(None)
        return code_page(request, waiting, form, notice=too_often(), status=429)
    except SignInOver:
        return code_page(request, waiting, CodeForm(None))
    return redirect(service.code_path(waiting) + "?sent=1")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and everything this browser was trusted with."""
    end_session(request.session.session_key or "")
    logout(request)
    return redirect(reverse("storefront:home") if store_here(request) else "/")


def code_page(
    request: HttpRequest,
    waiting: SignIn,
    form: CodeForm,
    *,
    notice: str = "",
    closed: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Show where the code is typed, or why it no longer can be."""
    context = {
        "form": form,
        "sign_in": waiting,
        "is_over": not service.is_waiting(waiting, clock.now()),
        "is_closed": closed,
        "notice": notice,
        "was_sent_again": "sent" in request.GET,
        **where(request),
    }
    return render(request, "accounts/code.html", context, status=status)


def let_in(request: HttpRequest, user: User, next_url: str) -> HttpResponse:
    """Begin a session through allauth, so that whatever second step is set up there holds."""
    record_authentication(request, user, method="code", email=user.email)
    response: HttpResponse = perform_login(
        request, user, email_verification="none", redirect_url=next_url, email=user.email
    )
    return response


def sign_in_here(request: HttpRequest, public_id: str) -> SignIn:
    """Return a sign-in of this very host, or 404."""
    return get_object_or_404(
        SignIn.objects.select_related("store").exclude(purpose=SignIn.Purpose.MAKE_SURE),
        public_id=public_id,
        store=store_here(request),
    )


def way_on(request: HttpRequest, user: User) -> str:
    """Return where somebody goes who came for nothing in particular."""
    if store_here(request) is None:
        return reverse("accounts_platform:stores")
    if Staff.objects.filter(user_id=user.pk).exists():
        return reverse("admin:index")
    return reverse("storefront:shelf")


def ip_of(request: HttpRequest) -> str:
    """Return who asks, as limits count them."""
    behind_proxy = bool(getattr(settings, "SECURE_PROXY_SSL_HEADER", None))
    return client_address(request.META, behind_proxy=behind_proxy)


def too_often() -> str:
    """Return the sentence for whoever asks too often; it is the same for every address."""
    return _("That was asked for many times in a row. Wait a quarter of an hour and try again.")


def tries_left(count: int) -> str:
    """Return the sentence for a wrong code."""
    if count == 0:
        return _("This is not the code, and it was the last try. Ask for a new one.")
    return ngettext(
        "This is not the code. Look at the newest mail; one more try.",
        "This is not the code. Look at the newest mail; {count} more tries.",
        count,
    ).format(count=count)
