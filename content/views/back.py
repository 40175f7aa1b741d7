"""Where a reader or player leads back to."""

from __future__ import annotations

from products.models import Part


def back_of(part: Part) -> str:
    """Return the format's own page of what a part stands in; empty where only the shelf is."""
    if part.parent is None:
        return ""
    return part.product.contract.page_of(part.parent)
