"""Teams: one pays for places, others take them by invitation."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models import Customer
from core import clock, tokens
from payments.models.orders import OrderLine
from payments.querysets import TeamPlaceQuerySet
from stores.models import StoreModel
from stores.scope import StoreManager

TeamPlaceManager = StoreManager.from_queryset(TeamPlaceQuerySet)


class Team(StoreModel):
    """What one line of an order paid for several people; its buyer gives out the places."""

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="team")
    manager = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="teams")
    told_end_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = pgettext_lazy("bought", "team")
        verbose_name_plural = pgettext_lazy("bought", "teams")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return str(self.line.title)


class TeamPlace(StoreModel):
    """One place: free, offered to an address, or taken by whoever claimed it with its link.

    Its time, where it has a fixed length, begins when it is first claimed and goes on with
    whoever has it next.
    """

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="places")
    number = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(default=0)
    """How often it was given to somebody new: an older invitation opens nothing."""
    to_email = models.EmailField(blank=True)
    to_name = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=8, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent = models.PositiveSmallIntegerField(default=0)
    """How many mails this invitation was, reminders among them."""
    reminded_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="team_places"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    """The time of a place of a fixed length; empty before it was claimed, and without an end."""
    closed_at = models.DateTimeField(null=True, blank=True)
    """When it ceased to be paid for, because the team became smaller."""

    objects: ClassVar = TeamPlaceManager()

    class Meta(StoreModel.Meta):
        ordering = ("number", "id")
        verbose_name = pgettext_lazy("in a team", "place")
        verbose_name_plural = pgettext_lazy("in a team", "places")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["team", "number"], name="payments_teamplace_number"),
            models.UniqueConstraint(
                fields=["team", "to_email"],
                condition=Q(closed_at=None) & ~Q(to_email=""),
                name="payments_teamplace_once_an_address",
            ),
            models.UniqueConstraint(
                fields=["team", "claimed_by"],
                condition=Q(closed_at=None, claimed_by__isnull=False),
                name="payments_teamplace_once_a_person",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by=None, claimed_at=None)
                | Q(claimed_by__isnull=False, claimed_at__isnull=False),
                name="payments_teamplace_claimed_by_somebody",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["invited_at"],
                condition=Q(claimed_at=None, closed_at=None, reminded_at=None)
                & Q(invited_at__isnull=False),
                name="payments_teamplace_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.to_email or '…'}"

    @property
    def key(self) -> str:
        """The secret of its present invitation: 128 bits that only this installation can make."""
        return tokens.keyed_hash("team-place", self.source)[:32]

    @property
    def source(self) -> str:
        """What the access of its present holder comes from."""
        return f"{self.public_id}.{self.round}"

    @property
    def sources(self) -> list[str]:
        """What any holder's access came from, the first one's too."""
        return [f"{self.public_id}.{each}" for each in range(self.round + 1)]

    @property
    def is_free(self) -> bool:
        """Whether nobody has it and nobody was invited to it."""
        return self.claimed_by_id is None and self.invited_at is None

    @property
    def is_offered(self) -> bool:
        """Whether somebody was invited who has not come yet."""
        return self.claimed_by_id is None and self.invited_at is not None

    def is_over(self, now: datetime) -> bool:
        """Whether its time has passed."""
        return self.ends_at is not None and self.ends_at <= now
