"""Money that a customer's bank takes back, and what the staff decided about odd orders."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock, money, tokens
from payments.models.money import Payment
from payments.models.orders import OrderLine
from payments.querysets import DisputeQuerySet
from stores.models import StoreModel
from stores.scope import StoreManager

DisputeManager = StoreManager.from_queryset(DisputeQuerySet)


class Dispute(StoreModel):
    """A payment its cardholder's bank asks about or takes back. ``status`` is an open enum."""

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    line = models.ForeignKey(
        OrderLine, null=True, blank=True, on_delete=models.PROTECT, related_name="disputes"
    )
    """What a dispute of a part is about, as somebody said."""
    named_at = models.DateTimeField(null=True, blank=True)
    """When somebody said what a dispute of a part is about, be it nothing."""
    stripe_account = models.CharField(max_length=80, blank=True)
    stripe_id = models.CharField(max_length=120)
    status = models.CharField(_("state"), max_length=40)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    amount = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    is_refundable = models.BooleanField(default=False)
    """Whether giving the money back still ends it."""
    evidence_due_by = models.DateTimeField(null=True, blank=True)
    evidence_submitted_at = models.DateTimeField(null=True, blank=True)
    """When Stripe first told us that our answer was with the bank."""
    note = models.TextField(_("what the bank should know"), max_length=4000, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    """Who of the staff sent the answer, or let it be."""
    accepted_at = models.DateTimeField(null=True, blank=True)
    """When somebody chose not to answer."""
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    sync_version = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = DisputeManager()

    class Meta(StoreModel.Meta):
        ordering = ("-opened_at", "-id")
        verbose_name = pgettext_lazy("money", "dispute")
        verbose_name_plural = pgettext_lazy("money", "disputes")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["stripe_account", "stripe_id"], name="payments_dispute_stripe_id_unique"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["evidence_due_by"],
                condition=models.Q(closed_at=None),
                name="payments_dispute_open",
            )
        ]

    def __str__(self) -> str:
        return self.stripe_id

    def display(self, language: str | None = None) -> str:
        """Return the amount in the reader's language."""
        return money.display(self.amount, self.currency, language)


class Decision(StoreModel):
    """What somebody of the staff decided about a question that only a person can answer."""

    class Verdict(models.TextChoices):
        """What was decided."""

        LET_BE = "let_be", pgettext_lazy("decision", "it stays as it is")
        DONE_ELSEWHERE = "elsewhere", pgettext_lazy("decision", "it was settled another way")

    key = models.CharField(max_length=60)
    """The duty it answers."""
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("of the staff", "decision")
        verbose_name_plural = pgettext_lazy("of the staff", "decisions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["store", "key"], name="payments_decision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.verdict}"
