"""What a kept page needs to know of its store: one narrow query, whose SQL is written once."""

from __future__ import annotations

import json
from typing import NamedTuple

from django.db import connection

VERSION_AT = """
SELECT stores_store.public_id, stores_store.version, stores_store.language, stores_store.languages
FROM stores_domain JOIN stores_store ON stores_store.id = stores_domain.store_id
WHERE stores_domain.host = %s AND stores_domain.is_primary
"""
"""Made by hand: building it anew from a queryset takes longer than the database's answer."""


class Version(NamedTuple):
    """Which state of which store answers at a host."""

    public_id: str
    version: int
    language: str
    languages: list[str]

    def language_and_path(self, path: str) -> tuple[str, str]:
        """Return the language that a path is asked for in, and the path without its prefix."""
        first, slash, rest = path[1:].partition("/")
        if slash and first != self.language and first in self.languages:
            return first, "/" + rest
        return self.language, path


def version_at(host: str) -> Version | None:
    """Return the state of the store whose primary address this is; None for any other host."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION_AT, [host])
        found = cursor.fetchone()
    if found is None:
        return None
    public_id, version, language, languages = found
    return Version(public_id, version, language, json.loads(languages))
