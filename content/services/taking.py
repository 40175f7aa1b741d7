"""What somebody may take along of what they own: the newest file of each part that is open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from access.contract import Open, Viewer
from access.services.gate import may_open
from content.models import Asset, StampedCopy
from content.services.listening.tracks import OUTER_FIRST
from content.services.stamping.copies import Given, file_for
from products.models import Part, Product

SAMPLE = "sample"
"""The kind of a part that is a piece of another one, for those who have not bought it."""


@dataclass(frozen=True)
class Takeable:
    """One file that is open to somebody, and what they are given of it."""

    asset: Asset
    answer: Open
    given: Given

    @property
    def is_ready(self) -> bool:
        """Whether it can be given now; a copy may still be made."""
        return not isinstance(self.given, StampedCopy) or self.given.is_ready

    @property
    def title(self) -> str:
        """What it is called in a list: a recording by its title, a book by its kind."""
        return self.asset.part.title or self.asset.original_name


def owned_products(viewer: Viewer) -> QuerySet[Product]:
    """Return the products that somebody has, or once had, a right to or to a part of."""
    customers = {key.customer_id for key in viewer.keys}
    if viewer.customer is not None:
        customers.add(viewer.customer.pk)
    theirs = Q(accesses__customer__in=customers) | Q(parts__grants__customer__in=customers)
    found: QuerySet[Product] = Product.objects.filter(
        theirs | Q(accesses__in=viewer.access_ids), deleted_at=None
    )
    return found.distinct()


def files_of(viewer: Viewer, products: Iterable[Product], now: datetime) -> list[Takeable]:
    """Return the files of products that are open to ``viewer``, asking for copies not made yet."""
    newest = _newest(products, now)
    parts = [asset.part for asset in newest]
    answers = may_open(viewer, parts, now)
    found = []
    for asset in newest:
        answer = answers[asset.part]
        if isinstance(answer, Open):
            found.append(Takeable(asset, answer, file_for(viewer, asset, answer, now)))
    return found


def _newest(products: Iterable[Product], now: datetime) -> Sequence[Asset]:
    """Return the file of each part that is read now: what is being prepared is nobody's yet."""
    rows = Asset.objects.out(now).filter(
        part__product__in=[each.pk for each in products], part__published_at__isnull=False
    )
    order = ("part__product_id", OUTER_FIRST, "part__position", "part_id")
    in_turn = rows.exclude(part__kind=SAMPLE).select_related("part__product").in_turn(*order)
    return list({row.part_id: row for row in in_turn}.values())


def are_open(viewer: Viewer, part_ids: Iterable[int], now: datetime) -> bool:
    """Whether all these parts are open to ``viewer`` now: asked again while they are given."""
    parts = list(Part.objects.filter(pk__in=set(part_ids)))
    answers = may_open(viewer, parts, now)
    return bool(parts) and all(isinstance(answer, Open) for answer in answers.values())
