"""Ways to pay beside a card: a bank transfer, Bit, a cheque, cash."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import tokens
from stores.models import StoreModel


class OtherWay(StoreModel):
    """A way of paying the store itself, by its own instructions; the creator says what arrived."""

    class Kind(models.TextChoices):
        """What it is called on documents."""

        TRANSFER = "transfer", _("bank transfer")
        BIT = "bit", _("Bit")
        CHEQUE = "cheque", _("cheque")
        CASH = "cash", _("cash")
        OTHER = "other", pgettext_lazy("way to pay", "another way")

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    kind = models.CharField(_("what is it?"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("name, as customers read it"), max_length=60)
    instructions = models.TextField(_("what the customer should do"), max_length=1_000)
    is_active = models.BooleanField(_("offered"), default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(StoreModel.Meta):
        ordering = ("position", "id")
        verbose_name = _("another way to pay")
        verbose_name_plural = _("other ways to pay")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return self.name
