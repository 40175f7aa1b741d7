"""Answering a bank: what we know, with a note, written down before it is sent; or letting it be."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from payments.errors import CannotAnswer
from payments.models import Dispute, Order, OrderLine, OutboundCall
from payments.services import outbound
from payments.services.disputes.evidence import evidence_of
from payments.services.disputes.letters import tell_hold
from payments.services.disputes.words import is_answerable
from payments.services.fulfilment import settle
from payments.services.sync.dispute import sync_dispute


def answer(dispute: Dispute, *, note: str, by: str, now: datetime) -> Dispute:
    """Send the bank what we know of the purchase, and a note; it counts once.

    Unanswered (TryLater): it is written down and sent again by itself. CannotAnswer is a sentence
    for who asked, Refused is Stripe's.
    """
    call = _write_down(dispute, OutboundCall.Kind.EVIDENCE, note=note, by=by, now=now)
    return send(call, now)


def accept(dispute: Dispute, *, by: str, now: datetime) -> Dispute:
    """Let the bank have it: the dispute is lost at once, and cannot be answered any more."""
    call = _write_down(dispute, OutboundCall.Kind.ACCEPT, note="", by=by, now=now)
    return send(call, now)


def send(call: OutboundCall, now: datetime) -> Dispute:
    """Make a written-down call about a dispute, and take over what Stripe says then."""
    dispute = call.dispute
    if dispute is None:
        raise TypeError(f"call {call.pk} is about no dispute")
    if call.state == OutboundCall.State.WAITING:
        outbound.make(call, now)
    sync_dispute(dispute.stripe_account, dispute.stripe_id, now)
    dispute.refresh_from_db()
    return dispute


def in_hand(dispute: Dispute) -> bool:
    """Whether an answer is on its way."""
    return bool(dispute.calls.filter(state=OutboundCall.State.WAITING).exists())


@transaction.atomic
def _write_down(dispute: Dispute, kind: str, *, note: str, by: str, now: datetime) -> OutboundCall:
    order: Order = Order.objects.select_for_update(no_key=True).get(pk=dispute.payment.order_id)
    dispute = Dispute.objects.select_for_update(no_key=True).get(pk=dispute.pk)
    if in_hand(dispute) or not is_answerable(dispute):
        raise CannotAnswer(_("This was answered already, or the bank has decided."))
    changes: dict[str, Any] = {"note": note, "answered_by": by}
    body: dict[str, Any] = {}
    if kind == OutboundCall.Kind.ACCEPT:
        changes |= {"accepted_at": now}
    else:
        body = {"evidence": evidence_of(dispute, note=note), "submit": True}
    Dispute.objects.filter(pk=dispute.pk).update(**changes)
    tries = dispute.calls.count()
    call: OutboundCall = OutboundCall.objects.create(
        kind=kind,
        order=order,
        dispute=dispute,
        stripe_account=dispute.stripe_account,
        key=f"{kind}-{dispute.public_id}" + (f"-r{tries}" if tries else ""),
        body=body,
        created_at=now,
        next_attempt_at=now + outbound.FIRST_REPEAT,
    )
    return call


@transaction.atomic
def name_line(dispute: Dispute, line: OrderLine | None, *, now: datetime) -> Dispute:
    """Say which line a dispute of a part is about, or that it touches nothing (None)."""
    order: Order = Order.objects.select_for_update(no_key=True).get(pk=dispute.payment.order_id)
    if line is not None and line.order_id != order.pk:
        raise CannotAnswer(_("This is not in the order."))
    Dispute.objects.filter(pk=dispute.pk).update(
        line=line, named_at=now, sync_version=F("sync_version") + 1
    )
    settle(order, now)
    dispute.refresh_from_db()
    tell_hold(dispute, order)
    return dispute
