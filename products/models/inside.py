"""What stands inside a product: other products, and the parts that open."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock, tokens
from products.models.prices import Price
from products.models.products import Product
from products.querysets import PartQuerySet
from stores.models import StoreModel
from stores.scope import StoreManager

PartManager = StoreManager.from_queryset(PartQuerySet)


class Inclusion(StoreModel):
    """A product (or one price of it, a tier) includes another product."""

    bundle = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="inclusions")
    price = models.ForeignKey(
        Price, null=True, blank=True, on_delete=models.CASCADE, related_name="inclusions"
    )
    included = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="included_in")
    position = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True, blank=True)
    """When those who bought earlier are looked for next; empty when all of them have it."""
    settles_at = models.DateTimeField(null=True, blank=True)
    """From when on no purchase can be under way that does not know of this row."""
    worked_to = models.BigIntegerField(default=0)
    """The last access looked at."""

    class Meta(StoreModel.Meta):
        ordering = ("position", "id")
        verbose_name = pgettext_lazy("bundle", "included product")
        verbose_name_plural = pgettext_lazy("bundle", "included products")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["bundle", "included"],
                condition=models.Q(price=None),
                name="products_inclusion_once",
            ),
            models.UniqueConstraint(
                fields=["price", "included"],
                condition=models.Q(price__isnull=False),
                name="products_inclusion_once_per_price",
            ),
            models.CheckConstraint(
                condition=~models.Q(bundle=models.F("included")),
                name="products_inclusion_not_itself",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(due_at__isnull=False),
                name="products_inclusion_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.bundle_id} ⊃ {self.included_id}"


class Part(StoreModel):
    """One thing that can be opened on its own: file, issue, article, lesson, recording, step."""

    class Release(models.TextChoices):
        """When a part opens for somebody with access."""

        AT_ONCE = "at_once", _("at once")
        AFTER_DAYS = "after_days", _("days after the start")
        ON_DATE = "on_date", _("on a date")
        AT_TENURE = "at_tenure", _("at a month of membership")
        AFTER_PART = "after_part", _("after another part is finished")
        IN_PAID_TIME = "in_paid_time", _("in time that was paid for")

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="parts")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    kind = models.CharField(max_length=20)
    title = models.CharField(_("title"), max_length=200)
    position = models.PositiveIntegerField(default=0)
    preview = models.BooleanField(_("open to anyone"), default=False)
    release = models.CharField(max_length=12, choices=Release.choices, default=Release.AT_ONCE)
    release_days = models.PositiveIntegerField(null=True, blank=True)
    release_on = models.DateField(null=True, blank=True)
    release_tenure = models.PositiveIntegerField(null=True, blank=True)
    release_after = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="opens_next"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    length_seconds = models.PositiveIntegerField(null=True, blank=True)

    objects: ClassVar = PartManager()

    class Meta(StoreModel.Meta):
        ordering = ("position", "id")
        verbose_name = pgettext_lazy("of a product", "part")
        verbose_name_plural = pgettext_lazy("of a product", "parts")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return self.title
