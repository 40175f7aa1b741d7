"""What access knows of one customer: to take away, and to be forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.models import Access, PartKey
from access.services.granting import revoke
from access.services.keys import end_keys, keys_of
from accounts.models import Customer
from core import clock
from stores.slots import AccountRow, AccountSection

ERASED = "erased"


class AccessOfCustomer:
    """What a customer has. Erased, it closes; that it was had stays, for the books."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return every access as plain values."""
        accesses = Access.objects.filter(customer=customer).select_related("product")
        return {
            "access": [
                {
                    "product": each.product.title,
                    "from": each.source_kind,
                    "starts_at": each.starts_at.isoformat(),
                    "ends_at": each.ends_at.isoformat() if each.ends_at else None,
                    "taken_back_at": each.revoked_at.isoformat() if each.revoked_at else None,
                    "first_opened_at": each.first_opened_at.isoformat()
                    if each.first_opened_at
                    else None,
                    "last_opened_at": each.last_opened_at.isoformat()
                    if each.last_opened_at
                    else None,
                }
                for each in accesses.order_by("id")
            ]
        }

    def erase(self, customer: Customer) -> None:
        """Close everything, and void the links that were mailed."""
        now = clock.now()
        for access in Access.objects.standing().filter(customer=customer, parent=None):
            revoke(access, now=now, because=ERASED)
        PartKey.objects.filter(customer=customer).delete()


def end_links(customer: Customer, old: str, new: str) -> None:
    """End the links in the mails that lie in a mailbox that is theirs no more."""
    end_keys(customer, clock.now())


def links_section(customer: Customer, now: datetime) -> AccountSection:
    """Return how many mailed links still open something without signing in."""
    count = keys_of(customer, now).count()
    words = ngettext(
        "%(n)s link opens without signing in", "%(n)s links open without signing in", count
    )
    row = AccountRow(label=words % {"n": count}, url=reverse("access:links"), verb=_("See them"))
    return AccountSection(
        key="links",
        title=_("Links in your mails"),
        rows=[row] if count else [],
        order=40,
    )
