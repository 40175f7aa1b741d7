"""The mails of a club: a welcome once, and each month once to each member."""

from datetime import timedelta

import pytest

from access.services.granting import pause, restore, suspend
from accounts.models import Customer
from mail.models import Message
from memberships.errors import AlreadyTold, NotReady
from memberships.models import Drop
from memberships.services import months, pieces, telling
from memberships.services.months import add_month, give_out, take_back
from stores.models import Store
from tests.conftest import make_user
from tests.memberships.making import at, fill, join, make_club, pay, sweep


def told(kind: str = "club_month") -> list[tuple[str, str]]:
    rows = Message.objects.filter(kind=kind).select_related("mailing").order_by("pk")
    return [(row.to_address, row.mailing.subject.strip().removesuffix(" is here")) for row in rows]


@pytest.fixture
def member(in_store: Store, charlie: Customer):
    club = make_club()
    fill(club, 3, now=at(1))
    sweep(at(1, 1, 12))
    access = join(club, charlie, at(1, 5))
    pay(access, at(1, 5), at(6, 5))
    return access


def test_a_new_member_is_welcomed_once_with_a_link_that_opens_the_month(member) -> None:
    suspend(member, now=at(1, 6))
    restore(member, now=at(1, 7))
    (letter,) = Message.objects.filter(kind="club_welcome")
    assert letter.context["month"] == "January 2027"
    assert "/k/" in letter.context["open_url"]
    assert told() == []


def test_who_is_moved_in_is_not_greeted(in_store: Store, charlie: Customer) -> None:
    club = make_club()
    fill(club, 1, now=at(1))
    join(club, charlie, at(1), kind="import")
    assert not Message.objects.exists()


def test_each_month_is_told_once_whatever_runs_twice(member) -> None:
    for moment in (at(2, 1, 5), at(2, 1, 9), at(2, 1, 10), at(3, 1, 9), at(3, 1, 9)):
        sweep(moment)
    assert told() == [
        ("charlie@example.com", "February 2027"),
        ("charlie@example.com", "March 2027"),
    ]


def test_a_worker_killed_after_a_batch_leaves_nobody_out_and_tells_nobody_twice(
    member, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        who = Customer.objects.create(user=make_user(f"c{number}@example.com"))
        pay(join(member.product.club, who, at(1, 6)), at(1, 6), at(6))
    monkeypatch.setattr(telling, "BATCH", 2)
    now = at(2, 1, 9)
    telling.open_month(Drop.objects.get(number=2).pk, now)
    telling.look_at_batch(now)
    assert len(told()) == 2
    sweep(now + timedelta(minutes=5))
    assert sorted(to for to, _month in told()) == [
        *(f"c{number}@example.com" for number in range(4)),
        "charlie@example.com",
    ]


def test_who_rests_is_not_told(member) -> None:
    pause(member, until=at(3), now=at(1, 20))
    sweep(at(2, 1, 9))
    assert told() == []


def test_two_accesses_are_one_member(member, charlie: Customer) -> None:
    pay(join(member.product.club, charlie, at(1, 6), source="2"), at(1, 6), at(5))
    sweep(at(2, 1, 9))
    assert told() == [("charlie@example.com", "February 2027")]


def test_by_tenure_each_is_told_on_the_morning_of_their_own_month(
    in_store: Store, charlie: Customer
) -> None:
    club = make_club(mode="tenure")
    fill(club, 3, now=at(1))
    sweep(at(1, 1, 12))
    pay(join(club, charlie, at(1, 10)), at(1, 10), at(4, 10))
    for day in (20, 28):
        sweep(at(1, day, 12))
    assert told() == []
    for hour in (9, 10):
        sweep(at(2, 10, hour))
    assert told() == [("charlie@example.com", "Month 2")]


def test_a_month_with_nothing_in_it_is_not_given_out(in_store: Store) -> None:
    drop = add_month(make_club(), at(1))
    with pytest.raises(NotReady):
        give_out(drop, at(1))


def test_a_month_is_taken_back_until_members_are_told(in_store: Store) -> None:
    club = make_club()
    (first,) = fill(club, 1, now=at(2, 3))
    first.refresh_from_db()
    assert first.due_at == at(2, 3) + months.SECOND_THOUGHTS
    assert take_back(first, at(2, 3)).part.published_at is None
    give_out(first, at(2, 3))
    with pytest.raises(AlreadyTold):
        take_back(first, at(2, 4))


def test_what_was_prepared_ahead_opens_at_midnight_and_is_told_in_the_morning(
    in_store: Store,
) -> None:
    club = make_club()
    drop = add_month(club, at(1, year=2026))
    pieces.add_text(drop, title="One", text="Early.", now=at(1, year=2026))
    drop = give_out(drop, at(12, 20, year=2026))
    assert drop.part.published_at == at(1)
    assert drop.due_at == at(1) + timedelta(hours=8)
