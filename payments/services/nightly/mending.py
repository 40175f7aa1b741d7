"""Mending a difference: the same functions as always, then a second look at that one thing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from payments.errors import CannotMend
from payments.models import Difference, Order
from payments.services.fulfilment import settle
from payments.services.nightly import ours, pages, theirs
from payments.services.nightly.findings import Finding
from payments.services.nightly.recording import close_of, record
from payments.services.sync import sync_dispute, sync_payment_intent, sync_refund
from stores.scope import all_stores, store_scope

BY_PERSON = {
    "payment_gone",
    "refund_gone",
    "dispute_gone",
    "payment_amount",
    "refund_amount",
    "movement_amount",
    "order_paid",
    "order_lines",
    "order_kept_money",
    "access_missing",
    "access_twice",
    "access_closed",
    "access_held",
    "access_left",
    "hold_unsold",
    "hold_sold",
}
"""No function of ours makes these right: what really happened only a person can find out."""


def who_acts(difference: Difference) -> str:
    """Return who must act when no button does, in a sentence; empty when mending is a button."""
    kind = difference.kind
    if kind not in BY_PERSON:
        return ""
    if kind == "access_missing":
        return _("Open the customer and give what is missing by hand.")
    if kind.startswith("access_"):
        return _("Open the customer and look at what they have: give it, or take it back.")
    if kind == "order_kept_money":
        return _("Open the order: give the money back, or open it.")
    return _("Whoever runs the platform must compare this with Stripe by hand.")


def mend(difference: Difference, now: datetime) -> bool:
    """Make our rows agree as the sync functions do, look again, and return whether it is gone.

    CannotMend says who must act; PaymentError is Stripe's.
    """
    said = who_acts(difference)
    if said:
        raise CannotMend(said)
    if difference.store is not None:
        with store_scope(difference.store):
            _sync(difference, now)
    look_again(difference, now)
    difference.refresh_from_db()
    return difference.gone_at is not None


def _sync(difference: Difference, now: datetime) -> None:
    account, subject = difference.stripe_account, difference.subject
    if difference.kind.startswith("refund_"):
        sync_refund(account, subject, now)
    elif difference.kind.startswith("dispute_"):
        sync_dispute(account, subject, now)
    elif difference.kind == "payment_unknown":
        sync_payment_intent(account, subject, now)
    else:
        _settle_again(difference, now)


@transaction.atomic
def _settle_again(difference: Difference, now: datetime) -> None:
    order: Order = Order.objects.select_for_update().get(pk=difference.order_id or 0)
    settle(order, now)


def look_again(difference: Difference, now: datetime) -> None:
    """Look at the one thing a difference is about, and close what is gone."""
    found = _second_look(difference, now)
    same = Difference.objects.filter(subject=difference.subject, gone_at=None)
    record([each for each in found if each.subject == difference.subject], now)
    close_of(list(same.filter(stripe_account=difference.stripe_account)), found, now)


def _second_look(difference: Difference, now: datetime) -> list[Finding]:
    account, subject = difference.stripe_account, difference.subject
    if difference.subject_type == "refund":
        rows = [pages.one("refunds", account, subject)]
        with all_stores():
            return theirs.compare_refunds(account, rows, now)
    if difference.subject_type == "dispute":
        rows = [pages.one("disputes", account, subject)]
        with all_stores():
            return theirs.compare_disputes(account, rows, now)
    found: list[Finding] = []
    if difference.subject_type == "payment" and difference.kind != "payment_refunds":
        rows = pages.charges_of(account, subject)
        with all_stores():
            found = theirs.compare_charges(account, rows, now)
    if difference.order_id is not None and difference.store is not None:
        with store_scope(difference.store):
            found += ours.compare_orders(list(Order.objects.filter(pk=difference.order_id)), now)
    return found
