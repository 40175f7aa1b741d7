"""What content adds to a store's archive: where readers are, and whose mark is in which copy."""

from __future__ import annotations

from typing import Any

from content.models import Progress, StampedCopy
from stores.models import Store


def whole_store(store: Store) -> dict[str, Any]:
    """Return every place, and every mark: a copy that turns up later must still be known."""
    places = Progress.objects.select_related("customer", "part").order_by("id")
    copies = StampedCopy.objects.select_related("access__customer", "asset").order_by("id")
    return {
        "places": [
            {
                "customer": row.customer.public_id,
                "part": row.part.public_id,
                "place": row.place,
                "fraction": row.fraction,
                "updated_at": row.updated_at.isoformat(),
                "finished_at": row.finished_at.isoformat() if row.finished_at else None,
            }
            for row in places
        ],
        "stamped_copies": [
            {
                "mark": copy.public_id,
                "customer": copy.access.customer.public_id,
                "asset": copy.asset.public_id,
                "made_at": copy.made_at.isoformat() if copy.made_at else None,
            }
            for copy in copies
        ],
    }
