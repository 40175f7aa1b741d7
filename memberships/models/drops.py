"""One month of a club, and the texts in it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from memberships.models.clubs import Club
from memberships.querysets import DropQuerySet
from products.models import Part
from stores.models import StoreModel
from stores.scope import StoreManager

DropManager = StoreManager.from_queryset(DropQuerySet)


class Drop(StoreModel):
    """What a club gives for one period: a part, with its pieces as parts below it."""

    part = models.OneToOneField(Part, on_delete=models.CASCADE, related_name="drop")
    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="drops")
    number = models.PositiveIntegerField()
    """From 1, in the club's rhythm."""
    due_at = models.DateTimeField(null=True, blank=True)
    """When members are told that it is here; empty when they were, or it is not out."""
    told_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = DropManager()

    class Meta(StoreModel.Meta):
        ordering = ("number", "id")
        verbose_name = pgettext_lazy("of a club", "month")
        verbose_name_plural = pgettext_lazy("of a club", "months")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["club", "number"], name="memberships_drop_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(due_at__isnull=False),
                name="memberships_drop_due",
            )
        ]

    def __str__(self) -> str:
        return self.part.title

    def is_out(self, now: datetime) -> bool:
        """Whether it was given out and its day has come."""
        return self.part.published_at is not None and self.part.published_at <= now


class Words(StoreModel):
    """What is read in a month: the text of a part, in small Markdown."""

    part = models.OneToOneField(Part, on_delete=models.CASCADE, related_name="club_words")
    text = models.TextField(pgettext_lazy("of a piece", "text"), max_length=60_000)

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("of a piece", "text")
        verbose_name_plural = pgettext_lazy("of pieces", "texts")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return self.part.title
