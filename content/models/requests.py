"""Who asked for a sample by mail."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from accounts.models import Customer
from core import clock, tokens
from products.models import Part
from stores.models import StoreModel


class SampleRequest(StoreModel):
    """An address to which the link to a sample was sent.

    A wish to hear of new things counts only once it was said from the mailbox itself: only then is
    there a customer. The address of whoever never said so is forgotten; that they asked is counted.
    """

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="sample_requests")
    email = models.EmailField(null=True, blank=True)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="sample_requests"
    )
    language = models.CharField(max_length=8)
    wants_news = models.BooleanField(default=False)
    """Whether the tick was set when it was asked for."""
    asks = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(default=clock.now)
    opened_at = models.DateTimeField(null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    """When the mailbox's owner said yes to news."""

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = pgettext_lazy("for a sample", "request")
        verbose_name_plural = pgettext_lazy("for samples", "requests")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["part", "email"], name="content_samplerequest_once_per_address"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["asked_at"], name="content_samples_asked"),
        ]

    def __str__(self) -> str:
        return self.public_id
