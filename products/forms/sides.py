"""One side of a product's form: the fields of one tab, and nothing else is read or written."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any, ClassVar


class OneSide:
    """A form that keeps only the fields of its side, after the whole form was made."""

    _meta: Any
    side_fields: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields  # type: ignore[attr-defined]  # mixed into forms
        for name in set(fields) - self.side_fields:
            del fields[name]
        self._meta = copy(self._meta)  # what ``clean`` finds for other sides is not written
        self._meta.fields = [name for name in self._meta.fields or () if name in fields]


def side_form(form: type[Any], fields: Iterable[str]) -> type[Any]:
    """Return ``form`` with these fields alone."""
    return type(form.__name__, (OneSide, form), {"side_fields": frozenset(fields)})
