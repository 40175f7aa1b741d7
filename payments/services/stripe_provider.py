"""Stripe as a way of taking money."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from payments.errors import PaymentError, Refused, TryLater
from payments.models import Order, OutboundCall, Payment, Refund
from payments.services import outbound, stripe_api, stripe_disputes
from payments.services.sync import sync_dispute, sync_payment_intent, sync_refund, sync_session


class StripeProvider:
    """The first provider; see the contract."""

    def open_checkout(self, order: Order, now: datetime) -> str:
        """Open the order's hosted payment page, or return the one that is open.

        What a kept card pays is charged first; there is a page only where nothing was charged.
        """
        for charge in order.calls.filter(
            kind=OutboundCall.Kind.CHARGE, state=OutboundCall.State.WAITING
        ):
            with suppress(Refused):  # the hosted page was written down instead
                outbound.make(charge, now)
        order.refresh_from_db()
        if order.stripe_intent_id:
            sync_payment_intent(order.stripe_account, order.stripe_intent_id, now)
            return reverse("payments:return", args=[order.public_id])
        if order.checkout_url:
            return order.checkout_url
        call = order.calls.filter(kind=OutboundCall.Kind.CHECKOUT).get()
        if call.state == OutboundCall.State.REFUSED:
            raise Refused(_("This cannot be paid right now."))
        outbound.make(call, now)
        order.refresh_from_db()
        return order.checkout_url

    def sync(self, order: Order, now: datetime) -> None:
        """Ask Stripe about the order's session and every refund of its payments."""
        for call in order.calls.filter(state=OutboundCall.State.WAITING):
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
