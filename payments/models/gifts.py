"""Gifts: a line of an order that somebody else claims."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Customer
from core import tokens
from payments.models.orders import OrderLine
from payments.querysets import GiftQuerySet
from products.models import Product
from stores.models import StoreModel
from stores.scope import StoreManager

GiftManager = StoreManager.from_queryset(GiftQuerySet)


class Gift(StoreModel):
    """What was bought for somebody else. Access begins when it is claimed, by whoever holds its
    link; its key follows from the public id, so the giver can be shown it again."""

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="gift")
    from_name = models.CharField(_("from"), max_length=80)
    to_name = models.CharField(_("for"), max_length=80, blank=True)
    to_email = models.EmailField(_("their email"), blank=True)
    message = models.TextField(_("a few words"), max_length=600, blank=True)
    deliver_at = models.DateTimeField(_("when it may be opened"))
    sent_at = models.DateTimeField(null=True, blank=True)
    """When the mail to ``to_email`` was posted."""
    nudged_at = models.DateTimeField(null=True, blank=True)
    """When its receiver, who was written to and did not open it, was reminded."""
    reminded_at = models.DateTimeField(null=True, blank=True)
    """When its giver was told that nobody opened it."""
    claimed_by = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="gifts"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    taken_instead = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="gifts_instead"
    )
    """What its receiver chose, who had the thing given already."""
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    """When the giver got the money back."""
    moved = models.ForeignKey(
        "payments.Subscription",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="gifts_that_moved_it",
    )
    """What its receiver pays again and again, whose next charge was moved by the gift's time."""
    moved_from = models.DateTimeField(null=True, blank=True)
    moved_until = models.DateTimeField(null=True, blank=True)
    """From when to when that charge was moved; empty while it was not."""
    told_end_at = models.DateTimeField(null=True, blank=True)
    """When its receiver was told that its time ends soon."""

    objects: ClassVar = GiftManager()

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = pgettext_lazy("given", "gift")
        verbose_name_plural = pgettext_lazy("given", "gifts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(claimed_by=None, claimed_at=None)
                | models.Q(claimed_by__isnull=False, claimed_at__isnull=False),
                name="payments_gift_claimed_by_somebody",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["deliver_at"],
                condition=models.Q(claimed_at=None, withdrawn_at=None, reminded_at=None),
                name="payments_gift_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_name or '…'} → {self.to_name or self.to_email or '…'}"

    @property
    def key(self) -> str:
        """The secret of its link: 128 bits that only this installation can make."""
        return tokens.keyed_hash("gift", self.public_id)[:32]

    @property
    def is_waiting(self) -> bool:
        """Whether it can still be claimed."""
        return self.claimed_at is None and self.withdrawn_at is None

    @property
    def has_what_was_given(self) -> bool:
        """Whether it was claimed, and not something else instead of it."""
        return self.claimed_at is not None and self.taken_instead_id is None

    def is_due(self, now: datetime) -> bool:
        """Whether its day has come."""
        return self.deliver_at <= now
