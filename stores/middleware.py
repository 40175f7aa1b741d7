"""The host gate: which store a request is for, in which language, with whose session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
)
from django.middleware.security import SecurityMiddleware
from django.urls import set_script_prefix
from django.utils import timezone, translation

from core import clock, logs
from core.prepared import Prepared, given
from stores.models import Store
from stores.scope import store_scope
from stores.services.closing.phases import Phase, phase_of
from stores.services.domains.names import is_platforms
from stores.sorry import away
from stores.views import (
    closed,
    health,
    may_have_certificate,
    no_such_host,
    nothing_new,
    only_read,
    ready,
)

GetResponse = Callable[[HttpRequest], HttpResponseBase]
HEALTH_PAGES = {"/healthz": health, "/readyz": ready, "/tls/allowed": may_have_certificate}
AT_HOST = Prepared(
    lambda: (
        Store.objects.select_related("look", "business")
        .with_primary_host()
        .at_host(given("host"))
        .order_by("pk")[:1]
    )
)
STAYS = ("/.well-known/",)
"""Paths that are answered at whatever host they were asked: proofs for certificates."""
FOREIGN_HSTS_SECONDS = 30 * 24 * 3600
"""On a creator's own domain: short, and for that host only. What else they run below their
domain, and where it goes when they leave, is theirs to say."""


def host_of(request: HttpRequest) -> str:
    """Return the host asked for, in lower case and without port; empty when it is malformed."""
    host: str = request.META.get("HTTP_HOST") or request.META.get("SERVER_NAME", "")
    host = host.lower().rstrip(".")
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].rstrip(".")


class HostSecurityMiddleware(SecurityMiddleware):
    """Django's, but a creator's own domain is promised to nobody beyond its host."""

    def process_response(  # type: ignore[override]  # stubs know HttpResponse only
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Add the headers; HSTS without subdomains and preload where the domain is not ours."""
        answer = super().process_response(request, response)  # type: ignore[arg-type]  # stubs know HttpResponse only
        header = "Strict-Transport-Security"
        if header in answer and not is_platforms(host_of(request)):
            seconds = min(self.sts_seconds, FOREIGN_HSTS_SECONDS)
            answer.headers[header] = f"max-age={seconds}"
        return answer


