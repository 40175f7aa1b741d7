"""Calls to Stripe that matter: written down first, made once, repeated with the same key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core import clock
from core.prepared import Prepared, given
from payments.contract import (
    CouponFacts,
    DisputeFacts,
    IntentFacts,
    InvoiceFacts,
    RefundFacts,
    SessionFacts,
    SubscriptionFacts,
)
from payments.errors import Refused, Unanswered
from payments.models import (
    Coupon,
    Order,
    OrderLine,
    OutboundCall,
    PaymentAccount,
    Refund,
    Subscription,
)
from payments.rules import backoff
from payments.services import (
    steps,
    stripe_api,
    stripe_disputes,
    stripe_schedules,
    stripe_subscriptions,
)
from payments.services.accounts import payment_account
from payments.services.letting_go import let_go
from payments.services.payment_page import intent_body, page_body
from payments.services.subscriptions.discounting import coupon_body, coupon_key, coupon_of

CALL = Prepared(lambda: OutboundCall.objects.filter(pk=given("pk", int)))
FIRST_REPEAT = timedelta(minutes=2)
"""The process that wrote a call down makes it at once; the reconciler waits this long."""
SESSION_NEEDS = timedelta(minutes=31)
"""Stripe opens no payment page that would end sooner than in half an hour."""
Answer: TypeAlias = (
    SessionFacts
    | IntentFacts
    | RefundFacts
    | DisputeFacts
    | SubscriptionFacts
    | InvoiceFacts
    | CouponFacts
)
MANY_ANSWERS_LOST = 3
"""After so many server errors a new key is used: Stripe repeats a stored error for a day."""


def write_down_checkout(
    order: Order, lines: Sequence[OrderLine], account: PaymentAccount, now: datetime
) -> OutboundCall:
    """Write down the opening of an order's payment page, in the order's transaction.

    The coupon of what is paid again and again is made known first, where it is not yet.
    """
    coupon = coupon_of(order)
    if coupon is not None:
        _write_down_coupon(coupon, order, now)
    call: OutboundCall = OutboundCall.objects.create(
        kind=OutboundCall.Kind.CHECKOUT,
        order=order,
        stripe_account=order.stripe_account,
        key=f"checkout-{order.public_id}",
        body=page_body(order, lines, account),
        created_at=now,
        next_attempt_at=now + FIRST_REPEAT,
    )
    return call


def write_down_charge(
    order: Order, account: PaymentAccount, *, customer: str, method: str, now: datetime
) -> OutboundCall:
    """Write down the charge of a kept card, in the order's transaction."""
    call: OutboundCall = OutboundCall.objects.create(
        kind=OutboundCall.Kind.CHARGE,
        order=order,
        stripe_account=order.stripe_account,
        key=f"charge-{order.public_id}",
        body={
            "amount": order.total,
            "currency": order.currency.lower(),
            "customer": customer,
            "payment_method": method,
            "off_session": True,
            "confirm": True,
            **intent_body(order, account),
        },
        created_at=now,
        next_attempt_at=now + FIRST_REPEAT,
    )
    return call


def write_down_refund(refund: Refund, order: Order, now: datetime) -> OutboundCall:
    """Write down that money goes back, in the refund's transaction."""
    call: OutboundCall = OutboundCall.objects.create(
        kind=OutboundCall.Kind.REFUND,
        order=order,
        refund=refund,
        stripe_account=refund.stripe_account,
        key=f"refund-{refund.public_id}",
        body={
            "payment_intent": refund.payment.payment_intent,
            "amount": refund.amount,
            "reason": "requested_by_customer",
            "metadata": {"order": order.public_id, "refund": refund.public_id},
        },
        created_at=now,
        next_attempt_at=now + FIRST_REPEAT,
    )
    return call


