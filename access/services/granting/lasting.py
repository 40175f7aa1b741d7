"""How long: a rest and its end, another end, and the time a payment paid for."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from access.models import Access, PaidSpan
from access.services.granting.changes import change, cut


@transaction.atomic
def pause(
    access: Access, *, until: datetime, now: datetime, by: str = "", because: str = ""
) -> Access:
    """Let an access rest from ``now`` until a date; rested time is not paid time that passed."""
    _end_rest(access, now)
    change(access, "paused", now=now, by=by, because=because, paused_at=now, paused_until=until)
    for child in access.followers:
        pause(child, until=until, now=now, by=by, because=because)
    return access


@transaction.atomic
def resume(access: Access, *, now: datetime, by: str = "", because: str = "") -> Access:
    """Come back from a rest, early or not."""
    _end_rest(access, now)
    change(access, "resumed", now=now, by=by, because=because, paused_at=None, paused_until=None)
    for child in access.followers:
        resume(child, now=now, by=by, because=because)
    return access


@transaction.atomic
def set_end(
    access: Access,
    ends_at: datetime | None,
    *,
    now: datetime,
    by: str = "",
    because: str = "",
) -> Access:
    """Set when an access ends, and with it what it gave; None is for good.

    A number of weeks or months that was to be counted from an opening counts no more.
    """
    set_now = {"ends_at": ends_at, "term_count": None, "term_unit": ""}
    change(access, "end_set", now=now, by=by, because=because, **set_now)
    for child in access.followers:
        set_end(child, ends_at, now=now, by=by, because=because)
    return access


@transaction.atomic
def set_time(
    access: Access,
    starts_at: datetime,
    ends_at: datetime | None,
    *,
    now: datetime,
    by: str = "",
    because: str = "",
) -> Access:
    """Set from when until when an access lasts that comes after something else, with what it
    gave."""
    set_now = {"starts_at": starts_at, "ends_at": ends_at, "term_count": None, "term_unit": ""}
    change(access, "end_set", now=now, by=by, because=because, **set_now)
    for child in access.children.filter(revoked_at=None):
        set_time(child, starts_at, ends_at, now=now, by=by, because=because)
    return access


@transaction.atomic
def record_paid(
    access: Access, *, source: str, starts_at: datetime, ends_at: datetime, now: datetime
) -> PaidSpan:
    """Record which time a payment paid for, once per source; ``paid_through`` is the last end.

    What it gave was paid for by it too, and hears that it goes on.
    """
    span: PaidSpan
    span, is_new = PaidSpan.objects.update_or_create(
        access=access, source=source, defaults={"starts_at": starts_at, "ends_at": ends_at}
    )
    change(access, "paid", now=now, by="", because=source, paid_through=_paid_through(access))
    if is_new:
        _goes_on(access)
    return span


def _goes_on(access: Access) -> None:
    access.product.contract.on_renewed([access])
    for child in access.followers.select_related("product"):
        _goes_on(child)


@transaction.atomic
def take_back_paid(access: Access, *, source: str, now: datetime) -> None:
    """Undo ``record_paid``: the money went back, so that time was paid by nobody."""
    if access.paid_spans.filter(source=source).delete()[0]:
        change(access, "unpaid", now=now, by="", because=source, paid_through=_paid_through(access))


def _paid_through(access: Access) -> datetime | None:
    last = access.paid_spans.order_by("-ends_at").values_list("ends_at", flat=True)
    found: datetime | None = last.first()
    return found


def _end_rest(access: Access, now: datetime) -> None:
    locked: Access = Access.objects.select_for_update(no_key=True).get(pk=access.pk)
    if locked.paused_at is not None:
        until = min(now, locked.paused_until) if locked.paused_until else now
        cut(access, "rest", locked.paused_at, until)
