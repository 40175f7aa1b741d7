"""Editions of what is sold as files, and the following of readers from one to the next."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from content.querysets import EditionQuerySet
from core import clock
from products.models import Product
from stores.models import StoreModel
from stores.scope import StoreManager

EditionManager = StoreManager.from_queryset(EditionQuerySet)


class Edition(StoreModel):
    """One edition of a product: the files that came with it, and what its maker says is new.

    It is prepared, then goes out at a moment a few minutes ahead, so that it can be taken back.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="editions")
    number = models.PositiveSmallIntegerField(pgettext_lazy("of an edition", "number"), default=1)
    name = models.CharField(pgettext_lazy("of an edition", "name"), max_length=80, blank=True)
    news = models.TextField(_("what is new"), max_length=5_000, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    out_at = models.DateTimeField(null=True, blank=True)
    """From when its files are the product's; empty while it is prepared."""
    due_at = models.DateTimeField(null=True, blank=True)
    """When its readers are looked for next; empty when all were told."""
    settles_at = models.DateTimeField(null=True, blank=True)
    """From when on no purchase can be under way that began before it was out."""
    worked_to = models.BigIntegerField(default=0)
    """The last access looked at."""
    told_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = EditionManager()

    class Meta(StoreModel.Meta):
        ordering = ("number",)
        verbose_name = pgettext_lazy("of a book", "edition")
        verbose_name_plural = pgettext_lazy("of a book", "editions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["product", "number"], name="content_edition_number_once"
            ),
            models.UniqueConstraint(
                fields=["product"],
                condition=models.Q(out_at=None),
                name="content_edition_prepared_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(due_at__isnull=False),
                name="content_edition_due",
            )
        ]

    def __str__(self) -> str:
        words = _("Edition %(number)s") % {"number": self.number}
        return f"{words}: {self.name}" if self.name else words

    def is_out(self, now: datetime) -> bool:
        """Whether its files are what is read."""
        return self.out_at is not None and self.out_at <= now

    def can_be_taken_back(self, now: datetime) -> bool:
        """Whether it was sent on its way and has not gone out."""
        return self.out_at is not None and self.out_at > now
