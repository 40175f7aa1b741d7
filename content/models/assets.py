"""Private files and what we know of them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from content.models.editions import Edition
from content.querysets import AssetQuerySet
from core import clock, tokens
from products.models import Part
from stores.models import StoreModel
from stores.scope import StoreManager

AssetManager = StoreManager.from_queryset(AssetQuerySet)


class Asset(StoreModel):
    """One private file of a part; ``name`` is its path in the private storage."""

    class Kind(models.TextChoices):
        """What the file really is, found by parsing it."""

        EPUB = "epub", "EPUB"
        PDF = "pdf", "PDF"
        MP4 = "mp4", "MP4"
        MOV = "mov", "MOV"
        MP3 = "mp3", "MP3"
        M4A = "m4a", "M4A"
        WAV = "wav", "WAV"

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="assets")
    edition = models.ForeignKey(
        Edition, null=True, blank=True, on_delete=models.PROTECT, related_name="assets"
    )
    """The edition it came with, or corrects; empty where a part has none (a sample)."""
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=300, unique=True)
    original_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    facts = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar = AssetManager()

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("of a part", "file")
        verbose_name_plural = pgettext_lazy("of a part", "files")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return self.original_name

    @property
    def is_audio(self) -> bool:
        """Whether it is listened to."""
        return self.media_type.startswith("audio/")

    @property
    def changed_at(self) -> datetime:
        """When its bytes became what they are."""
        return self.created_at
