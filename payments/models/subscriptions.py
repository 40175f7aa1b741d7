"""What is paid again and again: a subscription, its charges, and what a store allows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Customer
from core import clock, money, tokens
from payments.querysets import OWED, BillQuerySet, SubscriptionQuerySet
from products.models import Price, Product
from stores.models import StoreModel
from stores.scope import StoreManager

BillManager = StoreManager.from_queryset(BillQuerySet)
SubscriptionManager = StoreManager.from_queryset(SubscriptionQuerySet)


class SubscriptionTerms(StoreModel):
    """A store's own numbers for what returns: one row a store, made when it is first asked for."""

    days_to_fix = models.PositiveSmallIntegerField(
        _("days to fix a card"), default=7, validators=[MaxValueValidator(60)]
    )
    """How long all stays open after a charge failed."""
    days_on_hold = models.PositiveSmallIntegerField(
        _("days on hold"), default=30, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    """How long a place is kept, closed, before it ends without debt."""
    longest_rest = models.PositiveSmallIntegerField(
        _("longest rest, in months"), default=3, validators=[MaxValueValidator(12)]
    )
    rests_a_year = models.PositiveSmallIntegerField(
        _("rests in a year"), default=2, validators=[MaxValueValidator(12)]
    )
    has_portal = models.BooleanField(_("Stripe's own page for cards and invoices"), default=False)
    """Whether a customer is led to the whole of it, and not only to where a card is changed."""

    class Meta(StoreModel.Meta):
        verbose_name = _("terms of what returns")
        verbose_name_plural = pgettext_lazy("plural", "terms of what returns")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["store"], name="payments_terms_one_per_store"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def hold_length(self) -> timedelta:
        """How long a place is kept on hold."""
        return timedelta(days=self.days_on_hold)


class Subscription(StoreModel):
    """One customer paying for one product again and again.

    Its first order is ``order``; each later invoice that was paid is an order of its own, whose
    ``subscription`` it is. Amounts are in minor units of ``currency``.
    """

    class State(models.TextChoices):
        """How it stands now, for people."""

        TRIAL = "trial", pgettext_lazy("subscription", "trying it out")
        ACTIVE = "active", pgettext_lazy("subscription", "paid")
        LEAVING = "leaving", pgettext_lazy("subscription", "ends with what is paid")
        RESTING = "resting", pgettext_lazy("subscription", "resting")
        TO_FIX = "to_fix", pgettext_lazy("subscription", "days to fix")
        ON_HOLD = "on_hold", pgettext_lazy("subscription", "on hold")
        ENDED = "ended", pgettext_lazy("subscription", "ended")

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    order = models.ForeignKey(
        "payments.Order", on_delete=models.PROTECT, related_name="began_subscriptions"
    )
    line = models.OneToOneField(
        "payments.OrderLine", on_delete=models.PROTECT, related_name="began_subscription"
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="subscriptions")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="subscriptions")
    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="subscriptions")
    """What is paid now; another one after a change of plan."""
    amount = models.PositiveIntegerField()
    """For a period, with tax where that comes on top, before any coupon."""
    tax = models.PositiveIntegerField(default=0)
    """The tax within ``amount``, where the store's prices are without it."""
    seats = models.PositiveSmallIntegerField(default=1)
    """How many places ``amount`` is for; one where it is no team's."""
    currency = models.CharField(max_length=3)
    stripe_account = models.CharField(max_length=80, blank=True)
    stripe_id = models.CharField(max_length=120)
    stripe_item_id = models.CharField(max_length=120, blank=True)
    stripe_customer_id = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=40, blank=True)
    """Stripe's, an open enum."""
    started_at = models.DateTimeField()
    trial_ends_at = models.DateTimeField(null=True, blank=True)
    told_days_before = models.PositiveSmallIntegerField(null=True, blank=True)
    """How many days before the end of what is free its owner was reminded last."""
    next_charge_at = models.DateTimeField(null=True, blank=True)
    """When the card is charged next; empty when it will not be."""
    ends_at = models.DateTimeField(null=True, blank=True)
    """When it will end, because somebody said so; access ends then."""
    ended_at = models.DateTimeField(null=True, blank=True)
    rests_from = models.DateTimeField(null=True, blank=True)
    rests_until = models.DateTimeField(null=True, blank=True)
    unpaid_since = models.DateTimeField(null=True, blank=True)
    """Since when a charge is open that a card was refused for: the oldest of its bills'."""
    held_at = models.DateTimeField(null=True, blank=True)
    """Since when what it gives is closed, because it is not paid for or its money went back."""
    card_last4 = models.CharField(max_length=4, blank=True)
    """Of the card that is charged; empty while Stripe named none."""
    card_expires_on = models.DateField(null=True, blank=True)
    """The last day on which that card can be charged."""
    card_told_at = models.DateTimeField(null=True, blank=True)
    """When its owner was told that this card expires; empty again with another card."""
    sync_version = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True)
    """When Stripe was last asked about it."""
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar = SubscriptionManager()

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = pgettext_lazy("paid again and again", "subscription")
        verbose_name_plural = pgettext_lazy("paid again and again", "subscriptions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["stripe_account", "stripe_id"], name="payments_subscription_unique"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["unpaid_since"],
                condition=models.Q(unpaid_since__isnull=False, ended_at=None),
                name="payments_subscription_unpaid",
            ),
            models.Index(
                fields=["next_charge_at"],
                condition=models.Q(ended_at=None),
                name="payments_subscription_next",
            ),
            models.Index(
                fields=["card_expires_on"],
                condition=models.Q(ended_at=None, card_told_at=None),
                name="payments_subscription_card",
            ),
        ]

    def __str__(self) -> str:
        return self.stripe_id

    def state(self, now: datetime) -> Subscription.State:
        """Return how it stands, in the order in which it matters to its owner."""
        if self.ended_at is not None and self.ended_at <= now:
            return self.State.ENDED
        if self.held_at is not None:
            return self.State.ON_HOLD
        if self.unpaid_since is not None:
            return self.State.TO_FIX
        if self.is_resting(now):
            return self.State.RESTING
        if self.ends_at is not None:
            return self.State.LEAVING
        if self.trial_ends_at is not None and now < self.trial_ends_at:
            return self.State.TRIAL
        return self.State.ACTIVE

    def is_resting(self, now: datetime) -> bool:
        """Whether it rests at ``now``."""
        if self.rests_from is None or self.rests_until is None:
            return False
        return self.rests_from <= now < self.rests_until

    @property
    def is_moved(self) -> bool:
        """Whether the next charge was moved: until then Stripe calls a trial what is none."""
        return self.status == "trialing" and self.trial_ends_at is None

    def rests_ahead(self, now: datetime) -> bool:
        """Whether a rest is set that begins later, with the end of what is paid."""
        return self.rests_from is not None and now < self.rests_from

    def fix_by(self, terms: SubscriptionTerms) -> datetime | None:
        """Return until when all stays open although a charge failed; None when none did."""
        if self.unpaid_since is None:
            return None
        return self.unpaid_since + timedelta(days=terms.days_to_fix)

    def display(self, language: str | None = None) -> str:
        """Return what a period costs, in the reader's language."""
        return money.display(self.amount, self.currency, language)


