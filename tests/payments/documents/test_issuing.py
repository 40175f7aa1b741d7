"""Documents: which, over how much, once each, and never changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from payments.errors import CannotIssue
from payments.models import Document, DocumentDue, Order
from payments.services.documents import snapshots
from payments.services.documents.issuing import (
    issue_again,
    issue_for_failed_refund,
    issue_for_order,
    issue_for_refund,
    issue_proforma,
)
from payments.services.documents.owing import owe_for_payment, owe_for_refunds
from payments.services.documents.sums import left_of
from payments.services.documents.working import issue_due, stores_with_due
from tests.conftest import NOW
from tests.payments.documents.papers import make_business, make_order, make_refund

pytestmark = pytest.mark.usefixtures("in_store")

ELSEWHERE = {"country": "DE", "tax_id": "DE136695976"}


def test_an_exempt_dealers_payment_makes_a_receipt_without_vat() -> None:
    make_business(kind="exempt")
    document = issue_for_order(make_order(), now=NOW)
    assert (document.kind, document.number) == ("receipt", 1001)
    assert (document.net, document.vat, document.vat_basis_points) == (4900, 0, None)


@pytest.mark.parametrize("kind", ["licensed", "company"])
def test_a_licensed_dealers_payment_makes_a_tax_invoice_and_receipt(kind: str) -> None:
    make_business(kind=kind)
    document = issue_for_order(make_order(), now=NOW)
    assert document.kind == "invoice_receipt"
    assert (document.net, document.vat, document.total) == (4153, 747, 4900)


def test_the_rate_is_that_of_the_day_of_payment() -> None:
    make_business()
    before = make_order(paid_at=datetime(2024, 12, 31, 21, 59, tzinfo=UTC))
    after = make_order(paid_at=datetime(2024, 12, 31, 22, 0, tzinfo=UTC))  # 2025 in Israel
    assert issue_for_order(before, now=NOW).vat_basis_points == 1700
    assert issue_for_order(after, now=NOW).vat_basis_points == 1800


def test_elsewhere_a_registered_seller_charges_their_own_rate_where_they_have_one() -> None:
    business = make_business(kind="registered", **ELSEWHERE)
    assert issue_for_order(make_order(), now=NOW).vat_basis_points == 1900
    business.vat_basis_points = 700
    business.save()
    assert issue_for_order(make_order(), now=NOW).vat_basis_points == 700


def test_tax_added_at_checkout_is_the_vat_of_the_document() -> None:
    make_business(prices_include_vat=False)
    order = make_order(5782)
    line = order.lines.get()
    line.amount, line.tax = 4900, 882
    line.save()
    document = issue_for_order(order, now=NOW)
    assert (document.net, document.vat, document.total) == (4900, 882, 5782)


def test_a_payment_has_one_document_however_often_it_is_issued() -> None:
    make_business()
    order = make_order()
    first = issue_for_order(order, now=NOW)
    assert issue_for_order(order, now=NOW + timedelta(days=1)) == first
    assert Document.objects.count() == 1


def test_numbers_run_by_kind() -> None:
    make_business()
    orders = [make_order() for _ in range(3)]
    papers = [issue_for_order(order, now=NOW) for order in orders]
    credit = issue_for_refund(make_refund(orders[0], 4900), now=NOW)
    assert [paper.number for paper in papers] == [1001, 1002, 1003]
    assert credit is not None
    assert (credit.kind, credit.number, credit.about) == ("credit", 1001, papers[0])


def test_credit_notes_take_back_the_vat_to_the_last_agora() -> None:
    make_business()
    order = make_order(4900)
    original = issue_for_order(order, now=NOW)
    parts = [issue_for_refund(make_refund(order, amount), now=NOW) for amount in (1, 1633, 3266)]
    assert sum(part.vat for part in parts if part) == original.vat
    assert sum(part.net for part in parts if part) == original.net
    assert left_of(original) == 0


def test_a_refund_that_fails_after_its_credit_note_is_answered_by_another_document() -> None:
    make_business()
    order = make_order()
    original = issue_for_order(order, now=NOW)
    refund = make_refund(order, 1000)
    credit = issue_for_refund(refund, now=NOW)
    again = issue_for_failed_refund(refund, now=NOW)
    assert credit is not None
    assert again is not None
    assert (again.kind, again.about) == ("invoice", credit)
    assert (again.net, again.vat) == (credit.net, credit.vat)
    assert left_of(original) == original.total


def test_a_refund_whose_payment_has_no_document_makes_none() -> None:
    make_business()
    assert issue_for_refund(make_refund(make_order(), 4900), now=NOW) is None


def test_a_waiting_order_gets_a_request_for_payment_and_then_its_invoice() -> None:
    make_business()
    order = make_order(paid_at=None)
    asked = issue_proforma(order, now=NOW)
    assert issue_proforma(order, now=NOW) == asked
    order.status, order.paid_at = "paid", NOW
    order.save()
    paid = issue_for_order(order, now=NOW)
    assert (asked.kind, paid.kind, paid.about) == ("proforma", "invoice_receipt", asked)


def test_what_was_free_or_a_test_or_not_paid_has_no_document() -> None:
    make_business()
    for order in (make_order(is_test=True), make_order(paid_at=None)):
        with pytest.raises(CannotIssue):
            issue_for_order(order, now=NOW)
        owe_for_payment(order, NOW) if order.is_test else None
    assert not DocumentDue.objects.exists()


def test_a_document_is_never_changed_or_deleted() -> None:
    make_business()
    document = issue_for_order(make_order(), now=NOW)
    document.total = 1
    for change in (
        document.save,
        document.delete,
        lambda: Document.objects.update(total=1),
        Document.objects.all().delete,
    ):
        with pytest.raises(TypeError):
            change()


def test_it_stays_what_it_was_when_the_seller_moves() -> None:
    business = make_business()
    document = issue_for_order(make_order(), now=NOW)
    business.address = "Elsewhere 1"
    business.save()
    document.refresh_from_db()
    assert document.snapshot["seller"]["address"][0] == "Herzl 5"


def test_documents_wait_until_the_seller_is_known_and_come_in_their_order(in_store) -> None:
    orders = [make_order(), make_order()]
    for order in orders:
        owe_for_payment(order, NOW)
        owe_for_payment(order, NOW)
    assert issue_due(NOW) == 0
    assert stores_with_due(NOW) == []
    make_business()
    assert stores_with_due(NOW) == [in_store.pk]
    assert issue_due(NOW) == 2
    assert issue_due(NOW) == 0
    assert [paper.order for paper in Document.objects.order_by("number")] == orders


def test_refunds_owe_their_notes_once_and_a_failure_another() -> None:
    make_business()
    order = make_order()
    owe_for_payment(order, NOW)
    refund = make_refund(order, 4900, state="pending")
    owe_for_refunds(order, NOW)
    refund.state = "succeeded"
    refund.save()
    owe_for_refunds(order, NOW)
    issue_due(NOW)
    refund.state = "failed"
    refund.save()
    owe_for_refunds(order, NOW)
    owe_for_refunds(order, NOW)
    issue_due(NOW)
    kinds = list(Document.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["invoice_receipt", "credit", "invoice"]


def test_one_that_fails_keeps_no_other_back_and_is_tried_again(monkeypatch) -> None:
    make_business()
    broken, sound = make_order(), make_order()
    owe_for_payment(broken, NOW)
    owe_for_payment(sound, NOW)
    real = snapshots.lines_of

    def lines_of(order: Order) -> object:
        return 1 / 0 if order.pk == broken.pk else real(order)

    with monkeypatch.context() as patch:
        patch.setattr(snapshots, "lines_of", lines_of)
        assert issue_due(NOW) == 1
    assert DocumentDue.objects.waiting().get().error
    assert issue_due(NOW) == 0
    assert issue_due(NOW + timedelta(minutes=2)) == 1
    assert list(Document.objects.order_by("number").values_list("number", flat=True)) == [
        1001,
        1002,
    ]


def test_another_buyer_makes_a_pair_and_the_old_one_stands_no_more() -> None:
    make_business()
    order = make_order()
    first = issue_for_order(order, now=NOW)
    again = issue_again(first, company="Crumb Ltd", tax_id="516179157", country="IL", now=NOW)
    assert again.snapshot["buyer"]["company"] == "Crumb Ltd"
    assert left_of(first) == 0
    credit = issue_for_refund(make_refund(order, 4900), now=NOW)
    assert credit is not None
    assert credit.about == again
    with pytest.raises(CannotIssue):
        issue_again(first, company="x", tax_id="", country="IL", now=NOW)
