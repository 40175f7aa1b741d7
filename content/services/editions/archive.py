"""The editions of a store in its archive, so that a store that moves keeps what it told whom."""

from __future__ import annotations

from typing import Any

from content.models import Edition
from stores.models import Store


def whole_store(store: Store) -> dict[str, Any]:
    """Return every edition as plain values, with the public ids of its files."""
    rows = Edition.objects.select_related("product").prefetch_related("assets").order_by("pk")
    return {
        "editions": [
            {
                "product": row.product.public_id,
                "number": row.number,
                "name": row.name,
                "news": row.news,
                "out_at": row.out_at.isoformat() if row.out_at else None,
                "told_at": row.told_at.isoformat() if row.told_at else None,
                "files": [asset.public_id for asset in row.assets.all()],
            }
            for row in rows
        ]
    }
