"""Files made out to their holder."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.models import Access
from content.models.assets import Asset
from content.querysets import StampedCopyQuerySet
from core import clock, tokens
from stores.models import StoreModel
from stores.scope import StoreManager

StampedCopyManager = StoreManager.from_queryset(StampedCopyQuerySet)


class StampedCopy(StoreModel):
    """One file made out to one holder; its public id is the mark inside the file.

    The row stays when the file is dropped, so that a copy that turns up somewhere is still known.
    """

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    access = models.ForeignKey(Access, on_delete=models.CASCADE, related_name="copies")
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="copies")
    version = models.CharField(max_length=24, blank=True)
    """What its line says, as a hash; empty until it is made."""
    name = models.CharField(max_length=300, blank=True)
    """Its path in the private storage; empty while there is no file."""
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    """When it is to be made; empty where nothing is to be done."""
    claimed_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    """When it was given up: until somebody asks again, the file is given as it is."""
    dropped_at = models.DateTimeField(null=True, blank=True)
    """When its file stopped being served, and was to be removed."""
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar = StampedCopyManager()

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = _("stamped copy")
        verbose_name_plural = _("stamped copies")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["access", "asset", "version"], name="content_stampedcopy_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(due_at__isnull=False),
                name="content_copies_due",
            ),
            models.Index(
                fields=["made_at", "id"],
                condition=~Q(name=""),
                name="content_copies_kept",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_ready(self) -> bool:
        """Whether its file can be given."""
        return self.made_at is not None and self.dropped_at is None

    @property
    def changed_at(self) -> datetime:
        """When its bytes became what they are."""
        return self.made_at or self.created_at

    @property
    def media_type(self) -> str:
        """What kind of file it is: as the file it was made from."""
        return self.asset.media_type

    @property
    def original_name(self) -> str:
        """What it is called when it is downloaded."""
        return self.asset.original_name
