"""From when a notice ends a continuing deal, and what comes back: days, by country."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from payments.services.cancelling.continuing.effect_day import (
    KEEP_WITHIN,
    Back,
    Ending,
    Paying,
    Wish,
    ending_of,
)
from payments.services.cancelling.continuing.law import LAWS, continuing_law_of

ZONE = ZoneInfo("Asia/Jerusalem")
SAID = datetime(2026, 3, 9, 12, tzinfo=UTC)
"""A Monday."""
PAID_UNTIL = SAID + timedelta(days=25)
LONG_AGO = SAID - timedelta(days=200)
OF_LONG = Paying(began_at=LONG_AGO, paid_until=PAID_UNTIL)


def ending(country: str, paying: Paying = OF_LONG, said: datetime = SAID, **asked: Any) -> Ending:
    law = continuing_law_of(country, said.date())
    return ending_of(law, paying, said, ZONE, **asked)


def last_day(found: Ending) -> date:
    return found.at.astimezone(ZONE).date()


def test_in_israel_it_ends_with_the_third_working_day_and_the_rest_comes_back() -> None:
    found = ending("IL")
    assert (last_day(found), found.back) == (date(2026, 3, 12), Back.UNUSED)


def test_the_sabbath_is_no_working_day() -> None:
    assert last_day(ending("IL", said=SAID + timedelta(days=3))) == date(2026, 3, 16)


def test_by_registered_mail_it_is_six() -> None:
    assert last_day(ending("IL", is_by_post=True)) == date(2026, 3, 16)


def test_a_holiday_is_no_working_day() -> None:
    before_passover = datetime(2026, 3, 31, 9, tzinfo=UTC)
    paying = Paying(began_at=LONG_AGO, paid_until=before_passover + timedelta(days=60))
    found = ending("IL", paying, before_passover)
    assert last_day(found) > date(2026, 4, 3)


def test_a_later_day_that_is_named_counts_within_what_is_paid() -> None:
    day = date(2026, 3, 20)
    assert last_day(ending("IL", wish=Wish.DAY, day=day)) == day
    assert ending("IL", wish=Wish.DAY, day=date(2027, 1, 1)).at == PAID_UNTIL
    assert last_day(ending("IL", wish=Wish.DAY, day=date(2026, 3, 1))) == date(2026, 3, 12)


@pytest.mark.parametrize("country", ["US", "FR", "GB", "JP"])
def test_elsewhere_it_ends_with_what_is_paid_or_on_request_today(country: str) -> None:
    found = ending(country)
    assert (found.at, found.back) == (PAID_UNTIL, Back.NOTHING)
    soon = ending(country, wish=Wish.SOON)
    assert (soon.at, soon.back) == (SAID + KEEP_WITHIN, Back.UNUSED)


@pytest.mark.parametrize("country", ["IL", "FR", "GB"])
def test_in_the_first_fourteen_days_it_ends_at_once(country: str) -> None:
    paying = Paying(began_at=SAID - timedelta(days=13), paid_until=PAID_UNTIL)
    found = ending(country, paying)
    assert (found.at, found.back) == (SAID + KEEP_WITHIN, Back.UNUSED)
    unopened = Paying(SAID - timedelta(days=13), PAID_UNTIL, was_opened=False)
    assert ending(country, unopened).back == Back.ALL
    late = Paying(SAID - timedelta(days=20), PAID_UNTIL, was_opened=False)
    assert ending(country, late, wish=Wish.SOON).back == Back.UNUSED


def test_what_is_not_paid_for_is_over_at_once() -> None:
    for paying in (Paying(LONG_AGO, None), Paying(LONG_AGO, SAID - timedelta(minutes=30))):
        assert ending("IL", paying).at == SAID


def test_free_days_end_with_themselves_or_sooner() -> None:
    trial = Paying(SAID, None, is_free_until=SAID + timedelta(days=5), was_opened=False)
    assert ending("US", trial).at == SAID + timedelta(days=5)
    assert ending("IL", trial).at == SAID + KEEP_WITHIN


def test_an_end_that_is_set_already_is_never_moved_back() -> None:
    soon = SAID + timedelta(hours=5)
    leaving = Paying(LONG_AGO, PAID_UNTIL, ends_at=soon)
    assert ending("IL", leaving).at == soon


def test_no_entry_is_said_to_be_confirmed_by_nobody() -> None:
    assert all(law.checked_on is None or law.checked_on >= law.from_day for law in LAWS)
    assert len({law.key for law in LAWS}) == len(LAWS)


def test_the_money_is_due_within_fourteen_days_of_the_end() -> None:
    found = ending("IL")
    assert timedelta(days=14) <= found.refund_due_by - found.at <= timedelta(days=15)
