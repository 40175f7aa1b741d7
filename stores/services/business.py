"""Who sells in a store: the business its documents and pages name."""

from __future__ import annotations

from stores.models import Business, Staff, Store
from stores.roles import Role


def business_of(store: Store) -> Business:
    """Return the store's business; one that is not saved, prefilled, while nobody wrote it down.

    ``is_known`` tells the two apart.
    """
    written: Business | None = Business.objects.filter(store=store).first()
    return written or suggested(store)


def is_known(business: Business) -> bool:
    """Whether the seller was written down: without that no document can be issued."""
    return business.pk is not None


def suggested(store: Store) -> Business:
    """Return what can be guessed of a store's business, not saved."""
    owner = Staff.objects.filter(role=Role.OWNER).select_related("user").order_by("pk").first()
    is_israeli = store.country == "IL"
    return Business(
        store=store,
        legal_name=owner.name if owner else store.name,
        kind=Business.Kind.EXEMPT if is_israeli else Business.Kind.UNREGISTERED,
        country=store.country,
        email=owner.user.email if owner else "",
    )
