"""One kind of mail in one language: what it can fill in, and how it looks."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.http import urlencode
from django.utils.translation import override

from mail.models import Message, Wording
from mail.services.filling import Rendered
from mail.services.rendering import render_words, store_sender
from mail.services.wordings import Words, allowed, required, sample_of, troubles, word_for
from stores.models import Store
from stores.services.addresses import store_origin
from stores.slots import MailKind


@dataclass(frozen=True)
class Place:
    """One kind in one language: what a page here is about."""

    kind: MailKind
    language: str

    @property
    def query(self) -> str:
        """The part of an address that names it."""
        return urlencode({"kind": self.kind.key, "language": self.language})


@dataclass(frozen=True)
class Fillable:
    """A placeholder, in words, and whether a wording needs it."""

    name: str
    words: str
    is_required: bool


def languages_of(store: Store, kind: MailKind) -> list[str]:
    """Return the languages a kind is sent in: the team's own mails are in the store's."""
    return [store.language, *([] if kind.to_creator else store.other_languages)]


def is_outgrown(place: Place, wording: Wording) -> bool:
    """Whether a wording lacks what its kind came to need, so that ours is sent."""
    return bool(troubles(place.kind, place.language, Words(wording.subject, wording.text)))


def fillable_of(place: Place) -> list[Fillable]:
    """Return what a kind can fill in, in words."""
    needed = required(place.kind, place.language)
    return [Fillable(name, word_for(name), name in needed) for name in allowed(place.kind)]


def preview(store: Store, place: Place, words: Words | None) -> Rendered:
    """Return a kind with example values, in these words or in ours."""
    origin = store_origin(store)
    sample = sample_of(place.kind, place.language, store, origin)
    with override(place.language):
        message = Message(
            kind=place.kind.key,
            language=place.language,
            to_name=str(sample["recipient_name"]),
            context=sample,
        )
        leave_url = f"{origin}/" if place.kind.is_marketing else ""
        return render_words(message, store_sender(store), words, leave_url)
