"""Who sells in a store: the business its documents and pages name."""

from __future__ import annotations

from core.prepared import Prepared, given
from stores.models import Business, Staff, Store
from stores.roles import Role

WRITTEN = Prepared(lambda: Business.objects.filter(store_id=given("store", int)))
OWNER = Prepared(
    lambda: Staff.objects.filter(role=Role.OWNER).select_related("user").order_by("pk")[:1]
)


def business_of(store: Store) -> Business:
    """Return the store's business; one that is not saved, prefilled, while nobody wrote it down.

    ``is_known`` tells the two apart.
    """
    return WRITTEN.first(store=store.pk) or suggested(store)


def is_known(business: Business) -> bool:
    """Whether the seller was written down: without that no document can be issued."""
    return business.pk is not None


def suggested(store: Store) -> Business:
    """Return what can be guessed of a store's business, not saved."""
    owner = OWNER.first()
    is_israeli = store.country == "IL"
    return Business(
        store=store,
        legal_name=owner.name if owner else store.name,
        kind=Business.Kind.EXEMPT if is_israeli else Business.Kind.UNREGISTERED,
        country=store.country,
        email=owner.user.email if owner else "",
    )
