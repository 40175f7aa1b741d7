"""What was deleted a moment ago, kept as it was until nobody can bring it back."""

from __future__ import annotations

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from core import clock, tokens
from stores.models.tenancy import Staff, StoreModel


class Deleted(StoreModel):
    """One deletion: the row and all that went with it, so that it can be undone."""

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    staff = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=clock.now)
    area = models.CharField(max_length=20)
    """The area of stores.roles whose people may bring it back."""
    subject_type = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    rows = models.JSONField(default=list, blank=True, encoder=DjangoJSONEncoder)
    """The rows as they were; empty once they are forgotten."""
    loosened = models.JSONField(default=list, blank=True, encoder=DjangoJSONEncoder)
    """What pointed at them and points nowhere now: model, key, column, and what it was."""
    restored_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["store", "-at"], name="stores_deleted_by_time")
        ]
        verbose_name = _("deleted lately")
        verbose_name_plural = _("deleted lately")

    def __str__(self) -> str:
        return self.subject
