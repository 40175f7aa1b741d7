"""From when a new access counts: at once, or from the moment a presale opens."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from access.models import Access, SourceKind
from core import clock
from products.models import Price, Product
from products.services.sales import Terms, begins_at


def first_dates(
    product: Product,
    source_kind: str,
    starts_at: datetime,
    ends_at: datetime | None,
    terms: Terms | None,
) -> dict[str, Any]:
    """Return the dates of a new access, as its columns.

    Where it waits for an opening they are what was promised, until the opening sets them.
    """
    waits = product.is_presale and source_kind != SourceKind.HAND
    counted = terms is not None and terms.length == Price.Length.PERIODS
    by_number = terms is not None and terms.length == Price.Length.UNITS
    return {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "awaits_id": product.pk if waits else None,
        "told_opens_at": product.opens_at if waits else None,
        "term_count": terms.length_count if terms is not None and counted else None,
        "term_unit": terms.length_unit if terms is not None and counted else "",
        "units_left": terms.length_count if terms is not None and by_number else None,
    }


def child_dates(parent: Access, product: Product) -> dict[str, Any]:
    """Return the dates of what a bundle's access gives: its own, or later with its own opening."""
    waits = parent.awaits_id is not None or product.is_presale
    starts_at = begins_at(product, parent.starts_at)
    told = parent.told_opens_at if parent.awaits_id is not None else product.opens_at
    return {
        "starts_at": starts_at,
        "ends_at": parent.ends_at,
        "awaits_id": (parent.awaits_id or product.pk) if waits else None,
        "told_opens_at": told if waits else None,
        "term_count": parent.term_count,
        "term_unit": parent.term_unit,
    }


def dates_at_opening(access: Access, opened_at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Return the dates an access has once what it waits for opened at that moment: set anew.

    ``access`` comes with its product. What stands in a bundle and opens later than it waits on,
    for itself. A fixed last day stays; a number of weeks or months is counted from the opening.
    """
    product = access.product
    waits_on = product.is_presale and access.awaits_id != product.pk
    starts_at = max(opened_at, access.created_at)
    if product.opened_at is not None:
        starts_at = max(starts_at, product.opened_at)
    if waits_on:
        starts_at = begins_at(product, starts_at)
    ends_at = access.ends_at
    if access.term_count and access.term_unit:
        ends_at = clock.add_period(starts_at, access.term_unit, access.term_count, zone)
    return {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "awaits_id": product.pk if waits_on else None,
        "told_opens_at": product.opens_at if waits_on else None,
    }
