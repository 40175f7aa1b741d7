"""What is not paid of what opened a page."""

from __future__ import annotations

from datetime import datetime

from access.contract import Answer, Locked, Open, Unpaid, unpaid_of, waits_for_money
from access.models import Access
from accounts.models import Customer
from products.models import Product

ASKS_FOR_MONEY = frozenset({"not_bought", "ended", "returned", "hold", "paused"})
"""The codes behind which money may be that was promised and has not come, or a rest."""


def unpaid_behind(answer: Open, now: datetime) -> list[Unpaid]:
    """Return what is not paid of the access that opened a part.

    Nothing is asked where that has no end: what is not paid for has one.
    """
    if answer.access_id is None or answer.until is None:
        return []
    return unpaid_of(Access.objects.filter(pk=answer.access_id), now)


def why_of(answer: Answer, customer: Customer | None, product: Product, now: datetime) -> Answer:
    """Return an answer of the gate, or what its customer can do: pay what waits, end a rest."""
    if not customer or not isinstance(answer, Locked) or answer.code not in ASKS_FOR_MONEY:
        return answer
    return waits_for_money(customer, product, now) or answer
