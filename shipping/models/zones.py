"""Where a store posts to, what that costs, and where things can be picked up."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core import tokens
from shipping.contract import Rate
from shipping.querysets import ZoneQuerySet
from stores.models import StoreModel
from stores.scope import StoreManager

ZoneManager = StoreManager.from_queryset(ZoneQuerySet)


class Zone(StoreModel):
    """Countries that cost the same. Amounts are in minor units of the store's currency."""

    name = models.CharField(_("name, as customers read it"), max_length=60)
    countries = models.JSONField(_("countries"), default=list, blank=True)
    """ISO codes; empty in the zone that is everywhere else."""
    is_elsewhere = models.BooleanField(_("all countries that are in no other zone"), default=False)
    first = models.PositiveIntegerField(default=0)
    further = models.PositiveIntegerField(default=0)
    free_from = models.PositiveIntegerField(null=True, blank=True)
    days_least = models.PositiveSmallIntegerField(_("days on the way, at least"), default=3)
    days_most = models.PositiveSmallIntegerField(_("days on the way, at most"), default=10)
    is_active = models.BooleanField(_("posted to"), default=True)

    objects: ClassVar = ZoneManager()

    class Meta(StoreModel.Meta):
        ordering = ("is_elsewhere", "id")
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store"],
                condition=models.Q(is_elsewhere=True),
                name="shipping_zone_one_elsewhere",
            ),
            models.CheckConstraint(
                condition=models.Q(days_least__lte=models.F("days_most")),
                name="shipping_zone_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rate(self) -> Rate:
        """What posting there costs."""
        return Rate(self.first, self.further, self.free_from)


class PickupPoint(StoreModel):
    """Where customers fetch what they bought themselves, for nothing."""

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    name = models.CharField(_("name, as customers read it"), max_length=60)
    address = models.CharField(_("address"), max_length=200)
    hours = models.CharField(_("when"), max_length=200)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = _("pick-up point")
        verbose_name_plural = _("pick-up points")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return self.name
