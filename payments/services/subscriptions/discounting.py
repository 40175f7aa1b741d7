"""Coupons on what is paid again and again: what the first and later charges cost.

Stripe takes the discount off each invoice itself, so it has to know the coupon: one there for each
thing that ours says, made when it is first needed. Its id is derived from what it says, so a coupon
that its creator changes is another one there, and who used it before keeps what they were promised.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core import money
from core.clock import add_period
from core.vat import vat_of
from payments.contract import QuotedLine
from payments.errors import CouponRefused
from payments.models import Coupon, Order, OutboundCall, Subscription
from payments.rules import percent_of
from payments.services.subscriptions.terms import returns

Body = dict[str, Any]
KEY = "coupon-"
"""How the key of a call begins that makes a coupon known."""
LONGEST_NAME = 40
"""Stripe's limit of a coupon's name."""
DURATIONS = {
    Coupon.Lasts.ONCE: "once",
    Coupon.Lasts.MONTHS: "repeating",
    Coupon.Lasts.FOREVER: "forever",
}


@dataclass(frozen=True)
class Lasting:
    """What a coupon takes off the later charges of a subscription, as Stripe was told."""

    percent: int
    """0 where it is an amount."""
    amount: int
    """In minor units."""
    until: datetime | None
    """From then on it lowers no charge; None where it lowers every one."""

    def off(self, gross: int, at: datetime) -> int:
        """Return what it takes off a charge of ``gross`` at that moment, in minor units."""
        if self.until is not None and at >= self.until:
            return 0
        return percent_of(gross, self.percent) if self.percent else min(self.amount, gross)


def off(coupon: Coupon, gross: int) -> int:
    """Return what a coupon takes off one charge, in minor units, as Stripe reckons it."""
    if coupon.kind == Coupon.Kind.PERCENT:
        return percent_of(gross, coupon.percent or 0)
    return min(coupon.amount or 0, gross)


def check_fits(coupon: Coupon, line: QuotedLine, gross: int, *, is_alone: bool) -> None:
    """Raise CouponRefused unless Stripe will reckon with this coupon exactly as we do.

    ``gross`` is what a whole period costs, with tax.
    """
    if not is_alone:
        raise CouponRefused(
            _("This code cannot be used together with what is taken along. Untick that first.")
        )
    if line.trial_days and coupon.lasts != Coupon.Lasts.FOREVER:
        raise CouponRefused(_("The first days are free already, so this code is of no use here."))
    left = gross - off(coupon, gross)
    if 0 < left < money.smallest_charge(line.price.currency):
        raise CouponRefused(_("What this code leaves to pay is less than a card can be charged."))


def taken_off(line: QuotedLine, coupon: Coupon, gross: int, rate: int) -> tuple[int, int]:
    """Return what is taken off a first charge before tax, and the tax in the rest of it.

    ``rate`` is of the tax on top, in basis points; 0 where prices are with it.
    """
    if line.trial_days:
        return 0, 0
    total = gross - off(coupon, gross)
    tax = vat_of(total, rate, is_inclusive=True)[1]
    return line.amount - (total - tax), tax


def coupon_of(order: Order) -> Coupon | None:
    """Return the coupon that lowers the charges of what an order begins; None without one."""
    use = getattr(order, "redemption", None)
    if use is None or not any(returns(each.price) for each in order.lines.select_related("price")):
        return None
    coupon: Coupon = use.coupon
    return coupon


def off_at(subscription: Subscription, gross: int, at: datetime) -> int:
    """Return what is taken off a later charge of ``gross`` at that moment, in minor units.

    As Stripe was told when it began, whatever the coupon's creator made of the coupon since.
    """
    lasting = lasting_of([subscription]).get(subscription.pk)
    return lasting.off(gross, at) if lasting is not None else 0


def lasting_of(subscriptions: Collection[Subscription]) -> dict[int, Lasting]:
    """Return the coupons that lower later charges, by the subscription's id, in two queries.

    As Stripe was told when each began; what lowers only a first charge is none of them.
    """
    pages = OutboundCall.objects.filter(
        order__in={each.order_id for each in subscriptions},
        kind=OutboundCall.Kind.CHECKOUT,
        body__has_key="discounts",
    ).order_by("-pk")
    named = {
        order: (account, discounts[0]["coupon"])
        for order, account, discounts in pages.values_list(
            "order_id", "stripe_account", "body__discounts"
        )
        if discounts
    }
    if not named:
        return {}
    told = OutboundCall.objects.filter(
        kind=OutboundCall.Kind.COUPON,
        key__in={f"{KEY}{coupon}" for _account, coupon in named.values()},
    )
    bodies = {(call.stripe_account, call.body["id"]): call.body for call in told}
    found = {
        each.pk: _lasting(bodies.get(named[each.order_id], {}), each.started_at)
        for each in subscriptions
        if each.order_id in named
    }
    return {pk: lasting for pk, lasting in found.items() if lasting is not None}


def _lasting(said: Body, since: datetime) -> Lasting | None:
    """Return what Stripe was told, where it is more than of one charge."""
    until = None
    if said.get("duration") == "repeating":
        until = add_period(since, "month", said["duration_in_months"], ZoneInfo("UTC"))
    elif said.get("duration") != "forever":
        return None
    return Lasting(said.get("percent_off") or 0, said.get("amount_off") or 0, until)


def coupon_id(coupon: Coupon, currency: str) -> str:
    """Return the id of what a coupon says, at Stripe."""
    said = (coupon.kind, coupon.percent, coupon.amount, currency, coupon.lasts, coupon.months)
    print_of = hashlib.sha256(repr(said).encode()).hexdigest()[:12]
    return f"sf-{coupon.store.public_id}-{coupon.pk}-{print_of}"


def coupon_key(coupon: Coupon, currency: str) -> str:
    """Return the key of the call that makes it known."""
    return f"{KEY}{coupon_id(coupon, currency)}"


def coupon_body(coupon: Coupon, currency: str) -> Body:
    """Return what is asked of Stripe to make it known."""
    body: Body = {
        "id": coupon_id(coupon, currency),
        "name": coupon.code[:LONGEST_NAME],
        "duration": DURATIONS[Coupon.Lasts(coupon.lasts)],
    }
    if coupon.lasts == Coupon.Lasts.MONTHS:
        body["duration_in_months"] = coupon.months
    if coupon.kind == Coupon.Kind.PERCENT:
        return body | {"percent_off": coupon.percent}
    return body | {"amount_off": coupon.amount, "currency": currency.lower()}
