from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from core import clock
from payments.models import Coupon
from shipping.models import Zone
from stores.models import Deleted, LogEntry, Staff, Store
from stores.roles import Area, Role
from stores.scope import store_scope
from stores.services import undoing
from stores.tasks import forget_deleted

pytestmark = pytest.mark.django_db

UNDO = "/admin/undo/"
LATELY = "/admin/deleted/"


@pytest.fixture
def owner(in_store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(in_store, alice)


def zone(name: str = "Israel") -> Zone:
    made: Zone = Zone.objects.create(name=name, countries=["IL"], first=2500)
    return made


def delete(client: Client, row: Zone) -> Deleted:
    client.post(f"/admin/shipping/zone/{row.pk}/delete/")
    found: Deleted = Deleted.objects.latest("pk")
    return found


def test_what_was_deleted_offers_undo_at_once_and_comes_back_as_it_was(owner: Client) -> None:
    row = zone()

    page = owner.post(f"/admin/shipping/zone/{row.pk}/delete/", follow=True).content.decode()
    kept = Deleted.objects.get()
    assert f'value="{kept.public_id}"' in page
    assert not Zone.objects.exists()
    owner.post(UNDO, {"which": kept.public_id})

    back = Zone.objects.get()
    assert (back.pk, back.name, back.countries, back.first) == (row.pk, "Israel", ["IL"], 2500)
    assert LogEntry.objects.filter(what="restore").exists()


def test_it_stands_on_the_list_until_it_is_undone(owner: Client) -> None:
    kept = delete(owner, zone())

    assert kept.public_id in owner.get(LATELY).content.decode()
    owner.post(UNDO, {"which": kept.public_id})
    page = owner.get(LATELY).content.decode()

    assert kept.public_id not in page
    assert "brought back" in page


def test_a_second_undo_says_that_it_is_back_already(owner: Client) -> None:
    kept = delete(owner, zone())
    owner.post(UNDO, {"which": kept.public_id})

    page = owner.post(UNDO, {"which": kept.public_id}, follow=True).content.decode()

    assert "It was brought back already." in page
    assert Zone.objects.count() == 1


def test_after_ten_minutes_it_is_gone_for_good_and_says_so(owner: Client) -> None:
    kept = delete(owner, zone())
    Deleted.objects.update(at=clock.now() - timedelta(minutes=10))

    page = owner.post(UNDO, {"which": kept.public_id}, follow=True).content.decode()

    assert "It is gone for good." in page
    assert not Zone.objects.exists()


def test_the_sweep_forgets_the_rows_and_keeps_the_line_for_a_week(owner: Client) -> None:
    kept = delete(owner, zone())
    forget_deleted()
    kept.refresh_from_db()
    assert kept.rows

    Deleted.objects.update(at=clock.now() - timedelta(minutes=11))
    forget_deleted()
    kept.refresh_from_db()
    assert (kept.rows, kept.subject) == ([], "Israel")
    assert "gone for good" in owner.get(LATELY).content.decode()

    Deleted.objects.update(at=clock.now() - timedelta(days=8))
    forget_deleted()
    assert not Deleted.objects.exists()


@pytest.mark.postgres
def test_a_code_that_was_given_away_meanwhile_is_a_sentence(owner: Client, alice: User) -> None:
    row = Coupon.objects.create(code="TWIN", percent=10)
    by = Staff.objects.get(user=alice)
    kept = undoing.delete(row, by=by, area=Area.SALES, now=clock.now())
    Coupon.objects.create(code="TWIN", percent=20)

    page = owner.post(UNDO, {"which": kept.public_id}, follow=True).content.decode()

    assert "made meanwhile" in page
    assert Coupon.objects.get().percent == 20


@pytest.mark.postgres
def test_what_lost_its_owner_meanwhile_is_a_sentence(owner: Client, alice: User) -> None:
    gone = User.objects.create_user("gone@example.com")
    row = Staff.objects.create(user=gone, name="Gone", role=Role.AUTHOR)
    by = Staff.objects.get(user=alice)
    kept = undoing.delete(row, by=by, area=Area.TEAM, now=clock.now())
    gone.delete()

    page = owner.post(UNDO, {"which": kept.public_id}, follow=True).content.decode()

    assert "so it cannot come back" in page
    assert not Staff.objects.filter(name="Gone").exists()


@pytest.mark.postgres
def test_what_pointed_at_it_points_at_it_again(in_store: Store, bob: User, alice: User) -> None:
    helper = Staff.objects.get(user=bob)
    entry = LogEntry.objects.create(
        staff=helper, what="add", subject_type="x", subject_id="1", subject="X"
    )
    kept = undoing.delete(helper, by=None, area=Area.TEAM, now=clock.now())
    entry.refresh_from_db()
    assert entry.staff is None

    undoing.restore(kept, now=clock.now())

    entry.refresh_from_db()
    assert entry.staff == Staff.objects.get(user=bob)


def test_who_has_no_right_there_cannot_undo(
    in_store: Store, owner: Client, browse: Callable[..., Client], bob: User
) -> None:
    kept = delete(owner, zone())
    helper = browse(in_store, bob)

    assert helper.post(UNDO, {"which": kept.public_id}).status_code == 403
    assert kept.public_id not in helper.get(LATELY).content.decode()
    assert not Zone.objects.exists()


def test_another_stores_deletions_are_not_found(
    owner: Client, other_store: Store, in_store: Store
) -> None:
    with store_scope(other_store):
        kept = undoing.delete(zone("Theirs"), by=None, area=Area.SETTINGS, now=clock.now())

    assert owner.post(UNDO, {"which": kept.public_id}).status_code == 404
    assert "Theirs" not in owner.get(LATELY).content.decode()


def test_asking_by_a_link_changes_nothing(owner: Client) -> None:
    kept = delete(owner, zone())

    assert owner.get(f"{UNDO}?which={kept.public_id}")["Location"] == LATELY
    assert not Zone.objects.exists()
