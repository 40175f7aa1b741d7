"""The end of a hold: no more charges, and nothing is owed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from payments.errors import CannotChange, Refused
from payments.models import Bill, OutboundCall, Subscription
from payments.services import outbound
from payments.services.dunning import letters
from payments.services.subscriptions.asking import CANCEL, VOID, ask, send
from payments.services.subscriptions.terms import store_terms
from payments.services.sync import sync_invoice

WHY = "unpaid"
LEFT = ("leave-", "end-", "forgotten-", "notice-")
"""How the keys of calls begin by which somebody ended it on purpose."""


def is_due(subscription: Subscription, now: datetime) -> bool:
    """Whether it was on hold for as long as a place is kept."""
    terms = store_terms()
    fix_by = subscription.fix_by(terms)
    return fix_by is not None and fix_by + terms.hold_length <= now


def end(subscription: Subscription, now: datetime) -> None:
    """End an unpaid subscription at Stripe, and give up its open charges.

    Stripe is asked about those first: who paid at the last moment stays. CannotChange when it was
    paid or has ended meanwhile, TryLater when there was no answer: the next sweep goes on.
    """
    for bill in subscription.bills.refused():
        sync_invoice(bill.stripe_account, bill.stripe_id, now)
    subscription.refresh_from_db()
    ask(subscription, WHY, {}, now=now, check=lambda locked: _is_due(locked, now), do=CANCEL)
    for bill in subscription.bills.pressing().select_related("subscription"):
        give_up(bill, now)


def give_up(bill: Bill, now: datetime) -> None:
    """Let nothing be owed of what has ended, whoever ended it, and say so once."""
    if bill.is_owed:
        call = _write_down(bill, now)
        if call.state == OutboundCall.State.WAITING and call.attempts == 0:
            try:
                send(call, now)
            except Refused:  # it was paid or given up a moment ago
                sync_invoice(bill.stripe_account, bill.stripe_id, now)
    _say(bill)


@transaction.atomic
def _write_down(bill: Bill, now: datetime) -> OutboundCall:
    """Write down that an invoice is given up: one call for each, whoever comes to it first."""
    subscription = bill.subscription
    call: OutboundCall
    call, _is_new = OutboundCall.objects.get_or_create(
        stripe_account=bill.stripe_account,
        key=f"{VOID}-{bill.stripe_id}"[:80],
        defaults={
            "kind": OutboundCall.Kind.CHANGE,
            "order": subscription.order,
            "subscription": subscription,
            "body": {"do": VOID, "invoice": bill.stripe_id, "ours": {}},
            "created_at": now,
            "next_attempt_at": now + outbound.FIRST_REPEAT,
        },
    )
    return call


@transaction.atomic
def _say(bill: Bill) -> None:
    """Tell that it ended, unless its owner ended it, or nothing was said of it before."""
    row: Bill = (
        Bill.objects.select_for_update(of=("self",), no_key=True)
        .select_related("subscription")
        .get(pk=bill.pk)
    )
    if row.is_owed or row.told >= Bill.Told.ALL:
        return
    if row.paid_at is None and row.told and not _was_left(row.subscription):
        letters.ended(row)
    else:
        letters.leave_unsaid(row)


def _was_left(subscription: Subscription) -> bool:
    answered = subscription.calls.filter(state=OutboundCall.State.ANSWERED)
    keys = answered.values_list("key", flat=True)
    return any(key.startswith(LEFT) for key in keys) and not any(
        key.startswith(f"{WHY}-") for key in keys
    )


def _is_due(subscription: Subscription, now: datetime) -> None:
    if not is_due(subscription, now):
        raise CannotChange(_("It is paid for."))
