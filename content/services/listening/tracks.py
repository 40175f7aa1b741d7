"""What is heard when a part is opened: its own recording, or those right below it, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from content.models import Asset
from content.services.listening.chapters import Chapter, chapters_from
from products.models import Part, Product

OUTER_FIRST = F("part__parent__position").asc(nulls_first=True)
"""What stands by itself comes before what is inside of something; databases differ without it."""


@dataclass(frozen=True)
class Track:
    """One recording: the part that opens it and its newest file."""

    part: Part
    asset: Asset

    @property
    def title(self) -> str:
        """What it is called."""
        return self.part.title or self.asset.original_name

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return float(self.asset.facts.get("seconds") or self.part.length_seconds or 0)

    @property
    def chapters(self) -> list[Chapter]:
        """Its chapters, in order."""
        return chapters_from(self.asset.facts)


def tracks_of(part: Part) -> list[Track]:
    """Return what is heard when ``part`` is opened, in one query; nothing where nothing is."""
    found = _tracks(_recordings().filter(Q(part=part) | Q(part__parent=part)))
    own = [track for track in found if track.part.pk == part.pk]
    return own or found


def tracks_in(products: Iterable[Product]) -> list[Track]:
    """Return all recordings of products, those of one product together and in order."""
    return _tracks(_recordings().filter(part__product__in=[each.pk for each in products]))


def has_recordings() -> QuerySet[Product]:
    """Return the products that have something to hear."""
    found: QuerySet[Product] = Product.objects.filter(
        parts__assets__in=_recordings(), deleted_at=None
    )
    return found.distinct()


def _recordings() -> QuerySet[Asset]:
    found: QuerySet[Asset] = Asset.objects.filter(
        media_type__startswith="audio/", part__published_at__isnull=False
    )
    return found


def _tracks(rows: QuerySet[Asset]) -> list[Track]:
    order = ("part__product_id", OUTER_FIRST, "part__position", "part_id", "id")
    newest = {row.part_id: row for row in rows.select_related("part__product").order_by(*order)}
    return [Track(asset.part, asset) for asset in newest.values()]
