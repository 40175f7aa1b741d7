"""Which accesses: adjectives."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet

if TYPE_CHECKING:
    from access.models import Access  # noqa: F401 -- named in the generic below


class AccessQuerySet(QuerySet["Access"]):
    """Accesses of the store in scope."""

    def live(self, now: datetime) -> AccessQuerySet:
        """Accesses that open something at ``now``."""
        return self.filter(
            Q(ends_at=None)
            | Q(ends_at__gt=now)
            | Q(awaits__isnull=False, term_count__isnull=False),
            Q(paused_at=None) | Q(paused_at__gt=now) | Q(paused_until__lte=now),
            Q(awaits=None, starts_at__lte=now)
            | (Q(awaits__isnull=False) & _open("awaits", now) & _open("product", now)),
            revoked_at=None,
            suspended_at=None,
        )

    def waiting(self) -> AccessQuerySet:
        """Accesses that wait for a presale to open and were not taken back."""
        return self.filter(awaits__isnull=False, revoked_at=None)

    def held(self, now: datetime) -> AccessQuerySet:
        """Accesses that open something at ``now``, or will once what they wait for has opened."""
        ahead = self.waiting().filter(
            Q(ends_at=None) | Q(ends_at__gt=now) | Q(term_count__isnull=False), suspended_at=None
        )
        return self.live(now) | ahead

    def to_begin(self) -> AccessQuerySet:
        """Accesses that wait although what they wait for has opened: their dates are to be set."""
        return self.filter(awaits__isnull=False).exclude(
            awaits__opens_at__isnull=False, awaits__opened_at=None
        )

    def to_hear(self) -> AccessQuerySet:
        """Accesses whose holders were told another opening than the one that holds now."""
        return self.waiting().filter(
            ~Q(told_opens_at=F("awaits__opens_at")),
            awaits__opens_at__isnull=False,
            awaits__opened_at=None,
            awaits__late_at=None,
        )

    def to_hear_it_is_late(self) -> AccessQuerySet:
        """Accesses whose holders were told a day that passed, and not yet that it did not open."""
        return self.waiting().filter(
            told_opens_at__isnull=False, awaits__late_at__isnull=False, awaits__opened_at=None
        )

    def standing(self) -> AccessQuerySet:
        """Accesses that were not taken back, whether they are live or not."""
        return self.filter(revoked_at=None)

    def from_source(self, kind: str, source_id: str) -> AccessQuerySet:
        """Accesses that came from one source."""
        return self.filter(source_kind=kind, source_id=source_id)


def _open(relation: str, now: datetime) -> Q:
    """Return the condition that a product was never a presale, or has opened by ``now``."""
    never = Q(**{f"{relation}__opens_at": None, f"{relation}__opened_at": None})
    return never | Q(**{f"{relation}__opened_at__lte": now})
