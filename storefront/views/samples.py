"""A sample for an address: asked for on its own page, opened from the mail, and a yes to news."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rules import client_address
from accounts.services.consents import NEWS_TICK
from content.models import SampleRequest
from content.services.excerpts import giving
from core import clock
from core.limits import Limit
from products.models import Product
from storefront.forms import SampleForm
from storefront.services.product_page import reachable
from storefront.services.things import path_of, thing_of
from stores.contract import StoreRequest

FROM_ONE_PLACE = Limit("sample-asks", times=20, seconds=3600)
TO_ONE_ADDRESS = Limit("sample-asked", times=3, seconds=3600)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: StoreRequest, slug: str) -> HttpResponse:
    """Ask for an address; on POST send the link there. The answer is the same to all addresses."""
    product = _find(slug)
    part = giving.sample_part(product)
    if part is None:
        return redirect(path_of(product))
    customer = request.customer or None
    begin = {"email": customer.user.email} if customer else {}
    form = SampleForm(request.POST if request.method == "POST" else None, initial=begin)
    read_url = reverse("content:read", args=[part.public_id])
    context = {
        "form": form,
        "product": product,
        "thing": thing_of(product),
        "read_url": read_url,
    }
    if not form.is_valid():
        return render(request, "storefront/sample.html", context)
    email = form.cleaned_data["email"]
    if not (_may_ask(request) and TO_ONE_ADDRESS.hit(f"{request.store.pk}:{email}")):
        return render(request, "storefront/sample.html", context | {"too_often": True}, status=429)
    giving.ask_by_mail(
        part,
        email=email,
        language=get_language() or request.store.language,
        wants_news=form.cleaned_data["wants_news"],
        now=clock.now(),
    )
    return render(request, "storefront/sample_asked.html", context | {"email": email})


@never_cache
@require_safe
def opened(request: StoreRequest, request_id: str, key: str) -> HttpResponse:
    """Show the sample's two ways, to read and to download, to whoever holds the mail."""
    row, now = _row(request_id, key), clock.now()
    product = row.part.product
    asset = giving.sample_file(row.part) if giving.is_open(row, now) else None
    context = {
        "row": row,
        "key": key,
        "product": product,
        "thing": thing_of(product),
        "page_path": path_of(product) if reachable().filter(pk=product.pk).exists() else "",
        "tick": NEWS_TICK,
        "asks_news": row.wants_news and row.agreed_at is None and row.email is not None,
    }
    if asset is None:
        return render(request, "storefront/sample_over.html", context, status=410)
    if request.method == "GET":
        giving.note_opened(row, now)
    context["read_url"] = reverse("content:read", args=[row.part.public_id])
    context["file_url"] = reverse("content:file", args=[asset.public_id, asset.original_name])
    return render(request, "storefront/sample_ready.html", context)


@never_cache
@require_POST
def agree(request: StoreRequest, request_id: str, key: str) -> HttpResponse:
    """Let whoever has the mailbox be written to about new things."""
    row = _row(request_id, key)
    giving.say_yes(row, wording=str(NEWS_TICK), now=clock.now())
    return redirect("storefront:sample-open", request_id, key)


def _row(request_id: str, key: str) -> SampleRequest:
    row = giving.find(request_id, key)
    if row is None:
        raise Http404
    return row


def _find(slug: str) -> Product:
    found = reachable()
    product = found.filter(slug=slug).first() or found.filter(slug="", public_id=slug).first()
    if product is None:
        raise Http404
    return product


def _may_ask(request: StoreRequest) -> bool:
    behind_proxy = settings.SECURE_PROXY_SSL_HEADER is not None
    return FROM_ONE_PLACE.hit(client_address(request.META, behind_proxy=behind_proxy))
