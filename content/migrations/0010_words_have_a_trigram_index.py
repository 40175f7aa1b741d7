"""A trigram index for searching by substring, where PostgreSQL has the extension or may make it."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError, migrations, transaction

log = logging.getLogger(__name__)
INDEX = "content_searchentry_words_trigram"


def make(apps: Any, editor: Any) -> None:
    """Make the index; where nobody may, searching reads more rows and finds the same."""
    if editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=editor.connection.alias):
            editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as error:
        log.warning("Searching goes without its index: pg_trgm cannot be made here (%s)", error)
        return
    table = apps.get_model("content", "SearchEntry")._meta.db_table
    name = editor.quote_name
    editor.execute(
        f"CREATE INDEX IF NOT EXISTS {name(INDEX)} ON {name(table)}"
        f" USING gin ({name('words')} gin_trgm_ops)"
    )


def drop(apps: Any, editor: Any) -> None:
    """Take the index away; the extension may be somebody else's."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP INDEX IF EXISTS {editor.quote_name(INDEX)}")


class Migration(migrations.Migration):
    dependencies = [("content", "0009_parts_are_searched")]

    operations = [migrations.RunPython(make, drop)]
