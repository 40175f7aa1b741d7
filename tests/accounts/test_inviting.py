"""Invitations to the team: asked by mail, answered by whoever is signed in."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Customer, Invitation, User
from accounts.services import inviting
from core import clock
from mail.models import Message
from stores.models import LogEntry, Staff, Store
from stores.roles import Role
from stores.scope import store_scope
from stores.services import team
from tests.conftest import make_user

NEW = "/admin/accounts/invitation/new/"


def owner() -> Staff:
    return Staff.objects.get(role=Role.OWNER)


def invite(email: str = "eve@example.com", role: str = Role.AUTHOR, **over: Any) -> Invitation:
    now = over.pop("now", clock.now())
    return inviting.invite(email=email, name="Eve", role=role, by=owner(), now=now)


def link_of(invitation: Invitation) -> str:
    return f"/team/join/{invitation.public_id}/{inviting.key_of(invitation)}/"


def test_an_owner_invites_and_the_invited_see_store_and_role_first(browse, store, alice) -> None:
    answer = browse(store, alice).post(
        NEW, {"email": "EVE@example.com", "name": "Eve", "role": "coach"}
    )
    assert answer.status_code == 302
    with store_scope(store):
        invitation = Invitation.objects.get()
        message = Message.objects.get(kind="invitation")
        assert not Staff.objects.filter(name="Eve").exists()
        page = browse(store).get(link_of(invitation))
    assert message.to_address == "eve@example.com"
    assert link_of(invitation) in message.context["url"]
    assert b"Coach" in page.content
    assert b"Thread" in page.content


def test_looking_at_it_joins_nobody(browse, in_store: Store) -> None:
    eve = make_user("eve@example.com")
    link = link_of(invite())
    browse(in_store, eve).get(link)
    browse(in_store).post(link)
    assert not Staff.objects.filter(user=eve).exists()


def test_who_says_yes_is_on_the_team_in_that_role_and_no_more(browse, in_store: Store) -> None:
    eve = make_user("eve@example.com")
    at = browse(in_store, eve)
    at.post(link_of(invite()))
    assert at.get("/admin/products/product/").status_code == 200
    assert at.get("/admin/stores/staff/").status_code == 403
    assert at.get("/admin/payments/order/").status_code == 403
    assert LogEntry.objects.get(what="join").staff.user == eve


def test_another_address_may_join_and_the_log_says_so(browse, in_store: Store) -> None:
    finn = make_user("finn@example.com")
    at = browse(in_store, finn)
    link = link_of(invite())
    assert b"finn@example.com" in at.get(link).content
    at.post(link)
    assert Staff.objects.get(user=finn).role == Role.AUTHOR
    assert "finn@example.com" in str(LogEntry.objects.get(what="join").changes)


@pytest.mark.parametrize("end", ["used", "withdrawn", "old", "wrong key"])
def test_an_invitation_that_is_over_opens_nothing(end: str, browse, in_store: Store) -> None:
    invitation = invite(now=clock.now() - timedelta(days=8 if end == "old" else 0))
    link = link_of(invitation)
    if end == "used":
        inviting.accept(invitation, make_user("finn@example.com"), now=clock.now())
    if end == "withdrawn":
        inviting.withdraw(invitation, now=clock.now())
    if end == "wrong key":
        link = link[:-2] + ("0/" if link[-2] != "0" else "1/")
    eve = make_user("eve@example.com")
    assert browse(in_store, eve).post(link).status_code == 410
    assert not Staff.objects.filter(user=eve).exists()


def test_another_stores_invitation_opens_nothing_here(browse, store, other_store) -> None:
    with store_scope(store):
        link = link_of(invite())
    assert browse(other_store, make_user("eve@example.com")).post(link).status_code == 410


def test_inviting_again_changes_the_role_and_makes_no_second_row(in_store: Store) -> None:
    invite(role=Role.COACH)
    invite(role=Role.AUTHOR)
    assert Invitation.objects.get().role == Role.AUTHOR


def test_who_is_only_invited_does_not_become_a_customer(browse, in_store: Store) -> None:
    from accounts.services.customers import come_in

    invite()
    eve = make_user("eve@example.com")
    come_in(eve, language="en", now=clock.now())
    assert not Customer.objects.filter(user=eve).exists()


def test_nobody_is_put_on_the_team_without_being_asked(browse, store, alice) -> None:
    answer = browse(store, alice).post(
        "/admin/stores/staff/add/", {"name": "Eve", "role": "owner", "email": "eve@example.com"}
    )
    assert answer.status_code == 403


def test_who_is_taken_off_is_out_at_once(browse, store: Store, alice: User, bob: User) -> None:
    at = browse(store, bob)
    assert at.get("/admin/").status_code == 200
    with store_scope(store):
        pk = Staff.objects.get(user=bob).pk
    browse(store, alice).post(f"/admin/stores/staff/{pk}/delete/")
    assert at.get("/admin/").status_code == 404


def test_anybody_may_leave_but_the_last_owner(browse, store: Store, alice: User, bob: User) -> None:
    assert browse(store, alice).post("/admin/stores/staff/leave/").status_code == 409
    assert browse(store, bob).post("/admin/stores/staff/leave/").status_code == 302
    with store_scope(store):
        assert [each.user for each in Staff.objects.all()] == [alice]


def test_a_change_of_role_is_written_with_what_it_was(browse, store, alice, bob) -> None:
    with store_scope(store):
        pk = Staff.objects.get(user=bob).pk
        at = browse(store, alice)
        at.post(f"/admin/stores/staff/{pk}/change/", {"name": "Bob", "role": "coach"})
        assert Staff.objects.get(pk=pk).role == "coach"
        log = at.get("/admin/stores/logentry/").content.decode()
    assert re.search(r"support, now coach", log)


def test_handing_over_asks_who_sits_there_and_leaves_a_manager(browse, store, alice, bob) -> None:
    with store_scope(store):
        me, pk = owner(), Staff.objects.get(user=bob).pk
        at = browse(store, alice)
        asked = at.post(f"/admin/stores/staff/{pk}/heir/")
        assert "/account/sure/" in asked["Location"]
        team.hand_over(me, Staff.objects.get(pk=pk))
        assert Staff.objects.get(user=bob).role == Role.OWNER
        assert Staff.objects.get(user=alice).role == Role.MANAGER


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_owners_who_demote_each_other_leave_one(store: Store, alice: User) -> None:
    from tests.payments.together import together

    with store_scope(store):
        Staff.objects.create(user=make_user("ann@example.com"), name="Ann", role=Role.OWNER)
        both = list(Staff.objects.order_by("pk"))

    def demote(number: int) -> Any:
        with store_scope(store):
            return team.change_role(both[number], Role.COACH)

    got = together(2, demote)
    with store_scope(store):
        assert Staff.objects.filter(role=Role.OWNER).count() == 1
    assert sum(isinstance(each, team.LastOwner) for each in got) == 1


def test_a_second_step_is_asked_of_the_roles_and_from_the_day_said(browse, store, bob) -> None:
    Store.objects.filter(pk=store.pk).update(needs_second_step=True, second_step_roles=["manager"])
    assert browse(store, bob).get("/admin/").status_code == 200
    Store.objects.filter(pk=store.pk).update(second_step_roles=["support"])
    assert browse(store, bob).get("/admin/").status_code == 302
    ahead = clock.now().date() + timedelta(days=3)
    Store.objects.filter(pk=store.pk).update(second_step_from=ahead)
    assert browse(store, bob).get("/admin/").status_code == 200
