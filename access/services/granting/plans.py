"""Another price for what somebody has: its option, and what that price includes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from access.models import Access, SourceKind
from access.services.granting.changes import change, cut
from access.services.granting.lasting import set_end
from access.services.inclusions import give_inside
from products.models import Price
from products.services.bundles import given_with

PLAN = "plan"
"""Why something inside ended or was given: the price it came with is another one now."""


@transaction.atomic
def set_price(access: Access, price: Price, *, now: datetime) -> Access:
    """Let an access be what ``price`` promises of the same product: give what that includes, end
    what it does not. Set twice is set once; what came from elsewhere stays.

    What ends was paid for until then: it is not taken back, and its paid time goes on counting.
    """
    change(access, "plan", now=now, by="", because=PLAN, price_id=price.pk, option=price.option)
    wanted = {each.pk for each in given_with([(access.product_id, price.pk)])[access.product_id]}
    children = access.children.filter(source_kind=SourceKind.BUNDLE, revoked_at=None)
    for child in children.select_related("product"):
        if child.product_id not in wanted and child.left_plan_at is None:
            _leave(child, now)
        elif child.product_id in wanted and child.left_plan_at is not None:
            _come_back(child, access, now)
    give_inside([access], now)
    return access


def _leave(child: Access, now: datetime) -> None:
    ends_at = now if child.ends_at is None else min(child.ends_at, now)
    set_end(child, ends_at, now=now, because=PLAN)
    change(child, "left_plan", now=now, by="", because=PLAN, left_plan_at=now)


def _come_back(child: Access, parent: Access, now: datetime) -> None:
    """Let something inside go with its parent again; the time between was paid by nobody."""
    _cut_below(child, child.left_plan_at or now, now)
    as_above = {
        name: getattr(parent, name) for name in ("suspended_at", "paused_at", "paused_until")
    }
    change(child, "came_back", now=now, by="", because=PLAN, left_plan_at=None, **as_above)
    set_end(child, parent.ends_at, now=now, because=PLAN)
    child.product.contract.on_granted([child])


def _cut_below(access: Access, starts_at: datetime, ends_at: datetime) -> None:
    cut(access, PLAN, starts_at, ends_at)
    for child in access.followers:
        _cut_below(child, starts_at, ends_at)
