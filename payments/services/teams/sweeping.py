"""The invitations that are to be sent, and those nobody answered; and teams whose time ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet

from payments.models import Team, TeamPlace
from payments.services.addresses import page_url
from payments.services.subscriptions.wording import in_day
from payments.services.teams import letters
from payments.services.teams.standing import why_closed
from stores.scope import all_stores

REMIND_AFTER = timedelta(days=5)
"""Then who was invited and did not come is reminded, once."""
ENDS_WITHIN = timedelta(days=14)
"""So long before the last of its places ends a team's manager is told."""
BATCH = 200


def stores_with_invitations(now: datetime) -> list[int]:
    """Find the stores in which an invitation should be sent, or somebody told."""
    places = TeamPlace.objects
    with all_stores():
        found = {*places.to_send().values_list("store_id", flat=True)}
        found |= {*places.unanswered(now - REMIND_AFTER).values_list("store_id", flat=True)}
        found |= {*_ending(now).values_list("store_id", flat=True)}
    return sorted(found)


def work_on_teams(now: datetime) -> None:
    """Send, remind and tell in the store in scope, each once: it is marked where it is posted."""
    for place in TeamPlace.objects.to_send()[:BATCH]:
        _send(place, now)
    for place in TeamPlace.objects.unanswered(now - REMIND_AFTER)[:BATCH]:
        _remind(place, now)
    for team in _ending(now).select_related("line__product", "line__order")[:BATCH]:
        _tell_end(team, now)


@transaction.atomic
def _send(place: TeamPlace, now: datetime) -> None:
    locked: TeamPlace = TeamPlace.objects.select_for_update(no_key=True).get(pk=place.pk)
    if locked.is_offered and locked.sent_at is None:
        locked.sent_at, locked.sent = now, locked.sent + 1
        locked.save(update_fields=["sent_at", "sent"])
        letters.invitation(locked)


@transaction.atomic
def _remind(place: TeamPlace, now: datetime) -> None:
    locked: TeamPlace = TeamPlace.objects.select_for_update(no_key=True).get(pk=place.pk)
    if not locked.is_offered or locked.reminded_at is not None:
        return
    locked.reminded_at = now
    locked.save(update_fields=["reminded_at"])
    if not why_closed(locked.team, now):
        letters.reminder(locked)


@transaction.atomic
def _tell_end(team: Team, now: datetime) -> None:
    locked: Team = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    ends = locked.places.taken().aggregate(last=Max("ends_at"))["last"]
    if locked.told_end_at is not None or ends is None:
        return
    locked.told_end_at = now
    locked.save(update_fields=["told_end_at"])
    product = team.line.product
    language = locked.manager.language or team.line.order.language
    slug = product.slug or product.public_id
    url = page_url("storefront:product", slug, language=language)
    letters.ends(locked, in_day(ends, language), url)


def _ending(now: datetime) -> QuerySet[Team]:
    """Return the teams the last of whose places ends soon, and that was not told of."""
    teams = Team.objects.filter(told_end_at=None, line__closed_at=None, line__length="periods")
    ends = teams.annotate(last=Max("places__ends_at"))
    found: QuerySet[Team] = ends.filter(last__gt=now, last__lte=now + ENDS_WITHIN)
    return found
