"""At which rate a seller charges VAT."""

from __future__ import annotations

from datetime import datetime

from core import clock
from core.vat import vat_rate
from stores.models import Business
from stores.scope import current_store


def rate_of(business: Business, at: datetime) -> int:
    """Return the seller's VAT rate in basis points at a moment: their own, or the country's."""
    if not business.charges_vat:
        return 0
    if business.vat_basis_points is not None:
        return int(business.vat_basis_points)
    return vat_rate(business.country, clock.local_day(at, current_store().zone))
