"""The places of a team: made when its line is paid, and as many as are paid for."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from access.models import Access, SourceKind
from accounts.models import Customer
from payments.models import Order, OrderLine, Subscription, Team, TeamPlace
from payments.services.teams import letters


def is_of_team(line: OrderLine) -> bool:
    """Whether a line pays for the places of a team, and so opens nothing for its buyer."""
    return bool(line.opens and line.price.is_team and not line.order.is_renewal)


def make_team(order: Order, line: OrderLine, now: datetime) -> Team:
    """Make a paid line's team with its places, once, and write to its manager.

    Belongs to the transaction in which the order's row is locked.
    """
    team: Team
    team, is_new = Team.objects.get_or_create(
        line=line, defaults={"manager": order.customer, "created_at": now}
    )
    if is_new:
        _add(team, line.quantity)
        letters.ready(team)
    return team


def hand_over_team(order: Order, manager: Customer) -> None:
    """Let another manage what an order bought for a team, because the order moved to them."""
    for team in Team.objects.filter(line__order=order).exclude(manager=manager):
        team.manager = manager
        team.save(update_fields=["manager"])
        letters.ready(team)


def follow_holder(access: Access, holder: Customer) -> None:
    """Let a place be whose access it gave now is."""
    if access.source_kind != SourceKind.TEAM:
        return
    places = TeamPlace.objects.taken().filter(public_id=access.source_id.partition(".")[0])
    place: TeamPlace | None = places.select_for_update(no_key=True).first()
    if place is None or place.source != access.source_id:
        return
    if not place.team.places.taken().filter(claimed_by=holder).exists():
        place.claimed_by = holder
        place.save(update_fields=["claimed_by"])


def resize(subscription: Subscription, now: datetime) -> None:
    """Let a subscription's team have as many places as are paid for; it is locked.

    Those that cease are free ones, else those only offered: whoever has one keeps it.
    """
    team: Team | None = Team.objects.filter(line=subscription.line_id).first()
    if team is None:
        return
    places = list(TeamPlace.objects.standing().select_for_update(no_key=True).filter(team=team))
    more = subscription.seats - len(places)
    if more > 0:
        _add(team, more)
    idle = [place for place in places if place.claimed_by_id is None]
    idle.sort(key=lambda place: (not place.is_free, -place.number))
    for place in idle[: max(0, -more)]:
        place.closed_at = now
        place.save(update_fields=["closed_at"])


def _add(team: Team, count: int) -> None:
    last = team.places.aggregate(last=Max("number"))["last"] or 0
    TeamPlace.objects.bulk_create(
        TeamPlace(store_id=team.store_id, team=team, number=last + each)
        for each in range(1, count + 1)
    )
