"""The tenant scope: every query of a store's rows names the store, or raises.

The condition reads the current store when the SQL is made, so lazy querysets, ``.exists()``,
``.update()``, ``refresh_from_db()`` and the admin are all covered, and a query outside a scope
is an error instead of everybody's rows. Kept SQL (``core.prepared``) asks for the store anew each
time it runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from django.db import models

from core.prepared import Later, is_preparing

if TYPE_CHECKING:
    from stores.models import Store

ModelT = TypeVar("ModelT", bound=models.Model)

EVERYWHERE: Final = object()
_store: ContextVar[Any] = ContextVar("store", default=None)


class ScopeError(Exception):
    """A store's rows were asked for without saying whose."""


def current_store() -> Store:
    """Return the store in scope; raise ScopeError outside a scope or across all stores."""
    store = _store.get()
    if store is None or store is EVERYWHERE:
        raise ScopeError("no single store is in scope")
    return cast("Store", store)


def scoped_store() -> Store | None:
    """Return the store in scope, or None outside of one: for code that also serves the platform."""
    store = _store.get()
    return None if store is EVERYWHERE else cast("Store | None", store)


@contextmanager
def store_scope(store: Store | None) -> Iterator[None]:
    """Run a block as this store; None or an unsaved store is a ScopeError, never everybody."""
    if store is None or store.pk is None:
        raise ScopeError("a scope needs a saved store")
    token = _store.set(store)
    try:
        yield
    finally:
        _store.reset(token)


@contextmanager
def all_stores() -> Iterator[None]:
    """Run a block across all stores: the only way past the scope; a test lists its callers."""
    token = _store.set(EVERYWHERE)
    try:
        yield
    finally:
        _store.reset(token)


_CONDITION: Any = models.BooleanField()
"""The one field of all conditions: making it anew for each queryset took longer than the rest."""


class InScope(models.Expression):
    """The SQL condition ``store_id = <current store>``."""

    conditional = True

    def __init__(self, column: str = "store") -> None:
        super().__init__(output_field=_CONDITION)
        self.column: Any = models.F(column)

    def get_source_expressions(self) -> list[Any]:
        """Return the one column compared."""
        return [self.column]

    def set_source_expressions(self, exprs: Any) -> None:
        """Take the resolved column."""
        (self.column,) = exprs

    def resolve_expression(self, *args: Any, **kwargs: Any) -> InScope:
        """Resolve the column against the query it stands in."""
        resolved = self.copy()
        resolved.column = self.column.resolve_expression(*args, **kwargs)
        return resolved

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the condition for the store in scope at this moment."""
        sql, params = compiler.compile(self.column)
        if is_preparing.get():
            return f"{sql} = %s", [*params, Later(lambda _values: current_store_id())]
        store = _store.get()
        if store is None:
            raise ScopeError("a store's rows were asked for outside a scope")
        if store is EVERYWHERE:
            return "1 = 1", []
        return f"{sql} = %s", [*params, store.pk]


class StoreManager(models.Manager[ModelT]):
    """The manager of every StoreModel."""

    def get_queryset(self) -> models.QuerySet[ModelT]:
        """Return only the rows of the store in scope."""
        return super().get_queryset().filter(InScope())


def current_store_id() -> int:
    """Return the primary key of the store in scope: what a new row belongs to."""
    return current_store().pk
