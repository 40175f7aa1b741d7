"""The page that pays a charge without signing in: what it shows, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from core.limits import Limit
from payments.errors import PaymentError
from payments.models import Bill
from payments.services.dunning.words import day, period_of
from payments.services.instalments.standing import still_waits
from payments.services.subscriptions.terms import store_terms
from payments.services.sync import sync_invoice

ASKING = Limit("bill-asked", times=60, seconds=600)


@dataclass(frozen=True)
class Fix:
    """One charge as whoever holds its link sees it; nobody's name or address."""

    title: str
    amount: str
    period: str
    until: str
    """The day until which all stays open; empty when it is closed already."""
    ended: str
    """The day on which it ended; empty while it goes on."""
    is_paid: bool
    """Whether nothing is left to be paid."""
    is_given_up: bool
    """Whether it goes on and this charge is not asked for any more."""
    pay_url: str


def bill_by(key: str) -> Bill | None:
    """Return the charge a link stands for; None when it is none of this store's."""
    found: Bill | None = (
        Bill.objects.filter(fix_key=key).select_related("subscription__product").first()
        if key
        else None
    )
    return found


def look(bill: Bill, now: datetime) -> Fix:
    """Ask Stripe how a charge stands, unless it is over or was asked about too often; show it.

    While an older or a later one is left to be paid, that one is shown.
    """
    if bill.is_owed and ASKING.hit(str(bill.pk)):
        _ask(bill, now)
    if not bill.is_owed:
        left = bill.subscription.bills.refused().order_by("failed_at")
        bill = left.select_related("subscription__product").first() or bill
    return _shown(bill, now)


def _ask(bill: Bill, now: datetime) -> None:
    try:
        sync_invoice(bill.stripe_account, bill.stripe_id, now)
    except PaymentError:
        return  # what we know is shown; the reconciler asks again
    bill.refresh_from_db()
    bill.subscription.refresh_from_db()


def _shown(bill: Bill, now: datetime) -> Fix:
    subscription, language = bill.subscription, get_language() or "en"
    fix_by = subscription.fix_by(store_terms())
    ended_at = None if still_waits(subscription, now) else subscription.ended_at
    return Fix(
        title=subscription.product.title,
        amount=bill.display(language),
        period=period_of(bill, language),
        until=day(fix_by, language) if fix_by is not None and now < fix_by else "",
        ended=day(ended_at, language) if ended_at is not None and ended_at <= now else "",
        is_paid=bill.paid_at is not None,
        is_given_up=not bill.is_owed and bill.paid_at is None,
        pay_url=bill.pay_url if bill.is_owed and ended_at is None else "",
    )
