"""Whether somebody of the team may follow the link of a line in a customer's history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stores.roles import Area

if TYPE_CHECKING:
    from stores.models import Staff
    from stores.slots import TimelineEntry


def may_follow(line: TimelineEntry, staff: Staff) -> bool:
    """Return whether the line's page opens for this person."""
    area = Area(line.area)
    return staff.may_change(area) if line.is_changed_there else staff.may_view(area)
