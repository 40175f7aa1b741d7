"""Views as plain as Django has them, to compare with."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.core.files.storage import storages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from content.services.files import CHUNK


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


def hello(request: HttpRequest) -> HttpResponse:
    """Answer who asks."""
    return HttpResponse(f"<!doctype html><title>Hello</title><p>{request.user.pk}")


@csrf_exempt
def touch(request: HttpRequest) -> HttpResponse:
    """Write one row with one UPDATE."""
    who = get_user_model().objects.filter(pk=request.user.pk)
    who.update(last_login=timezone.now())
    return HttpResponse(status=204)


urlpatterns = [
    path("stream/<int:start>/<int:length>/<path:name>", stream),
    path("hello/", hello),
    path("touch/", touch),
]
