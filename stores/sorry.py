"""The pages for what broke: in the store's look and language, and without the database."""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from core.middleware import number_of
from stores.services.theme import font_urls, theme_of

logger = logging.getLogger(__name__)
RETRY_AFTER = 30


def server_error(request: HttpRequest, template_name: str = "") -> HttpResponse:
    """Say that something broke; while the database is away, that it comes back."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return away(request)
    return _sorry(request, 500, _("Something broke on our side"), _broken())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that what was sent could not be read."""
    return _sorry(request, 400, _("This request could not be read"), _unread())


def away(request: HttpRequest) -> HttpResponse:
    """Say that the shop is being worked on, or its database is away, and comes back by itself."""
    response = _sorry(request, 503, _("Back in a moment"), _resting())
    response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    return response


def _broken() -> str:
    return _(
        "Nothing you paid for is lost. Try again in a minute; if it stays this way, "
        "write to the shop."
    )


def _unread() -> str:
    return _(
        "Something in the address or the form was not as it should be. Go back and try once more."
    )


def _resting() -> str:
    return _("The shop is being worked on. What you bought is safe. Load this page again soon.")


def _sorry(request: HttpRequest, status: int, heading: str, sentence: str) -> HttpResponse:
    """Return the page; when even that breaks, the one that needs nothing of ours.

    No context processor runs: they would ask the database who is here.
    """
    context: dict[str, Any] = {"number": number_of(request)}
    store = getattr(request, "store", None)
    if store is not None and not settings.DEBUG:
        try:
            look = theme_of(store.look)
            context |= {
                "store": store,
                "heading": heading,
                "sentence": sentence,
                "theme_url": reverse("stores:theme", settings.ROOT_URLCONF, args=[look.digest]),
                "theme_fonts": font_urls(look),
                "home_url": reverse("storefront:home", settings.ROOT_URLCONF),
                "page_language": get_language(),
                "page_direction": "rtl" if get_language_bidi() else "ltr",
            }
            return HttpResponse(render_to_string("stores/broken.html", context), status=status)
        except Exception:
            logger.exception("the page that says sorry broke too")
    return HttpResponse(_last_resort(status, context["number"]), status=status)


def _last_resort(status: int, number: str) -> str:
    """Return a page in both languages that is a file and nothing else."""
    page = (settings.BASE_DIR / "templates" / f"{status}.html").read_text(encoding="utf-8")
    return page.replace("<!-- number -->", f'<p class="note"><bdi>{number}</bdi></p>')
