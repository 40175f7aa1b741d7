"""Notes on the account page, in what is known of a person, and in a store's archive."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Customer
from content.models import Note
from content.services.notes.sent import plain
from stores import slots
from stores.models import Store


class NotesOfCustomer:
    """What a customer marked and wrote in what they read."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return every note as plain values."""
        rows = Note.objects.filter(customer=customer).select_related("part__product", "asset")
        return {
            "notes": [
                plain(row) | {"product": row.part.product.title, "part": row.part.title}
                for row in rows.order_by("part_id", "fraction", "id")
            ]
        }

    def erase(self, customer: Customer) -> None:
        """Take out every note."""
        Note.objects.filter(customer=customer).delete()


def notes_section(customer: Customer, now: datetime) -> slots.AccountSection:
    """Return the parts with notes, each with its file: theirs also when access has ended."""
    mine = Note.objects.filter(customer=customer).order_by("part__product__title", "part")
    counts = mine.values_list("part__product__title", "part__public_id").annotate(Count("pk"))
    return slots.AccountSection(
        key="notes",
        title=_("My notes"),
        rows=[
            slots.AccountRow(
                label=title,
                detail=ngettext("%(n)s note", "%(n)s notes", count) % {"n": count},
                url=reverse("content:notebook", args=[part_id]),
                verb=_("Download"),
            )
            for title, part_id, count in counts
        ],
        order=30,
    )


def whole_store(store: Store) -> dict[str, Any]:
    """Return every note of the store, so that a store that moves loses nobody's."""
    rows = Note.objects.select_related("customer", "part", "asset").order_by("id")
    return {
        "notes": [
            plain(row)
            | {
                "customer": row.customer.public_id,
                "part": row.part.public_id,
                "created_at": row.created_at.isoformat(),
            }
            for row in rows
        ]
    }


def register() -> None:
    """Put into the slots what others ask."""
    slots.account_sections.register("notes", notes_section)
    slots.personal_data.register("notes", NotesOfCustomer())
    slots.store_archive.register("notes", whole_store)
