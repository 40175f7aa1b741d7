"""Subscriptions that a cancel notice stopped: from when it is over, and what goes back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from core import money
from payments.models.cancelling import CancelNotice
from payments.models.subscriptions import Subscription
from payments.querysets import StopQuerySet
from stores.models import StoreModel
from stores.scope import StoreManager

StopManager = StoreManager.from_queryset(StopQuerySet)


class Stop(StoreModel):
    """One subscription of a notice: nothing is charged from ``said_at`` on."""

    class Back(models.TextChoices):
        """What of the charges before the notice goes back; one made after it always does."""

        NOTHING = "nothing", pgettext_lazy("goes back", "nothing")
        UNUSED = "unused", pgettext_lazy("goes back", "the unused days")
        ALL = "all", pgettext_lazy("goes back", "all of it")

    notice = models.ForeignKey(CancelNotice, on_delete=models.PROTECT, related_name="stops")
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="stops")
    said_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    """When it is over; never later than the end of what was paid."""
    back = models.CharField(max_length=10, choices=Back.choices)
    amount = models.PositiveIntegerField(default=0)
    """What goes back, in minor units, as its owner was told."""
    paid_until = models.DateTimeField(null=True, blank=True)
    """The end of what was paid when it was said; a charge for later time goes back whole."""
    ended_before = models.DateTimeField(null=True, blank=True)
    """The end somebody had set before: where the notice is undone, that one stands again."""
    rules = models.CharField(max_length=20, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    """When it had ended and all that goes back was written down."""
    looks = models.PositiveSmallIntegerField(default=0)
    """How often the sweep looked at it in vain: Stripe said no, or somebody is yet to answer."""
    next_look_at = models.DateTimeField(null=True, blank=True)
    """Before this it is left alone; empty where nothing was in vain yet."""

    objects: ClassVar = StopManager()

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("of a notice", "stopped subscription")
        verbose_name_plural = pgettext_lazy("of a notice", "stopped subscriptions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["subscription"],
                condition=Q(undone_at=None),
                name="payments_stop_once_for_each_subscription",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["effective_at"],
                condition=Q(undone_at=None, settled_at=None),
                name="payments_stop_due",
            )
        ]

    def __str__(self) -> str:
        return str(self.subscription_id)

    def display(self, language: str | None = None) -> str:
        """Return what goes back, in the reader's language; empty for nothing."""
        if not self.amount:
            return ""
        return money.display(self.amount, self.subscription.currency, language)
