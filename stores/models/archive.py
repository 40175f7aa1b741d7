"""An archive of the whole store: asked for, made off the request, kept for a week."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock, tokens
from stores.models.tenancy import Staff, StoreModel


class Archive(StoreModel):
    """A due row until its zip is there; the zip is private and goes after seven days."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", pgettext_lazy("archive", "waiting")
        READY = "ready", pgettext_lazy("archive", "ready")
        FAILED = "failed", pgettext_lazy("archive", "could not be made")
        GONE = "gone", pgettext_lazy("archive", "gone")

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    asked_by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    claimed_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    """Rows and files written so far."""
    total = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    kept_until = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        verbose_name = _("archive of the store")
        verbose_name_plural = _("archives of the store")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store"],
                condition=models.Q(state="waiting"),
                name="stores_archive_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.store_id}: {self.state}"
