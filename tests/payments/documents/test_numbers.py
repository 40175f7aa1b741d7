"""Numbers under a crowd: no gaps and no doubles, with some of it rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from payments.models import Document, DocumentCounter
from payments.services.documents.issuing import issue_for_order, issue_for_refund
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_store, make_user
from tests.payments.documents.papers import make_business, make_order, make_refund
from tests.payments.test_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
CROWD = 12


class Broken(Exception):
    """What happens after a document was written, and takes it back."""


@pytest.fixture
def store(db: None) -> Iterator[Store]:
    made = make_store("thread", make_user("alice@example.com"))
    with store_scope(made):
        make_business()
        yield made


def test_a_crowd_gets_numbers_without_gaps_though_some_roll_back(store: Store) -> None:
    orders = [make_order() for _ in range(CROWD)]

    def issue(number: int) -> None:
        with store_scope(store), transaction.atomic():
            issue_for_order(orders[number], now=NOW)
            if number % 3 == 0:
                raise Broken

    got = together(CROWD, issue)
    assert all(error is None or isinstance(error, Broken) for error in got), got
    numbers = sorted(Document.objects.values_list("number", flat=True))
    assert numbers == list(range(1001, 1001 + CROWD - CROWD // 3))
    assert DocumentCounter.objects.get().next_number == numbers[-1] + 1


def test_one_payment_issued_by_a_crowd_is_one_document(store: Store) -> None:
    order = make_order()

    def issue(_number: int) -> int:
        with store_scope(store):
            return int(issue_for_order(order, now=NOW).pk)

    got = together(CROWD, issue)
    assert len(set(got)) == 1, got
    assert Document.objects.count() == 1


def test_credit_notes_at_once_take_back_exactly_what_there_was(store: Store) -> None:
    order = make_order(4900)
    original = issue_for_order(order, now=NOW)
    refunds = [make_refund(order, 700) for _ in range(7)]

    def issue(number: int) -> None:
        with store_scope(store):
            issue_for_refund(refunds[number], now=NOW)

    assert together(7, issue) == [None] * 7
    notes = Document.objects.filter(kind="credit")
    assert sorted(notes.values_list("number", flat=True)) == list(range(1001, 1008))
    assert sum(note.vat for note in notes) == original.vat
