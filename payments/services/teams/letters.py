"""The mails of a team: to its manager, to who is invited, and to who loses a place."""

from __future__ import annotations

from typing import Any

from accounts.models import Customer
from mail.services.outbox import post
from payments.models import Team, TeamPlace
from payments.services.addresses import page_url
from stores.scope import current_store


def link_of(place: TeamPlace, language: str) -> str:
    """Return the address that takes a place."""
    return page_url("payments:team-place", place.public_id, place.key, language=language)


def team_url(team: Team, language: str) -> str:
    """Return where a team's manager gives out its places."""
    return page_url("payments:team", team.public_id, language=language)


def ready(team: Team) -> None:
    """Tell a manager once where the places are given out."""
    order = team.line.order
    post(
        "team_ready",
        key=f"team-ready:{team.public_id}:{team.manager_id}",
        to=order.email,
        name=order.name,
        language=order.language,
        context={
            **_words(team),
            "count": team.line.quantity,
            "team_url": team_url(team, order.language),
        },
    )


def invitation(place: TeamPlace) -> None:
    """Invite somebody; sent again it is another mail."""
    _to_invited(place, "team_invitation", "team-invitation")


def reminder(place: TeamPlace) -> None:
    """Remind somebody once that a place still waits for them."""
    _to_invited(place, "team_waiting", "team-waiting")


def accepted(place: TeamPlace) -> None:
    """Tell the manager that somebody took their place."""
    member = place.claimed_by
    assert member is not None  # noqa: S101 -- they just took it
    _to_manager(
        place.team,
        "team_accepted",
        f"team-accepted:{place.source}",
        {"member_name": member.name or member.user.email, "member_email": member.user.email},
    )


def ends(team: Team, day: str, product_url: str) -> None:
    """Tell the manager once that the time of a team's places ends soon."""
    words = {"until": day, "product_url": product_url}
    _to_manager(team, "team_ends", f"team-ends:{team.public_id}", words)


def taken_back(place: TeamPlace, member: Customer) -> None:
    """Tell somebody that the place they had is no longer theirs."""
    language = member.language or place.team.line.order.language
    post(
        "team_place_over",
        key=f"team-place-over:{place.source}",
        to=member.user.email,
        name=member.name,
        language=language,
        context={
            **_words(place.team),
            "shelf_url": page_url("storefront:shelf", language=language),
        },
    )


def _to_invited(place: TeamPlace, kind: str, name: str) -> None:
    language = place.language or place.team.line.order.language
    post(
        kind,
        key=f"{name}:{place.source}:{place.sent}",
        to=place.to_email,
        name=place.to_name,
        language=language,
        context={**_words(place.team), "place_url": link_of(place, language)},
    )


def _to_manager(team: Team, kind: str, key: str, words: dict[str, Any]) -> None:
    manager = team.manager
    language = manager.language or team.line.order.language
    post(
        kind,
        key=key,
        to=manager.user.email,
        name=manager.name or team.line.order.name,
        language=language,
        context={**_words(team), "team_url": team_url(team, language), **words},
    )


def _words(team: Team) -> dict[str, Any]:
    manager = team.manager
    return {
        "store_name": current_store().name,
        "title": team.line.title,
        "from_name": manager.name or team.line.order.name,
    }
