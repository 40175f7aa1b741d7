"""What a list of products is narrowed by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.utils.translation import gettext_lazy

from products.models import Product


class StateFilter(SimpleListFilter):
    """On sale, draft, closed and so on: only the states there are."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        """Return the states that products of this store are in."""
        used = set(Product.objects.values_list("status", flat=True).distinct().order_by())
        return [(key, str(label)) for key, label in Product.Status.choices if key in used]

    def queryset(self, request: Any, queryset: Any) -> Any:
        """Return the products in the state chosen."""
        value = self.value()
        known = {key for key, _label in Product.Status.choices}
        return queryset.filter(status=value) if value in known else queryset

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        """Say "all" in our words."""
        for number, choice in enumerate(super().choices(changelist)):
            yield choice | {"display": gettext_lazy("All")} if number == 0 else choice
