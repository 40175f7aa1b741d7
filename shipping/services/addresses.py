"""The address a customer had things sent to last."""

from __future__ import annotations

from accounts.models import Customer
from shipping.contract import ADDRESS_FIELDS, Destination
from shipping.models import KeptAddress


def kept_address(customer: Customer | None) -> Destination | None:
    """Return where a customer had things sent last, if they ever had."""
    if customer is None:
        return None
    kept: KeptAddress | None = KeptAddress.objects.filter(customer=customer).first()
    return kept.destination if kept is not None else None


def keep_address(customer: Customer, destination: Destination) -> None:
    """Keep where a customer had something sent; a point to pick up at tells no address."""
    if destination.pickup:
        return
    values = {name: getattr(destination, name) for name in ADDRESS_FIELDS}
    KeptAddress.objects.update_or_create(customer=customer, defaults=values)
