"""Moving in: a file of people from another shop, its rows, and the letters that let them pay on."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Access
from accounts.models import Consent, Customer
from core import clock, tokens
from payments.querysets import RenewHereQuerySet
from products.models import Price, Product
from stores.models import StoreModel
from stores.scope import StoreManager

RenewHereManager = StoreManager.from_queryset(RenewHereQuerySet)


class MoveIn(StoreModel):
    """One file of people, from its upload to what it gave; a due row while a worker is at it."""

    class State(models.TextChoices):
        """How far it is."""

        MAPPING = "mapping", pgettext_lazy("moving in", "which column is what?")
        CHECKING = "checking", pgettext_lazy("moving in", "being tried out")
        READY = "ready", pgettext_lazy("moving in", "tried out")
        MOVING = "moving", pgettext_lazy("moving in", "moving in")
        DONE = "done", pgettext_lazy("moving in", "moved in")
        UNDOING = "undoing", pgettext_lazy("moving in", "being taken back")
        UNDONE = "undone", pgettext_lazy("moving in", "taken back")

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    by = models.CharField(max_length=120, blank=True)
    """Who of the team brought it."""
    file_name = models.CharField(max_length=120, blank=True)
    encoding = models.CharField(max_length=20)
    delimiter = models.CharField(max_length=1)
    head = models.JSONField(default=list)
    """The names of the file's columns."""
    columns = models.JSONField(default=dict, blank=True)
    """What each column is: our field to the column's place, from 0."""
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="moved_in"
    )
    """What they have, where no column says."""
    interval = models.CharField(max_length=8, default="month")
    """How often they pay, where no column says."""
    is_day_first = models.BooleanField(default=True)
    """Whether 3/4/2026 is the third of April."""
    state = models.CharField(max_length=8, choices=State.choices, default=State.MAPPING)
    claimed_until = models.DateTimeField(null=True, blank=True)
    total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)
    """What it would do, or did, in numbers."""
    letters_at = models.DateTimeField(null=True, blank=True)
    """When the letters were asked for; each is written once."""
    wants_welcome = models.BooleanField(default=False)
    """Whether who bought something once is told that it is here."""
    welcomed_to = models.PositiveBigIntegerField(default=0)
    """Up to which customer everybody was told."""
    welcomed_at = models.DateTimeField(null=True, blank=True)
    """When all had been told."""
    created_at = models.DateTimeField(default=clock.now)
    moved_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)
    """When the lines' own words were thrown away; what they did stays."""

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = _("file of people")
        verbose_name_plural = _("files of people")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["claimed_until"],
                condition=models.Q(state__in=("checking", "moving", "undoing")),
                name="payments_movein_due",
            ),
            models.Index(
                fields=["store"],
                condition=models.Q(state="done", wants_welcome=True, welcomed_at=None),
                name="payments_movein_welcomes",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name or self.public_id

    @property
    def is_working(self) -> bool:
        """Whether a worker has something to do with it."""
        return self.state in {self.State.CHECKING, self.State.MOVING, self.State.UNDOING}


class MoveInRow(StoreModel):
    """One line of such a file: what it says, what it would do, and what it did."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", pgettext_lazy("row", "not looked at")
        GOOD = "good", pgettext_lazy("row", "moves in")
        SAME = "same", pgettext_lazy("row", "here already")
        BAD = "bad", pgettext_lazy("row", "to be mended")
        MOVED = "moved", pgettext_lazy("row", "moved in")
        KEPT = "kept", pgettext_lazy("row", "stays: pays here")
        UNDONE = "undone", pgettext_lazy("row", "taken back")

    move_in = models.ForeignKey(MoveIn, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    """Where it begins in the file; the head is line 1."""
    cells = models.JSONField(default=list)
    email = models.CharField(max_length=254, blank=True)
    """In its normal form, once it was looked at."""
    phone = models.CharField(max_length=40, blank=True)
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    does = models.JSONField(default=dict, blank=True)
    """What it does, as plain values; see payments.services.moving_in.planning."""
    troubles = models.JSONField(default=list, blank=True)
    """What is wrong with it: pairs of a code and what stood there."""
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="moved_in"
    )
    access = models.ForeignKey(
        Access, null=True, blank=True, on_delete=models.PROTECT, related_name="moved_in"
    )
    """What it gave."""
    consent = models.ForeignKey(
        Consent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    """The yes it wrote down; none where one stood already."""

    class Meta(StoreModel.Meta):
        ordering = ("line",)
        verbose_name = pgettext_lazy("of a file of people", "row")
        verbose_name_plural = pgettext_lazy("of a file of people", "rows")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["move_in", "line"], name="payments_moveinrow_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["move_in", "state", "line"], name="payments_moveinrow_by_state"),
            models.Index(fields=["store", "email"], name="payments_moveinrow_by_email"),
        ]

    def __str__(self) -> str:
        return f"{self.move_in_id}: {self.line}"


class RenewHere(StoreModel):
    """A letter by which one person goes on paying here what they paid, from the old date on.

    Its key opens one page, for one person's one access, until that is over.
    """

    class State(models.TextChoices):
        """How it stands, for people."""

        OPEN = "open", pgettext_lazy("renew here", "not yet")
        RENEWED = "renewed", pgettext_lazy("renew here", "pays here")
        NO = "no", pgettext_lazy("renew here", "said no")
        WITHDRAWN = "withdrawn", pgettext_lazy("renew here", "link taken back")
        OVER = "over", pgettext_lazy("renew here", "ran out")

    key = models.CharField(max_length=64, default=tokens.secret, editable=False)
    move_in = models.ForeignKey(MoveIn, on_delete=models.PROTECT, related_name="letters")
    access = models.OneToOneField(Access, on_delete=models.PROTECT, related_name="renew_here")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="renew_here")
    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="renew_here")
    """What they pay today, kept for them alone."""
    charges_at = models.DateTimeField()
    """When they would be charged next where they come from."""
    ends_at = models.DateTimeField()
    """Until when the link holds, and what they have stays open."""
    told_at = models.DateTimeField(default=clock.now)
    reminded_at = models.DateTimeField(null=True, blank=True)
    said_over_at = models.DateTimeField(null=True, blank=True)
    """When they were told that it ended."""
    renewed_at = models.DateTimeField(null=True, blank=True)
    said_no_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = RenewHereManager()

    class Meta(StoreModel.Meta):
        ordering = ("charges_at", "id")
        verbose_name = pgettext_lazy("to somebody who moved in", "letter")
        verbose_name_plural = pgettext_lazy("to somebody who moved in", "letters")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["store", "key"], name="payments_renewhere_key_unique"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["charges_at"],
                condition=models.Q(
                    renewed_at=None, said_no_at=None, withdrawn_at=None, said_over_at=None
                ),
                name="payments_renewhere_due",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def state(self, now: datetime) -> RenewHere.State:
        """Return how it stands; who pays here pays, whatever was said before."""
        if self.renewed_at is not None:
            return self.State.RENEWED
        if self.withdrawn_at is not None:
            return self.State.WITHDRAWN
        if self.ends_at <= now:
            return self.State.OVER
        return self.State.OPEN if self.said_no_at is None else self.State.NO

    def may_renew(self, now: datetime) -> bool:
        """Whether its button works: also for who said no, while there is something to go on."""
        return self.state(now) in {self.State.OPEN, self.State.NO}
