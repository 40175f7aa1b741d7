"""The request for payment of an order that waits for its money: at once, or once it can be made."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db.models import QuerySet

from payments.errors import CannotIssue
from payments.models import Document, Order
from payments.services.documents.elsewhere import is_elsewhere
from payments.services.documents.issuing import issue_proforma
from stores.models import Business
from stores.scope import all_stores


def ask_on_paper(order: Order, now: datetime) -> None:
    """Issue the pro forma invoice of a waiting order, once; not where another system does.

    Until the seller is written down it waits: ``unasked`` finds it again. Takes a number under the
    counter's lock, so it comes last in a transaction.
    """
    if not is_elsewhere():
        with suppress(CannotIssue):
            issue_proforma(order, now=now)


def unasked() -> QuerySet[Order]:
    """Return the waiting orders of the store in scope that lack their pro forma invoice."""
    waiting = Order.objects.waiting().filter(provider=Order.Provider.TRANSFER)
    if is_elsewhere():
        none: QuerySet[Order] = waiting.none()
        return none
    asked = Document.objects.filter(kind=Document.Kind.PROFORMA)
    found: QuerySet[Order] = waiting.exclude(pk__in=asked.values("order_id"))
    return found


def stores_with_unasked() -> set[int]:
    """Return the stores that could issue a pro forma invoice they lack."""
    with all_stores():
        waiting = Order.objects.waiting().filter(
            provider=Order.Provider.TRANSFER,
            store__in=Business.objects.values("store"),
        )
        asked = Document.objects.filter(kind=Document.Kind.PROFORMA)
        lacking = waiting.exclude(pk__in=asked.values("order_id"))
        lacking = lacking.exclude(store__bookkeeping__is_elsewhere=True)
        return {*lacking.values_list("store_id", flat=True)}
