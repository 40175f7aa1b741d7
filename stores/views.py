"""Health pages, the answers of the host gate, the look, and what every template knows of it."""

from functools import lru_cache, partial
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_bidi, get_language_info, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import clock, tokens
from core.limits import Limit
from core.shown import Shown
from stores.contract import StoreRequest
from stores.models import Business, CalendarFeed, Store
from stores.services.away import away_note
from stores.services.calendar import feed_of
from stores.services.closing.words import note_of
from stores.services.readiness import look
from stores.services.theme import font_urls, theme_of

FETCHES = Limit("calendar-feed", 120, 3600)
FOR_GOOD = "public, max-age=31536000, immutable"
PICTURES = {".webp": "image/webp", ".avif": "image/avif"}
"""What core.images writes; nothing else is ever served from the public folder."""


def health(request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return JsonResponse({"ok": True})


def ready(request: HttpRequest) -> HttpResponse:
    """Say whether this process can serve, and to ``?work`` whether work gets done in time too.

    A balancer asks the first: workers that stand still are no reason to take the web away. Numbers
    are for this machine itself and for who knows READYZ_TOKEN.
    """
    found = look(clock.now())
    is_fine = found.can_serve and (found.keeps_up or "work" not in request.GET)
    said: dict[str, Any] = {"ok": is_fine}
    if _may_see_numbers(request):
        said |= {"keeps_up": found.keeps_up} | found.details
    answer = JsonResponse(said, status=200 if is_fine else 503)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _may_see_numbers(request: HttpRequest) -> bool:
    """Whether a program on this machine asks, past any proxy, or one that knows the token."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.READYZ_TOKEN and constant_time_compare(token, settings.READYZ_TOKEN):
        return True
    is_passed_on = "X-Forwarded-For" in request.headers
    return not is_passed_on and request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}


def may_have_certificate(request: HttpRequest) -> HttpResponse:
    """Say whether a host may have a certificate: for the web server, before it asks for one.

    With TLS_ASK_SECRET for whoever says it; without, for this machine and nobody's proxy.
    """
    secret = settings.TLS_ASK_SECRET
    is_near = request.META.get("REMOTE_ADDR", "") in {"127.0.0.1", "::1"}
    is_passed_on = "HTTP_X_FORWARDED_FOR" in request.META
    may_ask = tokens.same(secret, request.GET.get("key", "")) if secret else is_near
    if not may_ask or (not secret and is_passed_on):
        return HttpResponse(status=404)
    host = request.GET.get("domain", "").lower().rstrip(".")
    is_good = bool(host) and Store.objects.at_host(host).exists()
    return HttpResponse(status=200 if is_good else 404)


def no_such_host(request: HttpRequest) -> HttpResponse:
    """Answer a host that is nobody's, before any view, session or cookie."""
    return HttpResponse("No such address.\n", status=404, content_type="text/plain; charset=utf-8")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say in the reader's words that the form was too old, and what to do."""
    sentence = _("This page was open for too long. Go back, load it again, and send once more.")
    return render(request, "stores/sorry.html", {"sentence": sentence}, status=403)


def closed(request: HttpRequest) -> HttpResponse:
    """Say that the shop is closed for good."""
    return render(request, "stores/closed.html", status=410)


def only_read(request: HttpRequest) -> HttpResponse:
    """Say that a closed store's admin can be read, and what can still be done."""
    sentence = _(
        "This store is closed. You can read everything, give money back and take everything along."
    )
    return render(request, "stores/sorry.html", {"sentence": sentence}, status=403)


def nothing_new(request: HttpRequest) -> HttpResponse:
    """Say that a closed shop takes in nothing new, and what stays."""
    sentence = _("This shop takes in nothing new. What you have can be read and taken along.")
    return render(request, "stores/sorry.html", {"sentence": sentence}, status=403)


def store_context(request: HttpRequest) -> dict[str, Any]:
    """Give templates the store, the person, and the page's language and direction."""
    store = getattr(request, "store", None)
    look = None if store is None else theme_of(store.look)
    return {
        "store": store,
        "away_note": ""
        if store is None
        else SimpleLazyObject(partial(away_note, store, clock.now())),
        "closing_note": "" if store is None else note_of(store, clock.now()),
        "theme_url": getattr(request, "tried_theme_url", "")
        or (look and _theme_url(look.digest, get_script_prefix())),
        # Asked for inside a kept piece only: a template calls it where it stands.
        "theme_fonts": partial(font_urls, look) if look else [],
        "customer": getattr(request, "customer", None),
        "staff": getattr(request, "staff", None),
        "around": {}
        if store is None
        else Shown(store.navigation.get("languages", {}).get(get_language(), {})),
        "same_page": [] if store is None else _in_other_languages(request, store),
        "here": _here(request, store),
        "page_language": get_language(),
        "page_direction": "rtl" if get_language_bidi() else "ltr",
    }


def _here(request: HttpRequest, store: Store | None) -> str:
    """Return the page's path where the menu leads to it, and nothing anywhere else."""
    if store is None:
        return ""
    around = store.navigation.get("languages", {}).get(get_language(), {})
    menu = {link["url"] for link in around.get("header", ())}
    return request.path if request.path in menu | _menu(get_script_prefix()) else ""


@lru_cache(maxsize=1024)
def _theme_url(digest: str, _prefix: str) -> str:
    return reverse("stores:theme", args=[digest])


@lru_cache(maxsize=16)
def _menu(_prefix: str) -> frozenset[str]:
    """Return where the lines of the menu lead that every store has."""
    names = ("storefront:home", "storefront:shelf", "accounts:account", "accounts:sign-in")
    return frozenset(reverse(name) for name in names)


def terms_page(store: Store) -> str:
    """Return where the creator's own page of the terms stands in the language being read."""
    around = store.navigation.get("languages", {}).get(get_language(), {})
    return str(around.get("terms", ""))


@require_safe
def terms(request: StoreRequest) -> HttpResponse:
    """Show the store's terms of sale, as the seller wrote them."""
    page_of_terms = terms_page(request.store)
    if page_of_terms:
        return redirect(page_of_terms)
    business = Business.objects.filter(store=request.store).exclude(terms="").first()
    if business is None:
        raise Http404
    return render(request, "stores/terms.html", {"business": business})


def _in_other_languages(request: HttpRequest, store: Store) -> list[dict[str, str]]:
    """Return this page's addresses in the store's other languages, each by its own name."""
    languages = [store.language, *store.other_languages]
    path = "/" + quote(request.path_info.lstrip("/"))  # never "//host", which leads elsewhere
    return [
        {
            "code": code,
            "name": get_language_info(code)["name_local"],
            "url": path if code == store.language else f"/{code}{path}",
        }
        for code in languages
        if code != get_language()
    ]


@require_safe
def theme(request: StoreRequest, digest: str) -> HttpResponse:
    """Serve the theme stylesheet for good: another look has another address."""
    current = theme_of(request.store.look)
    if digest != current.digest:
        moved = redirect("stores:theme", current.digest)
        moved.headers["Cache-Control"] = "no-store"
        return moved
    response = HttpResponse(current.css, content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = FOR_GOOD
    return response


@require_safe
def picture(request: StoreRequest, name: str) -> FileResponse:
    """Serve one of this store's public pictures; their names are random, so for good too."""
    media_type = PICTURES.get(name[-5:].lower())
    owner, *rest = name.split("/")
    if media_type is None or owner != request.store.public_id or ".." in rest:
        raise Http404
    try:
        opened = storages["default"].open(name)
    except (OSError, SuspiciousFileOperation, ValueError) as error:
        raise Http404 from error  # no such file, or a name no file can have
    response = FileResponse(opened, content_type=media_type)
    response.headers["Cache-Control"] = FOR_GOOD
    return response


@require_safe
def calendar(request: StoreRequest, feed_id: str, key: str) -> HttpResponse:
    """Serve one of the team the store's calendar, for the app whose address this is."""
    feed = CalendarFeed.objects.select_related("staff").filter(public_id=feed_id).first()
    if feed is None or not tokens.same(key, feed.token):
        raise Http404
    if not FETCHES.hit(feed.public_id):
        return HttpResponse(status=429)
    now = clock.now()
    CalendarFeed.objects.filter(pk=feed.pk).update(fetched_at=now)
    with override(request.store.language), timezone.override(request.store.zone):
        body = feed_of(request.store, feed.staff, now)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
