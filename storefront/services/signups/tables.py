"""Mailing lists as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.utils.translation import gettext as _

from storefront.models import SignUp
from stores.scope import current_store


def header() -> list[str]:
    """Return what stands above the columns."""
    return [
        _("email"),
        _("name"),
        _("list"),
        _("language"),
        _("agreed to"),
        _("on the page"),
        _("confirmed on"),
        _("left on"),
    ]


def lines(rows: Iterable[SignUp]) -> Iterator[list[object]]:
    """Yield people on lists with what they agreed to, when and where."""
    for row in rows:
        yield [
            row.email,
            row.name,
            row.list.title if row.list else "",
            row.language,
            row.wording if row.wants_news else "",
            row.source,
            _day(row.confirmed_at),
            _day(row.left_at),
        ]


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(current_store().zone).date() if moment else None
