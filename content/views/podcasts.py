"""Private podcasts: the page where a customer makes and ends them, and what their apps fetch."""

from __future__ import annotations

import base64
import hashlib
from datetime import date

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from access.contract import Locked, Viewer
from access.services.gate import may_open
from accounts.models import Customer
from accounts.rules import client_address
from accounts.services.second_steps import picture_of
from content.models import Asset, Feed
from content.services import feeds
from content.services.feed_words import chapters_json, feed_xml
from content.services.listening import tracks_of
from content.views.files import HARMLESS, deliver
from core import clock
from products.models import Part, Product
from stores.contract import StoreRequest
from stores.scope import current_store
from stores.services.addresses import absolute_url

RSS = "application/rss+xml; charset=utf-8"
NO_INDEX = "noindex, nofollow, noarchive"
PRIVATE = "private, no-cache"


@never_cache
@login_required
@require_safe
def listed(request: StoreRequest) -> HttpResponse:
    """Show a customer what they may hear as a podcast, with each address and its picture."""
    customer, now = _customer(request), clock.now()
    rows = [_row(each, now.date()) for each in feeds.offered(customer, now)]
    return render(request, "content/podcasts.html", {"rows": rows, "many": feeds.MANY_DEVICES})


@login_required
@require_POST
def make(request: StoreRequest) -> HttpResponse:
    """Make the customer's podcast of a product, or of everything they may hear."""
    customer, now = _customer(request), clock.now()
    product_id = request.POST.get("product", "")
    product = get_object_or_404(Product, public_id=product_id) if product_id else None
    heard = feeds.heard_by(customer, now)
    if not heard or (product is not None and product not in heard):
        raise Http404
    feeds.make_feed(customer, product, now)
    return redirect("content:feeds")


@login_required
@require_POST
def renew(request: StoreRequest, feed_id: str) -> HttpResponse:
    """Give a podcast another address."""
    feed = get_object_or_404(feeds.live_feeds(_customer(request)), public_id=feed_id)
    feeds.renew_feed(feed, clock.now())
    messages.success(request, _("Here is a new address. The old one opens nothing any more."))
    return redirect("content:feeds")


@login_required
@require_POST
def end(request: StoreRequest, feed_id: str) -> HttpResponse:
    """End a podcast."""
    feed = get_object_or_404(feeds.live_feeds(_customer(request)), public_id=feed_id)
    feeds.end_feed(feed, clock.now())
    messages.success(request, _("That podcast has ended. Its address opens nothing any more."))
    return redirect("content:feeds")


@require_safe
def feed(request: StoreRequest, token: str) -> HttpResponseBase:
    """Give a podcast app the feed; no cookie, no session, nothing but the address."""
    found = _feed_at(token)
    if not feeds.ASKED.hit(found.public_id):
        return _too_often(feeds.ASKED.seconds)
    now = clock.now()
    app = request.headers.get("User-Agent", "")[:200]
    feeds.note_device(found, app, _network(request), now.date())
    with override(found.customer.language or current_store().language):
        content = feed_xml(found, feeds.tracks_for(found, now))
    etag = quote_etag(hashlib.sha256(content).hexdigest()[:32])
    response = HttpResponse(content, content_type=RSS)
    response.headers["ETag"] = etag
    return _alone(get_conditional_response(request, etag=etag, response=response) or response)


@require_safe
def chapters(request: StoreRequest, token: str, part_id: str) -> HttpResponseBase:
    """Give a podcast app the chapters of a recording."""
    found = _feed_at(token)
    part = get_object_or_404(Part, public_id=part_id)
    _check(found, part)
    own = [track for track in tracks_of(part) if track.part.pk == part.pk]
    if not own:
        raise Http404
    return _alone(JsonResponse(chapters_json(own[0]), content_type="application/json+chapters"))


@require_safe
def file(request: StoreRequest, token: str, asset_id: str, name: str) -> HttpResponseBase:
    """Give a podcast app a recording, by the same ways and ranges as the player."""
    found = _feed_at(token)
    if not feeds.FETCHED.hit(found.public_id):
        return _too_often(feeds.FETCHED.seconds)
    asset = get_object_or_404(Asset.objects.select_related("part__product"), public_id=asset_id)
    if not asset.is_audio:
        raise Http404
    _check(found, asset.part)
    response = deliver(request, asset)
    response.headers["Content-Security-Policy"] = HARMLESS
    response.headers["X-Content-Type-Options"] = "nosniff"
    return _alone(response)


def _feed_at(token: str) -> Feed:
    found = feeds.feed_at(token)
    if found is None:
        raise Http404
    return found


def _check(found: Feed, part: Part) -> None:
    """Raise 404 for what is not in the feed, or not open to its customer any more."""
    if found.product_id is not None and found.product_id != part.product_id:
        raise Http404
    answer = may_open(Viewer(customer=found.customer), [part], clock.now())[part]
    if isinstance(answer, Locked):
        raise Http404


def _alone(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Cache-Control"] = PRIVATE
    response.headers["X-Robots-Tag"] = NO_INDEX
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _too_often(seconds: int) -> HttpResponse:
    response = HttpResponse(status=429, content_type="text/plain")
    response.headers["Retry-After"] = str(seconds)
    return response


def _network(request: HttpRequest) -> str:
    """Return the network an app asks from, roughly: a phone changes its address all day."""
    behind_proxy = bool(getattr(settings, "SECURE_PROXY_SSL_HEADER", None))
    address = client_address(request.META, behind_proxy=behind_proxy)
    return address.rpartition(".")[0] or address


def _customer(request: StoreRequest) -> Customer:
    if not request.customer:
        raise Http404
    return request.customer


def _row(each: feeds.Offered, today: date) -> dict[str, object]:
    row: dict[str, object] = {"product": each.product, "feed": each.feed}
    if each.feed is not None:
        store = current_store()
        url = absolute_url(store, reverse("content:feed", args=[feeds.token_of(each.feed)]))
        row |= {
            "url": url,
            "picture": base64.b64encode(picture_of(url).encode()).decode(),
            "devices": feeds.devices_of(each.feed, today),
        }
    return row
