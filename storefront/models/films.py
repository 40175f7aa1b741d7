"""Films of the creator's own on pages, and the captions under them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from core import clock, tokens
from storefront.models.pages import Picture
from stores.models import StoreModel

SHOWN_DIGITS = 16
"""So much of its hash stands in a file's address: other bytes have another address."""


class Film(StoreModel):
    """A film that the judge let through, in the private storage; sizes in bytes and pixels.

    Visitors have it while a page that names it is published; the team also from a draft.
    """

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    name = models.CharField(max_length=300, unique=True)
    original_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    seconds = models.PositiveIntegerField(default=0)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    poster = models.ForeignKey(
        Picture, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    """A picture out of the film, for the time before it plays."""
    poster_due_at = models.DateTimeField(null=True, blank=True)
    """When that picture is to be made, or tried again; empty once it is there or given up."""
    poster_tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("on a page", "film")
        verbose_name_plural = pgettext_lazy("on a page", "films")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["store", "sha256"], name="storefront_film_kept_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["poster_due_at"],
                condition=models.Q(poster_due_at__isnull=False),
                name="storefront_film_poster_due",
            )
        ]

    def __str__(self) -> str:
        return self.original_name

    @property
    def digest(self) -> str:
        """What of its hash stands in its address."""
        return self.sha256[:SHOWN_DIGITS]

    @property
    def changed_at(self) -> datetime:
        """When its bytes became what they are."""
        return self.made_at


class Captions(StoreModel):
    """What is said in a film, as WebVTT (w3.org/TR/webvtt1)."""

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    lines = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("of a film", "captions")
        verbose_name_plural = pgettext_lazy("of a film", "captions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store", "sha256"], name="storefront_captions_kept_once"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def digest(self) -> str:
        """What of its hash stands in its address."""
        return self.sha256[:SHOWN_DIGITS]
