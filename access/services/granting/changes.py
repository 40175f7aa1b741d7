"""How an access changes: columns under a lock, an event beside them, time cut out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from access.models import Access, AccessEvent, SpanCut


def change(
    access: Access, what: str, *, now: datetime, by: str, because: str, **fields: Any
) -> bool:
    """Set columns under a lock and append what changed; setting what is set already is nothing."""
    locked: Access = Access.objects.select_for_update(no_key=True).get(pk=access.pk)
    keeps = {"revoked_at", "suspended_at"}  # the first moment stands when it is set again
    changes = {
        name: value
        for name, value in fields.items()
        if getattr(locked, name) != value
        and not (name in keeps and value is not None and getattr(locked, name) is not None)
    }
    if not changes:
        _take_over(access, locked)
        return False
    before = {name: _plain(getattr(locked, name)) for name in changes}
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.save(update_fields=[*changes])
    _take_over(access, locked)
    record(access, what, now=now, by=by, because=because, before=before, names=[*changes])
    return True


def _take_over(access: Access, locked: Access) -> None:
    for field in Access._meta.concrete_fields:
        setattr(access, field.attname, getattr(locked, field.attname))


def record(
    access: Access,
    what: str,
    *,
    now: datetime,
    by: str,
    because: str,
    before: dict[str, Any],
    names: list[str] | None = None,
) -> None:
    """Append to an access's story what happened, with the columns before and after."""
    names = names or ["starts_at", "ends_at"]
    AccessEvent.objects.create(
        access=access,
        at=now,
        what=what,
        by=by,
        because=because,
        before=before,
        after={name: _plain(getattr(access, name)) for name in names},
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def cut(access: Access, because: str, starts_at: datetime, ends_at: datetime) -> None:
    """Take the time between out of what was paid for, once."""
    if starts_at < ends_at:
        SpanCut.objects.update_or_create(
            access=access, because=because, starts_at=starts_at, defaults={"ends_at": ends_at}
        )