def _write_down_coupon(coupon: Coupon, order: Order, now: datetime) -> None:
    """Write down, once for all orders, that Stripe learns of a coupon."""
    call, is_new = OutboundCall.objects.get_or_create(
        stripe_account=order.stripe_account,
        key=coupon_key(coupon, order.currency),
        defaults={
            "kind": OutboundCall.Kind.COUPON,
            "order": order,
            "body": coupon_body(coupon, order.currency),
            "created_at": now,
            "next_attempt_at": now + FIRST_REPEAT,
        },
    )
    if not is_new and call.state == OutboundCall.State.REFUSED:  # given up with its order
        OutboundCall.objects.filter(pk=call.pk).update(
            state=OutboundCall.State.WAITING, order=order, next_attempt_at=now + FIRST_REPEAT
        )


def _make_known(call: OutboundCall, now: datetime) -> None:
    """Make the coupons a payment page names, where nobody has yet."""
    for named in call.body.get("discounts", ()):
        waiting = OutboundCall.objects.filter(
            kind=OutboundCall.Kind.COUPON,
            stripe_account=call.stripe_account,
            body__id=named["coupon"],
            state=OutboundCall.State.WAITING,
        )
        for coupon in waiting.select_related("order", "subscription", "refund", "dispute"):
            make(coupon, now)


def make(call: OutboundCall, now: datetime) -> Answer:
    """Make a written-down call and record its answer.

    Unanswered means that Stripe may have acted or not: the call stays due and is repeated with
    its key, under which Stripe acts once. Refused is recorded as the end of it.
    """
    if call.kind == OutboundCall.Kind.CHECKOUT:
        _make_known(call, now)
    call = _attempted(call, now)
    steps.reach("call.sending")
    try:
        answer = _send(call)
    except Refused as refused:
        _record_refusal(call, str(refused.sentence), now)
        raise
    except Unanswered as lost:
        _note_silence(call, lost)
        raise
    steps.reach("call.answered")
    _record_answer(call, answer, now)
    steps.reach("call.recorded")
    return answer


def _send(call: OutboundCall) -> Answer:
    if call.kind == OutboundCall.Kind.CHECKOUT:
        return stripe_api.create_session(call.stripe_account, call.body, call.key)
    if call.kind == OutboundCall.Kind.COUPON:
        return stripe_subscriptions.make_coupon(call.stripe_account, call.body, call.key)
    if call.dispute is not None:
        return _send_to_bank(call, call.dispute.stripe_id)
    if call.subscription is not None:
        return _change(call, call.subscription.stripe_id)
    if call.kind == OutboundCall.Kind.CHARGE:
        return _charge(call)
    if call.attempts > 1:
        done = _done_before(call)
        if done is not None:
            return done
    return stripe_api.create_refund(call.stripe_account, call.body, call.key)


def _change(call: OutboundCall, changed: str) -> SubscriptionFacts | InvoiceFacts:
    if call.body["do"] == "schedule":
        return stripe_schedules.end_after(call.stripe_account, changed, call.body, call.key)
    return stripe_subscriptions.change(call.stripe_account, changed, call.body, call.key)


def _send_to_bank(call: OutboundCall, dispute_id: str) -> DisputeFacts:
    if call.kind == OutboundCall.Kind.ACCEPT:
        return stripe_disputes.accept_dispute(call.stripe_account, dispute_id, call.key)
    return stripe_disputes.answer_dispute(call.stripe_account, dispute_id, call.body, call.key)


def _charge(call: OutboundCall) -> IntentFacts:
    """Charge a kept card; hours later, when its owner is long gone, not any more."""
    known = _charged_before(call) if call.attempts > 1 else None
    if known is not None:
        return known
    if call.order.expires_at is not None and clock.now() > call.order.expires_at:
        raise Refused(_("Too late."))
    return stripe_api.create_intent(call.stripe_account, call.body, call.key)


def _charged_before(call: OutboundCall) -> IntentFacts | None:
    """Return the charge an earlier attempt made, so that none is ever made twice."""
    order = call.body["metadata"]["order"]
    for intent in stripe_api.list_intents(call.stripe_account, call.body["customer"]):
        if intent.order == order and intent.status in {"succeeded", "processing"}:
            return intent
    return None


