"""Issuing what is owed: one after another, in the order in which it was owed."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from payments.errors import CannotIssue
from payments.models import Document, DocumentDue, HookDelivery
from payments.rules import backoff
from payments.services.documents import elsewhere, issuing
from stores.models import Business
from stores.scope import all_stores, current_store
from stores.services.business import business_of, is_known

logger = logging.getLogger(__name__)

BATCH = 200
LOOK_AGAIN = timedelta(hours=1)


def stores_with_due(now: datetime) -> list[int]:
    """Return the stores in which a document can be issued or another system waits to hear."""
    with all_stores():
        known = Business.objects.values_list("store_id", flat=True)
        found = set(
            DocumentDue.objects.due(now)
            .filter(store_id__in=known)
            .values_list("store_id", flat=True)
            .distinct()
            .order_by()
        )
        found |= set(
            DocumentDue.objects.due(now)
            .filter(store__bookkeeping__is_elsewhere=True)
            .values_list("store_id", flat=True)
            .distinct()
            .order_by()
        )
        found |= set(HookDelivery.objects.due(now).values_list("store_id", flat=True))
    return sorted(found)


def issue_due(now: datetime) -> int:
    """Issue what the store in scope owes, or give it to whoever issues; return how many.

    One that fails is tried again later and keeps no other back.
    """
    store = current_store()
    if not elsewhere.is_elsewhere() and not is_known(business_of(store)):
        return 0
    done = 0
    for pk in list(DocumentDue.objects.due(now).values_list("pk", flat=True)[:BATCH]):
        try:
            with transaction.atomic():
                done += _settle(pk, now)
        except Exception as error:
            logger.warning("document %s of store %s: %s", pk, store.pk, error, exc_info=True)
            _put_off(pk, error, now)
    return done


def _settle(pk: int, now: datetime) -> int:
    """Issue one; the order is locked before the row, as whoever owes it does."""
    due: DocumentDue = DocumentDue.objects.select_related(
        "order", "refund__payment__order", "dispute__payment__order"
    ).get(pk=pk)
    if due.settled_at is not None:
        return 0
    if elsewhere.is_elsewhere():
        elsewhere.announce(due, now)
    else:
        _issue(due, now)
    return int(DocumentDue.objects.waiting().filter(pk=pk).update(settled_at=now, error=""))


def _issue(due: DocumentDue, now: datetime) -> Document | None:
    if due.what == DocumentDue.What.PAID:
        return issuing.issue_for_order(due.order, now=now)
    if due.dispute is not None:
        return issuing.issue_for_lost(due.dispute, now=now)
    if due.refund is None:
        raise CannotIssue(due.source)
    if due.what == DocumentDue.What.REFUNDED:
        return issuing.issue_for_refund(due.refund, now=now)
    return issuing.issue_for_failed_refund(due.refund, now=now)


def _put_off(pk: int, error: Exception, now: datetime) -> None:
    due: DocumentDue = DocumentDue.objects.get(pk=pk)
    attempts = due.attempts + 1
    DocumentDue.objects.waiting().filter(pk=pk).update(
        attempts=attempts,
        error=str(error)[:200],
        next_attempt_at=now + min(backoff(attempts), LOOK_AGAIN),
    )
