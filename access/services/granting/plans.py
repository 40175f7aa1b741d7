"""Another price for what somebody has: its option, and what that price includes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from access.models import Access, SourceKind
from access.services.granting.changes import change
from access.services.granting.taking import restore, revoke
from access.services.inclusions import give_inside
from products.models import Price
from products.services.bundles import given_with

PLAN = "plan"
"""Why something inside was taken back or given: the price it came with is another one now."""


@transaction.atomic
def set_price(access: Access, price: Price, *, now: datetime) -> Access:
    """Let an access be what ``price`` promises of the same product: give what that includes, end
    what it does not. Set twice is set once; what came from elsewhere stays.
    """
    change(access, "plan", now=now, by="", because=PLAN, price_id=price.pk, option=price.option)
    wanted = {each.pk for each in given_with([(access.product_id, price.pk)])[access.product_id]}
    children = access.children.filter(source_kind=SourceKind.BUNDLE).select_related("product")
    for child in children:
        if child.product_id not in wanted and child.revoked_at is None:
            revoke(child, now=now, because=PLAN)
        elif child.product_id in wanted and _went_with_a_plan(child):
            restore(child, now=now, because=PLAN)
    give_inside([access], now)
    return access


def _went_with_a_plan(child: Access) -> bool:
    if child.revoked_at is None:
        return False
    last = child.events.filter(what="revoked").order_by("-pk").first()
    return last is not None and last.because == PLAN
