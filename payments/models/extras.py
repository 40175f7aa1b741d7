"""What is offered beside a purchase: on the checkout page, or once right after paying."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from products.models import Price, Product
from stores.models import StoreModel


class Extra(StoreModel):
    """One price offered to who buys something else: an order bump, or an upsell after payment."""

    class Kind(models.TextChoices):
        """When it is offered."""

        BUMP = "bump", pgettext_lazy("extra", "on the checkout page")
        UPSELL = "upsell", pgettext_lazy("extra", "right after paying")

    kind = models.CharField(_("when"), max_length=8, choices=Kind.choices, default=Kind.BUMP)
    beside = models.ForeignKey(
        Product,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="extras",
        verbose_name=_("to who buys"),
    )
    """Empty: with any product."""
    price = models.ForeignKey(
        Price, on_delete=models.CASCADE, related_name="extras", verbose_name=_("what is offered")
    )
    sentence = models.CharField(_("one sentence why"), max_length=160, blank=True)
    is_active = models.BooleanField(_("offered"), default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(StoreModel.Meta):
        ordering = ("position", "id")
        verbose_name = pgettext_lazy("beside a purchase", "extra offer")
        verbose_name_plural = pgettext_lazy("beside a purchase", "extra offers")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["kind", "beside", "price"],
                name="payments_extra_once",
                violation_error_message=_("This is offered there already."),
            ),
            models.UniqueConstraint(
                fields=["kind", "price"],
                condition=models.Q(beside=None),
                name="payments_extra_once_for_all",
                violation_error_message=_("This is offered there already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.price_id}"
