"""What the team keeps in mind about a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import Customer, Note
from stores.models import Staff
from stores.services import log
from stores.slots import TimelineEntry


def notes_of(customer: Customer) -> QuerySet[Note]:
    """Return the notes about a customer, newest first."""
    found: QuerySet[Note] = Note.objects.filter(customer=customer)
    return found


def write_note(customer: Customer, text: str, *, by: Staff, now: datetime) -> Note:
    """Keep a note about a customer."""
    note: Note = Note.objects.create(
        customer=customer, text=text, staff_name=by.name, created_at=now
    )
    return note


def rewrite_note(note: Note, text: str, *, now: datetime) -> Note:
    """Put a note in other words."""
    note.text, note.edited_at = text, now
    note.save(update_fields=["text", "edited_at"])
    return note


class NotesAboutCustomer:
    """The team's notes: in the copy a customer takes along, gone when they are forgotten."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return every note as plain values."""
        return {
            "notes_of_staff": [
                {"text": note.text, "at": note.created_at.isoformat()}
                for note in notes_of(customer)
            ]
        }

    def erase(self, customer: Customer) -> None:
        """Delete them."""
        mine = notes_of(customer)
        log.forget(email=customer.user.email, name=str(customer), subjects=mine)
        mine.delete()


def timeline(customers: Sequence[Customer]) -> dict[Customer, list[TimelineEntry]]:
    """Return the notes about customers, each with who wrote it."""
    by_id = {customer.pk: customer for customer in customers}
    found: dict[Customer, list[TimelineEntry]] = {}
    for note in Note.objects.filter(customer__in=customers):
        words = {"who": note.staff_name, "note": Truncator(note.text).chars(200)}
        url = reverse("admin:accounts_customer_note", args=[note.customer_id, note.pk])
        entry = TimelineEntry(
            note.created_at,
            _("Note of %(who)s: %(note)s") % words,
            url,
            kind="notes",
            is_changed_there=True,
        )
        found.setdefault(by_id[note.customer_id], []).append(entry)
    return found