class Bill(StoreModel):
    """One invoice of a subscription: what was to be paid for which time, and what became of it."""

    class Told(models.IntegerChoices):
        """What its owner was told of a refused card, in this order; each once."""

        NOTHING = 0, pgettext_lazy("told of a charge", "nothing")
        FAILED = 1, pgettext_lazy("told of a charge", "that it failed")
        AGAIN = 2, pgettext_lazy("told of a charge", "once more")
        LAST = 3, pgettext_lazy("told of a charge", "for the last time")
        HOLD = 4, pgettext_lazy("told of a charge", "that it is on hold")
        ALL = 5, pgettext_lazy("told of a charge", "how it ended")

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="bills")
    order = models.OneToOneField(
        "payments.Order", null=True, blank=True, on_delete=models.PROTECT, related_name="bill"
    )
    """The order it became when it was paid; none where there was nothing to pay."""
    stripe_account = models.CharField(max_length=80, blank=True)
    stripe_id = models.CharField(max_length=120)
    status = models.CharField(max_length=40, blank=True)
    """Stripe's, an open enum: draft, open, paid, void, uncollectible."""
    reason = models.CharField(max_length=40, blank=True)
    """Stripe's: why it was written."""
    amount = models.PositiveIntegerField(default=0)
    """What was paid for it, or is still to be paid."""
    period_amount = models.PositiveIntegerField(null=True, blank=True)
    """What its whole period costs after a coupon: no thing taken along, no credit for time before;
    empty where it is for none."""
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    """The time it is for, where it is for a whole period that costs something."""
    part_from = models.DateTimeField(null=True, blank=True)
    part_until = models.DateTimeField(null=True, blank=True)
    """The rest of a period, where it is what a change of plan costs more in it."""
    written_at = models.DateTimeField()
    failed_at = models.DateTimeField(null=True, blank=True)
    """When a card was first refused for it; stays when it was paid after all."""
    next_try_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    pay_url = models.TextField(blank=True)
    """Where it can be paid, signed out: for its owner's eyes."""
    fix_key = models.CharField(max_length=64, blank=True, editable=False)
    """The secret of our own page that leads there; made when a card is first refused."""
    told = models.PositiveSmallIntegerField(choices=Told.choices, default=Told.NOTHING)

    objects: ClassVar = BillManager()

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("of a subscription", "charge")
        verbose_name_plural = pgettext_lazy("of a subscription", "charges")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["stripe_account", "stripe_id"], name="payments_bill_unique"
            ),
            models.UniqueConstraint(
                fields=["store", "fix_key"],
                condition=~models.Q(fix_key=""),
                name="payments_bill_fix_key_unique",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["failed_at"],
                condition=models.Q(failed_at__isnull=False, status__in=("open", "uncollectible")),
                name="payments_bill_unpaid",
            ),
            models.Index(
                fields=["subscription"],
                condition=models.Q(failed_at__isnull=False, paid_at=None, told__lt=5),
                name="payments_bill_pressing",
            ),
            models.Index(
                fields=["store", "id"],
                condition=models.Q(failed_at__isnull=False),
                name="payments_bill_failed",
            ),
        ]

    def __str__(self) -> str:
        return self.stripe_id

    @property
    def is_owed(self) -> bool:
        """Whether it is still to be paid, although a card was refused for it."""
        return self.failed_at is not None and self.status in OWED

    def display(self, language: str | None = None) -> str:
        """Return what is to be paid, or was, in the reader's language."""
        return money.display(self.amount, self.subscription.currency, language)


class LeavingReason(StoreModel):
    """Why somebody left, in their own words, if they cared to say: the last time counts."""

    class Kind(models.TextChoices):
        """What it comes to, for the creator's reports."""

        MONEY = "money", pgettext_lazy("why somebody left", "it costs too much for me now")
        TIME = "time", pgettext_lazy("why somebody left", "I have no time for it")
        DONE = "done", pgettext_lazy("why somebody left", "I got what I came for")
        OTHER_THAN = "expected", pgettext_lazy("why somebody left", "it is not what I expected")
        TROUBLE = "trouble", pgettext_lazy("why somebody left", "something did not work")
        ELSE = "else", pgettext_lazy("why somebody left", "something else")

    subscription = models.OneToOneField(
        Subscription, on_delete=models.CASCADE, related_name="leaving_reason"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    words = models.TextField(blank=True)
    said_at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        ordering = ("-said_at", "-id")
        verbose_name = _("reason to leave")
        verbose_name_plural = pgettext_lazy("plural", "reasons to leave")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return self.kind
