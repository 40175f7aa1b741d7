"""What returns, by the month: how each subscription stood, from one change of that to the next.

Written by ``payments.services.income`` whenever something changes, anew each time from the bills,
changes of plan, rests, holds and the end; nothing else writes it, and nothing is decided by it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments.models.subscriptions import Subscription
from products.models import Price, Product
from stores.models import StoreModel


class IncomeStep(StoreModel):
    """One stretch of a subscription's time in which nothing about its income changed.

    The steps of one follow each other without a gap, and the last has no end. Amounts are in minor
    units, by the month, with tax where that comes on top and after any coupon.
    """

    class Stand(models.TextChoices):
        """How it stood."""

        BEFORE = "before", pgettext_lazy("income", "nothing paid yet")
        PAYING = "paying", pgettext_lazy("income", "paying")
        RESTING = "resting", pgettext_lazy("income", "resting")
        HELD = "held", pgettext_lazy("income", "on hold")
        OVER = "over", pgettext_lazy("income", "ended")

    class Kind(models.TextChoices):
        """What it began with."""

        BEGAN = "began", pgettext_lazy("income", "began")
        NEW = "new", pgettext_lazy("income", "new")
        AGAIN = "again", pgettext_lazy("income", "joined again")
        GREW = "grew", pgettext_lazy("income", "a dearer plan")
        SHRANK = "shrank", pgettext_lazy("income", "a cheaper plan")
        COUPON = "coupon", pgettext_lazy("income", "a coupon began or ended")
        RESTS = "rests", pgettext_lazy("income", "went to rest")
        RETURNS = "returns", pgettext_lazy("income", "back from a rest")
        HOLD = "hold", pgettext_lazy("income", "put on hold")
        RECOVERED = "recovered", pgettext_lazy("income", "recovered")
        LEFT = "left", pgettext_lazy("income", "left")
        UNTAKEN = "untaken", pgettext_lazy("income", "ended before anything was paid")

    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="income_steps"
    )
    number = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="income_steps")
    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="income_steps")
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=Stand.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    monthly = models.PositiveIntegerField(default=0)
    """What it brings by the month; nothing in a rest, on hold, before and after."""
    before = models.PositiveIntegerField(default=0)
    """What it brought in the step before this one."""
    worth = models.PositiveIntegerField(default=0)
    """What it brings when it is paid for: in a rest, what comes back."""
    joined_at = models.DateTimeField(null=True, blank=True)
    """When the first time that was paid for began; empty while there was none."""

    class Meta(StoreModel.Meta):
        ordering = ("subscription", "number")
        verbose_name = pgettext_lazy("income", "step")
        verbose_name_plural = pgettext_lazy("income", "steps")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["subscription", "number"], name="payments_incomestep_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(since__lt=models.F("until")),
                name="payments_incomestep_ends_after_it_begins",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["store", "currency", "since"], name="payments_incomestep_when")
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.kind}"


class PaidRun(StoreModel):
    """Time a subscription was paid for, less rests and holds; the runs of one never overlap."""

    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="paid_runs"
    )
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta(StoreModel.Meta):
        ordering = ("subscription", "since")
        verbose_name = _("run of paid time")
        verbose_name_plural = pgettext_lazy("plural", "runs of paid time")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["subscription", "since"], name="payments_paidrun_once"),
            models.CheckConstraint(
                condition=models.Q(since__lt=models.F("until")),
                name="payments_paidrun_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d}…{self.until:%Y-%m-%d}"


class ReturningIncome(Subscription):
    """Subscriptions, as their income is added up: a line of the menu, with no rows of its own."""

    class Meta:
        proxy = True
        verbose_name = pgettext_lazy("of what returns", "income that returns")
        verbose_name_plural = pgettext_lazy("of what returns", "incomes that return")
