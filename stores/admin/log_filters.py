"""What the log is narrowed by: who, in which part of the admin, and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db import models
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import clock
from stores.admin.menu import GROUP_NAMES
from stores.admin.site import site
from stores.models import LogEntry, Staff


class _Filter(SimpleListFilter):
    """Django's, with "all" in our words."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Say "all" in our words."""
        for number, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": gettext_lazy("All")} if number == 0 else choice


class PersonFilter(_Filter):
    """By who did it."""

    title = pgettext_lazy("filter", "who")
    parameter_name = "who"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        """Return the team; one person alone narrows nothing."""
        team = [(str(each.pk), each.name) for each in Staff.objects.order_by("pk")]
        return team if len(team) > 1 else []

    def queryset(self, request: Any, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return what this person did."""
        who = self.value() or ""
        is_known = who in {key for key, _name in self.lookup_choices}
        return queryset.filter(staff_id=int(who)) if is_known else queryset


class AreaFilter(_Filter):
    """By the group of the menu that what it was done to stands in."""

    title = pgettext_lazy("filter", "where")
    parameter_name = "where"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the groups of which something is in the log."""
        used = set(LogEntry.objects.order_by().values_list("subject_type", flat=True).distinct())
        groups = self._labels()
        return [
            (str(int(group)), GROUP_NAMES[group])
            for group in sorted(groups)
            if used & groups[group]
        ]

    def queryset(self, request: Any, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return what was done there."""
        for group, labels in self._labels().items():
            if str(int(group)) == self.value():
                return queryset.filter(subject_type__in=labels)
        return queryset

    def _labels(self) -> dict[Any, set[str]]:
        found: dict[Any, set[str]] = {}
        for model, model_admin in site._registry.items():  # noqa: SLF001 -- Django's own list of admins
            menu = getattr(model_admin, "menu", None)
            if menu is not None:
                found.setdefault(menu.group, set()).add(model._meta.label_lower)
        return found


class TimeFilter(_Filter):
    """By how long ago."""

    title = pgettext_lazy("filter", "when")
    parameter_name = "since"
    DAYS = (
        ("1", pgettext_lazy("filter", "last day")),
        ("7", pgettext_lazy("filter", "last week")),
        ("30", pgettext_lazy("filter", "last thirty days")),
    )

    def lookups(self, request: Any, model_admin: Any) -> Any:
        """Return a day, a week, a month."""
        return self.DAYS

    def queryset(self, request: Any, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return what is that young."""
        days = self.value()
        if days not in dict(self.DAYS):
            return queryset
        return queryset.filter(at__gte=clock.now() - timedelta(days=int(str(days))))
