"""Questions under parts and what is replied to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Customer
from content.querysets import ThreadQuerySet
from core import clock, tokens
from products.models import Part, Product
from stores.models import StoreModel
from stores.scope import StoreManager

ThreadManager = StoreManager.from_queryset(ThreadQuerySet)
EDIT_FOR = timedelta(minutes=15)
LONGEST = 4_000
"""Letters of a question or a reply."""


class Discussion(StoreModel):
    """Whether a product's customers ask and reply beside it; without a row they do not."""

    class State(models.TextChoices):
        """How far."""

        OFF = "off", pgettext_lazy("discussion", "off")
        ON = "on", pgettext_lazy("discussion", "open")
        CLOSED = "closed", pgettext_lazy("discussion", "to be read only")

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="discussions")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OFF)

    class Meta(StoreModel.Meta):
        verbose_name = _("discussion")
        verbose_name_plural = _("discussions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["product"], name="content_discussion_once"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.state}"


class Voice(StoreModel):
    """How one customer is called beside what they write here, and whether they may write."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="voices")
    name = models.CharField(max_length=40)
    plain_name = models.CharField(max_length=60)
    """As it is compared, so that nobody takes another's name in other letters."""
    silenced_at = models.DateTimeField(null=True, blank=True)
    silenced_because = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("in a discussion", "name")
        verbose_name_plural = pgettext_lazy("in discussions", "names")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["customer"], name="content_voice_once"),
            models.UniqueConstraint(
                fields=["store", "plain_name"], name="content_voice_name_is_ones_own"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Said(StoreModel):
    """What a question and a reply have in common: words of somebody that can be taken back."""

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    text = models.TextField(max_length=LONGEST, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_because = models.CharField(max_length=200, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    """When its writer took it back, or left: its words are gone, its place stays for replies."""

    class Meta(StoreModel.Meta):
        abstract = True

    @property
    def is_shown(self) -> bool:
        """Whether its words are there for others to read."""
        return self.hidden_at is None and self.deleted_at is None

    def can_be_edited(self, now: datetime) -> bool:
        """Whether its writer may still change it."""
        return self.is_shown and now < self.created_at + EDIT_FOR


class Thread(Said):
    """One question under a part, with where its writer stood; a writer who left is none."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="threads")
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="threads"
    )
    stood = models.JSONField(default=dict, blank=True)
    """``fraction``, and ``page`` where there are pages."""
    last_at = models.DateTimeField(default=clock.now)
    waiting_since = models.DateTimeField(null=True, blank=True)
    """Since when its writer waits for the maker; empty when answered, or no answer is needed."""
    locked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = ThreadManager()

    class Meta(StoreModel.Meta):
        ordering = ("-last_at", "-id")
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["part", "-last_at"], name="content_threads_of_part"),
            models.Index(
                fields=["store", "waiting_since"],
                condition=Q(waiting_since__isnull=False),
                name="content_threads_waiting",
            ),
        ]

    def __str__(self) -> str:
        return str(_("a question about “%(title)s”") % {"title": self.part.product.title})


class Reply(Said):
    """What somebody replied: a customer, or the maker's side under their name."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="replies")
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="replies"
    )
    staff_name = models.CharField(max_length=80, blank=True)
    is_makers = models.BooleanField(default=False)

    class Meta(StoreModel.Meta):
        ordering = ("created_at", "id")
        verbose_name = pgettext_lazy("to a question", "reply")
        verbose_name_plural = pgettext_lazy("to a question", "replies")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return str(_("a reply"))


class Following(StoreModel):
    """A customer who is written to about a question: of the maker's answers, or of all replies."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="followings")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="followings")
    is_of_all = models.BooleanField(default=True)
    is_stopped = models.BooleanField(default=False)
    """Whether they want no mails; the row stays, so that asking again is theirs alone."""
    told_at = models.DateTimeField(null=True, blank=True)
    """When they were told of something new; they hear of no more until they have looked."""
    leave_key = models.CharField(max_length=64, unique=True, default=tokens.secret)
    """In the mails' links: whoever has it may end this one following, and nothing else."""
    created_at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("of a question", "follower")
        verbose_name_plural = pgettext_lazy("of a question", "followers")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["thread", "customer"], name="content_following_once"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} → {self.thread_id}"


class Report(StoreModel):
    """A customer says that a question or a reply should not stand here."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="reports")
    reply = models.ForeignKey(
        Reply, null=True, blank=True, on_delete=models.CASCADE, related_name="reports"
    )
    """The reply it is about; empty when it is the question itself."""
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    because = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("of words", "report")
        verbose_name_plural = pgettext_lazy("of words", "reports")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["reply", "customer"], name="content_report_once_of_a_reply"
            ),
            models.UniqueConstraint(
                fields=["thread", "customer"],
                condition=Q(reply=None),
                name="content_report_once_of_a_question",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id}"
