"""What posting knows of a customer: to take away, and to be forgotten."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Customer
from core import clock
from core.phones import phone_digits
from shipping.contract import ADDRESS_FIELDS
from shipping.models import KeptAddress, Parcel
from shipping.querysets import WAITING
from stores.slots import CustomerSearch


def known_by(customers: Collection[int]) -> Iterator[tuple[int, str]]:
    """Return the phone numbers that customers' parcels were posted with."""
    mine = Parcel.objects.filter(customer__in=customers).exclude(phone="").order_by()
    for customer, phone in mine.values_list("customer_id", "phone").distinct():
        yield customer, phone_digits(phone)


def anywhere(words: str) -> QuerySet[Parcel, int | None]:
    """Return the ids of customers whose parcels have a phone with these digits."""
    digits = phone_digits(words)
    parcels = Parcel.objects.exclude(customer=None).exclude(phone="").order_by()
    found = parcels.filter(phone__regex=r"\D*".join(digits)) if digits else parcels.none()
    return found.values_list("customer_id", flat=True)


def _numbered(_words: str) -> QuerySet[Parcel, int | None]:
    """Return nobody: a phone is a word like any other."""
    return Parcel.objects.none().values_list("customer_id", flat=True)


SEARCH = CustomerSearch(known_by, _numbered, anywhere)


class ParcelsOfCustomer:
    """A customer's parcels and the address they used last."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return them as plain values."""
        kept = KeptAddress.objects.filter(customer=customer).first()
        parcels = Parcel.objects.filter(customer=customer).order_by("pk")
        return {
            "address": kept.destination.as_json() if kept is not None else {},
            "parcels": [_plain(each) for each in parcels.select_related("pickup")],
        }

    def erase(self, customer: Customer) -> None:
        """Take the addresses out; what has not left is called off, for nobody knows where to."""
        KeptAddress.objects.filter(customer=customer).delete()
        mine = Parcel.objects.filter(customer=customer)
        now = clock.now()
        mine.filter(state__in=WAITING).update(state=Parcel.State.CANCELLED, ended_at=now)
        mine.update(**dict.fromkeys(ADDRESS_FIELDS, ""), tracking="")


def farewells(customer: Customer, now: datetime) -> Sequence[str]:
    """Return what is still to come by post, before its receiver is forgotten."""
    open_ones = Parcel.objects.open().filter(Q(unsold_at=None), customer=customer)
    early = _("“%(title)s” was not posted yet, and will not be. Ask for your money back first.")
    late = _("“%(title)s” is on its way, and nobody here will know where to if it comes back.")
    return [
        (early if each.is_waiting else late) % {"title": each.title}
        for each in open_ones.order_by("pk")
    ]


def _plain(parcel: Parcel) -> dict[str, Any]:
    return {
        "order": parcel.order_number,
        "title": parcel.title,
        "state": parcel.state,
        "address": parcel.destination.as_json(),
        "fetched_at": parcel.pickup.name if parcel.pickup else "",
        "carrier": parcel.carrier,
        "tracking": parcel.tracking,
        "sent_at": parcel.sent_at.isoformat() if parcel.sent_at else None,
        "arrived_at": parcel.arrived_at.isoformat() if parcel.arrived_at else None,
    }
