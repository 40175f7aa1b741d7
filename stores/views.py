"""Health pages, the answers of the host gate, and what every template knows of the store."""

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _


def health(request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return JsonResponse({"ok": True})


def ready(request: HttpRequest) -> HttpResponse:
    """Say whether the database answers too."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # noqa: BLE001 -- whatever is wrong with the database, we are not ready
        return JsonResponse({"ok": False}, status=503)
    return JsonResponse({"ok": True})


def no_such_host(request: HttpRequest) -> HttpResponse:
    """Answer a host that is nobody's, before any view, session or cookie."""
    return HttpResponse("No such address.\n", status=404, content_type="text/plain; charset=utf-8")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say in the reader's words that the form was too old, and what to do."""
    sentence = _("This page was open for too long. Go back, load it again, and send once more.")
    return render(request, "stores/sorry.html", {"sentence": sentence}, status=403)


def store_context(request: HttpRequest) -> dict[str, Any]:
    """Give templates the store, the person, and the page's language and direction."""
    return {
        "store": getattr(request, "store", None),
        "customer": getattr(request, "customer", None),
        "staff": getattr(request, "staff", None),
        "page_language": get_language(),
        "page_direction": "rtl" if get_language_bidi() else "ltr",
    }
