"""Who is asking: the signed-in customer or staff of this store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.functional import SimpleLazyObject

from accounts.models import Customer
from accounts.services import browsers
from accounts.services.second_steps import has_second_step
from accounts.views.here import at, must_have_step, passed_step, to_make_sure, who
from core import clock
from core.prepared import Prepared, given
from stores.middleware import host_of
from stores.models import Staff

SEEN = "seen"
COARSE = timedelta(hours=1)
CUSTOMER = Prepared(
    lambda: Customer.objects.filter(user_id=given("user", int)).select_related("user")[:1]
)
STAFF = Prepared(lambda: Staff.objects.filter(user_id=given("user", int))[:1])
GUARDED = frozenset({"admin", "operator"})


class CustomerMiddleware:
    """Set ``request.customer`` and ``request.staff``, asked for only when needed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Attach the lazy lookups and go on."""
        request.customer = SimpleLazyObject(lambda: customer_of(request))  # type: ignore[attr-defined]  # see StoreRequest
        request.staff = SimpleLazyObject(lambda: staff_of(request))  # type: ignore[attr-defined]  # see StoreRequest
        return self.get_response(request)


def customer_of(request: HttpRequest) -> Customer | None:
    """Return the signed-in customer of this store, or None."""
    if getattr(request, "store", None) is None or not request.user.is_authenticated:
        return None
    return CUSTOMER.first(user=request.user.pk)


def staff_of(request: HttpRequest) -> Staff | None:
    """Return who of this store's staff is signed in, or None."""
    if getattr(request, "store", None) is None or not request.user.is_authenticated:
        return None
    return STAFF.first(user=request.user.pk)


class BrowserMiddleware:
    """Keep a row for each signed-in browser, and let its ninety days begin anew as it is used.

    Pages that never looked at the session stay as they are: they are kept whole for visitors.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then note who was here; at most once an hour."""
        response = self.get_response(request)
        session = request.session
        if session.accessed and session.session_key and SESSION_KEY in session:
            self._note(request, clock.now())
        return response

    def _note(self, request: HttpRequest, now: datetime) -> None:
        session = request.session
        seen = session.get(SEEN, {})
        is_known = seen.get("key") == session.session_key
        if is_known and datetime.fromisoformat(seen["at"]) > now - COARSE:
            return
        browsers.keep(
            int(session[SESSION_KEY]),
            store=getattr(request, "store", None),
            session_key=session.session_key or "",
            agent=request.headers.get("User-Agent", ""),
            now=now,
        )
        session[SEEN] = {"key": session.session_key, "at": now.isoformat()}


class SecondStepMiddleware:
    """Lead staff who must have a second step, and did not show it, to it before any admin page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on; see below."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Return the way to the second step, or nothing."""
        match = request.resolver_match
        if match is None or not GUARDED.intersection(match.namespaces[:1]):
            return None
        if not request.user.is_authenticated or not must_have_step(request):
            return None
        user = who(request)
        if not has_second_step(user, host_of(request)):
            return HttpResponseRedirect(at(request, "security"))
        return None if passed_step(request, user) else to_make_sure(request)
