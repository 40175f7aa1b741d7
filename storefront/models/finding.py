"""The text of a large shop, as its search looks through it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from stores.models import StoreModel


class ShopText(StoreModel):
    """Everything public of a shop in one language, gathered at a version of the store.

    ``titles`` and ``texts`` are what ``storefront.services.finding.lines.Lines`` holds.
    """

    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    version = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    titles = models.TextField()
    texts = models.TextField()
    due_at = models.DateTimeField(null=True, blank=True)
    """Since when somebody looks through what is not the shop's text any more."""

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("of a shop", "text")
        verbose_name_plural = pgettext_lazy("of shops", "texts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["store", "language"], name="storefront_text_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                condition=Q(due_at__isnull=False),
                name="storefront_texts_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.size}"
