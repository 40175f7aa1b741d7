"""Documents on pages: for their customer, for the staff, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Customer, User
from payments.forms.business import BusinessBuyerForm
from payments.models import Bookkeeping, Document, DocumentDue, Order
from payments.services.documents.gathering import DocumentsOfCustomer, duties
from payments.services.documents.issuing import issue_for_order, issue_proforma
from payments.services.documents.owing import owe_for_payment
from payments.services.documents.working import issue_due
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW
from tests.payments.documents.papers import make_business, make_order

Browse = Callable[..., Client]


@pytest.fixture
def order(in_store: Store, charlie: Customer) -> Order:
    return make_order(customer=charlie)


@pytest.fixture
def document(order: Order) -> Document:
    make_business()
    return issue_for_order(order, now=NOW)


def _url(document: Document) -> str:
    return f"/orders/{document.order.public_id}/documents/{document.public_id}/"


def test_the_customer_downloads_the_original_from_the_receipt(
    document: Document, browse: Browse, store: Store, charlie: Customer
) -> None:
    client = browse(store, charlie.user)
    page = client.get(f"/orders/{document.order.public_id}/").content.decode()
    assert _url(document) in page
    answer = client.get(_url(document))
    assert answer["Content-Type"] == "application/pdf"
    assert "attachment" in answer["Content-Disposition"]
    assert answer.content == client.get(_url(document)).content


def test_nobody_else_downloads_it(
    document: Document, browse: Browse, store: Store, dana: User
) -> None:
    assert browse(store).get(_url(document)).status_code == 302
    with store_scope(store):
        Customer.objects.create(user=dana, name="Dana")
    assert browse(store, dana).get(_url(document)).status_code == 404


def test_a_business_is_named_until_the_document_is_issued(
    order: Order, browse: Browse, store: Store, charlie: Customer
) -> None:
    owe_for_payment(order, NOW)
    client, page = browse(store, charlie.user), f"/orders/{order.public_id}/business/"
    typed = {"buyer_company": "Crumb", "buyer_tax_id": "516179157", "buyer_country": "IL"}
    assert b"not a number" in client.post(page, typed | {"buyer_tax_id": "516179158"}).content
    assert client.post(page, typed).status_code == 302
    make_business()
    issue_due(NOW)
    assert Document.objects.get().snapshot["buyer"]["company"] == "Crumb"
    assert client.post(page, typed).status_code == 404


@pytest.mark.usefixtures("in_store")
def test_a_business_is_taken_whole_or_not_at_all() -> None:
    whole = {"buyer_company": "Crumb", "buyer_tax_id": "DE 136695976", "buyer_country": "DE"}
    form = BusinessBuyerForm(whole)
    assert form.is_valid()
    assert form.buyer_business()["buyer_tax_id"] == "DE136695976"
    for missing in ("buyer_company", "buyer_tax_id"):
        assert not BusinessBuyerForm(whole | {missing: ""}).is_valid()


def test_staff_read_documents_and_take_a_month_away(
    document: Document, browse: Browse, store: Store, alice: User, bob: User
) -> None:
    for who in (alice, bob):
        client = browse(store, who)
        assert b"1001" in client.get("/admin/payments/document/?month=2026-11").content
        page = client.get(f"/admin/payments/document/{document.pk}/change/")
        assert page.status_code == 200
        assert client.get(f"/admin/payments/document/{document.pk}/pdf/").content[:4] == b"%PDF"
    month = "/admin/payments/document/month/"
    assert b"49" in client.get(f"{month}?month=2026-11").content
    assert client.get(f"{month}table/?month=2026-11").content[:3] == b"\xef\xbb\xbf"
    assert client.get(f"{month}payments/?month=2026-11").status_code == 200
    zipped = b"".join(client.get(f"{month}files/?month=2026-11").streaming_content)
    assert zipped[:2] == b"PK"
    assert client.get(f"{month}?month=2026-13").status_code == 404


def test_who_may_give_money_back_issues_again_and_nobody_else(
    document: Document, browse: Browse, store: Store, alice: User, bob: User
) -> None:
    page = f"/admin/payments/document/{document.pk}/again/"
    typed = {"buyer_company": "Crumb", "buyer_tax_id": "516179157", "buyer_country": "IL"}
    assert browse(store, bob).post(page, typed).status_code == 403
    assert browse(store, alice).post(page, typed).status_code == 302
    assert list(Document.objects.order_by("pk").values_list("kind", flat=True)) == [
        "invoice_receipt",
        "credit",
        "invoice_receipt",
    ]
    assert browse(store, alice).post(page, typed).status_code == 409


def test_a_secret_is_shown_once_and_a_wrong_address_refused(
    in_store: Store, browse: Browse, alice: User
) -> None:
    client = browse(in_store, alice)
    add = "/admin/payments/bookkeeping/add/"
    assert client.post(add, {"hook_url": "http://books.example"}).status_code == 200
    assert client.post(add, {"hook_url": "https://books.example:1/"}).status_code == 200
    wanted = {"hook_url": "https://books.example/", "is_elsewhere": "on"}
    assert client.post(add, wanted).status_code == 302
    shown = client.post("/admin/payments/bookkeeping/secret/").content.decode()
    secret = Bookkeeping.objects.get().secret
    assert secret in shown
    assert secret not in client.get("/admin/payments/bookkeeping/", follow=True).content.decode()


def test_the_creator_is_told_what_documents_wait_for(in_store: Store) -> None:
    owe_for_payment(make_order(), NOW)
    assert [duty.key for duty in duties(in_store, NOW)] == ["documents-nameless"]
    make_business()
    assert list(duties(in_store, NOW)) == []


def test_documents_are_exported_and_outlive_the_customers_erasure(
    document: Document, charlie: Customer
) -> None:
    mine = DocumentsOfCustomer()
    exported = mine.export(charlie)["documents"]
    assert (exported[0]["number"], exported[0]["total"]) == (1001, "49.00")
    mine.erase(charlie)
    document.refresh_from_db()
    assert document.snapshot["buyer"]["name"] == "Charlie"
    assert not DocumentDue.objects.exists()


def test_a_request_for_payment_is_listed_with_the_sum_it_asks_for(
    in_store: Store, charlie: Customer, browse: Browse, alice: User
) -> None:
    make_business()
    issue_proforma(make_order(customer=charlie, paid_at=None), now=NOW)
    page = browse(in_store, alice).get("/admin/payments/document/").content.decode()
    assert "$0" not in page
    assert "₪0" not in page
