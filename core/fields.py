"""Columns that Django has no word for."""

from __future__ import annotations

from typing import Any

from django.db import models


class ByteOrdered(models.CharField[str, str]):
    """Text in the order of its bytes on every database, so a range of it is all that begins so."""

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """Order by bytes where the database would order by a language."""
        found: dict[str, Any] = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            found["collation"] = "C"
        return found
