"""A store that is being closed: what is due next on the way."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core import clock
from stores.models.tenancy import StoreModel


class Closing(StoreModel):
    """One closing of a store, with the step that is due; taken back, it is kept for the record."""

    class Step(models.TextChoices):
        """What is to be done next."""

        TELL = "tell", _("tell the customers")
        REMIND = "remind", _("remind the customers")
        READ_ONLY = "read_only", _("stop everything but reading")
        CLOSE = "close", _("close")
        STAY = "stay", _("tell the customers that it stays")
        DONE = "done", _("closed")

    by_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField(default=clock.now)
    step = models.CharField(max_length=10, choices=Step.choices, default=Step.TELL)
    due_at = models.DateTimeField(null=True, blank=True)
    after = models.BigIntegerField(default=0)
    """How far a step that goes through all customers has come: the last one's key."""
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        verbose_name = _("closing of the store")
        verbose_name_plural = _("closings of the store")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store"],
                condition=models.Q(taken_back_at__isnull=True),
                name="stores_closing_one_at_a_time",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(due_at__isnull=False),
                name="stores_closing_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.store_id}: {self.step}"
