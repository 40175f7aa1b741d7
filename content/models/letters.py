"""What a maker writes to all who have a product."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock, tokens
from products.models import Product
from stores.models import StoreModel


class HolderLetter(StoreModel):
    """One letter to all who have a product; it leaves some minutes later, to be taken back."""

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="holder_letters")
    is_news = models.BooleanField(default=False)
    """Whether it also offers something: then it goes only to those who agreed to news."""
    subject = models.CharField(_("subject"), max_length=120)
    text = models.TextField(_("your words"), max_length=5_000)
    staff_name = models.CharField(max_length=120, blank=True)
    written_at = models.DateTimeField(default=clock.now)
    leaves_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    """When receivers are looked for next; empty when all were."""
    worked_to = models.BigIntegerField(default=0)
    """The last access looked at."""
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = pgettext_lazy("to all who have a product", "letter")
        verbose_name_plural = pgettext_lazy("to all who have a product", "letters")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                condition=Q(due_at__isnull=False),
                name="content_holderletter_due",
            )
        ]

    def __str__(self) -> str:
        return self.subject

    def can_be_taken_back(self, now: datetime) -> bool:
        """Whether it has not begun to leave."""
        return self.due_at is not None and self.worked_to == 0 and now < self.leaves_at
