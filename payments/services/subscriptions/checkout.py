"""What is asked of a payment page that begins something paid again and again."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from payments.models import Coupon, Order, OrderLine, PaymentAccount
from payments.services.subscriptions.discounting import coupon_id
from payments.services.subscriptions.terms import AT_STRIPE, period_total

Body = dict[str, Any]
ONLY_ONCE = ("customer_creation", "payment_intent_data")
"""What Stripe takes of a page that is paid once, and refuses of one that begins something."""


def returning_body(
    body: Body, order: Order, line: OrderLine, account: PaymentAccount, *, coupon: Coupon | None
) -> Body:
    """Return the body of a page for one payment as that of a page which begins a subscription.

    The line that returns comes first in ``line_items``, as the first of the order's lines.
    """
    interval, count = AT_STRIPE[line.price.interval or "month"]
    first, *others = body["line_items"]
    if line.charges:
        others = _with_rest(first, line, others, order.language)
    price = {
        **first["price_data"],
        "unit_amount": line.later if line.charges else period_total(line.price, order.placed_at),
        "recurring": {"interval": interval, "interval_count": count},
    }
    named = {"discounts": [{"coupon": coupon_id(coupon, order.currency)}]} if coupon else {}
    kept = {key: value for key, value in body.items() if key not in ONLY_ONCE}
    return {
        **kept,
        **named,
        "mode": "subscription",
        "line_items": [{**first, "price_data": price, "quantity": line.quantity}, *others],
        "subscription_data": _data(body, line, account),
    }


def _with_rest(first: Body, line: OrderLine, others: list[Body], language: str) -> list[Body]:
    """Return what is paid today beside a charge that comes again: the rest of the division too."""
    rest = first["price_data"]["unit_amount"] - line.later
    if rest > 0:
        with override(language):
            name = _("Rest of the division, with the first payment")
        price = {**first["price_data"], "unit_amount": rest, "product_data": {"name": name}}
        return [{"quantity": 1, "price_data": price}, *others]
    if rest < 0:  # of tax on top, half a unit of which fell on posting it
        *before, posting = others
        amount = posting["price_data"]["unit_amount"] + rest
        price = {**posting["price_data"], "unit_amount": amount}
        return [*before, {**posting, "price_data": price}]
    return others


def _data(body: Body, line: OrderLine, account: PaymentAccount) -> Body:
    data: Body = {
        "metadata": body["metadata"],
        "description": body["payment_intent_data"]["description"],
    }
    if line.charged_from is not None:
        data["trial_end"] = int(line.charged_from.timestamp())
    elif not line.amount and not line.charges:
        data["trial_period_days"] = line.price.trial_days
    if account.stripe_account and account.fee_basis_points:
        data["application_fee_percent"] = account.fee_basis_points / 100
    return data
