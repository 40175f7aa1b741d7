"""Documents on paper: the same bytes for ever, whatever they say."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from datetime import timedelta
from hashlib import sha256

import pikepdf
import pytest

from core.tables import rows_to_csv
from payments.errors import TryLater
from payments.models import Document, DocumentFile
from payments.services.documents import files, monthly
from payments.services.documents.files import pdf_of
from payments.services.documents.issuing import issue_for_order, issue_for_refund
from payments.services.documents.paper import make_paper
from stores.models import Store
from tests.conftest import NOW
from tests.payments.documents.papers import make_business, make_order, make_refund

pytestmark = pytest.mark.usefixtures("in_store")

LONG = "Börøczky & Söhne " * 5


@pytest.fixture
def document(in_store: Store) -> Document:
    in_store.language = "he"
    make_business(legal_name="יעל כהן Studio")
    order = make_order(4900, 100)
    order.name = f"Řehoř Иванов עמית محمد {LONG}"[:120]
    order.buyer_company = f'=HYPERLINK("x") {LONG}'
    order.save()
    return issue_for_order(order, now=NOW)


def test_the_download_is_the_same_bytes_for_ever(document: Document, monkeypatch) -> None:
    first = pdf_of(document, now=NOW)
    monkeypatch.setattr(files, "_made", lambda *a, **k: b"another")
    assert pdf_of(document, now=NOW + timedelta(days=900)) == first
    assert DocumentFile.objects.get().sha256 == sha256(first).hexdigest()


def test_a_lost_file_is_made_again_only_if_it_is_the_same(document: Document, monkeypatch) -> None:
    first = pdf_of(document, now=NOW)
    files.private().delete(DocumentFile.objects.get().name)
    assert pdf_of(document, now=NOW) == first
    monkeypatch.setattr(files, "_made", lambda *a, **k: b"another")
    with pytest.raises(TryLater):
        pdf_of(document, now=NOW)


def test_the_copy_is_another_file_and_says_so(document: Document) -> None:
    assert pdf_of(document, now=NOW) != pdf_of(document, now=NOW, is_copy=True)
    assert set(DocumentFile.objects.values_list("is_copy", flat=True)) == {True, False}


AGAIN = """
import pickle, sys, hashlib
import django
django.setup()
from payments.models import Document
from payments.services.documents.paper import make_paper
from stores.models import Store
from stores.scope import store_scope
values, zone = pickle.load(open(sys.argv[1], "rb"))
with store_scope(Store(pk=1, time_zone=zone)):
    print(hashlib.sha256(make_paper(Document(**values), is_copy=False)).hexdigest())
"""


def test_another_process_makes_the_same_bytes(document: Document, tmp_path) -> None:
    import pickle

    names = [each.attname for each in Document._meta.concrete_fields]
    values = {name: getattr(document, name) for name in names}
    kept = tmp_path / "document"
    kept.write_bytes(pickle.dumps((values, document.store.time_zone)))
    made = subprocess.run(
        [sys.executable, "-c", AGAIN, str(kept)],
        capture_output=True,
        text=True,
        check=True,
        env={"DJANGO_SETTINGS_MODULE": "config.settings_test", "PYTHONHASHSEED": "7", "PATH": ""},
    )
    assert made.stdout.strip() == sha256(make_paper(document, is_copy=False)).hexdigest()


def test_many_lines_go_over_pages(in_store: Store) -> None:
    make_business()
    order = make_order()
    line = order.lines.get()
    for number in range(60):
        line.pk, line.title = None, f"{number} {LONG}"
        line._state.adding = True
        line.save()
    made = make_paper(issue_for_order(order, now=NOW), is_copy=False)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) > 3


def test_a_months_sums_are_those_of_its_documents(document: Document) -> None:
    for amount in (1800, 990, 12_345):
        order = make_order(amount)
        issue_for_order(order, now=NOW)
        issue_for_refund(make_refund(order, amount // 3), now=NOW)
    found = {each.kind: each for each in monthly.month_sums(2026, 11)}
    for kind, sign in (("invoice_receipt", 1), ("credit", -1)):
        papers = list(Document.objects.filter(kind=kind))
        for name in ("net", "vat", "total"):
            counted = sign * sum(getattr(paper, name) for paper in papers)
            assert getattr(found[kind], name) == counted
    assert monthly.month_sums(2026, 10) == []


def test_the_table_calculates_nothing_and_opens_in_a_spreadsheet(document: Document) -> None:
    made = "".join(rows_to_csv(*monthly.month_table(2026, 11)))
    assert made.encode().startswith(b"\xef\xbb\xbf")
    assert "'=HYPERLINK" in made
    assert '"=HYPERLINK' not in made


def test_the_zip_holds_the_table_and_every_copy(document: Document) -> None:
    issue_for_refund(make_refund(document.order, 5000), now=NOW)
    with zipfile.ZipFile(monthly.month_zip(2026, 11, now=NOW)) as archive:
        names = archive.namelist()
        assert names == ["2026-11.csv", "credit-1001.pdf", "invoice-receipt-1001.pdf"]
        assert archive.read("invoice-receipt-1001.pdf") == pdf_of(document, now=NOW, is_copy=True)


def test_payments_and_refunds_are_a_table_of_their_own(document: Document) -> None:
    refund = make_refund(document.order, 100, settled_at=NOW)
    rows = "".join(rows_to_csv(*monthly.payments_table(2026, 11))).splitlines()
    assert len(rows) == 3
    assert "50.00" in rows[1]
    assert "-1.00" in rows[2]
    assert refund.amount == 100
