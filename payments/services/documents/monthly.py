"""A month for the accountant: its documents as a table, as files, and in sums."""

from __future__ import annotations

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from core import money
from core.vat import percent
from payments.models import Document, Refund
from payments.models import Order as Sale
from payments.services.documents.files import file_name, pdf_of
from payments.services.documents.law import title_of
from stores.scope import current_store

FORMULA = re.compile(r"[=+\-@\t\r]")
"""What a spreadsheet would calculate (OWASP, "CSV injection")."""
EARLIEST = (1980, 1, 1, 0, 0, 0)
BYTES_IN_MEMORY = 8 * 1024 * 1024


@dataclass(frozen=True)
class MonthSum:
    """The documents of one kind, currency and rate; amounts in minor units, credits negative."""

    kind: str
    currency: str
    vat_basis_points: int | None
    count: int
    net: int
    vat: int
    total: int


def month_sums(year: int, month: int) -> list[MonthSum]:
    """Return a month's sums by kind, currency and rate; requests for payment count as nothing."""
    rows = (
        Document.objects.of_month(year, month)
        .values("kind", "currency", "vat_basis_points")
        .annotate(count=Count("pk"), nets=Sum("net"), vats=Sum("vat"), totals=Sum("total"))
        .order_by("kind", "currency", "vat_basis_points")
    )
    found = []
    for row in rows:
        sign = Document(kind=row["kind"]).sign
        found.append(
            MonthSum(
                row["kind"],
                row["currency"],
                row["vat_basis_points"],
                row["count"],
                sign * row["nets"],
                sign * row["vats"],
                sign * row["totals"],
            )
        )
    return found


def month_csv(year: int, month: int) -> bytes:
    """Return a month's documents as CSV in the store's language: UTF-8 with its mark, for Excel."""
    with override(current_store().language):
        head = (
            pgettext("document", "Document"), pgettext("document", "Number"), _("Date"),
            pgettext("document", "Order"), pgettext("document", "Buyer"), _("Company"),
            _("Tax number"), pgettext("document", "Before VAT"), _("VAT, percent"), _("VAT"),
            pgettext("document", "Total"), _("Currency"), pgettext("document", "Refers to"),
        )  # fmt: skip
        return _csv([head, *map(_row, Document.objects.of_month(year, month))])


def payments_csv(year: int, month: int) -> bytes:
    """Return a month's payments and refunds as CSV, for who issues the documents elsewhere."""
    zone = current_store().zone
    with override(current_store().language):
        head = (
            _("Date"), pgettext("document", "Order"), pgettext("document", "Buyer"), _("Email"),
            _("Company"), _("Tax number"), _("What"), pgettext("document", "Total"), _("Currency"),
        )  # fmt: skip
        first, after = _bounds(year, month)
        rows: list[tuple[datetime, tuple[str, ...]]] = []
        sales = Sale.objects.sales().filter(paid_at__gte=first, paid_at__lt=after)
        for order in sales.prefetch_related("lines"):
            what = ", ".join(line.title for line in order.lines.all())
            rows.append((order.paid_at or first, _payment_row(order, order.total, what)))
        refunds = Refund.objects.filter(
            state=Refund.State.SUCCEEDED, settled_at__gte=first, settled_at__lt=after
        ).exclude(payment__order__is_test=True)
        for refund in refunds.select_related("payment__order"):
            row = _payment_row(refund.payment.order, -refund.amount, refund.reason)
            rows.append((refund.settled_at or first, row))
        rows.sort(key=lambda each: each[0])
        days = [(at.astimezone(zone).date().isoformat(), *row) for at, row in rows]
        return _csv([head, *days])


def month_zip(year: int, month: int, *, now: datetime) -> IO[bytes]:
    """Return an open file: the month's table and each document's copy, numbered as it is called."""
    file = tempfile.SpooledTemporaryFile(BYTES_IN_MEMORY)  # noqa: SIM115 -- the response closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, f"{year:04}-{month:02}.csv", month_csv(year, month))
        for document in Document.objects.of_month(year, month).iterator(chunk_size=200):
            _put(archive, file_name(document), pdf_of(document, now=now, is_copy=True))
    file.seek(0)
    return file


def months() -> list[tuple[int, int]]:
    """Return the months that have documents or payments, the newest first."""
    days = Document.objects.dates("issued_on", "month")
    paid = (
        Sale.objects.sales().order_by().datetimes("paid_at", "month", tzinfo=current_store().zone)
    )
    return sorted({(day.year, day.month) for day in [*days, *paid]}, reverse=True)


def safe_cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def _bounds(year: int, month: int) -> tuple[datetime, datetime]:
    zone = current_store().zone
    following = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004 -- December
    return datetime(year, month, 1, tzinfo=zone), datetime(*following, 1, tzinfo=zone)


def _row(document: Document) -> tuple[str, ...]:
    buyer, before = document.snapshot["buyer"], document.snapshot["about"]
    rate = document.vat_basis_points
    sign = document.sign or 1
    seller = document.snapshot["seller"]["kind"]
    about = (
        f"{title_of(before['kind'], before['seller_kind'])} {before['number']}" if before else ""
    )
    return (
        title_of(document.kind, seller),
        str(document.number),
        document.issued_on.isoformat(),
        str(document.snapshot["order"]),
        safe_cell(buyer["name"]),
        safe_cell(buyer["company"]),
        safe_cell(buyer["tax_id"]),
        _major(sign * document.net, document.currency),
        "" if rate is None else percent(rate),
        _major(sign * document.vat, document.currency),
        _major(sign * document.total, document.currency),
        document.currency,
        about,
    )


def _payment_row(order: Sale, amount: int, what: str) -> tuple[str, ...]:
    return (
        str(order.number),
        safe_cell(order.name),
        safe_cell(order.email),
        safe_cell(order.buyer_company),
        safe_cell(order.buyer_tax_id),
        safe_cell(what),
        _major(amount, order.currency),
        order.currency,
    )


def _major(amount: int, currency: str) -> str:
    return str(money.to_major(amount, currency))


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return ("\ufeff" + out.getvalue()).encode()


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, EARLIEST), content, zipfile.ZIP_DEFLATED)
