"""One more thing, right after paying, with the card that was just used; never twice.

The follower is an order of its own. Its charge is written down before it is made. When the bank
asks for its owner, or says no, nothing was charged and the same order is paid on the hosted page.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse

from core import tokens
from payments.contract import Basket, Quote, QuotedLine
from payments.errors import CannotCharge, NotOurs, Refused
from payments.models import Extra, Order, OutboundCall, Payment
from payments.rules import CHECKOUT_LASTS
from payments.services import outbound, stripe_api
from payments.services.accounts import next_number, payment_account
from payments.services.ordering import take, write_line
from payments.services.quoting import check, extras_for
from payments.services.stripe_provider import StripeProvider
from payments.services.sync import sync_payment_intent

OFFERED_FOR = timedelta(hours=1)


def upsell_for(order: Order, now: datetime) -> Extra | None:
    """Return what is offered once after this order was paid by card, or None."""
    is_fresh = order.paid_at is not None and now < order.paid_at + OFFERED_FOR
    if not is_fresh or order.provider != Order.Provider.STRIPE or order.follows_id is not None:
        return None
    if order.status != Order.Status.PAID or order.followers.exists():
        return None
    bought = set(order.lines.values_list("product_id", flat=True))
    main = order.lines.select_related("price__product").filter(is_extra=False)[0].price
    offered = extras_for(main, who=order.customer, now=now, kind=Extra.Kind.UPSELL)
    return next((each for each in offered if each.price.product_id not in bought), None)


def take_upsell(order: Order, extra: Extra, *, now: datetime) -> str:
    """Buy what was offered after an order, and return where its buyer goes on.

    Pressing twice is buying once: there is one follower to an order. Raises NotSellable,
    TryLater, and CannotCharge when the card was not kept.
    """
    follower = order.followers.first() or _place(order, extra, now)
    call = follower.calls.filter(kind=OutboundCall.Kind.CHARGE).get()
    if call.state == OutboundCall.State.WAITING:
        try:
            outbound.make(call, now)
        except Refused:
            follower.refresh_from_db()  # the hosted page was written down instead
    follower.refresh_from_db()
    if follower.stripe_intent_id:
        sync_payment_intent(follower.stripe_account, follower.stripe_intent_id, now)
    elif not follower.is_paid:
        return StripeProvider().open_checkout(follower, now)
    return reverse("payments:return", args=[follower.public_id])


def _place(order: Order, extra: Extra, now: datetime) -> Order:
    payment = Payment.objects.filter(order=order, provider=Order.Provider.STRIPE).first()
    if payment is None:
        raise CannotCharge("")
    card = stripe_api.fetch_intent(payment.stripe_account, payment.payment_intent)
    if not (card.customer and card.payment_method):
        raise NotOurs(payment.payment_intent)
    try:
        return _write(order, extra, card.customer, card.payment_method, now)
    except IntegrityError:
        twin: Order | None = order.followers.first()
        if twin is None:
            raise
        return twin


@transaction.atomic
def _write(order: Order, extra: Extra, customer: str, method: str, now: datetime) -> Order:
    check(extra.price, who=order.customer, now=now)
    line = QuotedLine(extra.price, extra.price.amount)
    quoted = Quote((line,), order.currency)
    account = payment_account()
    follower: Order = Order.objects.create(
        number=next_number(account),
        attempt=tokens.keyed_hash("upsell", order.public_id)[:20],
        follows=order,
        customer=order.customer,
        email=order.email,
        name=order.name,
        language=order.language,
        currency=order.currency,
        total=quoted.total,
        basket=Basket(extra.price).as_json(),
        provider=Order.Provider.STRIPE,
        stripe_account=order.stripe_account,
        placed_at=now,
        terms_accepted_at=order.terms_accepted_at,
        expires_at=now + CHECKOUT_LASTS,
    )
    write_line(follower, line)
    take(follower, quoted, now)
    outbound.write_down_charge(follower, account, customer=customer, method=method, now=now)
    return follower
