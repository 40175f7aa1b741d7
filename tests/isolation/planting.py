"""Plant an unguessable word in every text column of a store, to look for it everywhere else."""

from __future__ import annotations

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from stores.models import Store, StoreModel

KEPT = {
    *("public_id", "token", "key", "key_hash", "leave_key", "language", "currency", "country"),
    *("status", "state", "kind", "slug", "sha256", "fingerprint", "media_type", "media", "unit"),
    *("order_reference", "source_id", "source_kind", "subject_type", "subject_id", "time_zone"),
    *("attempt", "email", "to_address", "to_email", "what", "purpose", "provider", "option"),
    *("because", "format", "host", "stores.archive.name"),
}
"""What says which row it is, or what it is, and no word of anybody's."""
SHORTEST = 12


def plant(store: Store, mark: str) -> int:
    """Write the mark before what stands in each text column of the store; return in how many."""
    planted = 0
    for model in apps.get_models():
        if not issubclass(model, StoreModel) or model._meta.proxy:
            continue
        for field in model._meta.local_fields:
            if _is_words(field):
                planted += _mark(model, field, store, mark)
    return planted


def _is_words(field: models.Field) -> bool:
    is_text = isinstance(field, (models.CharField, models.TextField))
    is_long = not field.max_length or field.max_length >= SHORTEST
    is_kept = not KEPT.isdisjoint({field.name, f"{field.model._meta.label_lower}.{field.name}"})
    return is_text and is_long and not field.choices and not field.unique and not is_kept


def _mark(model: type[models.Model], field: models.Field, store: Store, mark: str) -> int:
    """Go below the models: some refuse to be changed, which is their business, not ours."""
    quote = connection.ops.quote_name
    column, table = quote(field.column), quote(model._meta.db_table)
    key = "store_id" if any(f.name == "store" for f in model._meta.local_fields) else ""
    if not key:
        return 0  # a child's columns: its parent's row names the store
    said = f"substr(%s || ' ' || {column}, 1, {field.max_length or 4000})"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET {column} = {said} WHERE {quote(key)} = %s",  # noqa: S608 -- names of our own columns
                [mark, store.pk],
            )
            return int(cursor.rowcount > 0)
    except IntegrityError:
        return 0  # a rule of the row says what may stand there
