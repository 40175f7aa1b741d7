"""The outbox's rows: every message is written in the transaction that causes it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock, tokens
from mail.querysets import MessageQuerySet
from stores.models import Staff, StoreModel
from stores.scope import StoreManager
from stores.slots import mail_kinds


class Envelope(models.Model):
    """What a store's message and the platform's own have in common."""

    class State(models.TextChoices):
        """Where a message is on its way."""

        WAITING = "waiting", pgettext_lazy("mail", "waiting")
        SENT = "sent", pgettext_lazy("mail", "sent")
        FAILED = "failed", pgettext_lazy("mail", "failed")
        DROPPED = "dropped", pgettext_lazy("mail", "not wanted")

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
    claimed_by = models.CharField(max_length=20, blank=True)
    """The stamp of the batch in which a worker holds it."""
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


class Mailing(StoreModel):
    """What many receive, rendered once in one language; see ``mail.services.mailings``."""

    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    """SHA-256 of all the rest: the same words are the same mailing."""
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("mail", "mailing")
        verbose_name_plural = pgettext_lazy("mail", "mailings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["store", "digest"], name="mail_mailing_unique_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language}) {self.digest[:8]}"


class Message(StoreModel, Envelope):
    """One mail from a store to one person; of a mailing, it holds only what stands in its slots."""

    mailing = models.ForeignKey(
        Mailing, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

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


class Wording(StoreModel):
    """A store's own subject and text for one kind of mail in one language; without it, ours."""

    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    subject = models.CharField(_("subject"), max_length=150)
    text = models.TextField(_("text"), max_length=6000)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("mail", "wording")
        verbose_name_plural = pgettext_lazy("mail", "wordings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store", "kind", "language"], name="mail_wording_one_per_kind"
            ),
        ]

    def __str__(self) -> str:
        known = mail_kinds.find(self.kind)
        return f"{known.label if known else self.kind} ({self.language})"


class Choice(StoreModel):
    """Whether somebody of the team wants one of the creator's kinds of mail."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    is_wanted = models.BooleanField()

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("mail", "choice")
        verbose_name_plural = pgettext_lazy("mail", "choices")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["staff", "kind"], name="mail_choice_one_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id}: {self.kind} {self.is_wanted}"


class MorningList(StoreModel):
    """When the store's next morning list is due: one row a store, moved on as each is made."""

    due_at = models.DateTimeField(db_index=True)
    told_until = models.DateTimeField(null=True, blank=True)
    """Up to when the last list told of sales."""

    class Meta(StoreModel.Meta):
        verbose_name = _("morning list")
        verbose_name_plural = _("morning lists")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["store"], name="mail_morninglist_one_per_store"),
        ]

    def __str__(self) -> str:
        return f"{self.store_id}: {self.due_at}"
