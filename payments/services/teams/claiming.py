"""Taking a place: by the link of an invitation, or as the manager; and taking it back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from access.contract import Source
from access.models import Access, SourceKind
from access.services import granting
from accounts.models import Customer
from core import tokens
from payments.errors import CannotGive
from payments.models import Subscription, Team, TeamPlace
from payments.services.subscriptions.following import follow
from payments.services.teams import letters
from payments.services.teams.holders import access_of_place
from payments.services.teams.inviting import empty
from payments.services.teams.standing import counts_of, why_closed


def find_place(public_id: str, key: str) -> TeamPlace | None:
    """Return the place an invitation's link stands for; None for a forged or an older one."""
    places = TeamPlace.objects.select_related("team__line__order", "team__line__product")
    place: TeamPlace | None = places.filter(public_id=public_id).first()
    if place is None or not tokens.same(place.key, key):
        return None
    return place


@transaction.atomic
def claim(place: TeamPlace, customer: Customer, *, now: datetime) -> list[Access]:
    """Give a place to who holds its link; CannotGive says why not.

    Claiming again by the same customer is claiming once. The team's row is locked, then the
    place's: of two at once one wins, at one place as at two of the same team.
    """
    subscription = _lock_subscription(place.team)
    Team.objects.select_for_update(no_key=True).get(pk=place.team_id)
    locked = _locked(place)
    if locked.claimed_by_id == customer.pk:
        return _given(locked)
    if locked.source != place.source or locked.is_free or locked.closed_at is not None:
        raise CannotGive(_("This invitation was taken back. Ask who invited you."))
    if locked.claimed_by_id is not None:
        raise CannotGive(_("This invitation was accepted already."))
    return _take(locked, customer, subscription, now)


@transaction.atomic
def take_oneself(team: Team, *, now: datetime) -> list[Access]:
    """Give the manager one of the free places; CannotGive when there is none."""
    subscription = _lock_subscription(team)
    locked_team: Team = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    mine: TeamPlace | None = team.places.taken().filter(claimed_by=team.manager_id).first()
    if mine is not None:
        return _given(mine)
    free = team.places.free().select_for_update(no_key=True).order_by("number")
    place: TeamPlace | None = free.first() if counts_of(locked_team).free else None
    if place is None:
        raise CannotGive(_("No place is free. Take an invitation back first."))
    place.to_email, place.to_name = team.manager.user.email, team.manager.name[:80]
    place.invited_at = now
    return _take(place, team.manager, subscription, now)


@transaction.atomic
def take_back(place: TeamPlace, *, now: datetime, by: str = "") -> TeamPlace:
    """Take a place from who has it: their access ends now, and what they keep stays by its rules.

    The place is free for somebody else, with the time that is left of it.
    """
    _lock_subscription(place.team)
    locked = _locked(place)
    if locked.claimed_by_id is None or locked.source != place.source:
        raise CannotGive(_("Nobody has this place any more."))
    access = access_of_place(locked)
    member = locked.claimed_by
    if access is not None:
        if access.ends_at is None or access.ends_at > now:
            granting.set_end(access, now, now=now, by=by, because=_because(locked))
        if locked.claimed_by_id != locked.team.manager_id and member is not None:
            letters.taken_back(locked, member)
    empty(locked)
    return locked


def _take(
    place: TeamPlace, customer: Customer, subscription: Subscription | None, now: datetime
) -> list[Access]:
    team = place.team
    closed = why_closed(team, now)
    if closed:
        raise CannotGive(closed)
    if place.is_over(now):
        raise CannotGive(_("The time of this place has passed."))
    if team.places.taken().filter(claimed_by=customer).exists():
        raise CannotGive(_("You have a place in this team already. Leave this one to somebody."))
    place.claimed_by, place.claimed_at = customer, now
    given = _grant(place, customer, now)
    place.starts_at = place.starts_at or given[0].starts_at
    if place.ends_at is None:
        place.ends_at = given[0].ends_at
    place.save()
    if subscription is not None:
        follow(subscription, now)
    if customer.pk != team.manager_id:
        letters.accepted(place)
    return given


def _grant(place: TeamPlace, customer: Customer, now: datetime) -> list[Access]:
    """Give the whole time to a place's first holder, and what is left of it to the next."""
    line, source = place.team.line, Source(SourceKind.TEAM, place.source)
    if place.starts_at is None or line.product.is_presale:
        place.starts_at = place.ends_at = None
        return granting.grant_purchase(
            customer,
            price=line.price,
            option=line.option,
            source=source,
            now=now,
            because=_because(place),
            terms=line,
        )
    access = granting.grant(
        customer,
        product=line.product,
        source=source,
        starts_at=now,
        ends_at=place.ends_at,
        option=line.option,
        price=line.price,
        terms=line,
        now=now,
        because=_because(place),
    )
    return [access]


def _given(place: TeamPlace) -> list[Access]:
    found = access_of_place(place)
    return [found] if found is not None else []


def _because(place: TeamPlace) -> str:
    return f"#{place.team.line.order.number}"


def _lock_subscription(team: Team) -> Subscription | None:
    """Lock what pays for a team, before its places: always in this sequence."""
    rows = Subscription.objects.select_for_update(no_key=True)
    found: Subscription | None = rows.filter(line=team.line_id).first()
    return found


def _locked(place: TeamPlace) -> TeamPlace:
    rows = TeamPlace.objects.select_for_update(of=("self",), no_key=True)
    found: TeamPlace = rows.select_related("team__line__order", "team__line__product").get(
        pk=place.pk
    )
    return found
