"""Stripe's objects against our rows: each page is one query, and what agrees is marked as seen.

Runs across all stores: an account at Stripe may be several stores'.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from django.db.models import Q

from payments.errors import NotOurs
from payments.models import Dispute, Order, Payment, Refund, Subscription
from payments.services import stripe_api, stripe_disputes, stripe_subscriptions
from payments.services.nightly import returning
from payments.services.nightly.findings import Finding
from payments.services.nightly.pages import Theirs
from payments.services.sync.refund import STATES

Compare: TypeAlias = Callable[[str, Sequence[Theirs], datetime], list[Finding]]
SUCCEEDED = "succeeded"
MANY_UNSEEN = 200


def mark_seen(part: str, account: str, rows: Sequence[Theirs], at: datetime) -> None:
    """Remember that Stripe showed these, whatever they say: what is never shown is not there."""
    ids = [row.id for row in rows]
    if part == "charges":
        intents = [row.payment_intent for row in rows if row.status == SUCCEEDED]
        here = Payment.objects.filter(stripe_account=account, payment_intent__in=intents)
        here.update(checked_at=at)
    elif part == "refunds":
        Refund.objects.filter(stripe_account=account, stripe_id__in=ids).update(checked_at=at)
    elif part == "disputes":
        Dispute.objects.filter(stripe_account=account, stripe_id__in=ids).update(checked_at=at)
    elif part == "subscriptions":
        returning.keep_cards(account, rows)
        here = Subscription.objects.filter(stripe_account=account, stripe_id__in=ids)
        here.update(checked_at=at)


def compare_charges(account: str, rows: Sequence[Theirs], now: datetime) -> list[Finding]:
    """Return where money that came in differs."""
    paid = [row for row in rows if row.status == SUCCEEDED]
    known = {
        payment.payment_intent: payment
        for payment in Payment.objects.filter(
            stripe_account=account, payment_intent__in=[row.payment_intent for row in paid]
        )
    }
    found = []
    for row in paid:
        payment = known.get(row.payment_intent)
        if payment is None:
            found += _unknown_payment(account, row)
        elif (payment.amount, payment.currency) != (row.amount, row.currency):
            found.append(
                _finding(
                    "payment_amount",
                    "payment",
                    row.payment_intent,
                    account,
                    payment,
                    ours=payment.display(),
                    theirs=f"{row.amount} {row.currency}",
                )
            )
    return found


def _unknown_payment(account: str, row: Theirs) -> list[Finding]:
    """Money of ours that has no row; what was charged by others in that account is not ours."""
    if not row.order:
        return []
    order = Order.objects.filter(public_id=row.order, stripe_account=account).first()
    return [
        Finding(
            "payment_unknown",
            "payment",
            row.payment_intent,
            theirs=f"{row.amount} {row.currency}",
            stripe_account=account,
            store_id=order.store_id if order else None,
            order_id=order.pk if order else None,
        )
    ]


def compare_refunds(account: str, rows: Sequence[Theirs], now: datetime) -> list[Finding]:
    """Return where money that went back differs."""
    known = {
        refund.stripe_id: refund
        for refund in Refund.objects.filter(
            stripe_account=account, stripe_id__in=[row.id for row in rows]
        ).select_related("payment")
    }
    payments = _payments_of(account, rows)
    found = []
    for row in rows:
        refund = known.get(row.id)
        payment = payments.get(row.payment_intent) or payments.get(row.charge)
        if refund is None:
            if payment is not None:
                found.append(
                    _finding(
                        "refund_unknown",
                        "refund",
                        row.id,
                        account,
                        payment,
                        theirs=f"{row.amount} {row.currency}",
                    )
                )
            continue
        said = STATES.get(row.status, Refund.State.PENDING)
        if refund.state != said:
            found.append(
                _finding(
                    "refund_state",
                    "refund",
                    row.id,
                    account,
                    refund.payment,
                    ours=refund.state,
                    theirs=row.status,
                )
            )
        if (refund.amount, refund.currency) != (row.amount, row.currency):
            found.append(
                _finding(
                    "refund_amount",
                    "refund",
                    row.id,
                    account,
                    refund.payment,
                    ours=refund.display(),
                    theirs=f"{row.amount} {row.currency}",
                )
            )
    return found


def compare_disputes(account: str, rows: Sequence[Theirs], now: datetime) -> list[Finding]:
    """Return where disputes differ."""
    known = {
        dispute.stripe_id: dispute
        for dispute in Dispute.objects.filter(
            stripe_account=account, stripe_id__in=[row.id for row in rows]
        ).select_related("payment")
    }
    payments = _payments_of(account, rows)
    found = []
    for row in rows:
        dispute = known.get(row.id)
        payment = payments.get(row.payment_intent) or payments.get(row.charge)
        theirs = f"{row.status} {row.amount} {row.currency}"
        if dispute is None:
            if payment is not None:
                found.append(
                    _finding("dispute_unknown", "dispute", row.id, account, payment, theirs=theirs)
                )
            continue
        ours = f"{dispute.status} {dispute.amount} {dispute.currency}"
        if ours != theirs:
            found.append(
                _finding(
                    "dispute_state",
                    "dispute",
                    row.id,
                    account,
                    dispute.payment,
                    ours=ours,
                    theirs=theirs,
                )
            )
    return found


def compare_movements(account: str, rows: Sequence[Theirs], now: datetime) -> list[Finding]:
    """Return where the account's balance moved by another amount than our rows say.

    What was exchanged into another currency cannot be compared and is left to the other lists.
    """
    rows = [row for row in rows if row.source and not row.is_exchanged]
    sources = [row.source for row in rows]
    ours: dict[str, tuple[int, Payment]] = {}
    for payment in Payment.objects.filter(stripe_account=account, charge__in=sources):
        ours[payment.charge] = payment.amount, payment
    refunds = Refund.objects.filter(stripe_account=account, stripe_id__in=sources)
    for refund in refunds.select_related("payment"):
        ours[str(refund.stripe_id)] = refund.amount, refund.payment
    disputes = Dispute.objects.filter(stripe_account=account, stripe_id__in=sources)
    for dispute in disputes.select_related("payment"):
        ours[dispute.stripe_id] = dispute.amount, dispute.payment
    return [
        _finding("movement_amount", "movement", row.id, account, ours[row.source][1],
                 ours=str(ours[row.source][0]), theirs=f"{row.amount} {row.currency}")
        for row in rows
        if row.source in ours and abs(row.amount) != ours[row.source][0]
    ]  # fmt: skip


def find_unseen(account: str, since: datetime) -> list[Finding]:
    """Return our rows that Stripe's lists did not show since then, each asked about by itself."""
    unseen = Q(checked_at=None) | Q(checked_at__lt=since)
    here = Q(stripe_account=account) & unseen
    card = Order.Provider.STRIPE
    payments = Payment.objects.filter(here, provider=card, paid_at__lt=since)
    found = [
        _gone("payment", account, payment, payment.payment_intent, payment.display())
        for payment in payments[:MANY_UNSEEN]
        if not _is_there(stripe_api.fetch_intent, account, payment.payment_intent)
    ]
    refunds = Refund.objects.filter(here, created_at__lt=since).exclude(stripe_id=None)
    found += [
        _gone("refund", account, refund.payment, str(refund.stripe_id), refund.display())
        for refund in refunds.select_related("payment")[:MANY_UNSEEN]
        if not _is_there(stripe_api.fetch_refund, account, str(refund.stripe_id))
    ]
    disputes = Dispute.objects.filter(here, opened_at__lt=since).select_related("payment")
    found += [
        _gone("dispute", account, dispute.payment, dispute.stripe_id, dispute.display())
        for dispute in disputes[:MANY_UNSEEN]
        if not _is_there(stripe_disputes.fetch_dispute, account, dispute.stripe_id)
    ]
    standing = Subscription.objects.standing().filter(here, created_at__lt=since)
    for subscription in standing.order_by("pk")[:MANY_UNSEEN]:
        found += _not_listed(account, subscription)
    return found


