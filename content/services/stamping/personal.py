"""What this app knows of one customer through the copies made out to them."""

from __future__ import annotations

from typing import Any

from accounts.models import Customer
from content.models import StampedCopy
from content.services.stamping.dropping import drop
from core import clock


class CopiesData:
    """Copies made out to one customer."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return which files were made out to them, when, and by which mark they are known."""
        copies = StampedCopy.objects.filter(access__customer=customer).select_related("asset")
        return {
            "stamped_copies": [
                {
                    "file": copy.original_name,
                    "mark": copy.public_id,
                    "made_at": copy.made_at.isoformat() if copy.made_at else None,
                }
                for copy in copies
            ]
        }

    def erase(self, customer: Customer) -> None:
        """Remove the files, which carry the name; what is not made yet will not be."""
        copies = StampedCopy.objects.filter(access__customer=customer)
        copies.update(due_at=None)
        for copy in copies.kept():
            drop(copy, clock.now())
