"""What access knows of one customer: to take away, and to be forgotten."""

from __future__ import annotations

from typing import Any

from access.models import Access, PartKey
from access.services.granting import revoke
from accounts.models import Customer
from core import clock

ERASED = "erased"


class AccessOfCustomer:
    """What a customer has. Erased, it closes; that it was had stays, for the books."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return every access as plain values."""
        accesses = Access.objects.filter(customer=customer).select_related("product")
        return {
            "access": [
                {
                    "product": each.product.title,
                    "from": each.source_kind,
                    "starts_at": each.starts_at.isoformat(),
                    "ends_at": each.ends_at.isoformat() if each.ends_at else None,
                    "taken_back_at": each.revoked_at.isoformat() if each.revoked_at else None,
                    "first_opened_at": each.first_opened_at.isoformat()
                    if each.first_opened_at
                    else None,
                    "last_opened_at": each.last_opened_at.isoformat()
                    if each.last_opened_at
                    else None,
                }
                for each in accesses.order_by("id")
            ]
        }

    def erase(self, customer: Customer) -> None:
        """Close everything, and void the links that were mailed."""
        now = clock.now()
        for access in Access.objects.standing().filter(customer=customer, parent=None):
            revoke(access, now=now, because=ERASED)
        PartKey.objects.filter(customer=customer).delete()
