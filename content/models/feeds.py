"""Private podcast feeds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from accounts.models import Customer
from core import clock, tokens
from products.models import Product
from stores.models import StoreModel


class Feed(StoreModel):
    """One customer's private podcast: of one product, or of everything they may hear.

    Its address holds a secret that is reckoned from ``public_id`` and the installation's key and is
    kept nowhere. A new secret is a new row; the old one ends in the same moment.
    """

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="feeds")
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.CASCADE, related_name="feeds"
    )
    """Whose recordings; empty for everything the customer may hear."""
    devices = models.JSONField(default=dict, blank=True)
    """The day each app last asked, by a keyed hash of the app and its network."""
    created_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("podcast", "feed")
        verbose_name_plural = pgettext_lazy("podcast", "feeds")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["customer", "product"],
                condition=models.Q(ended_at=None, product__isnull=False),
                name="content_feed_one_per_product",
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(ended_at=None, product=None),
                name="content_feed_one_of_everything",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.product_id or '*'}"
