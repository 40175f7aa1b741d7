"""The table of orders, for a spreadsheet, and what closing a store leaves to be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from core import money
from payments.models import Gift, Order
from stores import slots
from stores.models import Store

if TYPE_CHECKING:
    from stores.slots import Text


def head() -> Sequence[Text]:
    """Return the columns."""
    return (
        *(_("Number"), _("Day"), _("Name"), _("Email"), _("State")),
        *(_("What was bought"), _("Total"), _("Currency")),
    )


def rows() -> Iterator[Sequence[object]]:
    """Return every order of the store in scope."""
    for order in Order.objects.prefetch_related("lines").order_by("pk").iterator(chunk_size=500):
        yield (
            order.number,
            localtime(order.placed_at).date().isoformat(),
            order.name,
            order.email,
            order.get_status_display(),
            " · ".join(line.title for line in order.lines.all()),
            money.to_major(order.total, order.currency),
            order.currency,
        )


def owed_at_closing(store: Store, now: datetime) -> Sequence[Text]:
    """Return the orders whose money is still waited for, and gifts nobody opened."""
    waiting = Order.objects.filter(status=Order.Status.PENDING).count()
    gifts = Gift.objects.filter(claimed_at=None).count()
    said: list[Text] = []
    if waiting:
        words = ngettext(
            "%(n)s order still waits for its money: what is paid is given.",
            "%(n)s orders still wait for their money: what is paid is given.",
            waiting,
        )
        said.append(words % {"n": waiting})
    if gifts:
        words = ngettext(
            "%(n)s gift was not opened yet: it can be, until the end of the year of reading.",
            "%(n)s gifts were not opened yet: they can be, until the end of the year of reading.",
            gifts,
        )
        said.append(words % {"n": gifts})
    return said


def register() -> None:
    """Put both into their slots."""
    label = pgettext_lazy("a table", "orders")
    slots.tables.register("orders", slots.Table(label, "sales", head, rows))
    slots.store_closing.register("payments", owed_at_closing)
