"""What others ask of editions, put into their slots."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from content.services.editions.archive import whole_store
from stores import slots
from stores.slots import MailKind

NEW_EDITION = MailKind(
    "new_edition",
    gettext_lazy("a new edition"),
    ("title", "edition", "changes", "open_url", "shelf_url"),
    priority=8,
    when=gettext_lazy("When a new edition of what people bought goes out."),
    waits=True,
    required=("changes", "open_url"),
)


def register() -> None:
    """Put everything into the slots."""
    slots.mail_kinds.register(NEW_EDITION.key, NEW_EDITION)
    slots.store_archive.register("editions", whole_store)
