"""Saying yes to news, and ending it: signed in on one's own page, or by the link in every mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import NewsForm
from accounts.services import consents
from accounts.services.customers import customer_of_user
from core import clock

if TYPE_CHECKING:
    from accounts.models import Consent, User
    from stores.contract import StoreRequest


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def news(request: StoreRequest) -> HttpResponse:
    """Show whether this customer gets news, and change it."""
    language = get_language() or request.store.language
    user = cast("User", request.user)
    customer = request.customer or customer_of_user(user, language=language)
    consent = consents.consent_of(customer)
    typed = request.POST if request.method == "POST" else None
    form = NewsForm(typed, initial={"wants_news": consent is not None})
    if request.method == "POST" and form.is_valid():
        now = clock.now()
        if form.cleaned_data["wants_news"]:
            consents.give_consent(customer, source="account", language=language, now=now)
        else:
            consents.withdraw_consent(customer, now=now)
        messages.success(request, _("Saved."))
        return redirect("accounts:account")
    return render(request, "accounts/news.html", {"form": form, "consent": consent})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: StoreRequest, key: str) -> HttpResponse:
    """Ask with one button, and end the news on POST, which mail programs send too (RFC 8058).

    They send it without our cookies, so no token is asked for: the key is the secret, and all it
    can do is to end mails to one address.
    """
    consent = _consent_or_404(key)
    if request.method == "POST":
        consents.leave(consent, now=clock.now())
    return _page(request, consent)


@never_cache
@require_POST
def come_back(request: StoreRequest, key: str) -> HttpResponse:
    """Take a leaving back, for a day after it."""
    consent = _consent_or_404(key)
    consents.come_back(consent, now=clock.now())
    return redirect("accounts:news-leave", key)


def _page(request: StoreRequest, consent: Consent) -> HttpResponse:
    context = {
        "key": consent.leave_key,
        "gets_news": consents.has_consent(consent.customer, purpose=consent.purpose),
        "can_come_back": consents.can_come_back(consent, clock.now()),
        "address": masked(consent.customer.user.email),
    }
    return render(request, "accounts/news-leave.html", context)


def masked(address: str) -> str:
    """Return an address as its owner knows it again, and nobody else learns it from a link."""
    local, _at, domain = address.partition("@")
    return f"{local[:1]}…@{domain}"


def _consent_or_404(key: str) -> Consent:
    consent = consents.consent_at(key)
    if consent is None:
        raise Http404
    return consent
