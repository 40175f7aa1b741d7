"""A club's workspace: months added, filled, given out, taken back; what its maker owes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from access.services.granting import pause, revoke, suspend
from accounts.models import Customer, User
from core import clock
from memberships.models import Club, Drop
from memberships.services import pieces, promises
from memberships.services.months import add_month, give_out
from memberships.services.numbers import members_of
from products.models import Part
from stores.models import Staff, Store
from stores.services.calendar import items_for
from tests.conftest import make_user
from tests.content.sounds import wav
from tests.memberships.making import at, fill, join, make_club, pay


@pytest.fixture
def owner(store: Store, alice: User, browse) -> Client:
    return browse(store, alice)


@pytest.fixture
def club(in_store: Store) -> Club:
    today = clock.local_day(clock.now(), in_store.zone)
    return make_club(first_on=clock.add_months(today.replace(day=1), 1))


def home(club: Club) -> str:
    return f"/admin/memberships/club/{club.pk}/months/"


def test_a_month_is_added_filled_and_given_out(owner: Client, club: Club) -> None:
    name = clock.add_months(club.first_on, 0).strftime("%B")
    assert f"Add {name}" in owner.get(home(club)).content.decode()
    owner.post(f"{home(club)}add/")
    drop = Drop.objects.get()
    month = f"{home(club)}{drop.pk}/"
    assert "Nothing stands in it yet" in owner.get(f"{month}out/").content.decode()
    assert owner.post(f"{month}out/").status_code == 409
    owner.post(f"{month}add/text/", {"title": "Begin", "text": "A needle."})
    sound = SimpleUploadedFile("tune.wav", wav(2))
    owner.post(f"{month}add/sound/", {"title": "", "file": sound})
    assert [part.title for part in pieces.pieces_of(drop)] == ["Begin", "tune"]
    said = owner.get(f"{month}out/").content.decode()
    assert "Nobody is a member yet" in said
    owner.post(f"{month}out/")
    drop.refresh_from_db()
    assert drop.part.published_at == clock.start_of_day(club.first_on, club.store.zone)
    owner.post(f"{month}back/")
    assert Drop.objects.get().part.published_at is None


def test_what_is_no_film_is_refused_in_a_sentence(owner: Client, club: Club) -> None:
    drop = add_month(club, clock.now())
    no_film = SimpleUploadedFile("film.mp4", b"no film at all")
    answer = owner.post(f"{home(club)}{drop.pk}/add/film/", {"title": "F", "file": no_film})
    assert answer.status_code == 200
    assert 'class="error"' in answer.content.decode()
    assert not Part.objects.filter(parent=drop.part).exists()


def test_pieces_are_moved_taken_out_and_put_back(owner: Client, club: Club) -> None:
    drop = add_month(club, clock.now())
    one, two = (
        pieces.add_text(drop, title=title, text="t", now=clock.now()) for title in ("One", "Two")
    )
    here = f"{home(club)}{drop.pk}/pieces/"
    owner.post(f"{here}{two.pk}/up/")
    assert [part.title for part in pieces.pieces_of(drop)] == ["Two", "One"]
    owner.post(f"{here}{two.pk}/out/")
    assert Part.objects.get(pk=two.pk).published_at is None
    owner.post(f"{here}{two.pk}/in/")
    assert [part.title for part in pieces.pieces_of(drop)] == ["One", "Two"]
    owner.post(f"{here}{one.pk}/", {"title": "First", "text": "New.", "preview": "on"})
    one.refresh_from_db()
    assert (one.title, one.preview, one.club_words.text) == ("First", True, "New.")


def test_only_an_empty_last_month_goes(owner: Client, club: Club) -> None:
    first, last = add_month(club, clock.now()), add_month(club, clock.now())
    assert owner.post(f"{home(club)}{first.pk}/drop/").status_code == 409
    owner.post(f"{home(club)}{last.pk}/drop/")
    assert list(Drop.objects.all()) == [first]


def test_the_clock_stands_once_a_month_was_given_out(owner: Client, club: Club) -> None:
    fill(club, 1, now=clock.now())
    there = f"/admin/memberships/club/{club.pk}/content/"
    sent = {"rhythm": "week", "mode": "tenure", "earlier": "joining", "keep": "nothing"}
    owner.post(there, sent)
    club.refresh_from_db()
    assert (club.rhythm, club.mode) == ("month", "calendar")
    assert (club.earlier, club.keep) == ("joining", "nothing")
    assert Drop.objects.get().part.release == "in_paid_time"


def test_a_group_is_a_web_address(owner: Client, club: Club) -> None:
    there = f"/admin/memberships/club/{club.pk}/content/"
    sent = {"rhythm": "month", "mode": "calendar", "earlier": "all", "keep": "paid"}
    owner.post(there, sent | {"group_url": "javascript:alert(1)"})
    club.refresh_from_db()
    assert club.group_url == ""


def test_a_club_without_its_first_month_cannot_be_sold_and_says_where_to_go(
    owner: Client, in_store: Store
) -> None:
    from products.services.catalogue import create_product

    draft = create_product("club", title="Draft", now=clock.now())
    page = owner.get(f"/admin/memberships/club/{draft.pk}/change/").content.decode()
    assert "Fill the first month and give it out." in page
    assert f"/admin/memberships/club/{draft.pk}/months/" in page


def test_a_month_that_is_late_is_a_duty_and_on_the_calendar(
    in_store: Store, charlie: Customer, alice: User
) -> None:
    club = make_club()
    fill(club, 2, now=at(1))
    pay(join(club, charlie, at(1)), at(1), at(12))
    assert promises.duties(in_store, at(2, 10)) == []
    (soon,) = promises.duties(in_store, at(2, 20))
    assert "March" in str(soon.verb)
    (late,) = promises.duties(in_store, at(3, 2))
    assert str(late.sentence).endswith("1 person waits for it.")
    assert late.due_at == at(3)
    march = add_month(club, at(3, 2))
    (late,) = promises.duties(in_store, at(3, 2))
    assert late.url == f"/admin/memberships/club/{club.pk}/months/{march.pk}/"
    pieces.add_text(march, title="T", text="t", now=at(3, 2))
    give_out(march, at(3, 2))
    assert promises.duties(in_store, at(3, 2)) == []
    staff = Staff.objects.get(user=alice)
    items = items_for(in_store, staff, at(1), at(4))
    assert [item.sentence for item in items if item.key.startswith("club-month")] == [
        f"A stitch a month: {month} 2027" for month in ("January", "February", "March")
    ]


def test_who_is_a_member_now_rests_is_on_hold_and_left(in_store: Store) -> None:
    club = make_club()
    accesses = []
    for number in range(5):
        who = Customer.objects.create(user=make_user(f"c{number}@example.com"))
        accesses.append(join(club, who, at(1)))
    pause(accesses[1], until=at(4), now=at(2))
    suspend(accesses[2], now=at(2))
    revoke(accesses[3], now=at(2))
    found = members_of(club, at(2) + timedelta(days=1))
    assert (found.now, found.resting, found.on_hold, found.left) == (2, 1, 1, 1)
