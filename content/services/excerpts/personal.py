"""The samples a customer asked for by mail: to take away, and to be forgotten."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.models import Customer
from content.models import SampleRequest
from stores.models import Store


class SamplesOfCustomer:
    """What was sent to a customer's address."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return every request as plain values."""
        return {"samples": [_row(row) for row in _of(customer).select_related("part__product")]}

    def erase(self, customer: Customer) -> None:
        """Forget the address; that somebody asked stays counted."""
        _of(customer).update(email=None, customer=None)


def _of(customer: Customer) -> Any:
    theirs = Q(customer=customer) | Q(email=customer.user.email)
    return SampleRequest.objects.filter(theirs).order_by("pk")


def follow_address(customer: Customer, old: str, new: str) -> None:
    """Let what was sent to an old address belong to the new one, where it is not there already."""
    there = set(SampleRequest.objects.filter(email=new).values_list("part", flat=True))
    for row in SampleRequest.objects.filter(customer=customer, email=old):
        if row.part_id not in there:
            SampleRequest.objects.filter(pk=row.pk).update(email=new)


def whole_store(store: Store) -> dict[str, Any]:
    """Return every request as plain values."""
    rows = SampleRequest.objects.select_related("part__product").order_by("pk")
    return {"samples": [{"email": row.email, **_row(row)} for row in rows]}


def _row(row: SampleRequest) -> dict[str, Any]:
    return {
        "product": row.part.product.public_id,
        "title": row.part.product.title,
        "asked_at": row.asked_at.isoformat(),
        "opened_at": row.opened_at.isoformat() if row.opened_at else None,
        "agreed_at": row.agreed_at.isoformat() if row.agreed_at else None,
    }