def _done_before(call: OutboundCall) -> RefundFacts | None:
    """Return the refund an earlier attempt made: Stripe forgets keys after a day, not refunds."""
    reference = call.body["metadata"]["refund"]
    for refund in stripe_api.list_refunds(call.stripe_account, call.body["payment_intent"]):
        if refund.reference == reference:
            return refund
    return None


def _attempted(call: OutboundCall, now: datetime) -> OutboundCall:
    """Return the call as it is now that one more attempt is written down."""
    OutboundCall.objects.filter(pk=call.pk).update(
        attempts=F("attempts") + 1, next_attempt_at=now + max(FIRST_REPEAT, backoff(call.attempts))
    )
    [fresh] = CALL.rows(pk=call.pk)
    return fresh


def _note_silence(call: OutboundCall, lost: Unanswered) -> None:
    changes: dict[str, Any] = {"error": str(lost.__cause__ or lost.sentence)[:300]}
    if lost.wants_new_key and call.attempts >= MANY_ANSWERS_LOST:
        changes["key"] = f"{call.key.partition('.')[0]}.{call.attempts}"
    OutboundCall.objects.filter(pk=call.pk).update(**changes)


@transaction.atomic
def _record_answer(call: OutboundCall, answer: Answer, now: datetime) -> None:
    order = Order.objects.filter(pk=call.order_id)
    if isinstance(answer, SessionFacts):
        order.update(
            stripe_session_id=answer.id,
            checkout_url=answer.url,
            sync_version=F("sync_version") + 1,
        )
    elif isinstance(answer, IntentFacts):
        order.update(stripe_intent_id=answer.id, sync_version=F("sync_version") + 1)
    elif call.subscription is not None:
        changed: Subscription = Subscription.objects.select_for_update(no_key=True).get(
            pk=call.subscription.pk
        )
        version = changed.sync_version + 1
        Subscription.objects.filter(pk=changed.pk).update(sync_version=version, **call.body["ours"])
        call.body = {**call.body, "version": version}
        call.save(update_fields=["body"])
    elif call.refund is not None:
        order.select_for_update(no_key=True).get()
        Refund.objects.filter(pk=call.refund.pk, stripe_id=None).update(
            stripe_id=answer.id, sync_version=F("sync_version") + 1
        )
    OutboundCall.objects.filter(pk=call.pk).update(
        state=OutboundCall.State.ANSWERED, answer_id=answer.id, answered_at=now, error=""
    )


@transaction.atomic
def _record_refusal(call: OutboundCall, sentence: str, now: datetime) -> None:
    order: Order = Order.objects.select_for_update(no_key=True).get(pk=call.order_id)
    waiting = OutboundCall.objects.filter(pk=call.pk, state=OutboundCall.State.WAITING)
    if not waiting.update(state=OutboundCall.State.REFUSED, answered_at=now, error=sentence[:300]):
        return  # pressed twice at once: the other one heard it too
    if call.refund is not None:
        Refund.objects.filter(pk=call.refund.pk, stripe_id=None).update(
            state=Refund.State.FAILED,
            failure=sentence[:200],
            settled_at=now,
            sync_version=F("sync_version") + 1,
        )
    elif call.kind == OutboundCall.Kind.CHARGE:
        # Nothing was charged: the bank asks for the card's owner, who pays on the hosted page.
        lines = list(order.lines.select_related("price__product"))
        write_down_checkout(order, lines, payment_account(), now)
    elif call.kind == OutboundCall.Kind.CHECKOUT and order.status == Order.Status.PENDING:
        order.status = Order.Status.CANCELLED
        order.sync_version += 1
        order.save(update_fields=["status", "sync_version"])
        let_go(order, now)


def is_too_late(call: OutboundCall, now: datetime) -> bool:
    """Whether a payment page could no longer be opened: nobody knows its address, so let it be."""
    ends_at = call.order.expires_at
    return (
        call.kind == OutboundCall.Kind.CHECKOUT
        and ends_at is not None
        and now + SESSION_NEEDS > ends_at
    )


@transaction.atomic
def let_be(call: OutboundCall, now: datetime) -> None:
    """End an unanswered opening of a payment page, and the order with it."""
    _record_refusal(call, "too late", now)
