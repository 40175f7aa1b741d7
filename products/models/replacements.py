"""What takes the place of a product that is no longer sold, and what those who bought it get."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock
from products.models.prices import Price
from products.models.products import Product
from stores.models import StoreModel


class Replacement(StoreModel):
    """The due row of a product whose place another takes: its earlier buyers are looked for."""

    class Owners(models.TextChoices):
        """What those who bought the one before get of the one that comes after."""

        NOTHING = "nothing", _("nothing: they keep what they have")
        FREE = "free", _("the new one, free")
        PRICE = "price", _("the new one, at a price of their own")

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="replacement_rows")
    heir = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="replacing_rows")
    owners = models.CharField(max_length=8, choices=Owners.choices, default=Owners.NOTHING)
    price = models.ForeignKey(
        Price, null=True, blank=True, on_delete=models.PROTECT, related_name="replacement_rows"
    )
    """The price for owners that was made with it."""
    tells = models.BooleanField(default=False)
    """Whether those who said yes to news hear of their price."""
    was_status = models.CharField(max_length=12)
    made_at = models.DateTimeField(default=clock.now)
    starts_at = models.DateTimeField()
    """From when it cannot be taken back and those who bought it get what they get."""
    due_at = models.DateTimeField(null=True, blank=True)
    worked_to = models.BigIntegerField(default=0)
    """The last access looked at."""

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("of a product", "replacement")
        verbose_name_plural = pgettext_lazy("of a product", "replacements")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["product"], name="products_replacement_once"),
            models.CheckConstraint(
                condition=~models.Q(product=models.F("heir")),
                name="products_replacement_not_itself",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(due_at__isnull=False),
                name="products_replacement_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.product_id} → {self.heir_id}"

    def can_be_taken_back(self, now: datetime) -> bool:
        """Whether nobody has got anything from it yet."""
        return now < self.starts_at
