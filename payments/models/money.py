"""What was paid, and what was given back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock, money, tokens
from payments.models.orders import Order, OrderLine
from payments.querysets import RefundQuerySet
from stores.models import StoreModel
from stores.scope import StoreManager

RefundManager = StoreManager.from_queryset(RefundQuerySet)


class Payment(StoreModel):
    """Money that came in for an order. ``status`` is the payment intent's, an open enum."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(
        max_length=10, choices=Order.Provider.choices, default=Order.Provider.STRIPE
    )
    stripe_account = models.CharField(max_length=80, blank=True)
    payment_intent = models.CharField(max_length=120)
    """Stripe's; for money that came another way, the order's own reference."""
    charge = models.CharField(max_length=120, blank=True)
    card_last4 = models.CharField(max_length=4, blank=True)
    """The card's last four digits: what its owner can say when the address was mistyped."""
    status = models.CharField(max_length=40, blank=True)
    amount = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    refunded_amount = models.PositiveIntegerField(default=0)
    sync_version = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True)
    """When the nightly check last saw it at Stripe."""
    paid_at = models.DateTimeField()

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("money", "payment")
        verbose_name_plural = pgettext_lazy("money", "payments")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["stripe_account", "payment_intent"], name="payments_payment_intent_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(refunded_amount__lte=models.F("amount")),
                name="payments_payment_refunded_at_most_paid",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["store", "card_last4"], name="payments_payment_by_card")
        ]

    def __str__(self) -> str:
        return self.payment_intent

    def display(self, language: str | None = None) -> str:
        """Return the amount in the reader's language."""
        return money.display(self.amount, self.currency, language)


class Refund(StoreModel):
    """Money given back, or on its way back, from one payment."""

    class State(models.TextChoices):
        """Where the money is; only the last two did not go back."""

        REQUESTED = "requested", pgettext_lazy("refund", "asked for")
        PENDING = "pending", pgettext_lazy("refund", "on its way")
        SUCCEEDED = "succeeded", pgettext_lazy("refund", "returned")
        FAILED = "failed", pgettext_lazy("refund", "did not go through")
        CANCELLED = "cancelled", pgettext_lazy("refund", "called off")

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    line = models.ForeignKey(
        OrderLine, null=True, blank=True, on_delete=models.PROTECT, related_name="refunds"
    )
    amount = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.CharField(_("by"), max_length=80, blank=True)
    """Who asked for it; empty when it was made at Stripe."""
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.REQUESTED
    )
    failure = models.CharField(max_length=200, blank=True)
    asks_line = models.BooleanField(default=False)
    """Made at Stripe in part: somebody must say what it was for."""
    closes_line = models.BooleanField(default=False)
    """Somebody said that its line closes by it, however much of the line it is."""
    stripe_account = models.CharField(max_length=80, blank=True)
    stripe_id = models.CharField(max_length=120, null=True, blank=True)
    sync_version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = RefundManager()

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("money", "refund")
        verbose_name_plural = pgettext_lazy("money", "refunds")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["stripe_account", "stripe_id"], name="payments_refund_stripe_id_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="payments_refund_is_positive"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(state__in=("requested", "pending")),
                name="payments_refund_unsettled",
            ),
            models.Index(fields=["store", "created_at"], name="payments_refund_by_day"),
            models.Index(
                fields=["store", "id"],
                condition=models.Q(asks_line=True),
                name="payments_refund_asks",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_effective(self) -> bool:
        """Whether its money went back or is on its way."""
        return self.state in {self.State.PENDING, self.State.SUCCEEDED}

    def display(self, language: str | None = None) -> str:
        """Return the amount in the reader's language."""
        return money.display(self.amount, self.currency, language)
