"""Queries whose SQL is made once: building it from a queryset takes longer than the answer.

A ``Prepared`` is an ordinary queryset with ``given()`` where its values will stand. What it asks is
written once for each connection, and its values are filled in each time it is asked. A ``Missing``
writes a row so, unless it is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateTimeField,
    Expression,
    F,
    Field,
    Model,
)
from django.db.models.constants import OnConflict
from django.db.models.query import ModelIterable, QuerySet, get_related_populators
from django.db.models.sql import InsertQuery

ModelT = TypeVar("ModelT", bound=Model)
Values = dict[str, Any]
is_preparing: ContextVar[bool] = ContextVar("is_preparing", default=False)
"""Whether the SQL being made is to be kept: what differs between requests must be a ``Later``."""


@dataclass(frozen=True)
class Later:
    """A value of kept SQL that is found out each time it runs; it may raise."""

    value: Callable[[Values], Any]


class _Given(Expression):
    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        def bound(values: Values) -> Any:
            value = values[self.name]
            if value is None:
                raise ValueError(self.name)  # "= NULL" finds nothing: ask another query for that
            return self.output_field.get_db_prep_value(value, connection)

        return "%s", [Later(bound)]


class Among(Expression):
    """The SQL condition that a column is one of so many given numbers."""

    conditional = True

    def __init__(self, column: str, name: str, count: int) -> None:
        super().__init__(output_field=BooleanField())
        self.column: Any = F(column)
        self.name, self.count = name, count

    def get_source_expressions(self) -> list[Any]:
        """Return the one column compared."""
        return [self.column]

    def set_source_expressions(self, exprs: Any) -> None:
        """Take the resolved column."""
        (self.column,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the condition with room for each of the numbers."""
        sql, params = compiler.compile(self.column)
        room = ", ".join(["%s"] * self.count)
        return f"{sql} IN ({room})", [*params, *map(self._number, range(self.count))]

    def _number(self, at: int) -> Later:
        return Later(lambda values: int(values[self.name][at]))


def padded(numbers: Sequence[int]) -> list[int]:
    """Return the numbers, the last one repeated up to a power of two: few shapes of SQL do."""
    if not numbers:
        return []
    size = 1 << (len(numbers) - 1).bit_length()
    return [*numbers, *[numbers[-1]] * (size - len(numbers))]


def given(name: str, kind: type = str) -> Any:
    """Return the place of a value that is given when the query is asked."""
    return _Given(name, _FIELDS[kind.__name__]())


_FIELDS: dict[str, type[Field[Any, Any]]] = {
    "str": CharField,
    "int": BigIntegerField,
    "datetime": DateTimeField,
}


class Prepared(Generic[ModelT]):
    """A query of rows of one model, with ``select_related`` and annotations if it has them; of
    tuples, where the queryset is one of ``values_list``.
    """

    def __init__(self, build: Callable[..., QuerySet[ModelT]]) -> None:
        """Take what makes the queryset; what it is called with decides its shape, as a count."""
        self._build = build

    def rows(self, *shape: Any, **values: Any) -> list[ModelT]:
        """Return the rows as the queryset would, for these values."""
        connection = connections[DEFAULT_DB_ALIAS]
        kept: dict[Any, _Kept] = connection.__dict__.setdefault("_prepared", {})
        found = kept.get((self, shape))
        if found is None:
            found = kept[self, shape] = self._prepare(shape, connection)
        return found.rows(values)

    def first(self, *shape: Any, **values: Any) -> ModelT | None:
        """Return the first row, or nothing."""
        return next(iter(self.rows(*shape, **values)), None)

    def _prepare(self, shape: tuple[Any, ...], connection: Any) -> _Kept:
        token = is_preparing.set(True)
        try:
            queryset = self._build(*shape)
            compiler = queryset.query.get_compiler(connection=connection)
            sql, params = compiler.as_sql()
        finally:
            is_preparing.reset(token)
        sql, params = _with_constants(sql, params)
        is_of_rows = issubclass(queryset._iterable_class, ModelIterable)  # noqa: SLF001 -- Django's own way to tell
        return _Kept(compiler, sql, params, is_of_rows=is_of_rows)


def _with_constants(sql: str, params: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
    """Write plain words and numbers into the SQL, and return what is left to be bound.

    Where an index has a condition, SQLite looks at bound values to see whether it fits, and for
    that plans the statement anew at each asking, which took ten times as long as the answer.
    """
    values, left = iter(params), []

    def written(place: re.Match[str]) -> str:
        if place[0] == "%%":
            return "%%"
        value = next(values)
        if type(value) is int and value >= 0:
            return str(value)
        if type(value) is str and _PLAIN.fullmatch(value):
            return f"'{value}'"
        left.append(value)
        return "%s"

    return _PLACES.sub(written, sql), tuple(left)


_PLACES = re.compile("%%|%s")
_PLAIN = re.compile("[a-z0-9_-]*", re.ASCII)
"""What needs no quoting in any database: a status, a kind, a language, nothing at all."""


class _Kept:
    """What is known of a query once its SQL is made; it belongs to one connection."""

    def __init__(
        self, compiler: Any, sql: str, params: tuple[Any, ...], *, is_of_rows: bool
    ) -> None:
        self.compiler, self.sql, self.params = compiler, sql, params
        self.alias: str = compiler.connection.alias
        self.converters = compiler.get_converters([each[0] for each in compiler.select])
        self.made = self._making(compiler.klass_info, compiler.select) if is_of_rows else tuple

    def rows(self, values: Values) -> list[Any]:
        params = [each.value(values) if isinstance(each, Later) else each for each in self.params]
        with self.compiler.connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            found = cursor.fetchall()
        return [*map(self.made, self.compiler.apply_converters(found, self.converters))]

    def _making(self, info: Any, select: Any) -> Callable[[Any], Any]:
        """Return what makes an object of a row, as ``QuerySet`` does."""
        start, stop = info["select_fields"][0], info["select_fields"][-1] + 1
        model, names = info["model"], [each[0].target.attname for each in select[start:stop]]
        populators = get_related_populators(info, select, self.alias)  # type: ignore[call-arg]  # the stubs know Django 6
        annotated = self.compiler.annotation_col_map.items()

        def made(row: Any) -> Any:
            one = model.from_db(self.alias, names, row[start:stop])
            for populator in populators:
                populator.populate(row, one)
            for name, at in annotated:
                setattr(one, name, row[at])
            return one

        return made


class Missing(Generic[ModelT]):
    """The writing of one row unless there is one like it, by a unique constraint.

    As ``bulk_create([row], ignore_conflicts=True)``: the row learns no primary key, and one
    statement is all, outside a transaction too.
    """

    def __init__(self, model: type[ModelT]) -> None:
        self._model = model
        self._fields = [each for each in model._meta.local_concrete_fields if not each.primary_key]

    def write(self, row: ModelT) -> None:
        """Write the row."""
        connection = connections[DEFAULT_DB_ALIAS]
        kept: dict[Any, Any] = connection.__dict__.setdefault("_prepared", {})
        key = self, "insert"
        if key not in kept:
            kept[key] = self._prepare(row, connection)
        sql = kept[key]
        values = [
            each.get_db_prep_save(each.pre_save(row, add=True), connection) for each in self._fields
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)

    def _prepare(self, row: ModelT, connection: Any) -> str:
        query = InsertQuery(self._model, on_conflict=OnConflict.IGNORE)
        query.insert_values(self._fields, [row])
        [(sql, _params)] = query.get_compiler(connection=connection).as_sql()
        return str(sql)
