from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.services.cancelling.law import EUROPE, ISRAEL, NO_LAW, law_of
from payments.services.cancelling.right import Because, Facts, Terms, cancel_right

ZONE = ZoneInfo("Asia/Jerusalem")
OWN = Terms()


def at(day: str, hour: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=ZONE).astimezone(UTC)


def bought(day: str = "2026-06-07", **over: Any) -> Facts:
    moment = at(day)
    known: dict[str, Any] = {"amount": 19_900, "currency": "ILS", "bought_at": moment}
    return Facts(**(known | {"document_sent_at": moment} | over))


@pytest.mark.parametrize(
    ("moment", "may"),
    [
        (at("2026-06-07", "12:01"), True),
        (at("2026-06-21", "23:59"), True),
        (at("2026-06-22", "00:00"), False),
    ],
)
def test_israel_counts_fourteen_days_to_the_stores_midnight(moment: datetime, may: bool) -> None:  # noqa: FBT001
    right = cancel_right(ISRAEL, OWN, bought(), moment, ZONE)
    assert right.may is may
    assert right.until == at("2026-06-22", "00:00")


def test_a_shabbat_at_the_end_moves_it_to_sunday() -> None:
    right = cancel_right(ISRAEL, OWN, bought("2026-06-06"), at("2026-06-21", "23:59"), ZONE)
    assert right.may


def test_israels_days_begin_with_the_document_where_it_came_later() -> None:
    facts = bought(document_sent_at=at("2026-06-10"))
    assert cancel_right(ISRAEL, OWN, facts, at("2026-06-24", "23:00"), ZONE).may
    never = bought(document_sent_at=None)
    assert cancel_right(ISRAEL, OWN, never, at("2027-06-24"), ZONE).until is None


def test_a_protected_buyer_has_four_months() -> None:
    facts = bought(is_protected=True)
    assert cancel_right(ISRAEL, OWN, facts, at("2026-10-07", "23:59"), ZONE).may
    assert not cancel_right(ISRAEL, OWN, facts, at("2026-10-08", "00:00"), ZONE).may


def test_opening_ends_it_in_israel_and_says_so() -> None:
    facts = bought(first_opened_at=at("2026-06-08"))
    right = cancel_right(ISRAEL, OWN, facts, at("2026-06-09"), ZONE)
    assert (right.may, right.because) == (False, Because.OPENED)


@pytest.mark.parametrize(("consented", "may"), [(True, False), (False, True)])
def test_opening_ends_it_in_europe_only_after_consent(consented: bool, may: bool) -> None:  # noqa: FBT001
    facts = bought(first_opened_at=at("2026-06-08"), consented=consented)
    assert cancel_right(EUROPE, OWN, facts, at("2026-06-09"), ZONE).may is may


def test_europe_gives_a_year_more_when_the_buyer_was_not_told() -> None:
    facts = bought(document_sent_at=None)
    assert cancel_right(EUROPE, OWN, facts, at("2027-06-22", "23:00"), ZONE).may
    assert not cancel_right(EUROPE, OWN, facts, at("2027-06-24"), ZONE).may


@pytest.mark.parametrize(
    ("amount", "fee"), [(19_900, 995), (200_000, 10_000), (900_000, 10_000), (19, 0)]
)
def test_israels_fee_is_five_percent_or_a_hundred_shekels(amount: int, fee: int) -> None:
    terms = Terms(charges_fee=True, fee_share=9_999)
    right = cancel_right(ISRAEL, terms, bought(amount=amount), at("2026-06-08"), ZONE)
    assert right.fee == fee


def test_no_fee_in_europe_nor_in_a_currency_the_law_does_not_name() -> None:
    terms = Terms(charges_fee=True, fee_share=1_000)
    assert cancel_right(EUROPE, terms, bought(), at("2026-06-08"), ZONE).fee == 0
    dollars = bought(currency="USD")
    assert cancel_right(ISRAEL, terms, dollars, at("2026-06-08"), ZONE).fee == 0


def test_before_a_presale_opens_all_comes_back_whatever_the_days() -> None:
    facts = bought("2026-01-01", is_waiting=True, opens_at=at("2026-09-01"))
    right = cancel_right(ISRAEL, Terms(charges_fee=True), facts, at("2026-08-31"), ZONE)
    assert (right.may, right.because, right.fee) == (True, Because.NOT_OPEN_YET, 0)


def test_a_store_may_allow_more() -> None:
    facts = bought(first_opened_at=at("2026-06-08"))
    terms = Terms(days=30, after_opening=True)
    right = cancel_right(ISRAEL, terms, facts, at("2026-07-07", "23:59"), ZONE)
    assert (right.may, right.because) == (True, Because.STORE_ALLOWS)
    assert not cancel_right(ISRAEL, terms, facts, at("2026-07-08", "00:00"), ZONE).may


def test_without_a_law_the_stores_own_terms_are_all_there_is() -> None:
    terms = Terms(days=7, charges_fee=True, fee_share=1_000)
    right = cancel_right(NO_LAW, terms, bought(), at("2026-06-14"), ZONE)
    assert (right.may, right.fee) == (True, 1_990)
    nothing = cancel_right(NO_LAW, OWN, bought(), at("2026-06-08"), ZONE)
    assert (nothing.may, nothing.because) == (False, Because.NO_TERMS)


def test_the_money_is_due_within_fourteen_days_of_the_notice() -> None:
    right = cancel_right(ISRAEL, OWN, bought(), at("2026-06-08", "23:00"), ZONE)
    assert right.refund_due_by == at("2026-06-23", "00:00")


@given(
    waited=st.integers(0, 200),
    days=st.integers(0, 200),
    opened=st.none() | st.integers(0, 200),
    after_opening=st.booleans(),
    consented=st.booleans(),
    law=st.sampled_from([ISRAEL, EUROPE]),
)
def test_terms_never_take_away_what_the_law_gives(
    waited: int,
    days: int,
    opened: int | None,
    after_opening: bool,  # noqa: FBT001
    consented: bool,  # noqa: FBT001
    law: Any,
) -> None:
    start = at("2026-01-05")
    first = None if opened is None or opened > waited else start + timedelta(days=opened)
    facts = bought("2026-01-05", first_opened_at=first, consented=consented)
    now = start + timedelta(days=waited)
    by_law = cancel_right(law, OWN, facts, now, ZONE)
    terms = Terms(days=days, after_opening=after_opening)
    with_terms = cancel_right(law, terms, facts, now, ZONE)
    assert with_terms.may or not by_law.may
    if by_law.may:
        assert with_terms.until is not None
        assert by_law.until is not None
        assert with_terms.until >= by_law.until > now


def test_the_laws_are_found_by_country_and_day() -> None:
    day = date(2026, 11, 22)
    assert law_of("IL", day) is ISRAEL
    assert law_of("DE", day) is EUROPE
    assert law_of("US", day) is NO_LAW
    assert law_of("DE", date(2020, 1, 1)) is NO_LAW
