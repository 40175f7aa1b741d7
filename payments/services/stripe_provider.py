"""Stripe as a way of taking money."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.urls import reverse
from django.utils.translation import gettext as _

from core.prepared import Prepared, given
from payments.errors import PaymentError, Refused, TryLater
from payments.models import Order, OutboundCall, Payment, Refund
from payments.services import outbound, stripe_api, stripe_disputes
from payments.services.sync import sync_dispute, sync_payment_intent, sync_refund, sync_session

if TYPE_CHECKING:
    from payments.contract import SessionFacts

CHARGE, WAITING = OutboundCall.Kind.CHARGE, OutboundCall.State.WAITING
CALLS = Prepared(
    lambda: (
        OutboundCall.objects.filter(order_id=given("order", int))
        .select_related("order")
        .order_by("pk")
    )
)


class StripeProvider:
    """The first provider; see the contract."""

    def open_checkout(self, order: Order, now: datetime) -> str:
        """Open the order's hosted payment page, or return the one that is open.

        What a kept card pays is charged first; there is a page only where nothing was charged.
        """
        calls = CALLS.rows(order=order.pk)
        charges = [each for each in calls if each.kind == CHARGE and each.state == WAITING]
        for charge in charges:
            with suppress(Refused):  # the hosted page was written down instead
                outbound.make(charge, now)
        if charges:
            calls = CALLS.rows(order=order.pk)
        known = calls[0].order
        if known.stripe_intent_id:
            sync_payment_intent(order.stripe_account, known.stripe_intent_id, now)
            return reverse("payments:return", args=[order.public_id])
        if known.checkout_url:
            return known.checkout_url
        [call] = [each for each in calls if each.kind == OutboundCall.Kind.CHECKOUT]
        if call.state == OutboundCall.State.REFUSED:
            raise Refused(_("This cannot be paid right now."))
        return cast("SessionFacts", outbound.make(call, now)).url

    def sync(self, order: Order, now: datetime) -> None:
        """Ask Stripe about the order's session and every refund of its payments."""
        for call in order.calls.filter(state=OutboundCall.State.WAITING, subscription=None):
            with suppress(Refused):  # a refused charge wrote down the hosted page instead
                outbound.make(call, now)
        order.refresh_from_db()
        if order.stripe_intent_id:
            sync_payment_intent(order.stripe_account, order.stripe_intent_id, now)
        elif not order.stripe_session_id:
            raise TryLater(_("The payment page was not opened yet."))
        else:
            sync_session(order.stripe_account, order.stripe_session_id, now)
        card = Order.Provider.STRIPE
        for payment in Payment.objects.filter(order=order, provider=card):
            for refund in stripe_api.list_refunds(payment.stripe_account, payment.payment_intent):
                sync_refund(payment.stripe_account, refund.id, now)
            for dispute in stripe_disputes.list_disputes(
                payment.stripe_account, payment.payment_intent
            ):
                sync_dispute(payment.stripe_account, dispute.id, now)

    def refund(self, refund: Refund, now: datetime) -> None:
        """Send the money, and take over what Stripe says became of it."""
        for call in refund.calls.filter(state=OutboundCall.State.WAITING):
            outbound.make(call, now)
        refund.refresh_from_db()
        if refund.stripe_id:
            sync_refund(refund.stripe_account, refund.stripe_id, now)


def expire_quietly(order: Order) -> None:
    """Close the payment page of an order that was given up; it ends by itself within the hour."""
    if not order.stripe_session_id:
        return
    try:
        stripe_api.expire_session(order.stripe_account, order.stripe_session_id)
    except PaymentError:
        return
