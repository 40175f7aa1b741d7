"""Narrowing the list of customers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Consent, Customer
from core import clock
from stores import slots
from stores.slots import CustomerFilter


class OurFilter(SimpleListFilter):
    """A filter that says "all" in our words."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Say "all" in our words."""
        for number, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": _("All")} if number == 0 else choice


class NewsFilter(OurFilter):
    """Those who said yes to news."""

    title = gettext_lazy("news")
    parameter_name = "news"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        """Return the one choice."""
        return [("yes", _("Said yes to news"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        """Return those who may be written to."""
        if self.value() != "yes":
            return queryset
        consents = Consent.objects.filter(withdrawn_at=None)
        return queryset.filter(pk__in=consents.values("customer_id"))


class ErasedFilter(OurFilter):
    """Those who were forgotten, of whom only what the law wants is left."""

    title = gettext_lazy("erased")
    parameter_name = "erased"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        """Return the one choice, where there is anybody."""
        if not Customer.objects.filter(erased_at__isnull=False).exists():
            return []
        return [("yes", _("Erased"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        """Return those who are still somebody, or those who are not."""
        return queryset.filter(erased_at__isnull=self.value() != "yes")


def filters() -> list[type[OurFilter]]:
    """Return the filters: those of other apps first."""
    keys = slots.customer_filters.keys()
    return [
        *(_filter(key, slots.customer_filters.get(key)) for key in keys),
        NewsFilter,
        ErasedFilter,
    ]


def _filter(key: str, entry: CustomerFilter) -> type[OurFilter]:
    class SlotFilter(OurFilter):
        title = entry.title
        parameter_name = key

        def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
            return list(entry.choices())

        def queryset(self, request: Any, queryset: Any) -> Any:
            value = self.value()
            ids = entry.among(value, clock.now()) if value else None
            return queryset if ids is None else queryset.filter(pk__in=ids)

    return SlotFilter
