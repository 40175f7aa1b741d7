"""The table of customers, for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.models import Consent, Customer
from stores import slots

if TYPE_CHECKING:
    from stores.slots import Text


def head() -> Sequence[Text]:
    """Return the columns."""
    return (_("Name"), _("Email"), _("Language"), _("Since"), _("Last here"), _("Agreed to news"))


def rows() -> Iterator[Sequence[object]]:
    """Return every customer of the store in scope who was not erased."""
    agreed = set(
        Consent.objects.filter(withdrawn_at=None, purpose="news").values_list(
            "customer_id", flat=True
        )
    )
    found = Customer.objects.filter(erased_at=None).select_related("user").order_by("pk")
    for customer in found.iterator(chunk_size=500):
        seen = customer.last_seen_at
        yield (
            customer.name,
            customer.user.email,
            customer.language,
            customer.created_at.date().isoformat(),
            seen.date().isoformat() if seen else "",
            _("yes") if customer.pk in agreed else _("no"),
        )


def register() -> None:
    """Put it among the tables."""
    label = pgettext_lazy("a table", "customers")
    slots.tables.register("customers", slots.Table(label, "customers", head, rows))
