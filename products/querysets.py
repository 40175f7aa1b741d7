"""Which products, prices, parts and holds: adjectives."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

if TYPE_CHECKING:
    from products.models import Hold, ListEntry, Part, Price, Product  # noqa: F401 -- named in the generics


class ProductQuerySet(QuerySet["Product"]):
    """Products of the store in scope."""

    def kept(self) -> ProductQuerySet:
        """Products that were not deleted."""
        return self.filter(deleted_at=None)

    def of_format(self, key: str) -> ProductQuerySet:
        """Products of one format."""
        return self.filter(format=key)

    def listed(self) -> ProductQuerySet:
        """Products a visitor finds in the shop."""
        return self.filter(status__in=("published", "coming_soon", "closed"))

    def reachable(self) -> ProductQuerySet:
        """Products whose page opens: the listed ones and those by link only."""
        return self.filter(status__in=("published", "hidden", "coming_soon", "closed", "retired"))

    def sellable(self) -> ProductQuerySet:
        """Products that can be bought now, as far as their status tells."""
        return self.filter(status__in=("published", "hidden"), late_at=None)

    def presale(self) -> ProductQuerySet:
        """Products whose opening day was named and that have not been opened."""
        return self.filter(opens_at__isnull=False, opened_at=None)

    def opening_due(self, now: datetime) -> ProductQuerySet:
        """Presales whose moment has come and that nobody has looked at yet."""
        return self.presale().filter(opens_at__lte=now, late_at=None)


class PriceQuerySet(QuerySet["Price"]):
    """Prices of the store in scope."""

    def open_at(self, now: datetime) -> PriceQuerySet:
        """Active prices whose doors are open at ``now``."""
        return self.filter(
            Q(doors_open_at=None) | Q(doors_open_at__lte=now),
            Q(doors_close_at=None) | Q(doors_close_at__gt=now),
            is_active=True,
        )


class PartQuerySet(QuerySet["Part"]):
    """Parts of the store in scope."""

    def previews(self) -> PartQuerySet:
        """Published parts that are open to anyone."""
        return self.published().filter(preview=True)

    def published(self) -> PartQuerySet:
        """Parts that are out."""
        return self.exclude(published_at=None)


class ListEntryQuerySet(QuerySet["ListEntry"]):
    """People on the lists of products."""

    def waiting(self) -> ListEntryQuerySet:
        """Entries that were confirmed, were not left, and were not told yet."""
        return self.filter(confirmed_at__isnull=False, left_at=None, told_at=None)

    def standing(self) -> ListEntryQuerySet:
        """Entries that were confirmed and not left, told or not."""
        return self.filter(confirmed_at__isnull=False, left_at=None)

    def due(self, now: datetime) -> ListEntryQuerySet:
        """Entries whose people are to be told now."""
        return self.waiting().filter(due_at__lte=now)

    def forgotten(self, since: datetime) -> ListEntryQuerySet:
        """Entries nobody confirmed since then: perhaps somebody else's address."""
        return self.filter(confirmed_at=None, joined_at__lt=since)


class HoldQuerySet(QuerySet["Hold"]):
    """Places and copies taken."""

    def counting(self, now: datetime) -> HoldQuerySet:
        """Holds that take a place: sold, or still held at ``now``, or of a copy that is out."""
        stands = (Q(sold_at__isnull=False) | Q(until__gt=now)) & Q(released_at=None)
        return self.filter(Q(copy="out") | (stands & Q(copy="")))

    def sold(self) -> HoldQuerySet:
        """Holds that became sales."""
        return self.filter(sold_at__isnull=False, released_at=None, is_sale=True)

    def expired(self, now: datetime) -> HoldQuerySet:
        """Holds that ran out without a sale."""
        return self.filter(sold_at=None, released_at=None, until__lte=now)
