"""Which months are open to whom: by the calendar, from joining on, by tenure."""

from datetime import timedelta

import pytest

from access.services.granting import pause, resume, revoke, set_end, suspend
from accounts.models import Customer
from memberships.models import Club
from memberships.services.standing import places
from stores.models import Store
from tests.conftest import make_user
from tests.memberships.making import at, fill, join, make_club, opened, pay, why

DAY = timedelta(days=1)


def test_everyone_gets_march_in_march_and_nobody_before(in_store: Store, charlie: Customer) -> None:
    club = make_club()
    fill(club, 3, now=at(1))
    pay(join(club, charlie, at(1)), at(1), at(6))
    assert opened(charlie, club, at(3) - timedelta(seconds=1)) == [1, 2]
    assert opened(charlie, club, at(3)) == [1, 2, 3]
    assert "Opens" in why(charlie, club, 3, at(2))


def test_month_quarter_and_year_payers_see_the_same_month_on_the_same_day(in_store: Store) -> None:
    for mode in Club.Mode.values:
        club = make_club(mode=mode, title=mode)
        fill(club, 12, now=at(1))
        seen = []
        for interval in (1, 3, 12):
            who = Customer.objects.create(user=make_user(f"{mode}{interval}@example.com"))
            access = join(club, who, at(1))
            for month in range(1, 13, interval):
                end = at(month + interval) if month + interval <= 12 else at(1, year=2028)
                pay(access, at(month), end)
            seen.append([opened(who, club, moment) for moment in (at(1), at(3), at(3, 31), at(7))])
        assert seen[0] == seen[1] == seen[2]
        assert seen[0][1] == [1, 2, 3]


def test_all_earlier_months_are_open_where_its_maker_wants_that(
    in_store: Store, charlie: Customer
) -> None:
    club = make_club(earlier="all")
    fill(club, 4, now=at(1))
    pay(join(club, charlie, at(3, 20)), at(3, 20), at(4, 20))
    assert opened(charlie, club, at(3, 20)) == [1, 2, 3]


def test_from_joining_on_the_month_one_joined_in_is_the_first(
    in_store: Store, charlie: Customer
) -> None:
    club = make_club(earlier="joining")
    fill(club, 5, now=at(1))
    access = join(club, charlie, at(3, 20))
    pay(access, at(3, 20), at(4, 20))
    pay(access, at(4, 20), at(5, 20))
    assert opened(charlie, club, at(3, 20)) == [3]
    assert opened(charlie, club, at(5)) == [3, 4, 5]
    assert "before you joined" in why(charlie, club, 2, at(5))


def test_from_joining_on_a_break_leaves_its_months_locked(
    in_store: Store, charlie: Customer
) -> None:
    club = make_club(earlier="joining")
    fill(club, 6, now=at(1))
    access = join(club, charlie, at(1))
    pay(access, at(1), at(3))
    pay(access, at(5), at(8))
    assert opened(charlie, club, at(6, 2)) == [1, 2, 5, 6]


def test_a_club_that_began_on_the_31st_has_no_gap_for_who_joins_late_in_march(
    in_store: Store, charlie: Customer
) -> None:
    club = make_club(first_on=at(1, 31).date() + DAY, earlier="joining")
    club.first_on = club.first_on.replace(month=1, day=31)
    club.save(update_fields=["first_on"])
    fill(club, 3, now=at(1))
    pay(join(club, charlie, at(3, 29)), at(3, 29), at(4, 29))
    assert opened(charlie, club, at(3, 30)) == [2]
    assert opened(charlie, club, at(3, 31)) == [2, 3]


