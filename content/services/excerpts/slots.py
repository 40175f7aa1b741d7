"""What others ask of samples, put into their slots."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from content.services.excerpts.personal import SamplesOfCustomer, follow_address, whole_store
from content.services.excerpts.troubles import duties_of_samples
from stores import slots
from stores.slots import MailKind

SAMPLE_LINK = MailKind(
    "sample_link",
    gettext_lazy("a sample for an address"),
    ("title", "store_name", "until", "sample_url"),
    3,
    when=gettext_lazy("When somebody asks for a sample by mail, at once."),
    required=("sample_url",),
    sample={"wants_news": False},
)


def register() -> None:
    """Put everything into the slots."""
    slots.mail_kinds.register(SAMPLE_LINK.key, SAMPLE_LINK)
    slots.duties.register("content.samples", duties_of_samples)
    slots.personal_data.register("content.samples", SamplesOfCustomer())
    slots.address_changes.register("content.samples", follow_address)
    slots.store_archive.register("content.samples", whole_store)
