"""Which pages and sign-ups: adjectives."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet

if TYPE_CHECKING:
    from storefront.models import Page, SignUp  # noqa: F401 -- named in the generics


class PageQuerySet(QuerySet["Page"]):
    """Pages of the store in scope."""

    def kept(self) -> PageQuerySet:
        """Pages that were not deleted."""
        return self.filter(deleted_at=None)

    def published(self) -> PageQuerySet:
        """Pages that visitors see."""
        return self.kept().exclude(shown=None)


class SignUpQuerySet(QuerySet["SignUp"]):
    """Sign-ups of the store in scope."""

    def standing(self) -> SignUpQuerySet:
        """Those whose owner confirmed and agreed to be written to, and who have not left."""
        return self.filter(confirmed_at__isnull=False, left_at=None, wants_news=True)

    def unconfirmed(self, before: datetime) -> SignUpQuerySet:
        """Addresses that nobody confirmed, asked for before a moment."""
        return self.filter(confirmed_at=None, asked_at__lt=before)
