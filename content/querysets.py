"""Which files, editions, samples, stamped copies, texts and questions: adjectives."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from content.models import (  # noqa: F401 -- named in the generics below
        Asset,
        Edition,
        Excerpt,
        PartText,
        StampedCopy,
        Thread,
    )

UNUSED_FOR = timedelta(days=60)
"""How long a copy is kept that nobody opens; it is made anew when somebody does."""


class AssetQuerySet(QuerySet["Asset"]):
    """Private files of the store in scope."""

    def out(self, now: datetime) -> AssetQuerySet:
        """Files that are out: of no edition, or of one that is not being prepared any more."""
        return self.filter(Q(edition=None) | Q(edition__out_at__lte=now))

    def in_turn(self, *first: str | OrderBy) -> AssetQuerySet:
        """Files in the order in which they took each other's place, after what comes ``first``: a
        correction stays within its edition, also when the next one is being prepared already."""
        return self.alias(turn=Coalesce("edition__number", 0)).order_by(*first, "turn", "pk")


class EditionQuerySet(QuerySet["Edition"]):
    """Editions of the store in scope."""

    def out(self, now: datetime) -> EditionQuerySet:
        """Editions that went out."""
        return self.filter(out_at__lte=now)

    def due(self, now: datetime) -> EditionQuerySet:
        """Editions whose readers are to be told."""
        return self.filter(due_at__lte=now)


class StampedCopyQuerySet(QuerySet["StampedCopy"]):
    """Stamped copies of the store in scope."""

    def due(self, now: datetime) -> StampedCopyQuerySet:
        """Copies that are to be made and that no worker is making."""
        return self.filter(
            Q(claimed_until=None) | Q(claimed_until__lt=now), due_at__isnull=False, due_at__lte=now
        )

    def no_larger(self, size: int) -> StampedCopyQuerySet:
        """Copies of files of at most this many bytes."""
        return self.filter(asset__size__lte=size)

    def larger(self, size: int) -> StampedCopyQuerySet:
        """Copies of files of more bytes than that."""
        return self.filter(asset__size__gt=size)

    def ready(self) -> StampedCopyQuerySet:
        """Copies whose file can be given."""
        return self.filter(made_at__isnull=False, dropped_at=None)

    def failed(self) -> StampedCopyQuerySet:
        """Copies that could not be made."""
        return self.filter(failed_at__isnull=False)

    def kept(self) -> StampedCopyQuerySet:
        """Copies that have a file in the storage."""
        return self.exclude(name="")

    def to_drop(self, now: datetime) -> StampedCopyQuerySet:
        """Copies whose file nobody may open any more, nobody opened for long, or that is old."""
        newer = self.model.objects.filter(
            access=OuterRef("access"), asset=OuterRef("asset"), pk__gt=OuterRef("pk")
        ).ready()
        long_ago = now - UNUSED_FOR
        unused = Q(access__last_opened_at=None) | Q(access__last_opened_at__lt=long_ago)
        return self.kept().filter(
            Q(access__revoked_at__isnull=False)
            | Q(access__ends_at__lte=now)
            | Q(access__customer__erased_at__isnull=False)
            | Q(dropped_at__isnull=False)
            | (unused & Q(made_at__lt=long_ago))
            | Exists(newer)
        )


class ExcerptQuerySet(QuerySet["Excerpt"]):
    """Samples picked of a book, of the store in scope."""

    def due(self, now: datetime) -> ExcerptQuerySet:
        """Samples that are to be made and that no worker is making."""
        return self.filter(
            Q(claimed_until=None) | Q(claimed_until__lt=now), due_at__isnull=False, due_at__lte=now
        )

    def no_larger(self, size: int) -> ExcerptQuerySet:
        """Samples of parts whose largest file has at most this many bytes."""
        return self.annotate(most=Max("source__assets__size")).filter(most__lte=size)

    def larger(self, size: int) -> ExcerptQuerySet:
        """Samples of parts whose largest file has more bytes than that."""
        return self.annotate(most=Max("source__assets__size")).filter(most__gt=size)


class PartTextQuerySet(QuerySet["PartText"]):
    """Texts of the parts of the store in scope."""

    def due(self, now: datetime) -> PartTextQuerySet:
        """Texts that are to be read and that no worker is reading."""
        free = Q(claimed_until=None) | Q(claimed_until__lt=now)
        return self.filter(free, due_at__isnull=False, due_at__lte=now)


class ThreadQuerySet(QuerySet["Thread"]):
    """Questions of the store in scope."""

    def waiting(self) -> ThreadQuerySet:
        """Questions whose writer waits for the maker."""
        return self.filter(waiting_since__isnull=False)

    def reported(self) -> ThreadQuerySet:
        """Questions in which something was reported that nobody has looked at."""
        return self.filter(reports__isnull=False, reports__settled_at=None).distinct()

    def shown_to(self, customer_id: int | None) -> ThreadQuerySet:
        """Questions that somebody sees: those that were not hidden, and their own."""
        seen = Q(hidden_at=None)
        return self.filter(seen | Q(customer=customer_id) if customer_id else seen)
