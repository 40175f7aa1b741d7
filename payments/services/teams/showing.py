"""A team as its manager sees it, and a place as whoever was invited sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Customer
from payments.models import Order, PlanChange, Team, TeamPlace
from payments.services.subscriptions.telling import day_in_words
from payments.services.subscriptions.wording import in_day
from payments.services.teams import resizing
from payments.services.teams.holders import subscription_of_team
from payments.services.teams.letters import link_of
from payments.services.teams.standing import Counts, counts_of, why_closed
from stores.slots import AccountRow, AccountSection


@dataclass(frozen=True)
class PlaceRow:
    """One place that is taken or offered."""

    public_id: str
    who: str
    email: str
    """Of who has it, or was invited."""
    invited: str
    """The address the invitation went to, where it was taken with another."""
    state: str
    is_taken: bool
    is_mine: bool
    link: str
    """What the invited person opens, for the manager to hand over; empty once it is taken."""


@dataclass(frozen=True)
class Change:
    """Another number of places that is set, and when it comes."""

    sentence: str
    may_undo: bool
    pay_url: str


@dataclass(frozen=True)
class TeamPage:
    """All a manager sees of their team."""

    counts: Counts
    sentence: str
    closed: str
    rows: Sequence[PlaceRow]
    has_mine: bool
    subscription_id: str
    resizes: bool
    why_no_resize: str
    change: Change | None


def page_of(team: Team, now: datetime) -> TeamPage:
    """Return a team for its manager."""
    places = team.places.standing().select_related("claimed_by__user", "team__line__order")
    rows = [_row(place, team, now) for place in places if not place.is_free]
    subscription = subscription_of_team(team)
    counts = counts_of(team)
    return TeamPage(
        counts=counts,
        sentence=counts_in_words(counts),
        closed=why_closed(team, now),
        rows=rows,
        has_mine=any(row.is_mine for row in rows),
        subscription_id=subscription.public_id if subscription else "",
        resizes=subscription is not None and subscription.ended_at is None,
        why_no_resize=resizing.why_not(subscription, now) if subscription else "",
        change=_change(team, now),
    )


def counts_in_words(counts: Counts) -> str:
    """Return "3 of 5 places taken, 1 invited."."""
    words = {"taken": counts.taken, "n": counts.all, "offered": counts.offered}
    said = ngettext(
        "%(taken)s of %(n)s place taken.", "%(taken)s of %(n)s places taken.", counts.all
    )
    if counts.offered:
        waiting = ngettext(
            "%(offered)s invitation waits for its answer.",
            "%(offered)s invitations wait for their answer.",
            counts.offered,
        )
        return f"{said % words} {waiting % words}"
    return said % words


def section(customer: Customer, now: datetime) -> AccountSection:
    """Return the teams a customer manages, on their page; nothing for who has none."""
    teams = Team.objects.filter(manager=customer).select_related("line")
    return AccountSection(
        key="teams",
        title=_("My teams"),
        rows=[
            AccountRow(
                label=team.line.title,
                detail=counts_in_words(counts_of(team)),
                url=reverse("payments:team", args=[team.public_id]),
                verb=_("Invite and give out"),
            )
            for team in teams
        ],
        order=6,
    )


def team_of(order: Order) -> Team | None:
    """Return the team an order began, for its receipt."""
    found: Team | None = Team.objects.filter(line__order=order).select_related("line").first()
    return found


def _row(place: TeamPlace, team: Team, now: datetime) -> PlaceRow:
    member = place.claimed_by
    email = member.user.email if member else place.to_email
    return PlaceRow(
        public_id=place.public_id,
        who=(member.name if member else "") or place.to_name or email,
        email=email,
        invited=place.to_email if member and place.to_email != email else "",
        state=_state(place, now),
        is_taken=member is not None,
        is_mine=member is not None and member.pk == team.manager_id,
        link="" if member else link_of(place, get_language() or team.line.order.language),
    )


def _state(place: TeamPlace, now: datetime) -> str:
    if place.is_over(now):
        return _("ended %(day)s") % {"day": in_day(place.ends_at or now)}
    if place.claimed_at is not None:
        since = _("since %(day)s") % {"day": in_day(place.claimed_at)}
        if place.ends_at is None:
            return since
        return f"{since}, {_('until %(day)s') % {'day': in_day(place.ends_at)}}"
    if place.sent_at is None:
        return _("the invitation is on its way")
    return _("invited on %(day)s") % {"day": in_day(place.sent_at)}


def _change(team: Team, now: datetime) -> Change | None:
    rows = PlanChange.objects.open().filter(subscription__line=team.line_id)
    change: PlanChange | None = rows.select_related("subscription").first()
    if change is None or change.seats == change.seats_was:
        return None
    words = {"n": change.seats, "day": day_in_words(change.due_at)}
    if not change.is_up:
        said = ngettext(
            "From %(day)s on it is %(n)s place.",
            "From %(day)s on it is %(n)s places.",
            change.seats,
        )
        return Change(said % words, change.may_be_undone(now), "")
    said = ngettext(
        "%(n)s place in all, once the difference is paid.",
        "%(n)s places in all, once the difference is paid.",
        change.seats,
    )
    bills = change.subscription.bills.filter(status="open", reason="subscription_update")
    bill = bills.last()
    return Change(said % words, may_undo=False, pay_url=bill.pay_url if bill else "")
