"""The nightly check: where it stands, and what it found to differ."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from core import clock
from stores.models import Store


class NightlyCheck(models.Model):
    """One part of one night's check, worked off page by page; it may stop after any page.

    It has no store where it walks through an account at Stripe, which several stores may share.
    """

    class State(models.TextChoices):
        """Whether it has come to its end."""

        DUE = "due", pgettext_lazy("check", "on its way")
        DONE = "done", pgettext_lazy("check", "done")

    night = models.DateField()
    part = models.CharField(max_length=20)
    scope = models.CharField(max_length=90, blank=True)
    """The account at Stripe, or the store by its number: what makes it one of its night."""
    stripe_account = models.CharField(max_length=80, blank=True)
    store = models.ForeignKey(
        Store, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    cursor = models.CharField(max_length=120, blank=True)
    """The last row looked at: Stripe's id, or our primary key."""
    state = models.CharField(max_length=4, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("of the night", "check")
        verbose_name_plural = pgettext_lazy("of the night", "checks")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["night", "part", "scope"], name="payments_nightlycheck_once"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state="due"),
                name="payments_nightlycheck_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.night} {self.part}"


class Difference(models.Model):
    """Something that is not as it should be: between us and Stripe, or between our own rows.

    It has no store where it is about money at Stripe that no row of ours knows.
    """

    kind = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=20)
    """What it is about: order, payment, refund, dispute, hold, movement,
    subscription."""
    subject = models.CharField(max_length=120)
    """Its public id with us, or its id at Stripe."""
    stripe_account = models.CharField(max_length=80, blank=True)
    store = models.ForeignKey(
        Store, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    order_id = models.BigIntegerField(null=True, blank=True)
    """The order it belongs to, where there is one."""
    ours = models.CharField(max_length=200, blank=True)
    theirs = models.CharField(max_length=200, blank=True)
    found_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("in the money", "difference")
        verbose_name_plural = pgettext_lazy("in the money", "differences")
        ordering = ("-found_at", "-id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "subject", "stripe_account"],
                condition=models.Q(gone_at=None),
                name="payments_difference_once_while_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
