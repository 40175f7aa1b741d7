"""What other pages gather from moving in: the table of members, and what is kept of a person."""

from __future__ import annotations

from typing import Any

from accounts.models import Customer
from payments.models import MoveInRow, RenewHere
from payments.services.moving_in import members
from payments.services.moving_in.kinds import KINDS
from stores import slots

__all__ = ["KINDS", "register"]


class MovedInOfCustomer:
    """The lines by which a customer came, and their letters."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return what the file said of them, and what they were written."""
        rows = MoveInRow.objects.filter(customer=customer).select_related("move_in")
        letters = RenewHere.objects.filter(customer=customer)
        return {
            "moved_in": [
                {
                    "at": row.move_in.created_at.isoformat(),
                    "phone": row.phone,
                    "said": dict(zip(row.move_in.head, row.cells, strict=False)),
                }
                for row in rows.order_by("pk")
            ],
            "letters": [
                {
                    "told_at": each.told_at.isoformat(),
                    "renewed_at": each.renewed_at.isoformat() if each.renewed_at else None,
                    "said_no_at": each.said_no_at.isoformat() if each.said_no_at else None,
                }
                for each in letters.order_by("pk")
            ],
        }

    def erase(self, customer: Customer) -> None:
        """Leave the counts and no person: the cells, the address and the phone go."""
        rows = MoveInRow.objects.filter(customer=customer) | MoveInRow.objects.filter(
            email=customer.user.email
        )
        rows.update(cells=[], email="", phone="", troubles=[])


def register() -> None:
    """Put it into the slots."""
    slots.personal_data.register("moved_in", MovedInOfCustomer())
    slots.tables.register("members", members.TABLE)
