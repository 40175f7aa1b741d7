"""A team's places: its manager gives them out; who was invited takes one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock, money
from core.limits import Limit
from payments.errors import PaymentError
from payments.models import Team, TeamPlace
from payments.services import showing as things
from payments.services.quoting import has_already
from payments.services.subscriptions.telling import day_in_words
from payments.services.teams import claiming, inviting, resizing, showing
from payments.services.teams.holders import access_of_place, subscription_of_team
from payments.services.teams.standing import why_closed
from payments.views.plans import SHOWN_LASTS
from products.services.rhythms import a_period
from stores.contract import StoreRequest

INVITING = Limit("team-invites", times=30, seconds=3600)


@never_cache
@login_required
@require_safe
def team(request: StoreRequest, team_id: str) -> HttpResponse:
    """Show a manager their places: who has one, who was invited, what is left."""
    return _page(request, _managed(request, team_id))


@never_cache
@login_required
@require_POST
def invite(request: StoreRequest, team_id: str) -> HttpResponse:
    """Invite all addresses of a text; lines that could not be stay in the box, each with why."""
    found = _managed(request, team_id)
    if not INVITING.hit(found.public_id):
        trouble = _("That was many tries in a short time. Wait a few minutes.")
        return _page(request, found, trouble=trouble, typed=_typed(request), status=429)
    try:
        done = inviting.invite(
            found, _typed(request), now=clock.now(), language=get_language() or ""
        )
    except PaymentError as refused:
        trouble = str(refused.sentence)
        return _page(request, found, trouble=trouble, typed=_typed(request), status=409)
    if done.places:
        count = len(done.places)
        said = ngettext("%(n)s person is invited.", "%(n)s people are invited.", count)
        messages.success(request, said % {"n": count})
    if not done.troubles:
        return redirect("payments:team", found.public_id)
    return _page(request, found, troubles=done.troubles, typed=done.left, status=422)


@never_cache
@login_required
@require_POST
def mine(request: StoreRequest, team_id: str) -> HttpResponseBase:
    """Take a place oneself."""
    found = _managed(request, team_id)
    return _do(request, found, lambda now: claiming.take_oneself(found, now=now))


@never_cache
@login_required
@require_POST
def again(request: StoreRequest, team_id: str, place_id: str) -> HttpResponseBase:
    """Send an invitation once more."""
    found, one = _place(request, team_id, place_id)
    return _do(request, found, lambda now: inviting.resend(one, now=now))


@never_cache
@login_required
@require_POST
def withdraw(request: StoreRequest, team_id: str, place_id: str) -> HttpResponseBase:
    """Take an invitation back."""
    found, one = _place(request, team_id, place_id)
    return _do(request, found, lambda now: inviting.withdraw(one, now=now))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: StoreRequest, team_id: str, place_id: str) -> HttpResponseBase:
    """Say what taking a place from somebody means; on POST do it."""
    found, one = _place(request, team_id, place_id)
    if one.claimed_by is None:
        return redirect("payments:team", found.public_id)
    if request.method == "POST":
        return _do(request, found, lambda now: claiming.take_back(one, now=now))
    who = one.claimed_by.name or one.claimed_by.user.email
    context = {"team": found, "place": one, "who": who, "line": found.line}
    return render(request, "payments/team_take_back.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def seats(request: StoreRequest, team_id: str) -> HttpResponseBase:
    """Show what another number of places costs today and then; on POST make exactly that change."""
    found, now = _managed(request, team_id), clock.now()
    subscription = subscription_of_team(found)
    wanted = _number(request.POST.get("seats") or request.GET.get("seats") or "")
    if subscription is None or wanted is None:
        return redirect("payments:team", found.public_id)
    seen = _seen(request.POST.get("at", ""), now)
    try:
        if request.method == "POST" and seen is not None:
            resizing.resize_to(subscription, wanted, now=now, at=seen)
            return redirect("payments:team", found.public_id)
        shown = resizing.preview(subscription, wanted, now)
    except PaymentError as refused:
        return _page(request, found, trouble=str(refused.sentence), status=409)
    context = {
        "team": found,
        "line": found.line,
        "seats": wanted,
        "shown": shown,
        "at": int(shown.at.timestamp()),
        "today": money.display(shown.today, subscription.currency),
        "then": a_period(subscription.price, money.display(shown.then, subscription.currency)),
        "next_day": day_in_words(shown.next_at),
    }
    return render(request, "payments/team_seats.html", context)


@never_cache
@require_safe
def place(request: StoreRequest, place_id: str, key: str) -> HttpResponseBase:
    """Show who invites to what, and the button that takes it; nothing is taken by looking."""
    return _invitation(request, _invited(place_id, key))


@never_cache
@require_POST
def claim(request: StoreRequest, place_id: str, key: str) -> HttpResponseBase:
    """Take the place into the account of who is signed in."""
    found = _invited(place_id, key)
    if not request.customer:
        return redirect(_sign_in(found))
    try:
        given = claiming.claim(found, request.customer, now=clock.now())
    except PaymentError as refused:
        again = _invited(place_id, key)
        return _invitation(request, again, trouble=str(refused.sentence), status=409)
    doors = things.doors(given, clock.now())
    return redirect(doors[0].url if doors else reverse("storefront:shelf"))


def _managed(request: StoreRequest, team_id: str) -> Team:
    if not request.customer:
        raise Http404
    teams = Team.objects.filter(manager=request.customer)
    found: Team = get_object_or_404(
        teams.select_related("line__order", "line__product", "line__price", "manager__user"),
        public_id=team_id,
    )
    return found


def _place(request: StoreRequest, team_id: str, place_id: str) -> tuple[Team, TeamPlace]:
    found = _managed(request, team_id)
    places = found.places.standing().select_related("claimed_by__user", "team__line__order")
    return found, get_object_or_404(places, public_id=place_id)


def _invited(place_id: str, key: str) -> TeamPlace:
    found = claiming.find_place(place_id, key)
    if found is None or found.is_free:
        raise Http404
    return found


def _do(request: StoreRequest, found: Team, deed: Callable[[datetime], object]) -> HttpResponseBase:
    try:
        deed(clock.now())
    except PaymentError as refused:
        return _page(request, found, trouble=str(refused.sentence), status=409)
    return redirect("payments:team", found.public_id)


def _page(
    request: StoreRequest,
    found: Team,
    *,
    trouble: str = "",
    troubles: Any = (),
    typed: str = "",
    status: int = 200,
) -> HttpResponse:
    subscription = subscription_of_team(found)
    context = {
        "team": found,
        "line": found.line,
        "page": showing.page_of(found, clock.now()),
        "price": subscription.price if subscription else found.line.price,
        "seats": subscription.seats if subscription else found.line.quantity,
        "trouble": trouble,
        "troubles": troubles,
        "typed": typed,
    }
    return render(request, "payments/team.html", context, status=status)


def _invitation(
    request: StoreRequest, found: TeamPlace, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    now, customer, line = clock.now(), request.customer or None, found.team.line
    is_mine = customer is not None and found.claimed_by_id == customer.pk
    context = {
        "place": found,
        "team": found.team,
        "from": found.team.manager.name or line.order.name,
        "line": line,
        "trouble": trouble,
        "closed": why_closed(found.team, now),
        "is_mine": is_mine,
        "has_access": is_mine and access_of_place(found) is not None,
        "has_it": not is_mine and has_already(customer, line.product_id, now),
        "take_url": _sign_in(found),
        "shown": things.shown(line.price, now),
    }
    return render(request, "payments/team_place.html", context, status=status)


def _sign_in(found: TeamPlace) -> str:
    here = reverse("payments:team-place", args=[found.public_id, found.key])
    return f"{reverse('accounts:sign-in')}?{urlencode({'next': here})}"


def _typed(request: StoreRequest) -> str:
    return request.POST.get("addresses", "")[: inviting.LONGEST]


def _number(typed: str) -> int | None:
    return (
        int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= len("9999") else None
    )


def _seen(typed: str, now: datetime) -> datetime | None:
    """Return the moment a page was reckoned for; None when that is too long ago, or no moment."""
    if not (typed.isascii() and typed.isdecimal()) or len(typed) > len("9999999999"):
        return None
    at = datetime.fromtimestamp(int(typed), tz=UTC)
    return at if now - SHOWN_LASTS <= at <= now else None