class StoreMiddleware:
    """Resolve the host to its store once, or to the platform, or answer 404.

    No view is reached with a foreign host: that is why ALLOWED_HOSTS can be a star. Health pages
    answer first, on any host, before the database is asked.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request inside its store's scope, language and zone."""
        if request.path_info in HEALTH_PAGES:
            return HEALTH_PAGES[request.path_info](request)
        # Forms are read as UTF-8 whatever charset they claim: codecs that are none, or make half
        # surrogate pairs, would break what comes after.
        request.encoding = "utf-8"
        host = host_of(request)
        if host in settings.PLATFORM_HOSTS:
            return self._platform(request)
        store = AT_HOST.first(host=host) if host else None
        if store is None:
            return no_such_host(request)
        if host != _first_host(store) and _may_move(request):
            return _to_primary(request, store)
        return self._store(request, store)

    def _platform(self, request: HttpRequest) -> HttpResponseBase:
        request.store = None  # type: ignore[attr-defined]  # StoreRequest only where there is a store
        request.urlconf = settings.PLATFORM_URLCONF
        language = translation.get_language_from_request(request)
        with translation.override(language):
            answer = away(request) if settings.MAINTENANCE else self.get_response(request)
            return self._say_language(answer)

    def _store(self, request: HttpRequest, store: Store) -> HttpResponseBase:
        request.store = store  # type: ignore[attr-defined]  # see StoreRequest
        logs.note(store=store.public_id)
        language = self._take_language(request, store)
        with store_scope(store), translation.override(language), timezone.override(store.zone):
            try:
                answer = away(request) if settings.MAINTENANCE else self.get_response(request)
                return self._say_language(answer)
            finally:
                set_script_prefix("/")

    def _take_language(self, request: HttpRequest, store: Store) -> str:
        """Read the language from the path's prefix, and let ``reverse()`` write it there again."""
        first, slash, rest = request.path_info[1:].partition("/")
        if slash and first in store.other_languages:
            request.path_info = "/" + rest
            set_script_prefix(f"/{first}/")
            return first
        set_script_prefix("/")
        return store.language

    def _say_language(self, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Content-Language", translation.get_language() or "en")
        return response


def _first_host(store: Store) -> str:
    """Return the host that all others lead to, which the host gate has asked for."""
    return str(store.primary_host)  # type: ignore[attr-defined]  # with_primary_host()


def _may_move(request: HttpRequest) -> bool:
    """Whether a request goes on at the first host; what was posted is taken where it came."""
    return request.method in {"GET", "HEAD"} and not request.path_info.startswith(STAYS)


def _to_primary(request: HttpRequest, store: Store) -> HttpResponse:
    """Lead to the same page at the store's first host.

    For good, but no browser keeps it: the first host may change, and change back.
    """
    host = f"{_first_host(store)}{_port_of(request)}"
    path = "/" + request.get_full_path().lstrip("/")
    moved = HttpResponsePermanentRedirect(f"{request.scheme}://{host}{path}")
    moved.headers["Cache-Control"] = "no-cache"
    return moved


def _port_of(request: HttpRequest) -> str:
    asked = request.META.get("HTTP_HOST", "").rpartition(":")
    return f":{asked[2]}" if asked[1] and asked[2].isdigit() else ""


class ClosingMiddleware:
    """What a store that was closed still answers: reading for a year, then a closed door.

    The admin stays open to be read, and for what customers are owed.
    """

    OWED = ("_refund", "_decide", "_archive_", "_closing_", "_cancelnotice_", "_staff_leave")
    DOOR = frozenset({"admin", "accounts", "stores"})
    NEW = frozenset(
        {
            *("storefront:list", "storefront:sign-up", "storefront:sample"),
            *("conversations:ask", "conversations:contact", "conversations:more"),
            *("conversations:keyed-more", "content:ask", "content:reply"),
        }
    )
    """What nobody of the shop can take up or answer any more, once its admin only reads."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on; see below."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Return the closed door, a refusal to change anything, or nothing."""
        store: Store | None = getattr(request, "store", None)
        match = request.resolver_match
        if store is None or store.closing_since is None or match is None:
            return None
        phase = phase_of(store.closing_since, clock.now())
        space, name = (match.namespaces or [""])[0], match.url_name or ""
        if phase is Phase.CLOSED and space not in self.DOOR:
            return closed(request)
        if phase not in {Phase.READ_ONLY, Phase.CLOSED} or request.method in {"GET", "HEAD"}:
            return None
        if space == "admin" and not any(each in name for each in self.OWED):
            return only_read(request)
        return nothing_new(request) if match.view_name in self.NEW else None


class StoreSessionMiddleware(SessionMiddleware):
    """Sessions that belong to one store: a cookie carried to another host opens nothing there."""

    def process_request(self, request: HttpRequest) -> None:
        """Load the session, and start an empty one when it is another store's."""
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "a")
        if not (key.isascii() and key.isalnum()):
            # Never one of ours, and PostgreSQL refuses to look for a NUL.
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        super().process_request(request)
        session = request.session
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not session.is_empty():
            owner = session.get("store")
            if owner is not None and owner != self._here(request):
                request.session = self.SessionStore()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
        """Write the store's id into whatever is kept."""
        session = getattr(request, "session", None)
        if session is not None and session.modified and not session.is_empty():
            session["store"] = self._here(request)
        return super().process_response(request, response)  # type: ignore[arg-type]  # stubs know HttpResponse only

    def _here(self, request: HttpRequest) -> str:
        store: Store | None = getattr(request, "store", None)
        return "platform" if store is None else store.public_id
