"""What other pages gather of what is paid twice: its mails, histories and archives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Customer
from payments.models import Overlap
from payments.services.overlaps.letters import PAID_TWICE, STOPPED_INSIDE, whole_of
from stores import slots
from stores.models import Store
from stores.slots import MailKind, TimelineEntry

WORDS = ("title", "whole", "total", "amount", "until", "store_name", "shelf_url", "billing_url")
MAIL_KINDS = (
    MailKind(
        PAID_TWICE,
        gettext_lazy("something is paid twice"),
        (*WORDS, "choice_url"),
        3,
        when=gettext_lazy(
            "When somebody pays for something that another purchase of theirs includes, and was not"
            " asked before paying."
        ),
        required=("choice_url",),
    ),
    MailKind(
        STOPPED_INSIDE,
        gettext_lazy("no longer paid twice"),
        WORDS,
        2,
        when=gettext_lazy(
            "When a subscription ends because another purchase of the same customer includes it."
        ),
    ),
)


def register() -> None:
    """Put everything into the slots."""
    for kind in MAIL_KINDS:
        slots.mail_kinds.register(kind.key, kind)
    slots.customer_timeline.register("paid-twice", timeline)
    slots.personal_data.register("paid-twice", OverlapsOfCustomer())
    slots.store_archive.register("paid-twice", whole_store)


def timeline(customers: Sequence[Customer]) -> dict[Customer, list[TimelineEntry]]:
    """Return when each customer paid twice, was asked, and what they chose."""
    found: dict[Customer, list[TimelineEntry]] = defaultdict(list)
    by_id: dict[int | None, Customer] = {customer.pk: customer for customer in customers}
    rows = Overlap.objects.filter(subscription__customer__in=customers)
    for row in rows.select_related(
        "subscription__product", "access__parent__parent__product", "access__product"
    ):
        url = reverse("admin:payments_subscription_change", args=[row.subscription_id])
        found[by_id[row.subscription.customer_id]] += [
            TimelineEntry(at, sentence, url, area="sales") for at, sentence in _story(row)
        ]
    return dict(found)


def _story(row: Overlap) -> Iterator[tuple[datetime, str]]:
    words = {"title": row.subscription.product.title, "whole": whole_of(row)}
    if row.asked_at is not None:
        asked = _("“%(title)s” is paid for twice: “%(whole)s” includes it. Asked by mail.")
        yield row.asked_at, asked % words
    if row.chosen_at is not None:
        chosen = {
            Overlap.Choice.STOP: _("Stops paying for “%(title)s”: “%(whole)s” includes it."),
            Overlap.Choice.KEEP: _("Keeps “%(title)s” although “%(whole)s” includes it."),
        }[Overlap.Choice(row.choice)]
        yield row.chosen_at, chosen % words


class OverlapsOfCustomer:
    """What a customer paid for twice, and chose."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return every row as plain values."""
        return {"paid_twice": _plain_of(subscription__customer=customer)}

    def erase(self, customer: Customer) -> None:
        """Nothing here names anybody; their subscriptions end by their own deed."""


def whole_store(store: Store) -> dict[str, Any]:
    """Return every row of the store in scope as plain values."""
    return {"paid_twice": _plain_of()}


def _plain_of(**which: Any) -> list[dict[str, Any]]:
    rows = Overlap.objects.filter(**which).select_related("subscription__product", "access")
    return [
        {
            "subscription": row.subscription.public_id,
            "title": row.subscription.product.title,
            "inside_of": whole_of(row),
            "choice": row.choice,
            **{
                name: at.isoformat() if (at := getattr(row, name)) else None
                for name in ("created_at", "asked_at", "chosen_at", "settled_at")
            },
        }
        for row in rows.order_by("pk")
    ]
