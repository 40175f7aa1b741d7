"""Keeping, changing and taking out notes."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from accounts.models import Customer
from content.errors import BadNote, TooManyNotes
from content.models import Asset, Note
from content.services.files import current_file
from content.services.notes.sent import NoteSent
from products.models import Part
from stores.errors import StoresDiffer

MOST_NOTES = 2_000
NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")


def notes_in(part: Part, customer: Customer) -> list[Note]:
    """Return a customer's notes in a part, in the order in which they stand in it."""
    mine = Note.objects.filter(customer=customer, part=part)
    return list(mine.select_related("asset__edition"))


@transaction.atomic
def keep_note(part: Part, *, customer: Customer, name: str, note: NoteSent, now: datetime) -> Note:
    """Set the customer's note of this name; sent again it is the same note as it is now.

    ``name`` is short and made of letters, digits and dashes, else BadNote.
    TooManyNotes when the part holds ``MOST_NOTES`` of theirs already.
    """
    if customer.store_id != part.store_id:
        raise StoresDiffer(part.public_id)
    if not NAME.fullmatch(name):
        raise BadNote("no name for a note")
    mine = Note.objects.filter(customer=customer, part=part)
    if not mine.filter(name=name).exists() and mine.count() >= MOST_NOTES:
        raise TooManyNotes(part.public_id)
    file, kept = _file_of(part, note, now), asdict(note) | {"updated_at": now}
    del kept["file"]
    kept["asset"] = file
    if not mine.filter(name=name, asset=file).exists():
        kept["sought_in"] = None
    row: Note = Note.objects.update_or_create(
        customer=customer,
        part=part,
        name=name,
        defaults=kept,
        create_defaults=kept | {"created_at": now},
    )[0]
    return row


def _file_of(part: Part, note: NoteSent, now: datetime) -> Asset | None:
    """Return the file a note was made in; one that is not the part's is taken for today's."""
    named: Asset | None = Asset.objects.filter(part=part, public_id=note.file).first()
    return named or current_file(part, now)


def drop_note(part: Part, *, customer: Customer, name: str) -> None:
    """Take a note out; one that is gone already stays gone."""
    Note.objects.filter(customer=customer, part=part, name=name).delete()
