"""A month that did not come owes a period to whoever paid for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access.models import Owed
from access.services.granting import record_paid, set_end
from accounts.models import Customer
from memberships.models import Club
from memberships.services.missing import owe_missed, stores_with_clubs
from memberships.services.months import add_month
from stores.models import Store
from tests.memberships.making import at, fill, join, make_club

pytestmark = pytest.mark.django_db
A_WEEK = timedelta(days=7)


@pytest.fixture
def club(in_store: Store) -> Club:
    made = make_club()
    fill(made, 1, now=at(1))
    return made


def owed() -> list[tuple[str, int, str]]:
    return [(row.because, row.amount, row.unit) for row in Owed.objects.order_by("pk")]


def test_a_week_after_its_day_a_month_is_owed_once(club: Club, charlie: Customer) -> None:
    access = join(club, charlie, at(1))
    record_paid(access, source="a", starts_at=at(1), ends_at=at(3), now=at(1))
    assert owe_missed(at(2, 7)) == 0
    assert owe_missed(at(2, 8)) == 1
    assert owe_missed(at(2, 9)) == 0
    assert owed() == [("February 2027", 1, "period")]


def test_who_did_not_pay_for_it_or_has_left_is_owed_nothing(club: Club, charlie: Customer) -> None:
    access = join(club, charlie, at(1))
    record_paid(access, source="a", starts_at=at(1), ends_at=at(2), now=at(1))
    set_end(access, at(2), now=at(1))
    assert owe_missed(at(2, 10)) == 0


def test_a_month_that_came_late_but_within_the_week_owes_nothing(
    club: Club, charlie: Customer
) -> None:
    access = join(club, charlie, at(1))
    record_paid(access, source="a", starts_at=at(1), ends_at=at(3), now=at(1))
    fill(club, 1, now=at(2, 6))
    assert owe_missed(at(2, 20)) == 0


def test_what_is_only_begun_is_missed_all_the_same(club: Club, charlie: Customer) -> None:
    access = join(club, charlie, at(1))
    record_paid(access, source="a", starts_at=at(1), ends_at=at(3), now=at(1))
    add_month(club, at(1, 20))
    assert owe_missed(at(2, 8)) == 1


def test_old_gaps_and_clubs_by_tenure_owe_nothing(club: Club, charlie: Customer) -> None:
    access = join(club, charlie, at(1))
    record_paid(access, source="a", starts_at=at(1), ends_at=at(12), now=at(1))
    drop = add_month(club, at(2))
    assert owe_missed(at(5, 20)) == 2  # April's and May's: what was before is too long ago
    assert drop.number == 2
    assert stores_with_clubs(at(5)) == [club.store_id]
    Club.objects.update(mode=Club.Mode.TENURE)
    assert stores_with_clubs(at(5)) == []