def test_by_tenure_each_member_begins_at_month_one(in_store: Store, charlie: Customer) -> None:
    club = make_club(mode="tenure")
    fill(club, 5, now=at(1))
    access = join(club, charlie, at(6, 10))
    for month in (6, 7, 8):
        pay(access, at(month, 10), at(month + 1, 10))
    assert opened(charlie, club, at(6, 10)) == [1]
    assert opened(charlie, club, at(8, 10)) == [1, 2, 3]
    assert why(charlie, club, 5, at(8, 10)) == (
        "This is month 5; yours is month 3. 2 more paid months."
    )


@pytest.mark.parametrize("rhythm", ["week", "quarter"])
def test_a_lock_by_tenure_is_said_in_the_clubs_rhythm(
    rhythm: str, in_store: Store, charlie: Customer
) -> None:
    club = make_club(mode="tenure", rhythm=rhythm)
    fill(club, 2, now=at(1))
    pay(join(club, charlie, at(1)), at(1), at(2))
    assert why(charlie, club, 2, at(1)) == (
        f"This is {rhythm} 2; yours is {rhythm} 1. 1 more paid {rhythm}."
    )


def test_tenure_is_counted_on_the_wall_across_the_change_of_clocks(
    in_store: Store, charlie: Customer
) -> None:
    """Israel's clocks go forward on 26 March 2027."""
    Store.objects.filter(pk=in_store.pk).update(time_zone="Asia/Jerusalem")
    in_store.refresh_from_db()
    club = make_club(mode="tenure")
    fill(club, 2, now=at(1))
    pay(join(club, charlie, at(3, 10)), at(3, 10), at(4, 10))
    assert opened(charlie, club, at(4, 10) - timedelta(minutes=1)) == [1]
    assert opened(charlie, club, at(4, 10)) == [1, 2]


def test_rest_and_hold_stop_the_count(in_store: Store, charlie: Customer) -> None:
    club = make_club(mode="tenure")
    fill(club, 4, now=at(1))
    access = join(club, charlie, at(1))
    pay(access, at(1), at(7))
    pause(access, until=at(4), now=at(2))
    assert opened(charlie, club, at(3)) == []
    resume(access, now=at(4))
    assert opened(charlie, club, at(4, 2)) == [1, 2]
    suspend(access, now=at(4, 2))
    assert opened(charlie, club, at(5)) == []


def test_who_comes_back_goes_on_where_they_stopped(in_store: Store, charlie: Customer) -> None:
    club = make_club(mode="tenure")
    fill(club, 6, now=at(1))
    first = join(club, charlie, at(1), source="first")
    pay(first, at(1), at(3))
    set_end(first, at(3), now=at(3))
    pay(join(club, charlie, at(6), source="second"), at(6), at(8))
    assert opened(charlie, club, at(6)) == [1, 2, 3]


def test_what_was_taken_back_counts_for_nothing(in_store: Store, charlie: Customer) -> None:
    club = make_club(mode="tenure")
    fill(club, 6, now=at(1))
    first = join(club, charlie, at(1), source="first")
    pay(first, at(1), at(3))
    revoke(first, now=at(3))
    pay(join(club, charlie, at(6), source="second"), at(6), at(8))
    assert opened(charlie, club, at(6)) == [1]


def test_a_gift_of_three_months_counts_like_paid_time(in_store: Store, charlie: Customer) -> None:
    club = make_club(mode="tenure")
    fill(club, 6, now=at(1))
    access = join(club, charlie, at(1), kind="gift")
    set_end(access, at(4), now=at(1))
    assert opened(charlie, club, at(3)) == [1, 2, 3]


def test_places_ask_as_many_queries_for_thirty_as_for_one(
    in_store: Store, django_assert_num_queries
) -> None:
    club = make_club()
    fill(club, 3, now=at(1))
    accesses = []
    for number in range(30):
        who = Customer.objects.create(user=make_user(f"c{number}@example.com"))
        accesses.append(join(club, who, at(1)))
    for asked in (accesses[:1], accesses):
        with django_assert_num_queries(5):
            found = places(asked, at(3))
        assert {place.current.number for place in found.values()} == {3}
