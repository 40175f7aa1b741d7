"""Why something is open or locked, and the links in mails that open one part."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from access.contract import Open
from access.errors import KeyIsUsedUp
from access.middleware import give_part_key
from access.services.gate import may_open
from access.services.keys import end_keys, keys_of, name_of, use_part_key
from access.services.unpaid import why_of
from core import clock, tokens
from products.models import Part
from stores.contract import StoreRequest

BROWSER = "browser"
MOST_LINKS = 100


@require_safe
def why(request: StoreRequest, part_id: str) -> HttpResponse:
    """Say why a part is open or locked for whoever asks, until when, and what opens it."""
    part = get_object_or_404(Part.objects.select_related("product"), public_id=part_id)
    now = clock.now()
    answer = may_open(request.viewer, [part], now)[part]
    answer = why_of(answer, request.customer, part.product, now)
    if isinstance(answer, Open) or not request.viewer.is_nobody or part.product.is_sellable:
        context = {"part": part, "answer": answer, "is_open": isinstance(answer, Open)}
        return render(request, "access/why.html", context)
    return redirect("accounts:sign-in")


@require_GET
def open_with_key(request: StoreRequest, secret: str) -> HttpResponse:
    """Take the key from a mail's link into this browser and open its part."""
    browser = request.session.setdefault(BROWSER, tokens.public_id())
    try:
        key = use_part_key(secret, browser=browser, now=clock.now())
    except KeyIsUsedUp:
        return render(request, "access/key_used_up.html", status=410)
    give_part_key(request, key)
    return redirect("content:read", key.part.public_id)


@never_cache
@login_required
@require_safe
def links(request: StoreRequest) -> HttpResponse:
    """List the links from mails that still open something, without signing in."""
    if not request.customer:
        return redirect("accounts:account")
    found = keys_of(request.customer, clock.now())[:MOST_LINKS]
    rows = [{"key": key, "name": name_of(key)} for key in found]
    return render(request, "access/links.html", {"links": rows})


@never_cache
@login_required
@require_POST
def end_links(request: StoreRequest) -> HttpResponse:
    """End one of them, or all: for who forwarded a mail."""
    if request.customer:
        end_keys(request.customer, clock.now(), name=request.POST.get("link", ""))
        messages.success(request, _("Those links open nothing any more. Your shelf does."))
    return redirect("access:links")
