"""Places and notes on their way from a part's file to the one that takes its place."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from content.models.assets import Asset
from core import clock
from stores.models import StoreModel


class Carry(StoreModel):
    """The due row of a new file: what readers left in earlier ones is to be found again in it."""

    asset = models.OneToOneField(Asset, on_delete=models.CASCADE, related_name="carry")
    due_at = models.DateTimeField(null=True, blank=True)
    """When it is looked for next; empty when nothing is left to be done."""
    claimed_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    """When it was given up: everything stays where it was, and readers look for the words."""
    created_at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("of notes", "move to a new file")
        verbose_name_plural = pgettext_lazy("of notes", "moves to new files")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(due_at__isnull=False),
                name="content_carry_due",
            )
        ]

    def __str__(self) -> str:
        return f"to {self.asset_id}"
