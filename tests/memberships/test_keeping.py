"""What stays after leaving, by the club's rule."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import PartGrant
from access.services.granting import revoke, set_end
from accounts.models import Customer
from memberships.models import Member
from memberships.services import telling
from memberships.services.months import give_out
from stores.models import Store
from tests.conftest import make_user
from tests.memberships.making import (
    add_month,
    at,
    fill,
    join,
    make_club,
    opened,
    pay,
    pieces,
    sweep,
)


def leave(club, customer, first: int, last: int):
    """Join on the first of one month and leave at the end of another."""
    access = join(club, customer, at(first))
    for month in range(first, last + 1):
        pay(access, at(month), at(month + 1))
    set_end(access, at(last + 1), now=at(last))
    return access


def test_the_months_of_a_membership_stay_and_the_others_close(
    in_store: Store, charlie: Customer
) -> None:
    club = make_club(keep="paid")
    fill(club, 6, now=at(1))
    leave(club, charlie, 3, 4)
    assert opened(charlie, club, at(4, 30)) == [1, 2, 3, 4]
    for _ in range(2):
        sweep(at(5, 2))
    assert opened(charlie, club, at(6, 2)) == [3, 4]
    assert PartGrant.objects.count() == 2


def test_all_that_was_open_stays_where_the_club_says_so(in_store: Store, charlie: Customer) -> None:
    club = make_club(keep="opened")
    fill(club, 6, now=at(1))
    leave(club, charlie, 3, 4)
    sweep(at(6, 2))
    assert opened(charlie, club, at(6, 2)) == [1, 2, 3, 4]


def test_nothing_stays_where_the_club_says_so(in_store: Store, charlie: Customer) -> None:
    club = make_club(keep="nothing")
    fill(club, 6, now=at(1))
    leave(club, charlie, 3, 4)
    sweep(at(6, 2))
    assert opened(charlie, club, at(6, 2)) == []


def test_by_tenure_what_was_reached_stays(in_store: Store, charlie: Customer) -> None:
    club = make_club(mode="tenure", keep="paid")
    fill(club, 6, now=at(1))
    leave(club, charlie, 3, 4)
    sweep(at(5, 2))
    assert opened(charlie, club, at(9)) == [1, 2, 3]


def test_money_given_back_takes_the_time_it_paid_for_and_no_other(
    in_store: Store, charlie: Customer
) -> None:
    club = make_club(keep="paid")
    fill(club, 6, now=at(1))
    access = join(club, charlie, at(2))
    for month in (2, 3, 4):
        pay(access, at(month), at(month + 1))
    revoke(access, now=at(4, 5))
    sweep(at(4, 6))
    assert opened(charlie, club, at(5)) == [2, 3]


def test_money_given_back_in_the_first_month_leaves_nothing(
    in_store: Store, charlie: Customer
) -> None:
    club = make_club(keep="paid")
    fill(club, 6, now=at(1))
    access = join(club, charlie, at(2))
    pay(access, at(2), at(3))
    revoke(access, now=at(2, 5))
    sweep(at(2, 6))
    assert opened(charlie, club, at(5)) == []


def test_a_month_that_came_late_reaches_who_had_paid_for_it_and_left(
    in_store: Store, charlie: Customer
) -> None:
    club = make_club(keep="paid")
    fill(club, 2, now=at(1))
    leave(club, charlie, 2, 3)
    sweep(at(4, 2))
    assert opened(charlie, club, at(4, 2)) == [2]
    march = add_month(club, at(4, 3))
    pieces.add_text(march, title="Late", text="At last.", now=at(4, 3))
    give_out(march, at(4, 3))
    sweep(at(4, 4))
    assert opened(charlie, club, at(4, 4)) == [2, 3]


def test_whoever_comes_back_is_a_member_again_and_keeps_more_at_the_next_end(
    in_store: Store, charlie: Customer
) -> None:
    club = make_club(keep="paid")
    fill(club, 6, now=at(1))
    access = leave(club, charlie, 1, 1)
    sweep(at(2, 2))
    set_end(access, None, now=at(4))
    pay(access, at(4), at(5))
    sweep(at(4, 2))
    assert Member.objects.get().kept_at is None
    set_end(access, at(5), now=at(4, 5))
    sweep(at(5, 2))
    assert opened(charlie, club, at(6)) == [1, 4]


def test_many_who_leave_are_settled_at_as_many_queries_as_one(in_store: Store, monkeypatch) -> None:
    club = make_club()
    fill(club, 4, now=at(1))
    for number in range(21):
        who = Customer.objects.create(user=make_user(f"c{number}@example.com"))
        leave(club, who, 1, 2)
    counts = []
    for size in (1, 20):
        monkeypatch.setattr(telling, "BATCH", size)
        with CaptureQueriesContext(connection) as found:
            telling.look_at_batch(at(3) + timedelta(hours=1))
        counts.append(len(found))
    assert counts[0] == counts[1]
    assert PartGrant.objects.count() == 42
