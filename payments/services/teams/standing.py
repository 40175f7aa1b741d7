"""Whether a team's places can be given out and taken now, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from payments.models import PlanChange, Subscription, Team
from payments.services.subscriptions.wording import in_day
from payments.services.teams.holders import subscription_of_team

State = Subscription.State
OPEN = (State.ACTIVE, State.TRIAL, State.LEAVING, State.TO_FIX)


@dataclass(frozen=True)
class Counts:
    """How many places a team has, and how many of them somebody has or was invited to."""

    all: int
    taken: int
    offered: int
    wanted: int
    """How many it will have with the next charge."""

    @property
    def free(self) -> int:
        """How many more people can be invited."""
        return max(0, min(self.all, self.wanted) - self.taken - self.offered)


def counts_of(team: Team) -> Counts:
    """Return how many places a team has and how they stand."""
    places = team.places.standing()
    whole = places.count()
    change = PlanChange.objects.open().filter(subscription__line=team.line_id).first()
    wanted = min(whole, change.seats) if change is not None else whole
    return Counts(whole, places.taken().count(), places.offered().count(), wanted)


def why_closed(team: Team, now: datetime) -> str:
    """Return in a sentence why its places cannot be given out or taken now; empty when they can."""
    line = team.line
    subscription = subscription_of_team(team)
    if subscription is None:
        if line.closed_at is not None:
            return _("It was given back, so its places are closed.")
        return _("It is on hold for now.") if line.held_at is not None else ""
    state = subscription.state(now)
    if state == State.ENDED:
        return _("Its subscription has ended.")
    if state == State.RESTING and subscription.rests_until is not None:
        return _("It rests until %(day)s.") % {"day": in_day(subscription.rests_until)}
    return "" if state in OPEN else _("It is on hold, because a charge is not paid.")
