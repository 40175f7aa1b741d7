"""Taking back, putting on hold, and undoing either."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from access.models import Access, PartGrant
from access.services.granting.changes import change, cut


@transaction.atomic
def revoke(access: Access, *, now: datetime, by: str = "", because: str = "") -> Access:
    """Take an access back with all it gave (children, part grants of its source), only that."""
    changed = change(access, "revoked", now=now, by=by, because=because, revoked_at=now)
    for child in access.children.filter(revoked_at=None):
        revoke(child, now=now, by=by, because=because)
    PartGrant.objects.filter(
        customer_id=access.customer_id,
        part__product_id=access.product_id,
        source_kind=access.source_kind,
        source_id=access.source_id,
        revoked_at=None,
    ).update(revoked_at=now)
    if changed:
        access.product.contract.on_revoked([access])
    return access


@transaction.atomic
def suspend(access: Access, *, now: datetime, by: str = "", because: str = "") -> Access:
    """Put an access on hold: nothing opens and no paid time passes until it is restored."""
    change(access, "suspended", now=now, by=by, because=because, suspended_at=now)
    for child in access.followers.filter(suspended_at=None):
        suspend(child, now=now, by=by, because=because)
    return access


@transaction.atomic
def restore(access: Access, *, now: datetime, by: str = "", because: str = "") -> Access:
    """End a hold, or undo a revocation whose refund failed; the time between does not count."""
    locked: Access = Access.objects.select_for_update(no_key=True).get(pk=access.pk)
    children = [
        child
        for child in access.children.all()
        if (child.suspended_at, child.revoked_at) != (None, None)
        and child.suspended_at == locked.suspended_at
        and child.revoked_at == locked.revoked_at
    ]
    away_since = locked.revoked_at or locked.suspended_at
    if away_since is not None:
        cut(access, "hold", away_since, now)
        PartGrant.objects.filter(
            customer_id=access.customer_id,
            part__product_id=access.product_id,
            source_kind=access.source_kind,
            source_id=access.source_id,
            revoked_at=locked.revoked_at,
        ).update(revoked_at=None)
    if change(
        access, "restored", now=now, by=by, because=because, suspended_at=None, revoked_at=None
    ):
        access.product.contract.on_granted([access])
    for child in children:
        restore(child, now=now, by=by, because=because)
    return access
