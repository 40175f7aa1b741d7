"""What lists are narrowed by: the states their rows are in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.admin import SimpleListFilter
from django.db import models
from django.utils.translation import gettext_lazy


class StateFilter(SimpleListFilter):
    """By state, each that some row of this store is in; derive from it and name the states."""

    title = gettext_lazy("state")
    parameter_name = "state"
    column: ClassVar[str] = "status"
    states: ClassVar[type[models.TextChoices]]

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        """Return the states there are."""
        rows = model_admin.get_queryset(request).order_by()
        used = set(rows.values_list(self.column, flat=True).distinct())
        return [(key, str(label)) for key, label in self.states.choices if key in used]

    def queryset(self, request: Any, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the rows in the state chosen; a state that is none narrows nothing."""
        value = self.value()
        return queryset.filter(**{self.column: value}) if value in self.states.values else queryset

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Say "all" in our words."""
        for number, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": gettext_lazy("All")} if number == 0 else choice
