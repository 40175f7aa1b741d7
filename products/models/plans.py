"""What a draft began with: an outline, and a checklist its creator ticks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from products.models.products import Product
from stores.models import StoreModel


class Plan(StoreModel):
    """The outline and the checklist of one product, as its format proposed them."""

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, related_name="plan", editable=False
    )
    outline = models.JSONField(default=list, blank=True)
    checklist = models.JSONField(default=list, blank=True)
    ticked = models.JSONField(default=list, blank=True)
    """The numbers of the lines of the checklist that are done, from 0."""

    class Meta(StoreModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.product_id}: {len(self.ticked)}/{len(self.checklist)}"

    @property
    def lines(self) -> list[tuple[int, str, bool]]:
        """The lines of the checklist: number, words, whether done."""
        return [
            (number, words, number in self.ticked) for number, words in enumerate(self.checklist)
        ]

    @property
    def left(self) -> int:
        """How many lines are not done."""
        return len(self.checklist) - len(self.ticked)
