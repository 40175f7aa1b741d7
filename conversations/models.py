"""A conversation between one person and the shop, its messages, their files, saved answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Customer
from conversations.querysets import ConversationQuerySet, MessageQuerySet
from core import clock, tokens
from products.models import Part, Product
from stores.models import Staff, StoreModel
from stores.scope import StoreManager

ConversationManager = StoreManager.from_queryset(ConversationQuerySet)
MessageManager = StoreManager.from_queryset(MessageQuerySet)
LONGEST = 6_000
"""Letters of a message."""
UNDO_FOR = timedelta(seconds=10)
"""So long an answer waits before it leaves, and can be taken back."""


class Conversation(StoreModel):
    """What one person wants of the shop, and where they stood when they wrote."""

    class Kind(models.TextChoices):
        """What it is about."""

        QUESTION = "question", pgettext_lazy("conversation", "a question")
        CONTACT = "contact", pgettext_lazy("conversation", "a letter to the shop")
        MISSING = "missing", pgettext_lazy("conversation", "it did not arrive")
        REQUEST = "request", pgettext_lazy("conversation", "a request")

    class State(models.TextChoices):
        """Whose turn it is."""

        WAITING = "waiting", pgettext_lazy("conversation", "waiting")
        ANSWERED = "answered", pgettext_lazy("conversation", "answered")
        CLOSED = "closed", pgettext_lazy("conversation", "closed")

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="conversations"
    )
    email = models.EmailField(_("email"), blank=True)
    """Where a visitor is answered; a customer is at their own address."""
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(max_length=8)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    """When a visitor showed, by the link in our mail, that the mailbox is theirs."""
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.QUESTION)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    part = models.ForeignKey(
        Part, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations"
    )
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations"
    )
    order_number = models.PositiveIntegerField(_("order number"), null=True, blank=True)
    page_path = models.CharField(max_length=300, blank=True)
    """The page they came from, a path on this store's host."""
    stood = models.CharField(max_length=120, blank=True)
    """Where on it, in words: page 12."""
    assigned_to = models.ForeignKey(
        Staff, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations"
    )
    waiting_since = models.DateTimeField(default=clock.now)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)
    """When its writer last looked at it."""
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar = ConversationManager()

    class Meta(StoreModel.Meta):
        ordering = ("-last_at", "-id")
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["store", "state", "-last_at"], name="conversation_by_state")
        ]

    def __str__(self) -> str:
        return self.who

    @property
    def who(self) -> str:
        """Return whom the shop talks to, as staff read it."""
        if self.customer is not None:
            return str(self.customer)
        return self.name or self.email or str(_("somebody who was erased"))

    @property
    def address(self) -> str:
        """Return where answers go; empty when nobody is there any more."""
        return self.customer.user.email if self.customer is not None else self.email

    @property
    def key(self) -> str:
        """Return what the links in our mails open it with."""
        return tokens.keyed_hash("conversation", self.public_id)[:32]

    @property
    def waits(self) -> bool:
        """Whether it is the shop's turn."""
        return self.state == self.State.WAITING

    def is_snoozed(self, now: datetime) -> bool:
        """Whether it was put off until later."""
        return self.waits and self.snoozed_until is not None and now < self.snoozed_until


class Message(StoreModel):
    """What one side wrote; the team's words carry the name of who wrote them."""

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    is_shops = models.BooleanField(default=False)
    staff_name = models.CharField(max_length=120, blank=True)
    text = models.TextField(max_length=LONGEST)
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar = MessageManager()

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("in a conversation", "message")
        verbose_name_plural = pgettext_lazy("in conversations", "messages")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return self.text[:60]

    def can_be_undone(self, now: datetime) -> bool:
        """Whether it is an answer that has not left yet."""
        return self.is_shops and now < self.created_at + UNDO_FOR


class Attachment(StoreModel):
    """A picture or PDF that went with a message: made anew from what came, and private."""

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=300, unique=True)
    """Its path in the private storage."""
    original_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("in a letter", "file")
        verbose_name_plural = pgettext_lazy("in letters", "files")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return self.original_name

    @property
    def changed_at(self) -> datetime:
        """When its bytes became what they are: they never change."""
        return self.created_at


class SavedAnswer(StoreModel):
    """An answer a shop gives often, put in by one tap."""

    title = models.CharField(_("what it answers"), max_length=80)
    text = models.TextField(_("the answer"), max_length=LONGEST)
    created_at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        ordering = ("title",)
        verbose_name = _("saved answer")
        verbose_name_plural = _("saved answers")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["store", "title"], name="conversations_answer_title"),
        ]

    def __str__(self) -> str:
        return self.title
