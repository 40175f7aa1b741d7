"""What accesses were bought with, for the apps below that know no orders."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from access.contract import Purchase
from access.models import Access, SourceKind
from payments.models import Gift, OrderLine, TeamPlace

MOST_LEVELS = 4
"""A bundle may hold a bundle, three deep."""


def purchases_of(accesses: Sequence[Access]) -> dict[int, Purchase]:
    """Return the order behind each access, by its primary key: its own, its gift's, its bundle's.

    The name is that of who holds it: of a gift, whom it was given to.
    """
    tops = _tops(accesses)
    lines = _lines({top.source_id for top in tops.values() if _is(top, SourceKind.ORDER_LINE)})
    gifts = _gifts({top.source_id for top in tops.values() if _is(top, SourceKind.GIFT)})
    places = _places({top.source_id for top in tops.values() if _is(top, SourceKind.TEAM)})
    found: dict[int, Purchase] = {}
    for pk, top in tops.items():
        if _is(top, SourceKind.ORDER_LINE) and top.source_id in lines:
            line = lines[top.source_id]
            found[pk] = _purchase(line, line.order.name)
        elif _is(top, SourceKind.GIFT) and top.source_id in gifts:
            gift = gifts[top.source_id]
            found[pk] = _purchase(gift.line, gift.to_name)
        elif _is(top, SourceKind.TEAM) and top.source_id.partition(".")[0] in places:
            place = places[top.source_id.partition(".")[0]]
            found[pk] = _purchase(place.team.line, place.to_name)
    return found


def _tops(accesses: Sequence[Access]) -> dict[int, Access]:
    """Return the access that each came with, however deep in bundles it stands."""
    tops = {access.pk: access for access in accesses}
    for _level in range(MOST_LEVELS):
        above = {top.parent_id for top in tops.values() if top.parent_id is not None}
        if not above:
            break
        parents = Access.objects.in_bulk(above)
        tops = {pk: parents.get(top.parent_id or 0, top) for pk, top in tops.items()}
    return tops


def _is(access: Access, kind: SourceKind) -> bool:
    return access.source_kind == kind


def _lines(keys: set[str]) -> dict[str, OrderLine]:
    rows = OrderLine.objects.filter(pk__in=[int(key) for key in keys if key.isdecimal()])
    return {str(row.pk): row for row in rows.select_related("order")}


def _gifts(keys: set[str]) -> dict[str, Gift]:
    rows = Gift.objects.filter(public_id__in=keys).select_related("line__order")
    return {row.public_id: row for row in rows}


def _places(keys: set[str]) -> dict[str, TeamPlace]:
    if not keys:
        return {}
    rows = TeamPlace.objects.filter(public_id__in=[key.partition(".")[0] for key in keys])
    return {row.public_id: row for row in rows.select_related("team__line__order")}


def _purchase(line: OrderLine, name: str) -> Purchase:
    url = reverse("admin:payments_order_change", args=[line.order_id])
    return Purchase(number=str(line.order.number), name=name, url=url)
