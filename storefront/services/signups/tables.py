"""Mailing lists as tables, safe for any spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.text import csv_safe
from storefront.models import SignUp
from stores.scope import current_store


def as_csv(rows: Iterable[SignUp]) -> str:
    """Return people on lists with what they agreed to, when and where."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(
        [
            _("email"),
            _("name"),
            _("list"),
            _("language"),
            _("agreed to"),
            _("on the page"),
            _("confirmed on"),
            _("left on"),
        ]
    )
    for row in rows:
        cells = [row.email, row.name, row.list.title if row.list else "", row.language]
        cells += [
            row.wording if row.wants_news else "",
            row.source,
            _day(row.confirmed_at),
            _day(row.left_at),
        ]
        writer.writerow([csv_safe(each) for each in cells])
    return table.getvalue()


def _day(moment: object) -> str:
    return (
        moment.astimezone(current_store().zone).date().isoformat()
        if hasattr(moment, "astimezone")
        else ""
    )
