"""Which parcels: adjectives."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

if TYPE_CHECKING:
    from shipping.models import Parcel, Zone  # noqa: F401 -- named in the generics

WAITING = ("to_pack", "packed")


class ZoneQuerySet(QuerySet["Zone"]):
    """Zones of the store in scope."""

    def served(self) -> ZoneQuerySet:
        """Zones that are posted to."""
        return self.filter(is_active=True)


class ParcelQuerySet(QuerySet["Parcel"]):
    """Parcels of the store in scope."""

    def to_post(self) -> ParcelQuerySet:
        """Parcels that still have to leave."""
        return self.filter(state__in=WAITING)

    def due(self, today: date) -> ParcelQuerySet:
        """Parcels that may leave: their day has come, and no bank asks about their payment."""
        may = Q(not_before=None) | Q(not_before__lte=today)
        return self.to_post().filter(may, held_at=None)

    def open(self) -> ParcelQuerySet:
        """Parcels of which something is still to come."""
        return self.filter(state__in=(*WAITING, "sent"))

    def missed(self) -> ParcelQuerySet:
        """Parcels whose receiver says that they did not arrive."""
        return self.filter(state="sent", missing_at__isnull=False)
