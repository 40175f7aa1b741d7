"""All that is left paid at once: one charge of the card that paid before, never twice.

It is an order of its own, written down with its charge before that is made. When the bank asks for
the card's owner, or says no, nothing was charged and the same order is paid on the hosted page.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from core import tokens
from payments.errors import CannotChange, CannotCharge, PaymentError, SumChanged, TryLater
from payments.models import InstalmentPlan, Order, OrderLine, OutboundCall, Payment, Subscription
from payments.rules import CHECKOUT_LASTS, HOLD_OUTLASTS
from payments.services import outbound, stripe_api
from payments.services.accounts import next_number, payment_account, why_not_charging
from payments.services.instalments.standing import State, plan_of, waits
from payments.services.instalments.wording import LONGEST_LABEL
from payments.services.stripe_provider import StripeProvider, expire_quietly
from payments.services.subscriptions.asking import send
from payments.services.subscriptions.looking import look_again
from payments.services.subscriptions.wording import in_day

logger = logging.getLogger(__name__)
TOO_NEAR = CHECKOUT_LASTS + HOLD_OUTLASTS
"""So long before the next charge its own money cannot be paid otherwise: it would be paid twice."""
NEARLY_OVER = timedelta(minutes=10)


def why_not(subscription: Subscription, plan: InstalmentPlan, now: datetime) -> str:
    """Return why the rest cannot be paid now, as a sentence; empty when it can."""
    if plan.state not in {State.PAYING, State.ENDED} or plan.stopped_at is not None:
        return _("Nothing is left to pay.")
    if plan.state == State.PAYING and waits(list(subscription.bills.all()), now):
        return _("One payment could not be charged. Once that is paid, so can the rest be.")
    next_at = subscription.next_charge_at
    if next_at is not None and next_at <= now + TOO_NEAR:
        words = {"day": in_day(next_at)}
        return _("The charge of %(day)s is on its way. After it, the rest can be paid.") % words
    return ""


def pay_off(subscription: Subscription, *, now: datetime, seen: int | None = None) -> str:
    """Charge all that is left, and return where its owner goes on: a page, or the hosted one.

    Pressing twice, or many at once, is paying once. CannotChange says why it cannot be now,
    SumChanged that it costs something else than was ``seen`` (minor units), TryLater that there
    was no answer: its order's page asks again.
    """
    if subscription.ended_at is None:
        look_again(subscription, now)  # what was charged a minute ago is not charged once more
    order = _order(subscription, now, seen)
    try:
        url = StripeProvider().open_checkout(order, now)
    except TryLater:
        return reverse("payments:return", args=[order.public_id])
    finish(subscription, now)
    return url


def finish(subscription: Subscription, now: datetime) -> None:
    """Make the calls that wait for a settled plan; what gets no answer the reconciler repeats."""
    waiting = OutboundCall.objects.due(now).filter(subscription=subscription)
    for call in waiting.select_related("order", "subscription", "refund", "dispute"):
        with suppress(PaymentError):
            send(call, now)


def _order(subscription: Subscription, now: datetime, seen: int | None) -> Order:
    """Return the order in which the rest is paid: the one that waits, or a new one."""
    card = _kept_card(subscription)
    with transaction.atomic():
        locked: Subscription = Subscription.objects.select_for_update(no_key=True).get(
            pk=subscription.pk
        )
        plan = plan_of(locked)
        assert plan is not None  # noqa: S101 -- only plans are paid off
        begun = plan.pay_off
        if begun is not None and (begun.is_paid or begun.status == Order.Status.REVIEW):
            return begun
        old = None
        if begun is not None and begun.status == Order.Status.PENDING:
            if _goes_on(begun, now):
                return begun
            old = begun
        if old is not None:
            raise TryLater(_("An earlier attempt is still open. Try again in a few minutes."))
        problem = why_not(locked, plan, now) or why_not_charging(payment_account())
        if problem:
            raise CannotChange(problem)
        if seen not in {None, plan.left}:
            raise SumChanged(_("The sum is another one now."))
        order = _write(locked, plan, card, now)
        plan.pay_off = order
        plan.save(update_fields=["pay_off"])
    return order


def _goes_on(order: Order, now: datetime) -> bool:
    """Whether an order that waits can still be paid: a charge of it may have been made."""
    is_charging = order.calls.filter(
        kind=OutboundCall.Kind.CHARGE, state=OutboundCall.State.WAITING
    ).exists()
    is_fresh = order.expires_at is not None and now < order.expires_at - NEARLY_OVER
    return is_charging or bool(order.stripe_intent_id) or is_fresh


def _kept_card(subscription: Subscription) -> tuple[str, str]:
    """Return the card that paid last, and whose it is, as Stripe calls them."""
    paid = Payment.objects.filter(provider=Order.Provider.STRIPE).filter(
        order__in=[
            *subscription.renewals.values_list("pk", flat=True),
            subscription.order_id,
        ]
    )
    last = paid.order_by("-paid_at", "-pk").first()
    if last is None:
        raise CannotCharge(_("This cannot be paid right now."))
    intent = stripe_api.fetch_intent(last.stripe_account, last.payment_intent)
    if not (intent.customer and intent.payment_method):
        raise CannotCharge(_("This cannot be paid right now."))
    return intent.customer, intent.payment_method


def _write(
    subscription: Subscription, plan: InstalmentPlan, card: tuple[str, str], now: datetime
) -> Order:
    first, customer = subscription.order, subscription.customer
    order: Order = Order.objects.create(
        number=next_number(payment_account()),
        attempt=tokens.public_id(),
        customer=customer,
        email=customer.user.email,
        name=customer.name or first.name,
        language=customer.language or first.language,
        buyer_company=first.buyer_company,
        buyer_tax_id=first.buyer_tax_id,
        buyer_country=first.buyer_country,
        currency=subscription.currency,
        total=plan.left,
        provider=Order.Provider.STRIPE,
        subscription=subscription,
        source=first.source,
        stripe_account=subscription.stripe_account,
        placed_at=now,
        terms_accepted_at=first.terms_accepted_at,
        expires_at=now + CHECKOUT_LASTS,
    )
    tax = plan.left * subscription.tax // subscription.amount
    OrderLine.objects.create(
        order=order,
        product=subscription.product,
        price=subscription.price,
        title=subscription.product.title,
        label=_label(plan, order.language),
        amount=order.total - tax,
        tax=tax,
        opens=False,
        option=subscription.price.option,
        length=subscription.price.length,
    )
    outbound.write_down_charge(order, payment_account(), customer=card[0], method=card[1], now=now)
    return order


def _label(plan: InstalmentPlan, language: str) -> str:
    """Return "payments 3 to 4 of 4", in the order's language."""
    words = {"number": plan.n_paid + 1, "count": plan.n_total}
    with override(language):
        said = (
            _("payment %(number)s of %(count)s")
            if words["number"] == plan.n_total
            else _("payments %(number)s to %(count)s of %(count)s")
        )
    return (said % words)[:LONGEST_LABEL]


def give_up_waiting(plan: InstalmentPlan) -> None:
    """Close the hosted page of a rest that nobody needs to pay any more."""
    if plan.pay_off is not None and plan.pay_off.status == Order.Status.PENDING:
        expire_quietly(plan.pay_off)
