"""Views as plain as Django has them, to compare with."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import stripe
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.files.storage import storages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.template import Context, Engine
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from content.services.files import CHUNK
from stores.models import Store

SESSION: dict[str, Any] = {}
"""What is asked of the payment company, as Sevenfold asked it once."""


def plainly(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Lead every request to the views of this module."""

    def lead(request: HttpRequest) -> HttpResponseBase:
        request.urlconf = __name__
        return get_response(request)

    return lead


def stream(request: HttpRequest, start: int, length: int, name: str) -> StreamingHttpResponse:
    """Send so many bytes of a private file to whoever is signed in."""
    assert request.user.pk
    opened = storages["private"].open(name)
    opened.seek(start)

    def pieces():
        left = length
        while left > 0 and (piece := opened.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece
        opened.close()

    return StreamingHttpResponse(pieces())


def page(request: HttpRequest) -> HttpResponse:
    """Ask one query, and render one template of 5 kB."""
    store = Store.objects.filter(domains__host=request.META["SERVER_NAME"]).first()
    user = getattr(request, "user", None)
    who = user.pk if user is not None else ""
    return HttpResponse(PAGE.render(Context({"store": store, "who": who, "rows": range(20)})))


def hello(request: HttpRequest) -> HttpResponse:
    """Answer who asks."""
    return HttpResponse(f"<!doctype html><title>Hello</title><p>{request.user.pk}")


@csrf_exempt
def touch(request: HttpRequest) -> HttpResponse:
    """Write one row with one UPDATE."""
    who = get_user_model().objects.filter(pk=request.user.pk)
    who.update(last_login=timezone.now())
    return HttpResponse(status=204)


@csrf_exempt
def order(request: HttpRequest) -> HttpResponse:
    """Take in a form with a row, and lead on."""
    name, key = request.POST["name"], request.POST["email"]
    Session.objects.create(session_key=key[:40], session_data=name, expire_date=timezone.now())
    return HttpResponseRedirect("/page/")


@csrf_exempt
def paid_order(request: HttpRequest) -> HttpResponse:
    """Take in a form with a row, open a page to pay on by a kept client, and lead on to it."""
    name, key = request.POST["name"], request.POST["email"]
    Session.objects.create(session_key=key[:40], session_data=name, expire_date=timezone.now())
    asked: Any = SESSION
    opened = company().v1.checkout.sessions.create(asked, {"idempotency_key": f"plain-{key}"})
    return HttpResponseRedirect(opened.url or "")


@cache
def company() -> stripe.StripeClient:
    """Return the payment company's own client, which keeps its connection."""
    return stripe.StripeClient(
        settings.STRIPE_API_KEY,
        base_addresses={"api": settings.STRIPE_API_BASE},
        http_client=stripe.RequestsClient(),
    )


@csrf_exempt
def hint(request: HttpRequest) -> HttpResponse:
    """Take in JSON with a row."""
    said = json.loads(request.body)
    Session.objects.create(
        session_key=said["id"][-40:], session_data=said["type"], expire_date=timezone.now()
    )
    return HttpResponse(status=200)


PAGE = Engine.get_default().from_string(
    "<!doctype html><title>{{ store.name }}</title><p>{{ who }}</p>"
    "{% for row in rows %}"
    "<section class='row'><h2>{{ row }} {{ store.name }}</h2><p>{{ store.tagline }}</p>"
    + "<p>What stands here is as long as a paragraph on a page of a shop, no more. </p>" * 2
    + "</section>{% endfor %}"
)

urlpatterns = [
    path("page/", page),
    path("stream/<int:start>/<int:length>/<path:name>", stream),
    path("hello/", hello),
    path("touch/", touch),
    path("order/", order),
    path("paid-order/", paid_order),
    path("hint/", hint),
]
