"""What other pages gather from teams: the account, histories, archives, farewells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Customer
from payments.models import Team, TeamPlace
from payments.services.teams.inviting import empty
from payments.services.teams.kinds import KINDS
from payments.services.teams.showing import counts_in_words, section
from payments.services.teams.standing import counts_of
from stores import slots
from stores.models import Store
from stores.slots import TimelineEntry


def register() -> None:
    """Put everything into the slots."""
    for kind in KINDS:
        slots.mail_kinds.register(kind.key, kind)
    slots.account_sections.register("teams", section)
    slots.customer_timeline.register("teams", timeline)
    slots.personal_data.register("teams", TeamsOfCustomer())
    slots.farewells.register("teams", farewells)
    slots.store_archive.register("teams", whole_store)


def timeline(customers: Sequence[Customer]) -> dict[Customer, list[TimelineEntry]]:
    """Return which places each customer took, and which teams are theirs to manage."""
    found: dict[Customer, list[TimelineEntry]] = defaultdict(list)
    by_id: dict[int | None, Customer] = {customer.pk: customer for customer in customers}
    for team in Team.objects.filter(manager__in=customers).select_related("line"):
        words = {"title": team.line.title, "counts": counts_in_words(counts_of(team))}
        sentence = _("Manages a team: %(title)s. %(counts)s") % words
        found[by_id[team.manager_id]].append(_entry(team, team.created_at, sentence))
    places = TeamPlace.objects.filter(claimed_by__in=customers)
    for place in places.select_related("team__line", "team__manager__user"):
        manager = place.team.manager
        words = {"title": place.team.line.title, "who": manager.name or manager.user.email}
        sentence = _("Took a place in the team of %(who)s: %(title)s") % words
        at = place.claimed_at or place.team.created_at
        found[by_id[place.claimed_by_id]].append(_entry(place.team, at, sentence))
    return dict(found)


def _entry(team: Team, at: datetime, sentence: str) -> TimelineEntry:
    url = reverse("admin:payments_team_change", args=[team.pk])
    return TimelineEntry(at, sentence, url, area="sales")


def farewells(customer: Customer, now: datetime) -> Sequence[str]:
    """Return what becomes of a team whose manager is forgotten, and of a place."""
    found = []
    for team in Team.objects.filter(manager=customer).select_related("line"):
        if counts_of(team).taken:
            words = {"title": team.line.title}
            said = _(
                "Nobody can give out the places of “%(title)s” any more once you are forgotten."
            )
            found.append(said % words)
    for place in TeamPlace.objects.taken().filter(claimed_by=customer).select_related("team__line"):
        said = _("Your place in “%(title)s” goes back to the team.")
        found.append(said % {"title": place.team.line.title})
    return found


class TeamsOfCustomer:
    """Which teams a customer manages, whom they invited, and which places they have."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return them as plain values; of others only whom they invited themselves."""
        teams = Team.objects.filter(manager=customer).select_related("line").order_by("pk")
        places = TeamPlace.objects.filter(claimed_by=customer).select_related("team__line")
        return {
            "teams": [_plain(team) for team in teams],
            "team_places": [
                {
                    "title": place.team.line.title,
                    "since": place.claimed_at.isoformat() if place.claimed_at else None,
                }
                for place in places.order_by("pk")
            ],
        }

    def erase(self, customer: Customer) -> None:
        """Give back the places they have, forget their address in invitations, and withdraw what
        they offered to others.
        """
        theirs = Q(claimed_by=customer) | Q(to_email=customer.user.email)
        offered = Q(team__manager=customer, claimed_by=None)
        for place in TeamPlace.objects.select_for_update(no_key=True).filter(theirs | offered):
            if not place.is_free:
                empty(place)


def whole_store(store: Store) -> dict[str, Any]:
    """Return every team of the store in scope as plain values."""
    return {"teams": [_plain(team) for team in Team.objects.select_related("line").order_by("pk")]}


def _plain(team: Team) -> dict[str, Any]:
    places = team.places.standing().select_related("claimed_by__user")
    return {
        "id": team.public_id,
        "title": team.line.title,
        "places": [
            {
                "number": place.number,
                "invited": place.to_email,
                "taken_by": place.claimed_by.user.email if place.claimed_by else "",
                "since": place.claimed_at.isoformat() if place.claimed_at else None,
                "until": place.ends_at.isoformat() if place.ends_at else None,
            }
            for place in places
        ],
    }
