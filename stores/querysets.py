"""Which stores: adjectives on querysets of Store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, FilteredRelation, Q, QuerySet

if TYPE_CHECKING:
    from stores.models import Store  # noqa: F401 -- named in the generic below


class StoreQuerySet(QuerySet["Store"]):
    """Stores are the tenants themselves, so these queries need no scope."""

    def at_host(self, host: str) -> StoreQuerySet:
        """Stores that answer at ``host`` (lower case, without port)."""
        return self.filter(domains__host=host, domains__verified_at__isnull=False)

    def with_primary_host(self) -> StoreQuerySet:
        """Stores with the host of their primary address as ``primary_host``, in the same query."""
        main = FilteredRelation("domains", condition=Q(domains__is_primary=True))
        return self.alias(main_domain=main).annotate(primary_host=F("main_domain__host"))

    def run_by(self, user_id: int) -> StoreQuerySet:
        """Stores in which this user is staff."""
        return self.filter(staff__user_id=user_id)
