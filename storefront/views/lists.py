"""The lists of products: asking to hear of one, saying yes from one's own mailbox, and leaving."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.rules import client_address
from core import clock
from core.limits import Limit
from products.models import ListEntry, Product
from products.services import lists
from storefront.forms import ListForm
from storefront.services.product_page import is_to_be_had, reachable
from storefront.services.things import path_of, thing_of
from stores.contract import StoreRequest

FROM_ONE_PLACE = Limit("list-joins", times=20, seconds=3600)
TO_ONE_ADDRESS = Limit("list-asked", times=3, seconds=3600)
QUESTION = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(QUESTION)
def join(request: StoreRequest, slug: str) -> HttpResponse:
    """Ask for an address; on POST ask its mailbox, or believe who is signed in with it."""
    product = _find(slug)
    kind = lists.kind_for(product, is_to_be_had=is_to_be_had(product, clock.now()))
    if not kind:
        return redirect(path_of(product))
    customer = request.customer or None
    begin = {"email": customer.user.email} if customer else {}
    typed = request.POST if request.method == "POST" else None
    form = ListForm(typed, initial=begin, question=product.list_question)
    context = {"form": form, "product": product, "thing": thing_of(product), "kind": kind}
    if not form.is_valid():
        return render(request, "storefront/list.html", context)
    email = form.cleaned_data["email"]
    if not (_may_ask(request) and TO_ONE_ADDRESS.hit(f"{request.store.pk}:{email}")):
        return render(request, "storefront/list.html", {**context, "too_often": True}, status=429)
    entry = lists.join(
        product,
        kind,
        email=email,
        answer=form.cleaned_data.get("answer", ""),
        language=get_language() or request.store.language,
        customer=customer,
        now=clock.now(),
    )
    is_theirs = customer is not None and customer.user.email == email
    context |= {"email": email, "is_on": is_theirs and entry.confirmed_at is not None}
    return render(request, "storefront/list_asked.html", context)


@never_cache
@require_http_methods(QUESTION)
def confirm(request: StoreRequest, entry_id: str, key: str) -> HttpResponse:
    """Show what the mail's link asks; only the POST puts anybody on a list."""
    entry = _entry(entry_id, key)
    if request.method == "POST":
        entry = lists.confirm(entry, now=clock.now())
        return redirect("storefront:list-confirm", entry_id, key)
    return _show(request, entry, key, "storefront/list_confirm.html")


@never_cache
@require_http_methods(QUESTION)
def leave(request: StoreRequest, entry_id: str, key: str) -> HttpResponse:
    """Show what leaving means; only the POST leaves."""
    entry = _entry(entry_id, key)
    if request.method == "POST":
        lists.leave(entry, now=clock.now())
        return redirect("storefront:list-leave", entry_id, key)
    return _show(request, entry, key, "storefront/list_leave.html")


def _show(request: StoreRequest, entry: ListEntry, key: str, template: str) -> HttpResponse:
    context = {
        "entry": entry,
        "key": key,
        "product": entry.product,
        "thing": thing_of(entry.product),
        "page_path": path_of(entry.product),
        "has_page": entry.product.status != Product.Status.DRAFT,
    }
    return render(request, template, context)


def _entry(entry_id: str, key: str) -> ListEntry:
    entry = lists.find(entry_id, key)
    if entry is None:
        raise Http404
    return entry


def _find(slug: str) -> Product:
    found = reachable()
    product = found.filter(slug=slug).first() or found.filter(slug="", public_id=slug).first()
    if product is None:
        raise Http404
    return product


def _may_ask(request: StoreRequest) -> bool:
    behind_proxy = settings.SECURE_PROXY_SSL_HEADER is not None
    return FROM_ONE_PLACE.hit(client_address(request.META, behind_proxy=behind_proxy))
