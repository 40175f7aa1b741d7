"""The gate: whether parts are open for a viewer now, why, and what would open them.

Pages, files, feeds and API all ask ``may_open`` and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from access import contract
from access.contract import Answer, Locked, Open, Viewer
from access.models import Access, PartGrant
from access.rules import NotYet, Rule, Span, Standing, not_yet
from access.services import sentences
from access.services.paid_time import paid_time
from core.prepared import Among, Prepared, given, padded
from products.models import Part
from products.services.presale import opened_moments
from stores.scope import current_store

MAX_LEVELS = 4
BY_PAID_TIME = frozenset({Part.Release.AT_TENURE, Part.Release.IN_PAID_TIME})
OF_CUSTOMER = Prepared(
    lambda count: Access.objects.filter(
        Among("product_id", "products", count), customer_id=given("customer", int)
    ).select_related("product", "awaits")
)
GRANTED = Prepared(
    lambda count: PartGrant.objects.filter(
        Among("part_id", "parts", count), customer_id=given("customer", int), revoked_at=None
    )
)


def may_open(viewer: Viewer, parts: Sequence[Part], now: datetime) -> dict[Part, Answer]:
    """Return for each part whether it is open, in a constant number of queries.

    A preview or a grant of a part opens all below it; a child's own rule only narrows its
    parent's. What is not published is locked for everybody but staff.
    """
    view = _look_at(viewer, parts, now)
    return {part: _answer(view, part) for part in parts}


@dataclass
class _View:
    viewer: Viewer
    now: datetime
    zone: ZoneInfo
    ancestors: dict[int, Part]
    accesses: dict[int, list[Access]]
    """By product."""
    granted: set[int]
    """Parts granted one by one to the signed-in customer."""
    granted_by_key: set[tuple[int, int]]
    """(customer, part) of grants reached through keys."""
    spans: dict[int, list[Span]] = field(default_factory=dict)
    finished: frozenset[int] = frozenset()
    opened: dict[int, datetime | None] = field(default_factory=dict)
    """Since when the presales that accesses wait for are open."""

    def lineage(self, part: Part) -> list[Part]:
        """Return the part and all above it."""
        line = [part]
        while line[-1].parent_id is not None and len(line) <= MAX_LEVELS:
            line.append(self.ancestors[line[-1].parent_id])
        return line


def _look_at(viewer: Viewer, parts: Sequence[Part], now: datetime) -> _View:
    ancestors = _ancestors(parts)
    everything = {part.pk: part for part in [*parts, *ancestors.values()]}
    accesses, granted, granted_by_key = _rights(viewer, everything)
    view = _View(
        viewer=viewer,
        now=now,
        zone=current_store().zone,
        ancestors=ancestors,
        accesses=accesses,
        granted=granted,
        granted_by_key=granted_by_key,
    )
    view.opened = _openings([each for some in accesses.values() for each in some], now)
    rules = {part.release for part in everything.values()}
    if rules & BY_PAID_TIME:
        everyone = [each for some in accesses.values() for each in some]
        begun = {each.pk: _begun_at(view, each) for each in everyone}
        view.spans = paid_time(everyone, now, begun)
    if Part.Release.AFTER_PART in rules and viewer.customer is not None:
        needed = {part.release_after_id or 0 for part in everything.values()} - {0}
        finished: set[int] = set()
        for ask in contract.finished_parts:
            finished |= ask(viewer.customer, needed)
        view.finished = frozenset(finished)
    return view


def _ancestors(parts: Iterable[Part]) -> dict[int, Part]:
    found: dict[int, Part] = {}
    missing = {part.parent_id for part in parts if part.parent_id}
    for _level in range(MAX_LEVELS):
        if not missing:
            break
        found |= {part.pk: part for part in Part.objects.filter(pk__in=missing)}
        missing = {part.parent_id for part in found.values() if part.parent_id} - set(found)
    return found


def _rights(
    viewer: Viewer, everything: dict[int, Part]
) -> tuple[dict[int, list[Access]], set[int], set[tuple[int, int]]]:
    customers = {key.customer_id for key in viewer.keys}
    if viewer.customer is not None:
        customers.add(viewer.customer.pk)
    if viewer.is_staff or not (customers or viewer.access_ids):
        return {}, set(), set()
    products = {part.product_id for part in everything.values()}
    if viewer.customer is not None and not (viewer.keys or viewer.access_ids):
        return _rights_of(viewer.customer.pk, products, everything)
    accesses: dict[int, list[Access]] = defaultdict(list)
    theirs = Q(customer__in=customers) | Q(pk__in=viewer.access_ids)
    found = Access.objects.filter(theirs, product__in=products)
    for access in found.select_related("product", "awaits"):
        accesses[access.product_id].append(access)
    rows = PartGrant.objects.filter(
        customer__in=customers, part__in=everything, revoked_at=None
    ).values_list("customer_id", "part_id")
    mine = viewer.customer.pk if viewer.customer is not None else None
    granted_by_key = set(rows)
    return accesses, {part for who, part in granted_by_key if who == mine}, granted_by_key


def _rights_of(
    customer: int, products: set[int], everything: dict[int, Part]
) -> tuple[dict[int, list[Access]], set[int], set[tuple[int, int]]]:
    """Return the rights of a customer who came without a link or a pass, as most do."""
    if not everything:
        return {}, set(), set()
    accesses: dict[int, list[Access]] = defaultdict(list)
    asked, parts = padded([*products]), padded([*everything])
    for access in OF_CUSTOMER.rows(len(asked), customer=customer, products=asked):
        accesses[access.product_id].append(access)
    rows = GRANTED.rows(len(parts), customer=customer, parts=parts)
    granted = {row.part_id for row in rows}
    return accesses, granted, {(customer, part) for part in granted}


def _answer(view: _View, part: Part) -> Answer:
    line = view.lineage(part)
    if view.viewer.is_staff:
        return Open("staff")
    late = [each for each in line if each.published_at is None or each.published_at > view.now]
    if late:
        return sentences.not_out(late[0])
    if any(each.preview for each in line):
        return Open("preview")
    if _is_granted(view, line):
        return Open("grant")
    return _by_access(view, line)


def _is_granted(view: _View, line: list[Part]) -> bool:
    ids = {each.pk for each in line}
    if view.granted & ids:
        return True
    return any(
        key.part_id in ids and any((key.customer_id, each) in view.granted_by_key for each in ids)
        for key in view.viewer.keys
    )


def _by_access(view: _View, line: list[Part]) -> Answer:
    accesses = [
        access
        for access in view.accesses.get(line[0].product_id, [])
        if _reaches(view.viewer, access, line)
    ]
    opening: list[Access] = []
    waiting: list[NotYet] = []
    for access in accesses:
        begun_at = _begun_at(view, access)
        if begun_at is not None and access.stands(view.now):
            missing = _first_missing(view, access, line, begun_at)
            if missing is None:
                opening.append(access)
            else:
                waiting.append(missing)
    if opening:
        longest = max(
            opening, key=lambda access: (access.ends_at is None, access.ends_at or view.now)
        )
        return Open("access", until=longest.ends_at, access_id=longest.pk)
    if waiting:
        return _soonest(waiting)
    return sentences.no_access(accesses, line[0].product, view.now)


def _reaches(viewer: Viewer, access: Access, line: list[Part]) -> bool:
    """Whether this viewer may use ``access`` for a part with this lineage."""
    if viewer.customer is not None and access.customer_id == viewer.customer.pk:
        return True
    if access.pk in viewer.access_ids:
        return True
    ids = {each.pk for each in line}
    return any(key.customer_id == access.customer_id and key.part_id in ids for key in viewer.keys)


def _openings(accesses: Sequence[Access], now: datetime) -> dict[int, datetime | None]:
    """Return since when what these accesses wait for is open, right without any sweep."""
    awaited = {
        product.pk: product
        for access in accesses
        if access.awaits_id is not None
        for product in (access.awaits, access.product)
        if product is not None and product.opens_at is not None
    }
    return opened_moments(list(awaited.values()), now) if awaited else {}


def _begun_at(view: _View, access: Access) -> datetime | None:
    """Return since when an access counts, or None before that."""
    if access.awaits_id is None:
        return access.starts_at if access.starts_at <= view.now else None
    moments = [view.opened.get(pk, access.created_at) for pk in access.awaited_ids]
    known = [moment for moment in moments if moment is not None]
    return max(known) if len(known) == len(moments) else None


def _first_missing(
    view: _View, access: Access, line: list[Part], begun_at: datetime
) -> NotYet | None:
    standing = Standing(
        starts_at=begun_at,
        rhythm=access.product.rhythm,
        spans=view.spans.get(access.pk, ()),
        finished_part_ids=view.finished,
    )
    for part in reversed(line):
        missing = not_yet(rule_of(part), standing, view.zone, view.now)
        if missing is not None:
            return missing
    return None


def rule_of(part: Part) -> Rule:
    """Return the part's release rule as the pure functions want it."""
    return Rule(
        release=part.release,
        days=part.release_days,
        on=part.release_on,
        tenure=part.release_tenure,
        after_part_id=part.release_after_id,
        stands_for=part.release_days,
    )


def _soonest(waiting: list[NotYet]) -> Locked:
    dated = {each.at: each for each in waiting if each.at is not None}
    if dated:
        return sentences.opens_later(dated[min(dated)])
    return sentences.opens_later(min(waiting, key=lambda each: each.missing))
