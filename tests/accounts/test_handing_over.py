from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from accounts.errors import HandOverOver
from accounts.models import HandOver, User
from accounts.services.handing_over import make_hand_over, use_hand_over
from core import clock
from stores.models import Staff, Store
from stores.scope import store_scope

Browse = Callable[..., Client]


def path_of(address: str) -> str:
    return "/" + address.split("/", 3)[3]


@pytest.fixture
def address(store: Store, alice: User) -> str:
    return make_hand_over(alice, store, now=clock.now())


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_link_leads_to_the_stores_host_and_into_its_admin(
    store: Store, alice: User, address: str, browse: Browse
) -> None:
    assert address.startswith("http://thread.localhost:8000/hand-over/")
    client = browse(store)
    assert client.get(path_of(address)).url == "/admin/"
    assert client.session["_auth_user_id"] == str(alice.pk)
    assert client.session["store"] == store.public_id


def test_the_link_works_once(store: Store, address: str, browse: Browse) -> None:
    browse(store).get(path_of(address))
    thief = browse(store)
    answer = thief.get(path_of(address))
    assert answer.status_code == 410
    assert "This link has done its work" in answer.content.decode()
    assert not is_in(thief)


def test_the_link_works_for_a_minute(store: Store, address: str, browse: Browse) -> None:
    HandOver.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    client = browse(store)
    assert client.get(path_of(address)).status_code == 410
    assert not is_in(client)


def test_the_link_opens_no_other_store_and_stays_good_for_its_own(
    store: Store, other_store: Store, address: str, browse: Browse
) -> None:
    elsewhere = browse(other_store)
    assert elsewhere.get(path_of(address)).status_code == 410
    assert not is_in(elsewhere)
    assert browse(None).get(path_of(address)).status_code == 404
    assert browse(store).get(path_of(address)).status_code == 302


@pytest.mark.parametrize("method", ["head", "post", "options"])
def test_only_following_the_link_uses_it_up(
    store: Store, address: str, browse: Browse, method: str
) -> None:
    assert getattr(browse(store), method)(path_of(address)).status_code in {200, 405}
    assert HandOver.objects.get().used_at is None


def test_the_token_is_kept_as_a_hash_and_for_a_minute(store: Store, alice: User) -> None:
    now = clock.now()
    token = make_hand_over(alice, store, now=now).split("/")[-2]
    row = HandOver.objects.get()
    assert token not in row.token_hash
    assert row.expires_at - now == timedelta(seconds=60)


def test_a_stranger_gets_no_link(store: Store, dana: User) -> None:
    with pytest.raises(HandOverOver):
        make_hand_over(dana, store, now=clock.now())


def test_who_left_the_team_within_the_minute_does_not_come_in(
    store: Store, bob: User, browse: Browse
) -> None:
    address = make_hand_over(bob, store, now=clock.now())
    with store_scope(store):
        Staff.objects.filter(user=bob).delete()
    assert browse(store).get(path_of(address)).status_code == 410


def test_a_session_another_person_had_here_is_ended(
    store: Store, bob: User, alice: User, address: str, browse: Browse
) -> None:
    client = browse(store, bob)
    before = client.session.session_key
    client.get(path_of(address))
    assert client.session["_auth_user_id"] == str(alice.pk)
    assert client.session.session_key != before


@pytest.mark.parametrize("token", ["nothing", "%00", "x" * 3000])
def test_a_made_up_token_is_answered_with_a_page(store: Store, browse: Browse, token: str) -> None:
    assert browse(store).get(f"/hand-over/{token}/").status_code in {404, 410}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_link_are_one(store: Store, alice: User) -> None:
    token = make_hand_over(alice, store, now=clock.now()).split("/")[-2]
    start, came_in = threading.Barrier(4), []

    def work() -> None:
        start.wait()
        try:
            with store_scope(store):
                came_in.append(use_hand_over(token, store=store, now=clock.now()))
        except HandOverOver:
            pass
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [each.user for each in came_in] == [alice]
