"""A month for the accountant: its documents as a table, as files, and in sums."""

from __future__ import annotations

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
from core.tables import rows_to_csv
from core.vat import percent
from payments.models import Document, Refund
from payments.models import Order as Sale
from payments.services.documents.files import file_name, pdf_of
from payments.services.documents.law import title_of
from stores.scope import current_store

Table = tuple[Sequence[object], list[tuple[object, ...]]]
"""The names of the columns, and the rows."""

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


def month_table(year: int, month: int) -> Table:
    """Return a month's documents as a table in the store's language."""
    with override(current_store().language):
        return table_header(), list(map(table_row, Document.objects.of_month(year, month)))


def table_header() -> tuple[str, ...]:
    """Return the columns of a table of documents."""
    return (
        pgettext("document", "Document"), pgettext("document", "Number"), _("Date"),
        pgettext("document", "Order"), pgettext("document", "Buyer"), _("Company"),
        _("Tax number"), pgettext("document", "Before VAT"), _("VAT, percent"), _("VAT"),
        pgettext("document", "Total"), _("Currency"), pgettext("document", "Refers to"),
    )  # fmt: skip


def table_row(document: Document) -> tuple[object, ...]:
    """Return one document as cells; amounts of credits are negative."""
    buyer, before = document.snapshot["buyer"], document.snapshot["about"]
    rate = document.vat_basis_points
    sign = document.sign or 1
    seller = document.snapshot["seller"]["kind"]
    about = (
        f"{title_of(before['kind'], before['seller_kind'])} {before['number']}" if before else ""
    )
    return (
        title_of(document.kind, seller),
        document.number,
        document.issued_on,
        str(document.snapshot["order"]),
        buyer["name"],
        buyer["company"],
        buyer["tax_id"],
        money.to_major(sign * document.net, document.currency),
        "" if rate is None else percent(rate),
        money.to_major(sign * document.vat, document.currency),
        money.to_major(sign * document.total, document.currency),
        document.currency,
        about,
    )


def payments_table(year: int, month: int) -> Table:
    """Return a month's payments and refunds as a table, for who issues documents elsewhere."""
    zone = current_store().zone
    with override(current_store().language):
        head = (
            _("Date"), pgettext("document", "Order"), pgettext("document", "Buyer"), _("Email"),
            _("Company"), _("Tax number"), _("What"), pgettext("document", "Total"), _("Currency"),
        )  # fmt: skip
        first, after = _bounds(year, month)
        rows: list[tuple[datetime, tuple[object, ...]]] = []
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
        return head, [(at.astimezone(zone).date(), *row) for at, row in rows]


def month_zip(year: int, month: int, *, now: datetime) -> IO[bytes]:
    """Return an open file: the month's table and each document's copy, numbered as it is called."""
    file = tempfile.SpooledTemporaryFile(BYTES_IN_MEMORY)  # noqa: SIM115 -- the response closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        table = "".join(rows_to_csv(*month_table(year, month)))
        _put(archive, f"{year:04}-{month:02}.csv", table.encode())
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


def _bounds(year: int, month: int) -> tuple[datetime, datetime]:
    zone = current_store().zone
    following = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004 -- December
    return datetime(year, month, 1, tzinfo=zone), datetime(*following, 1, tzinfo=zone)


def _payment_row(order: Sale, amount: int, what: str) -> tuple[object, ...]:
    return (
        order.number,
        order.name,
        order.email,
        order.buyer_company,
        order.buyer_tax_id,
        what,
        money.to_major(amount, order.currency),
        order.currency,
    )


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, EARLIEST), content, zipfile.ZIP_DEFLATED)
