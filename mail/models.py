"""The outbox's rows: every message is written in the transaction that causes it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock, tokens
from mail.querysets import MessageQuerySet
from stores.models import StoreModel
from stores.scope import StoreManager


class Envelope(models.Model):
    """What a store's message and the platform's own have in common."""

    class State(models.TextChoices):
        """Where a message is on its way."""

        WAITING = "waiting", pgettext_lazy("mail", "waiting")
        SENT = "sent", pgettext_lazy("mail", "sent")
        FAILED = "failed", pgettext_lazy("mail", "failed")

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    to_address = models.EmailField(_("to"))
    to_name = models.CharField(max_length=120, blank=True)
    context = models.JSONField(default=dict, blank=True)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    priority = models.PositiveSmallIntegerField(default=5)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField(default=clock.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    resends = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind} → {self.to_address}"


MessageManager = StoreManager.from_queryset(MessageQuerySet)
PlatformMessageManager = models.Manager.from_queryset(MessageQuerySet)


class Message(StoreModel, Envelope):
    """One mail from a store to one person."""

    objects: ClassVar = MessageManager()

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("mail", "message")
        verbose_name_plural = pgettext_lazy("mail", "messages")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["store", "key"], name="mail_message_unique_key"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["priority", "due_at"],
                condition=models.Q(state="waiting"),
                name="mail_message_due",
            )
        ]


class PlatformMessage(Envelope):
    """One mail from the platform itself (sign-in on its own host), which belongs to no store."""

    objects: ClassVar = PlatformMessageManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key"], name="mail_platformmessage_unique_key")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["priority", "due_at"],
                condition=models.Q(state="waiting"),
                name="mail_platformmessage_due",
            )
        ]
