"""Deleting so that it can be undone for ten minutes, whatever the row and all that hangs on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.serializers.base import DeserializationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, models, router, transaction
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _

from stores.errors import CannotDelete, CannotRestore
from stores.models import Deleted, Staff
from stores.roles import Area
from stores.scope import all_stores
from stores.services.log import GONE

UNDO_LASTS = timedelta(minutes=10)
LISTED_FOR = timedelta(days=7)


@transaction.atomic
def delete(row: models.Model, *, by: Staff | None, area: Area, now: datetime) -> Deleted:
    """Delete ``row`` with what goes with it, keeping all of it for ten minutes.

    CannotDelete when something else stands on it.
    """
    collector = Collector(using=router.db_for_write(type(row)), origin=row)
    try:
        collector.collect([row])
    except (models.ProtectedError, models.RestrictedError) as error:
        raise CannotDelete(_("Something else needs it, so it stays.")) from error
    kept: Deleted = Deleted.objects.create(
        staff=by,
        at=now,
        area=area,
        subject_type=row._meta.label_lower[:80],
        subject=str(row)[:200],
        rows=serializers.serialize("python", list(_rows_of(collector))),
        loosened=list(_loosened_by(collector)),
    )
    row.delete()
    return kept


@transaction.atomic
def restore(deleted: Deleted, *, now: datetime) -> models.Model:
    """Bring back what was deleted, as it was; CannotRestore says in a sentence why it cannot be.

    Bringing back twice is refused the second time, so no newer row is written over.
    """
    locked: Deleted = Deleted.objects.select_for_update(no_key=True).get(pk=deleted.pk)
    if locked.restored_at is not None:
        raise CannotRestore(_("It was brought back already."))
    if locked.forgotten_at is not None or locked.at <= now - UNDO_LASTS:
        raise CannotRestore(_("The ten minutes are over. It is gone for good."))
    try:
        with transaction.atomic():
            rows = _write(locked.rows)
            _tie_again(locked.loosened)
            connection.check_constraints()
    except IntegrityError as error:
        raise CannotRestore(_why(error)) from error
    except DeserializationError as error:
        raise CannotRestore(_("What it belonged to is gone, so it cannot come back.")) from error
    Deleted.objects.filter(pk=locked.pk).update(restored_at=now, rows=[], loosened=[])
    return next(row for row in rows if row._meta.label_lower == locked.subject_type)


def undoable(now: datetime) -> models.QuerySet[Deleted]:
    """Return what can still be brought back, the last one first."""
    found: models.QuerySet[Deleted] = Deleted.objects.filter(
        at__gt=now - UNDO_LASTS, restored_at=None, forgotten_at=None
    )
    return found.order_by("-at", "-pk")


def stores_with_deleted(now: datetime) -> list[int]:
    """Return the stores in which something is kept longer than it may be."""
    with all_stores():
        late = Deleted.objects.filter(at__lte=now - UNDO_LASTS, forgotten_at=None)
        old = Deleted.objects.filter(at__lte=now - LISTED_FOR)
        return sorted({*late.values_list("store", flat=True), *old.values_list("store", flat=True)})


def forget(now: datetime) -> None:
    """Empty, in the store in scope, what can no longer be undone; its line is kept for a week."""
    late = Deleted.objects.filter(at__lte=now - UNDO_LASTS, forgotten_at=None)
    late.update(forgotten_at=now, rows=[], loosened=[])
    Deleted.objects.filter(at__lte=now - LISTED_FOR).delete()


def forget_person(person: models.Model, *, email: str, name: str, now: datetime) -> None:
    """Empty, in the store in scope, what was deleted and names a person or hung on their row."""
    for each in Deleted.objects.all():
        said = json.dumps([each.subject, each.rows], ensure_ascii=False, cls=DjangoJSONEncoder)
        is_named = each.subject == name or email.lower() in said.lower()
        if is_named or any(_points_at(row, person) for row in each.rows):
            Deleted.objects.filter(pk=each.pk).update(
                subject=GONE, rows=[], loosened=[], forgotten_at=each.forgotten_at or now
            )


def _points_at(row: dict[str, Any], person: models.Model) -> bool:
    model = apps.get_model(row["model"])
    return any(
        field.related_model is type(person) and row["fields"].get(field.name) == person.pk
        for field in model._meta.fields
        if field.is_relation
    )


def _rows_of(collector: Collector) -> Iterator[models.Model]:
    """Yield every row that goes, each once."""
    for queryset in collector.fast_deletes:
        yield from queryset
    for rows in collector.data.values():
        yield from rows


def _loosened_by(collector: Collector) -> Iterator[dict[str, Any]]:
    """Yield what points at a row that goes, and will point nowhere."""
    for (field, _value), groups in collector.field_updates.items():
        for group in groups:
            rows: list[models.Model] = list(group)  # type: ignore[call-overload]  # rows or a queryset
            for row in rows:
                yield {
                    "model": row._meta.label_lower,
                    "pk": row.pk,
                    "column": field.attname,
                    "was": getattr(row, field.attname),
                }


def _write(rows: list[dict[str, Any]]) -> list[models.Model]:
    """Write the rows as they were; IntegrityError when one of them stands there again."""
    found = []
    for each in serializers.deserialize("python", rows):
        model = type(each.object)
        if model._base_manager.filter(pk=each.object.pk).exists():
            raise IntegrityError("UNIQUE: primary key")
        each.save(force_insert=True)
        found.append(each.object)
    return found


def _tie_again(loosened: list[dict[str, Any]]) -> None:
    """Let what pointed at the rows point at them again, unless it points elsewhere by now."""
    for each in loosened:
        model = apps.get_model(each["model"])
        loose = model._base_manager.filter(pk=each["pk"], **{each["column"]: None})
        loose.update(**{each["column"]: each["was"]})


def _why(error: IntegrityError) -> str:
    """Return in a sentence what stands in the way: a twin made meanwhile, or a parent gone."""
    if "unique" in str(error).lower():
        return _("Something with the same name or code was made meanwhile. Rename it, then undo.")
    return _("What it belonged to is gone, so it cannot come back.")
