"""What is paid twice: a subscription to something that another purchase gives too."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Access
from core import clock, tokens
from payments.models.calls import OutboundCall
from payments.models.subscriptions import Subscription
from payments.querysets import OverlapQuerySet
from stores.models import StoreModel
from stores.scope import StoreManager

OverlapManager = StoreManager.from_queryset(OverlapQuerySet)


class Overlap(StoreModel):
    """A subscription, and the access by which its owner has the same beside it.

    What becomes of it was chosen before paying, or is asked by mail; nothing ends unasked.
    """

    class Choice(models.TextChoices):
        """What its owner wants; nothing while they have not said."""

        STOP = "stop", pgettext_lazy("paid twice", "the subscription stops")
        KEEP = "keep", pgettext_lazy("paid twice", "both are kept")

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="overlaps"
    )
    access = models.ForeignKey(Access, on_delete=models.CASCADE, related_name="+")
    """By which it is there too; what gave that is what it stands inside."""
    choice = models.CharField(max_length=4, choices=Choice.choices, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    """When a mail asked, because nobody had said before paying."""
    chosen_at = models.DateTimeField(null=True, blank=True)
    call = models.ForeignKey(
        OutboundCall, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """What ends the subscription, once it was written down."""
    settled_at = models.DateTimeField(null=True, blank=True)
    """When nothing more was to be done: it ended, both are kept, or it is not paid twice."""
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar = OverlapManager()

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = _("something paid twice")
        verbose_name_plural = pgettext_lazy("plural", "things paid twice")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["subscription", "access"], name="payments_overlap_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["id"],
                condition=models.Q(settled_at=None),
                name="payments_overlap_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} beside {self.access_id}"

    def holds(self, now: datetime) -> bool:
        """Whether it is still paid twice at ``now``."""
        return not self.is_over(now) and self.access.is_live(now)

    def is_over(self, now: datetime) -> bool:
        """Whether it is not paid twice any more, nor will be."""
        access = self.access
        return (
            self.subscription.ended_at is not None
            or access.customer_id != self.subscription.customer_id
            or access.revoked_at is not None
            or access.is_over(now)
        )
