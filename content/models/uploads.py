"""Files on their way."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from content.models.assets import Asset
from core import clock, tokens
from stores.models import Staff, StoreModel


class Upload(StoreModel):
    """One file on its way in parts, then judged, then waiting for the form that keeps it."""

    class State(models.TextChoices):
        """How far it is."""

        COMING = "coming", "coming"
        ARRIVED = "arrived", "arrived"
        READY = "ready", "ready"
        REFUSED = "refused", "refused"
        USED = "used", "used"

    class Purpose(models.TextChoices):
        """What may be in it."""

        EPUB = "epub", "EPUB"
        PDF = "pdf", "PDF"
        BOOK = "book", "EPUB, PDF"
        AUDIO = "audio", "MP3, M4A"
        PICTURE = "picture", "picture"
        FILM = "film", "MP4, MOV"
        TRAILER = "trailer", "MP4, MOV"

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    place = models.CharField(max_length=200, blank=True)
    """The field of the form it was chosen in, so that the same page finds it again."""
    original_name = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    part_size = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.COMING)
    multipart = models.CharField(max_length=1024, blank=True)
    """The id S3 gave to the parts' sum; empty on disk."""
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    kind = models.CharField(max_length=8, blank=True)
    name = models.CharField(max_length=300, blank=True)
    """Where the judged copy is in the private storage."""
    media_type = models.CharField(max_length=80, blank=True)
    clean_size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    refusal = models.JSONField(default=dict, blank=True)
    asset = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("on its way", "file")
        verbose_name_plural = pgettext_lazy("on its way", "files")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "changed_at"], name="content_upload_by_state")
        ]

    def __str__(self) -> str:
        return self.original_name


class UploadPart(StoreModel):
    """One part of an upload: what it must be, and since when it is here."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        ordering = ("number",)
        verbose_name = pgettext_lazy("of a file", "part")
        verbose_name_plural = pgettext_lazy("of a file", "parts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["upload", "number"], name="content_uploadpart_once"),
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}/{self.number}"
