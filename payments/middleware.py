"""The short way in for the payment company: it needs no session, no store and no language."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from core import logs
from payments.views.webhooks import stripe
from stores.middleware import host_of

DOOR = "/stripe/"


class HintsMiddleware:
    """Let what is posted to Stripe's door on the platform's host go straight to its view.

    The view makes every check itself, and is the same at its address, where all else arrives:
    other methods, other hosts, and whatever comes while nobody is to be served.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a hint, or go on."""
        if not (request.path_info.startswith(DOOR) and _is_hint(request)):
            return self.get_response(request)
        logs.note(is_hint=True)
        return stripe(request, request.path_info.removeprefix(DOOR).removesuffix("/"))


def _is_hint(request: HttpRequest) -> bool:
    return (
        request.method == "POST"
        and request.path_info.endswith("/")
        and host_of(request) in settings.PLATFORM_HOSTS
        and not settings.MAINTENANCE
    )
