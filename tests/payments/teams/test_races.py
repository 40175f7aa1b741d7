"""At once, on PostgreSQL: one place for two, an invitation pressed twice, the last place twice."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from access.models import Access
from core import clock
from payments.errors import CannotGive
from payments.models import Team, TeamPlace
from payments.services.teams.claiming import claim, take_oneself
from payments.services.teams.inviting import invite
from stores.models import Store
from stores.scope import store_scope
from tests.payments.teams.crew import customer, once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(store: Store, *deeds: Callable[[], object]) -> list[Exception]:
    """Do all at the same moment, each on a connection of its own; return what was refused."""
    refused: list[Exception] = []
    start = threading.Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> None:
        start.wait()
        try:
            with store_scope(store):
                deed()
        except CannotGive as no:
            refused.append(no)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_one_place_claimed_by_two_is_one_persons(in_store: Store) -> None:
    team, now = once(2), clock.now()
    (place,) = invite(team, "dan@example.com", now=now).places
    people = [customer(name) for name in ("dan", "mona", "nina", "ruth")]
    refused = at_once(in_store, *(lambda who=who: claim(place, who, now=now) for who in people))
    assert len(refused) == 3
    assert Access.objects.count() == 1


def test_two_links_and_one_person_is_one_place(in_store: Store) -> None:
    team, now, dan = once(2), clock.now(), customer("dan")
    places = invite(team, "dan@example.com, dan2@example.com", now=now).places
    refused = at_once(in_store, *(lambda one=one: claim(one, dan, now=now) for one in places))
    assert len(refused) == 1
    assert Access.objects.count() == 1


def test_an_invitation_pressed_twice_is_one(in_store: Store) -> None:
    team, now = once(3), clock.now()
    text = "dan@example.com\nmona@example.com"
    at_once(in_store, *[lambda: invite(Team.objects.get(pk=team.pk), text, now=now)] * 3)
    assert TeamPlace.objects.offered().count() == 2


def test_the_last_place_goes_to_the_manager_or_to_a_guest(in_store: Store) -> None:
    team, now = once(1), clock.now()
    at_once(
        in_store,
        lambda: invite(Team.objects.get(pk=team.pk), "dan@example.com", now=now),
        lambda: take_oneself(Team.objects.get(pk=team.pk), now=now),
    )
    assert TeamPlace.objects.standing().exclude(invited_at=None).count() == 1
