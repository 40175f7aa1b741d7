"""Judgements about money, over all amounts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.contract import IntentFacts, SessionFacts
from payments.models import Order
from payments.rules import closed_lines, is_lost, is_paid, mismatch, status_after

INTENT = IntentFacts("pi_1", "succeeded", 4900, "ils", "ch_1", is_live=False)
SESSION = SessionFacts(
    id="cs_1",
    url="",
    status="complete",
    payment_status="paid",
    mode="payment",
    amount_total=4900,
    currency="ils",
    reference="abc",
    order="abc",
    is_live=False,
    customer="",
    intent=INTENT,
)
ORDER = Order(store_id=1, public_id="abc", total=4900, currency="ILS")


def test_what_matches_in_everything_is_accepted() -> None:
    assert is_paid(SESSION)
    assert mismatch(ORDER, SESSION, is_live=False) == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_total": 4899},
        {"currency": "usd"},
        {"mode": "subscription"},
        {"reference": "someone-else"},
        {"order": "someone-else"},
        {"is_live": True},
        {"intent": None},
        {"intent": replace(INTENT, amount_received=4800)},
        {"intent": replace(INTENT, currency="usd")},
        {"intent": replace(INTENT, is_live=True)},
    ],
)
def test_one_difference_is_enough_to_ask(wrong: dict[str, object]) -> None:
    assert mismatch(ORDER, replace(SESSION, **wrong), is_live=False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "open"},
        {"payment_status": "unpaid"},
        {"payment_status": "something_new"},
        {"status": "something_new"},
        {"intent": replace(INTENT, status="processing")},
        {"intent": replace(INTENT, status="something_new")},
    ],
)
def test_what_is_not_complete_or_not_known_is_not_paid(wrong: dict[str, object]) -> None:
    assert not is_paid(replace(SESSION, **wrong))
    assert not is_lost(replace(SESSION, **wrong))


def test_a_session_that_ran_out_or_failed_later_is_lost() -> None:
    failed = replace(INTENT, status="requires_payment_method")
    assert is_lost(replace(SESSION, status="expired", payment_status="unpaid", intent=None))
    assert is_lost(replace(SESSION, payment_status="unpaid", intent=failed))


AMOUNT = st.integers(min_value=1, max_value=99_999_999)


@given(st.dictionaries(st.integers(1, 5), AMOUNT, min_size=1), st.data())
def test_a_line_closes_exactly_when_its_money_or_all_of_it_went_back(
    totals: dict[int, int], data: st.DataObject
) -> None:
    back = {
        line: data.draw(st.integers(0, total), label=str(line)) for line, total in totals.items()
    }
    paid = sum(totals.values())
    closed = closed_lines(totals, back, paid)
    assert closed == {line for line, total in totals.items() if back[line] == total}
    assert (status_after(paid, sum(back.values())) == "refunded") == (closed == set(totals))


@given(AMOUNT, st.integers(1, 99_999_999))
def test_money_returned_for_no_line_closes_all_or_nothing(paid: int, back: int) -> None:
    closed = closed_lines({1: paid, 2: 0}, {None: min(back, paid)}, paid)
    assert closed == ({1, 2} if back >= paid else set())


def test_a_free_line_is_never_closed_by_nothing() -> None:
    assert closed_lines({1: 0}, {}, 0) == set()
