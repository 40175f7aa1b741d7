"""Where a request is, and how lately its person proved who they are."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.models import User
from accounts.services.second_steps import has_second_step, has_step_anywhere
from core import clock
from core.clock import local_day
from stores.middleware import host_of
from stores.models import Store

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponse])
FRESH_SECONDS = 15 * 60
STEP = "mfa"
STEP_STAGE = "second_step"


def store_here(request: HttpRequest) -> Store | None:
    """Return the store of this host, or None on the platform's."""
    store: Store | None = getattr(request, "store", None)
    return store


def door(request: HttpRequest) -> str:
    """Return the namespace of our addresses on this host."""
    return "accounts" if store_here(request) is not None else "accounts_platform"


def at(request: HttpRequest, name: str, *args: object) -> str:
    """Return one of our addresses on this host."""
    return reverse(f"{door(request)}:{name}", args=args)


def where(request: HttpRequest) -> dict[str, str]:
    """Return what the door's templates need to stand on either host."""
    if store_here(request) is None:
        return {"base": "platform/base.html", "door": "accounts_platform"}
    return {"base": "base.html", "door": "accounts"}


def origin_of(request: HttpRequest) -> str:
    """Return this page's origin, as browsers write it into what they sign."""
    return f"{request.scheme}://{request.get_host().lower()}"


def who(request: HttpRequest) -> User:
    """Return who is signed in, where the view is for them only."""
    return cast("User", request.user)


def passed_step(request: HttpRequest, user: User) -> bool:
    """Whether this session proved a second step."""
    return any(each.get("method") == STEP for each in get_authentication_records(request, user))


def is_fresh(request: HttpRequest, *, by_step: bool = False) -> bool:
    """Whether this browser proved a moment ago who sits there, by the strongest way they have.

    ``by_step`` asks for a second step even where only another host has one.
    """
    user = who(request)
    needs_step = by_step or has_second_step(user, host_of(request))
    since = time.time() - FRESH_SECONDS
    return any(
        each["at"] > since and (each.get("method") == STEP or not needs_step)
        for each in get_authentication_records(request, user)
    )


def for_people(view: ViewT) -> ViewT:
    """Let in who is signed in; others to the door of this host, and back here."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            path = request.get_full_path() if request.method == "GET" else at(request, "security")
            return redirect_to_login(path, at(request, "sign-in"))
        return view(request, *args, **kwargs)

    return cast("ViewT", checked)


def for_the_sure(view: ViewT) -> ViewT:
    """Let in who proved a moment ago who they are; others prove it first, and come back."""

    @for_people
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if is_fresh(request) else to_make_sure(request)

    return cast("ViewT", checked)


def for_a_new_app(view: ViewT) -> ViewT:
    """Let in who may set up an authenticator app, which counts at every host.

    So whoever has a second step anywhere proves it first: else a mailbox alone, at a host where
    their passkey is none, would make the step that opens the host where it is one.
    """
    return _by_step(view, lambda request: has_step_anywhere(who(request)))


def for_a_new_passkey(view: ViewT) -> ViewT:
    """Let in who may make a passkey for this host.

    It opens no other, but for those who run a store: their step on the platform's host is carried
    over, and a store may ask for one. They prove the step they have, wherever it is.
    """
    return _by_step(view, lambda request: runs_something(who(request)))


def runs_something(user: User) -> bool:
    """Whether somebody who has a second step anywhere runs a store, or the platform."""
    is_guarded = has_step_anywhere(user)
    return is_guarded and (user.is_superuser or Store.objects.run_by(user.pk).exists())


def _by_step(view: ViewT, asks: Callable[[HttpRequest], bool]) -> ViewT:
    @for_people
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        by_step = asks(request)
        if is_fresh(request, by_step=by_step):
            return view(request, *args, **kwargs)
        return to_make_sure(request, by_step=by_step)

    return cast("ViewT", checked)


def to_make_sure(request: HttpRequest, *, by_step: bool = False) -> HttpResponseRedirect:
    """Return the way to prove who one is, and back to the page asked for."""
    back = request.get_full_path() if request.method == "GET" else at(request, "security")
    asked = {"next": back} | ({"step": "1"} if by_step else {})
    return HttpResponseRedirect(f"{at(request, 'sure')}?{urlencode(asked)}")


def way_to_be_sure(request: HttpRequest) -> HttpResponseRedirect | None:
    """Return the way to prove who one is and back to this page; None for who did a moment ago."""
    if is_fresh(request):
        return None
    return HttpResponseRedirect(
        f"{at(request, 'sure')}?{urlencode({'next': request.get_full_path()})}"
    )


def must_have_step(request: HttpRequest) -> bool:
    """Whether this person may not enter the admin of this host without a second step."""
    store = store_here(request)
    if store is None:
        return bool(settings.OPERATORS_NEED_SECOND_STEP and who(request).is_superuser)
    staff = getattr(request, "staff", None)
    if not store.needs_second_step or not staff:
        return False
    begins = store.second_step_from
    is_begun = begins is None or local_day(clock.now(), store.zone) >= begins
    return is_begun and (not store.second_step_roles or staff.role in store.second_step_roles)
