"""The samples that are made of a book's own file."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from content.models.assets import Asset
from content.querysets import ExcerptQuerySet
from core import clock
from products.models import Part
from stores.models import StoreModel
from stores.scope import StoreManager

ExcerptManager = StoreManager.from_queryset(ExcerptQuerySet)


class Excerpt(StoreModel):
    """What was picked of a part's file, to be made into the file of a part open to anyone.

    ``chosen`` holds ``chapters`` (each ``[path, title]``) of an EPUB, or ``pages`` (spans from
    first to last) of a PDF and how many it had (``of``).
    """

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="excerpts")
    source = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="gives_excerpts")
    made_from = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    chosen = models.JSONField(default=dict)
    share = models.PositiveSmallIntegerField(default=0)
    """How much of the whole it gives, in percent."""
    asked_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True, blank=True)
    """When it is to be made; empty where nothing is to be done."""
    claimed_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    unmatched_at = models.DateTimeField(null=True, blank=True)
    """When a new file of the book no longer held what was picked: the sample before it stays."""

    objects: ClassVar = ExcerptManager()

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = _("sample")
        verbose_name_plural = _("samples")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["part"], name="content_excerpt_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(due_at__isnull=False),
                name="content_excerpts_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.part_id} < {self.source_id}"
