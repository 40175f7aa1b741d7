"""Where a reader stopped."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from accounts.models import Customer
from content.models.assets import Asset
from core import clock
from products.models import Part
from stores.models import StoreModel


class Progress(StoreModel):
    """Where one customer is in one part; kept when access ends."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="progress")
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="progress")
    place = models.JSONField(default=dict, blank=True)
    asset = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.SET_NULL, related_name="places"
    )
    """The file the place is of."""
    fraction = models.FloatField(default=0)
    updated_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    """When they came to the end first; it stays, also when they begin again."""
    again_at = models.DateTimeField(null=True, blank=True)
    """When they began once more what they had finished, until they finish it again."""
    seconds_read = models.PositiveIntegerField(default=0)
    """While its page was to be seen and turned: from this comes how long the rest takes them."""

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("in a part", "progress")
        verbose_name_plural = pgettext_lazy("in parts", "progress")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["customer", "part"], name="content_progress_once"),
            models.CheckConstraint(
                condition=models.Q(fraction__gte=0, fraction__lte=1),
                name="content_progress_fraction_between_0_and_1",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.part_id}: {self.fraction:.0%}"
