"""Where customers have their books sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Customer
from core import clock
from stores.models import StoreModel


class KindleAddress(StoreModel):
    """The address of one customer's Kindle, to which Amazon lets approved senders mail books."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="kindles")
    address = models.EmailField(_("your Kindle’s address"))
    created_at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        verbose_name = _("Kindle address")
        verbose_name_plural = _("Kindle addresses")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["customer"], name="content_kindleaddress_once"),
        ]

    def __str__(self) -> str:
        return self.address