def _not_listed(account: str, subscription: Subscription) -> list[Finding]:
    """Say how one of ours differs that Stripe's list of those that stand does not show."""
    try:
        facts = stripe_subscriptions.fetch_subscription(account, subscription.stripe_id)
    except NotOurs:
        return [returning.finding("subscription_gone", subscription, ours=subscription.status)]
    return returning.compare(subscription, facts)


def _gone(kind: str, account: str, payment: Payment, subject: str, shown: str) -> Finding:
    return _finding(f"{kind}_gone", kind, subject, account, payment, ours=shown)


def _is_there(fetch: Callable[[str, str], object], account: str, identity: str) -> bool:
    try:
        fetch(account, identity)
    except NotOurs:
        return False
    return True


def _payments_of(account: str, rows: Sequence[Theirs]) -> dict[str, Payment]:
    """Return our payments by their intent and by their charge."""
    intents = [row.payment_intent for row in rows if row.payment_intent]
    charges = [row.charge for row in rows if row.charge]
    named = Q(payment_intent__in=intents) | Q(charge__in=charges)
    found: dict[str, Payment] = {}
    for payment in Payment.objects.filter(named, stripe_account=account):
        found[payment.payment_intent] = payment
        if payment.charge:
            found[payment.charge] = payment
    return found


def _finding(
    kind: str,
    subject_type: str,
    subject: str,
    account: str,
    payment: Payment,
    *,
    ours: str = "",
    theirs: str = "",
) -> Finding:
    return Finding(
        kind,
        subject_type,
        subject,
        ours=ours,
        theirs=theirs,
        stripe_account=account,
        store_id=payment.store_id,
        order_id=payment.order_id,
    )
