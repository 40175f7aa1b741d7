"""Mending a difference: the same functions as always, then a second look at that one thing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from payments.errors import CannotMend, NotOurs
from payments.models import Difference, Order
from payments.services.nightly import ours, pages, returning, theirs
from payments.services.nightly.findings import Finding
from payments.services.nightly.giving import give_what_follows
from payments.services.nightly.recording import close_of, record
from payments.services.providers import provider_of
from payments.services.subscriptions import looking
from payments.services.sync import sync_dispute, sync_payment_intent, sync_refund
from payments.services.sync.subscription import known_or_begun
from stores.scope import all_stores, store_scope

BY_PERSON = frozenset(
    {
        "payment_gone",
        "refund_gone",
        "dispute_gone",
        "subscription_gone",
        "subscription_amount",
        "payment_amount",
        "refund_amount",
        "movement_amount",
        "order_paid",
        "order_lines",
        "access_twice",
        "hold_sold",
    }
)
"""No function of ours makes these right: what really happened only a person can find out."""
LISTS = {
    "refund": "refunds",
    "dispute": "disputes",
    "movement": "movements",
    "subscription": "subscriptions",
}
"""Which of Stripe's lists shows the thing a difference is about."""


def who_acts(difference: Difference) -> str:
    """Return who must act when no button does, in a sentence; empty when mending is a button."""
    if difference.kind not in BY_PERSON:
        return ""
    if difference.kind == "access_twice":
        return _("Open the customers and take back what one of them has too much.")
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
            _act_for(difference, now)()
    return look_again(difference, now)


def _act_for(difference: Difference, now: datetime) -> Callable[[], object]:
    account, subject = difference.stripe_account, difference.subject
    if difference.kind.startswith("refund_"):
        return partial(sync_refund, account, subject, now)
    if difference.kind.startswith("dispute_"):
        return partial(sync_dispute, account, subject, now)
    if difference.kind.startswith("subscription_"):
        return partial(_look_at_subscription, account, subject, now)
    if difference.kind == "payment_unknown":
        return partial(sync_payment_intent, account, subject, now)
    order: Order | None = Order.objects.filter(pk=difference.order_id or 0).first()
    if order is None:
        return lambda: None
    if difference.kind == "order_kept_money":
        return partial(provider_of(order).sync, order, now)
    return partial(give_what_follows, order, now)


def _look_at_subscription(account: str, subject: str, now: datetime) -> None:
    """Make a subscription agree, begun first where it is not known, and its invoices."""
    looking.look_again(known_or_begun(account, subject, now), now)


def look_again(difference: Difference, now: datetime) -> bool:
    """Look at the one thing a difference is about, close what is gone; return whether this is."""
    found = _second_look(difference, now)
    same = Difference.objects.filter(subject=difference.subject, gone_at=None)
    record([each for each in found if each.subject == difference.subject], now)
    close_of(list(same.filter(stripe_account=difference.stripe_account)), found, now)
    difference.refresh_from_db()
    return difference.gone_at is not None


def _second_look(difference: Difference, now: datetime) -> list[Finding]:
    found: list[Finding] = []
    if difference.subject_type in LISTS or _is_at_stripe(difference):
        try:
            found = _look_there(difference, now)
        except NotOurs:
            found = [_as_it_was(difference)]
    if difference.order_id is not None and difference.store is not None:
        with store_scope(difference.store):
            found += ours.compare_orders(ours.order_alone(difference.order_id), now)
    return found


def _is_at_stripe(difference: Difference) -> bool:
    return difference.subject_type == "payment" and difference.kind != "payment_refunds"


def _look_there(difference: Difference, now: datetime) -> list[Finding]:
    """Compare the one object with our row; NotOurs when Stripe has none."""
    account, subject = difference.stripe_account, difference.subject
    compare: dict[str, theirs.Compare] = {
        "refund": theirs.compare_refunds,
        "dispute": theirs.compare_disputes,
        "movement": theirs.compare_movements,
        "subscription": returning.compare_subscriptions,
    }
    if difference.subject_type in compare:
        rows = [pages.one(LISTS[difference.subject_type], account, subject)]
    else:
        rows = pages.charges_of(account, subject)
        if not any(row.status == theirs.SUCCEEDED for row in rows):
            raise NotOurs(subject)
    with all_stores():
        return compare.get(difference.subject_type, theirs.compare_charges)(account, rows, now)


def _as_it_was(difference: Difference) -> Finding:
    return Finding(
        difference.kind,
        difference.subject_type,
        difference.subject,
        ours=difference.ours,
        theirs=difference.theirs,
        stripe_account=difference.stripe_account,
        store_id=difference.store_id,
        order_id=difference.order_id,
    )
