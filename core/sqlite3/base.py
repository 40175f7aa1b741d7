"""Statements are asked again and again: what can be kept of one is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base, features

KEPT = 512
"""How many statements: more than all pages ask, each with its few shapes."""


def _most_values() -> int:
    with closing(sqlite3.connect(":memory:")) as connection:
        return connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)


class DatabaseFeatures(features.DatabaseFeatures):
    """Django's, which believes that a statement takes 999 values; SQLite says how many it takes."""

    max_query_params = _most_values()


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with a larger room for statements that are ready to run."""

    features_class = DatabaseFeatures

    def get_connection_params(self) -> dict[str, Any]:
        """Let SQLite keep more than 128 statements: one let go is planned anew the next time."""
        return {"cached_statements": KEPT, **super().get_connection_params()}

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor that looks for the places of values once in each statement."""
        return self.connection.cursor(factory=Cursor)


class Cursor(base.SQLiteCursorWrapper):
    """Django's; it wrote ``?`` for each ``%s`` every time, in statements of several kB."""

    def convert_query(self, query: str, *, param_names: Sequence[str] | None = None) -> str:
        """Return the statement as SQLite reads it."""
        if param_names is None:
            return _converted(query)
        return super().convert_query(query, param_names=param_names)


@lru_cache(maxsize=KEPT)
def _converted(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")
