"""A sum paid in several monthly charges: how many, how many were paid, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import money
from payments.models.orders import Order
from payments.models.subscriptions import Subscription
from payments.querysets import InstalmentPlanQuerySet
from stores.models import StoreModel
from stores.scope import StoreManager

InstalmentPlanManager = StoreManager.from_queryset(InstalmentPlanQuerySet)


class InstalmentPlan(StoreModel):
    """What a subscription at Stripe is for that ends by itself: so many charges, and no more.

    Everything but what people decided is derived from the bills, so any order of arrival ends the
    same. Amounts are in minor units of the subscription's currency.
    """

    class State(models.TextChoices):
        """How it stands; while it is paid, its subscription says whether a charge failed."""

        PAYING = "paying", pgettext_lazy("monthly charges", "being paid")
        PAID = "paid", pgettext_lazy("monthly charges", "paid in full")
        LET_GO = "let_go", pgettext_lazy("monthly charges", "the rest let go")
        ENDED = "ended", pgettext_lazy("monthly charges", "ended unpaid")
        RETURNED = "returned", pgettext_lazy("monthly charges", "money returned")

    subscription = models.OneToOneField(
        Subscription, on_delete=models.CASCADE, related_name="instalments"
    )
    n_total = models.PositiveSmallIntegerField()
    n_paid = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveIntegerField()
    """All charges together, with tax where that comes on top, less any coupon."""
    state = models.CharField(max_length=8, choices=State.choices, default=State.PAYING)
    settled_at = models.DateTimeField(null=True, blank=True)
    """Since when it is in a state other than being paid."""
    schedule_id = models.CharField(max_length=120, blank=True)
    scheduled_at = models.DateTimeField(null=True, blank=True)
    """When Stripe had confirmed that it ends by itself; empty while it has not."""
    pay_off = models.OneToOneField(
        Order, null=True, blank=True, on_delete=models.PROTECT, related_name="pays_off"
    )
    """The order in which all that was left is paid at once; the last that was tried."""
    let_go_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=120, blank=True)
    """Who of the staff let the rest go, or stopped it."""
    cut_at = models.DateTimeField(null=True, blank=True)
    """When what it gave closes although it was bought for longer; empty while it does not."""
    kept_end = models.DateTimeField(null=True, blank=True)
    """The end that had before it was cut short; empty for good."""
    taken_at = models.DateTimeField(null=True, blank=True)
    """When what it gave was taken back, because all its money was."""

    objects: ClassVar = InstalmentPlanManager()

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = _("monthly charges")
        verbose_name_plural = pgettext_lazy("plural", "monthly charges")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(n_paid__lte=models.F("n_total")),
                name="payments_instalmentplan_at_most_all",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["subscription"],
                condition=models.Q(state="paying", scheduled_at=None),
                name="payments_instalments_open_end",
            )
        ]

    def __str__(self) -> str:
        return f"{self.n_paid}/{self.n_total}"

    @property
    def left(self) -> int:
        """What is still to be paid: nothing once it is settled otherwise than by default."""
        if self.state in {self.State.PAID, self.State.LET_GO, self.State.RETURNED}:
            return 0
        each = int(self.subscription.amount)
        return self.total if not self.n_paid else each * (self.n_total - self.n_paid)

    def display(self, amount: int, language: str | None = None) -> str:
        """Return an amount of it in the reader's language."""
        return money.display(amount, self.subscription.currency, language)
