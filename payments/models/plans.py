"""Another price for what returns: asked for by its owner, or by the store for all."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock, tokens
from payments.models.calls import OutboundCall
from payments.models.subscriptions import Subscription
from payments.querysets import PlanChangeQuerySet
from products.models import Price
from stores.models import StoreModel
from stores.scope import StoreManager

PlanChangeManager = StoreManager.from_queryset(PlanChangeQuerySet)


class PriceRise(StoreModel):
    """An announcement: from a day on, who pays one price pays another. Amounts follow the price."""

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    old = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="rises")
    new = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="rises_to")
    holds_from = models.DateTimeField()
    """Each pays the new price from their first charge after it."""
    announced_at = models.DateTimeField(default=clock.now)
    told_to = models.PositiveBigIntegerField(default=0)
    """Up to which subscription everybody was written to."""
    told_at = models.DateTimeField(null=True, blank=True)
    """When all had been written to."""
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = _("change of a price")
        verbose_name_plural = pgettext_lazy("plural", "changes of prices")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["old"],
                condition=models.Q(stopped_at=None),
                name="payments_pricerise_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_id} → {self.new_id}"


class PlanChange(StoreModel):
    """One change of what a subscription costs, from the call that asks for it to its effect."""

    class When(models.TextChoices):
        """When it takes effect."""

        NOW = "now", pgettext_lazy("change of plan", "when it is paid")
        LATER = "later", pgettext_lazy("change of plan", "with the next charge")

    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="plan_changes"
    )
    when = models.CharField(max_length=5, choices=When.choices)
    was = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="changes_from")
    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="changes_to")
    amount_was = models.PositiveIntegerField()
    amount = models.PositiveIntegerField()
    """For a period, with tax where that comes on top; in minor units."""
    tax = models.PositiveIntegerField(default=0)
    seats_was = models.PositiveSmallIntegerField(default=1)
    seats = models.PositiveSmallIntegerField(default=1)
    rise = models.ForeignKey(
        PriceRise, null=True, blank=True, on_delete=models.PROTECT, related_name="changes"
    )
    """The announcement it follows, where its owner did not ask for it."""
    call = models.OneToOneField(
        OutboundCall, null=True, blank=True, on_delete=models.PROTECT, related_name="plan_change"
    )
    """What asks Stripe for it; none where nothing changes there."""
    undone_by = models.OneToOneField(
        OutboundCall, null=True, blank=True, on_delete=models.PROTECT, related_name="undoes"
    )
    twice = models.JSONField(default=dict, blank=True)
    """What becomes of what is paid for already and the new price includes, as a basket's."""
    due_at = models.DateTimeField()
    """From when on its effect may be."""
    applied_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    """When it came to nothing: undone, not paid in time, refused."""
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar = PlanChangeManager()

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = _("change of plan")
        verbose_name_plural = pgettext_lazy("plural", "changes of plan")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["subscription"],
                condition=models.Q(applied_at=None, dropped_at=None),
                name="payments_planchange_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.was_id} → {self.price_id}"

    @property
    def is_up(self) -> bool:
        """Whether it is paid for at once."""
        return self.when == self.When.NOW

    def may_be_undone(self, now: datetime) -> bool:
        """Whether its owner may still say no."""
        is_open = self.applied_at is None and self.dropped_at is None
        return is_open and not self.is_up and now < self.due_at
