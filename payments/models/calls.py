"""The talk with Stripe: hints that came in, and calls written down before they are made."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from core import clock
from payments.models.disputes import Dispute
from payments.models.money import Refund
from payments.models.orders import Order
from payments.models.subscriptions import Subscription
from payments.querysets import OutboundCallQuerySet, StripeEventQuerySet
from stores.models import StoreModel
from stores.scope import StoreManager

OutboundCallManager = StoreManager.from_queryset(OutboundCallQuerySet)


class StripeEvent(models.Model):
    """A hint that something happened at Stripe: which object, never what it says.

    It has no store: the store is that of our row for the object.
    """

    class State(models.TextChoices):
        """What became of the hint."""

        PENDING = "pending", pgettext_lazy("event", "waiting")
        DONE = "done", pgettext_lazy("event", "done")
        IGNORED = "ignored", pgettext_lazy("event", "not ours")
        FAILED = "failed", pgettext_lazy("event", "failed")

    stripe_account = models.CharField(max_length=80, blank=True)
    stripe_id = models.CharField(max_length=120)
    type = models.CharField(max_length=80)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=120)
    is_live = models.BooleanField(default=False)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=clock.now)
    error = models.CharField(max_length=300, blank=True)

    objects = StripeEventQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("from Stripe", "event")
        verbose_name_plural = pgettext_lazy("from Stripe", "events")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["stripe_account", "stripe_id"], name="payments_stripeevent_unique"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(state="pending"),
                name="payments_stripeevent_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.stripe_id}"


class EventCursor(models.Model):
    """Up to which moment an account's list of events was read; it belongs to no store."""

    stripe_account = models.CharField(max_length=80, blank=True, unique=True)
    read_to = models.DateTimeField()

    class Meta:
        verbose_name = pgettext_lazy("from Stripe", "place in the events")
        verbose_name_plural = pgettext_lazy("from Stripe", "places in the events")

    def __str__(self) -> str:
        return f"{self.stripe_account or 'platform'} → {self.read_to:%Y-%m-%d %H:%M}"


class OutboundCall(StoreModel):
    """A call to Stripe, committed before it is made, and the key it may be repeated with."""

    class Kind(models.TextChoices):
        """What is asked of Stripe."""

        CHECKOUT = "checkout", pgettext_lazy("call", "open a payment page")
        CHARGE = "charge", pgettext_lazy("call", "charge a kept card")
        REFUND = "refund", pgettext_lazy("call", "return money")
        EVIDENCE = "evidence", pgettext_lazy("call", "answer a dispute")
        ACCEPT = "accept", pgettext_lazy("call", "let a dispute be")
        COUPON = "coupon", pgettext_lazy("call", "make a coupon known")
        CHANGE = "change", pgettext_lazy("call", "change a subscription")

    class State(models.TextChoices):
        """Whether there was an answer."""

        WAITING = "waiting", pgettext_lazy("call", "no answer yet")
        ANSWERED = "answered", pgettext_lazy("call", "answered")
        REFUSED = "refused", pgettext_lazy("call", "refused")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="calls")
    refund = models.ForeignKey(
        Refund, null=True, blank=True, on_delete=models.PROTECT, related_name="calls"
    )
    dispute = models.ForeignKey(
        Dispute, null=True, blank=True, on_delete=models.PROTECT, related_name="calls"
    )
    subscription = models.ForeignKey(
        Subscription, null=True, blank=True, on_delete=models.PROTECT, related_name="calls"
    )
    stripe_account = models.CharField(max_length=80, blank=True)
    key = models.CharField(max_length=80)
    body = models.JSONField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    next_attempt_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_id = models.CharField(max_length=120, blank=True)
    error = models.CharField(max_length=300, blank=True)

    objects: ClassVar = OutboundCallManager()

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("to Stripe", "call")
        verbose_name_plural = pgettext_lazy("to Stripe", "calls")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["stripe_account", "key"], name="payments_outboundcall_key_unique"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(state="waiting"),
                name="payments_outboundcall_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
