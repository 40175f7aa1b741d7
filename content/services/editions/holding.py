"""Which files somebody may have: the one that is read now, and those that were read in their time.

Whoever bought an edition keeps it. Whoever buys later gets what is sold then, and not what came
before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest

from django.db.models import Min

from access.contract import Open, Viewer
from access.models import Access, PartGrant
from content.models import Asset, Edition
from products.models import Product


@dataclass(frozen=True)
class Held:
    """An edition as somebody who has it sees it: what is new in it, and its files."""

    edition: Edition
    is_current: bool
    files: list[Asset] = field(default_factory=list)

    @property
    def paragraphs(self) -> list[str]:
        """What is new in it, paragraph by paragraph."""
        return [line for line in self.edition.news.splitlines() if line.strip()]


def may_have(viewer: Viewer, asset: Asset, answer: Open, now: datetime) -> bool:
    """Whether whoever the gate let through to a part may have this file of it.

    A file that was read when they got theirs stays theirs, also where a correction took its
    place. Samples are anybody's; what is being prepared is the team's.
    """
    if answer.because == "staff":
        return True
    if asset.edition is not None and not asset.edition.is_out(now):
        return False
    if answer.because == "preview":
        return True
    until = _read_until(asset, now)
    if until is None:
        return True
    since = _since(viewer, answer, asset.part.product_id)
    return since is not None and since < until


def editions_of(viewer: Viewer, product: Product, answer: Open, now: datetime) -> list[Held]:
    """Return the editions that are somebody's, the newest first, each with its files."""
    files = Asset.objects.out(now).in_turn().filter(part__product=product.pk, part__preview=False)
    last: dict[int, dict[int, Asset]] = {}
    for asset in files.filter(edition__isnull=False).select_related("part", "edition"):
        last.setdefault(asset.edition_id or 0, {})[asset.part_id] = asset
    editions = list(Edition.objects.out(now).filter(product=product.pk))
    since = _since(viewer, answer, product.pk)
    found = []
    for edition, following in zip_longest(editions, editions[1:]):
        until = following.out_at if following is not None else None
        is_theirs = answer.because == "staff" or (since is not None and until and since < until)
        if until is None or is_theirs:
            theirs = list(last.get(edition.pk, {}).values())
            found.append(Held(edition, is_current=until is None, files=theirs))
    return found[::-1]


def _read_until(asset: Asset, now: datetime) -> datetime | None:
    """Return when another file took the place of this one; None while it is the one read."""
    in_turn = list(
        Asset.objects.out(now).in_turn().filter(part=asset.part_id).select_related("edition")
    )
    after = in_turn[[each.pk for each in in_turn].index(asset.pk) + 1 :]
    if not after:
        return None
    following = after[0]
    if following.edition is None or following.edition_id == asset.edition_id:
        return following.created_at
    return following.edition.out_at


def _since(viewer: Viewer, answer: Open, product_id: int) -> datetime | None:
    """Return since when whoever asks has the product, by the first right of theirs that stands."""
    customers = {key.customer_id for key in viewer.keys}
    if viewer.customer is not None:
        customers = {viewer.customer.pk}
    if answer.access_id is not None:
        given = Access.objects.filter(pk=answer.access_id).values_list("customer_id", flat=True)
        customers = set(given)
    theirs = Access.objects.standing().filter(customer__in=customers, product=product_id)
    moments = list(theirs.aggregate(Min("starts_at"), Min("created_at")).values())
    granted = PartGrant.objects.filter(
        customer__in=customers, part__product=product_id, revoked_at=None
    )
    moments.append(granted.aggregate(n=Min("granted_at"))["n"])
    return min((moment for moment in moments if moment is not None), default=None)
