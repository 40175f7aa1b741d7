"""Which file somebody is given: the one that was uploaded, or a copy made out to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from django.db.models import Q

from access.contract import Open, Viewer
from access.models import Access
from content.models import Asset, StampedCopy
from content.services.files import current_files
from content.services.stamping.line import line_of
from core.prepared import Prepared, given
from core.queue import wake
from products.models import Part, Price

SMALL = 48 * 1024 * 1024
"""Files up to this many bytes are made by the worker that is never busy with films."""
MOST_AT_ONCE = 10
"""A purchase gives few accesses, and their copies are made ahead; an import gives thousands."""
WORK_SMALL, WORK_LARGE = "content.tasks.stamp_small_in", "content.tasks.stamp_large_in"

STAMPED = (Asset.Kind.EPUB, Asset.Kind.PDF)
"""The kinds of files that can carry a name."""

Given: TypeAlias = Asset | StampedCopy


HOLDER = Prepared(
    lambda: Access.objects.select_related("product", "price", "customer__user").filter(
        pk=given("access", int)
    )
)


def file_for(
    viewer: Viewer, asset: Asset, answer: Open, now: datetime, *, looks_again: bool = False
) -> Given:
    """Return what to give whoever the gate let through: the file, or a copy made out to them.

    A copy may not be ready yet; asking for it here is what makes it. With ``looks_again`` a copy
    whose words are no longer right (a new name) is made anew, and the old one given meanwhile. A
    copy that cannot be made keeps nobody from what they paid for: they get the file.
    """
    if asset.kind not in STAMPED:
        return asset
    access = _holder(viewer, asset, answer)
    if access is None or not is_stamped(access):
        return asset
    copies = StampedCopy.objects.filter(access=access, asset=asset).select_related("asset")
    copy: StampedCopy | None = copies.ready().first() or copies.first()
    if copy is not None and copy.failed_at is not None:
        return asset
    if copy is None or not copy.is_ready:
        return ask(access, asset, now)
    if looks_again and copy.version != line_of(access).version:
        ask(access, asset, now)
    return copy


def _holder(viewer: Viewer, asset: Asset, answer: Open) -> Access | None:
    """Return the access whose holder's name belongs into the file; None for samples and staff."""
    if answer.access_id is not None:
        return HOLDER.first(access=answer.access_id)
    accesses = Access.objects.select_related("product", "price", "customer__user")
    if answer.because != "grant":
        return None
    customers = {key.customer_id for key in viewer.keys}
    if viewer.customer is not None:
        customers = {viewer.customer.pk}
    theirs = accesses.filter(customer__in=customers, product=asset.part.product_id)
    return theirs.first()


def is_stamped(access: Access) -> bool:
    """Whether files of this access carry its holder's name: of what costs money, if its maker
    wants that."""
    if not access.product.contract.stamped([access.product]):
        return False
    if access.price is not None:
        return access.price.kind != Price.Kind.FREE
    return access.product.prices.exclude(kind=Price.Kind.FREE).exists()


def ask(access: Access, asset: Asset, now: datetime) -> StampedCopy:
    """Ask for a copy: a due row, worked off in a second or by the sweep. Asked twice, made once."""
    copy: StampedCopy = StampedCopy.objects.get_or_create(
        access=access, asset=asset, version="", defaults={"due_at": now, "created_at": now}
    )[0]
    if copy.due_at is None:
        StampedCopy.objects.filter(pk=copy.pk, due_at=None).update(
            due_at=now, tries=0, failed_at=None
        )
        copy.due_at = now
    copy.asset = asset
    wake(WORK_SMALL if asset.size <= SMALL else WORK_LARGE, asset.store_id)
    return copy


def prepare(accesses: Sequence[Access], now: datetime, *, stamped: set[int]) -> None:
    """Ask for the copies of what was just bought, so that they are there when it is opened.

    ``stamped`` are the products, by primary key, whose files carry names. Large files, and
    accesses given by the hundred, wait until somebody opens them.
    """
    live = [each for each in accesses if each.product_id in stamped and each.is_live(now)]
    paid = _of_what_costs(live)
    files = _newest_files({access.product_id for access in paid}, now)
    known = StampedCopy.objects.filter(access__in=[access.pk for access in paid])
    asked = set(known.values_list("access_id", "asset_id"))
    wanted = [
        StampedCopy(access=access, asset=asset, due_at=now, created_at=now)
        for access in paid
        for asset in files
        if asset.part.product_id == access.product_id and (access.pk, asset.pk) not in asked
    ]
    if wanted and len(accesses) <= MOST_AT_ONCE:
        StampedCopy.objects.bulk_create(wanted, ignore_conflicts=True)
        wake(WORK_SMALL, wanted[0].store_id)


def _of_what_costs(accesses: Sequence[Access]) -> list[Access]:
    """Return those whose files are stamped, as `is_stamped` says it of one."""
    products = {access.product_id for access in accesses}
    own = {access.price_id for access in accesses if access.price_id is not None}
    rows = Price.objects.filter(Q(product__in=products) | Q(pk__in=own))
    costs = list(rows.exclude(kind=Price.Kind.FREE).values_list("pk", "product_id"))
    prices, with_price = {pk for pk, _product in costs}, {product for _pk, product in costs}
    return [
        access
        for access in accesses
        if (
            access.price_id in prices
            if access.price_id is not None
            else access.product_id in with_price
        )
    ]


def _newest_files(products: set[int], now: datetime) -> list[Asset]:
    parts = Part.objects.filter(product__in=products, preview=False, published_at__isnull=False)
    files = current_files(parts, now).values()
    return [asset for asset in files if asset.size <= SMALL and asset.kind in STAMPED]


def forget_waiting() -> None:
    """Forget all copies asked for and not made, in the store in scope: each is asked for again
    when somebody opens it. For a demo's past, whose buyers have read long ago."""
    StampedCopy.objects.filter(made_at=None).delete()


def ahead_of(copy: StampedCopy) -> int:
    """Return how many copies of its size stand before this one in its store."""
    if copy.due_at is None:
        return 0
    due = StampedCopy.objects.filter(due_at__lt=copy.due_at).exclude(pk=copy.pk)
    sized = due.no_larger(SMALL) if copy.asset.size <= SMALL else due.larger(SMALL)
    return int(sized.count())
