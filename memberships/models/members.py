"""What a club has to do for whoever holds one access to it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from access.models import Access
from core import clock
from memberships.models.clubs import Club
from memberships.querysets import MemberQuerySet
from stores.models import StoreModel
from stores.scope import StoreManager

MemberManager = StoreManager.from_queryset(MemberQuerySet)


class Member(StoreModel):
    """The due row of one access: telling of a month that opened, keeping what stays at the end."""

    access = models.OneToOneField(Access, on_delete=models.CASCADE, related_name="club_member")
    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="members")
    told_number = models.PositiveIntegerField(default=0)
    """The last month they were told of, or found open when they joined."""
    due_at = models.DateTimeField(null=True, blank=True)
    """When it is looked at next."""
    kept_at = models.DateTimeField(null=True, blank=True)
    """When their membership was found ended, and what stays was given; empty while it lasts."""
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar = MemberManager()

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("of a club", "member")
        verbose_name_plural = pgettext_lazy("of a club", "members")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(due_at__isnull=False),
                name="memberships_member_due",
            ),
            models.Index(
                fields=["access"],
                condition=models.Q(kept_at=None),
                name="memberships_member_lasting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.access_id} in {self.club_id}"
