"""Forms on pages: an address is asked for, its mailbox answers, the gift opens, a list is left."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.rules import client_address
from accounts.services.consents import NEWS_TICK
from core import clock
from core.limits import Limit
from storefront.forms import SignUpForm
from storefront.models import Page, SignUp
from storefront.services.signups import joining
from stores.contract import StoreRequest

FROM_ONE_PLACE = Limit("sign-ups", times=20, seconds=3600)
TO_ONE_ADDRESS = Limit("sign-up-asked", times=3, seconds=3600)
QUESTION = ["GET", "HEAD", "POST"]


@csrf_exempt
@never_cache
@require_http_methods(QUESTION)
def sign_up(request: StoreRequest, page_id: str, block_id: str) -> HttpResponse:
    """Ask the mailbox of the address typed; the answer is the same to all addresses.

    The form stands on pages kept for everybody, which carry no token. What a forged post could do
    is what anybody can do by hand: have one mail asked for, within the limits.
    """
    page = _page(page_id)
    fields = joining.form_in(page, block_id)
    if fields is None:
        raise Http404
    form = SignUpForm(request.POST if request.method == "POST" else None, block=fields)
    context: dict[str, Any] = {"form": form, "page": page, "block": fields, "tick": _tick(fields)}
    if not form.is_valid():
        return render(request, "storefront/sign_up.html", context)
    email = form.cleaned_data["email"]
    if form.cleaned_data["website"]:  # a machine filled in what nobody sees
        return render(request, "storefront/sign_up_asked.html", context | {"email": email})
    if not (_may_ask(request) and TO_ONE_ADDRESS.hit(f"{request.store.pk}:{email}")):
        return render(request, "storefront/sign_up.html", context | {"too_often": True}, status=429)
    joining.ask(
        page,
        block_id,
        email=email,
        name=form.cleaned_data.get("name", ""),
        wants_news=form.cleaned_data.get("wants_news", False),
        language=get_language() or request.store.language,
        now=clock.now(),
    )
    return render(request, "storefront/sign_up_asked.html", context | {"email": email})


@never_cache
@require_http_methods(QUESTION)
def signed_up(request: StoreRequest, signup_id: str, key: str) -> HttpResponse:
    """Show what the mail's link asks, and after the POST what it opened."""
    row = _row(signup_id, key)
    if request.method == "POST":
        joining.confirm(row, now=clock.now())
        return redirect("storefront:signed-up", signup_id, key)
    has_gift = bool(row.gift or row.gift_url)
    return render(
        request, "storefront/signed_up.html", {"row": row, "key": key, "has_gift": has_gift}
    )


@never_cache
@require_POST
def gift(request: StoreRequest, signup_id: str, key: str) -> HttpResponse:
    """Open the gift for whoever holds the mail."""
    row = _row(signup_id, key)
    if row.confirmed_at is None:
        raise Http404
    where = joining.gift_address(row, now=clock.now())
    return redirect(where or "storefront:home")


@never_cache
@require_http_methods(QUESTION)
def leave(request: StoreRequest, signup_id: str, key: str) -> HttpResponse:
    """Show what leaving the list means; only the POST leaves."""
    row = _row(signup_id, key)
    if request.method == "POST":
        joining.leave(row, now=clock.now())
        return redirect("storefront:list-off", signup_id, key)
    return render(request, "storefront/list_off.html", {"row": row, "key": key})


def _tick(fields: dict[str, Any]) -> str:
    return fields.get("consent") or str(NEWS_TICK)


def _page(page_id: str) -> Page:
    found: Page | None = (
        Page.objects.published().filter(public_id=page_id).select_related("shown").first()
    )
    if found is None:
        raise Http404
    return found


def _row(signup_id: str, key: str) -> SignUp:
    row = joining.find(signup_id, key)
    if row is None:
        raise Http404
    return row


def _may_ask(request: StoreRequest) -> bool:
    behind_proxy = settings.SECURE_PROXY_SSL_HEADER is not None
    return FROM_ONE_PLACE.hit(client_address(request.META, behind_proxy=behind_proxy))
