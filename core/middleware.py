"""Every request has a number: in the log, in the answer and on the page that says sorry."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from core import logs, tokens

HEADER = "X-Request-ID"
GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}\Z")
UNSAID = frozenset({"/healthz", "/readyz"})
logger = logging.getLogger("access")


class RequestMiddleware:
    """Number the request, let its lines carry the number, and write one line when it is answered.

    A number is taken over only where a proxy of ours stands in front, which writes its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the number."""
        begun = time.monotonic()
        number = number_of(request)
        with logs.during(request=number):
            response = self.get_response(request)
            response.headers[HEADER] = number
            if request.path_info not in UNSAID:
                _say(request, response, time.monotonic() - begun)
        return response


def number_of(request: HttpRequest) -> str:
    """Return the request's number; it is made when it is first asked for."""
    number: str | None = getattr(request, "number", None)
    if number is None:
        given = request.headers.get(HEADER, "") if settings.BEHIND_PROXY else ""
        number = given if GIVEN.match(given) else tokens.public_id()
        request.number = number  # type: ignore[attr-defined]  # read here and by templates
    return number


def _say(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    match = request.resolver_match
    view = match.view_name or match.route if match is not None else "-"
    facts: dict[str, Any] = {"method": request.method, "view": view, "status": response.status_code}
    facts["ms"] = round(seconds * 1000)
    store = getattr(request, "store", None)
    if store is not None:
        facts["store"] = store.public_id
    user = getattr(request, "_cached_user", None)  # who was asked for; nobody is asked for here
    if user is not None and user.pk:
        facts["user"] = getattr(user, "public_id", user.pk)
    logger.info("answered", extra={"facts": facts})
