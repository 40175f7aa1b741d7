"""What stands of a subscription in words: its price, its days, and how it stands now."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock, days, money
from payments.models import Subscription, SubscriptionTerms
from payments.services.subscriptions.coming import NextCharge, next_charge
from payments.services.subscriptions.terms import store_terms
from stores.scope import current_store

State = Subscription.State


def in_day(moment: datetime, language: str | None = None) -> str:
    """Return "12 December" by the store's calendar; the year stands there when it is another."""
    zone = current_store().zone
    local = moment.astimezone(zone)
    return days.said(local, language, has_year=local.year != clock.now().astimezone(zone).year)


def price_in_words(subscription: Subscription, then: NextCharge | None = None) -> str:
    """Return "₪59.00 a month", in the language being read.

    It is the price of now, or what is charged ``then``, less a coupon.
    """
    price = (then and then.another) or subscription.price
    sentence = {
        "week": _("%(amount)s a week"),
        "month": _("%(amount)s a month"),
        "quarter": _("%(amount)s every three months"),
        "year": _("%(amount)s a year"),
    }[price.interval or "month"]
    said = sentence % {"amount": subscription.display() if then is None else then.display()}
    if not subscription.price.is_team:
        return said
    seats = ngettext("%(n)s place", "%(n)s places", subscription.seats) % {"n": subscription.seats}
    return f"{said} · {seats}"


def end_in_words(subscription: Subscription, now: datetime) -> str:
    """Return "when the paid month ends", by what is paid for."""
    if subscription.state(now) == State.TRIAL:
        return _("when the free days end")
    return {
        "week": _("when the paid week ends"),
        "month": _("when the paid month ends"),
        "quarter": _("when the paid three months end"),
        "year": _("when the paid year ends"),
    }[subscription.price.interval or "month"]


def how_it_stands(
    subscription: Subscription,
    now: datetime,
    terms: SubscriptionTerms | None = None,
    then: NextCharge | None = None,
) -> list[str]:
    """Return in sentences what is true of a subscription now: for its owner and the team alike.

    Who asks for many fetches the store's ``terms`` once, what each costs ``then``, with the next
    charge, and their bills beforehand.
    """
    state = subscription.state(now)
    if state == State.TO_FIX:
        return _to_fix(subscription, now, terms or store_terms())
    if state == State.ACTIVE:
        return _active(subscription, now, then or next_charge(subscription))
    if state == State.RESTING:
        return _resting(subscription, then or next_charge(subscription))
    if state == State.TRIAL:
        return _trial(subscription, then or next_charge(subscription))
    return _SENTENCES[state](subscription, now)


def _active(subscription: Subscription, now: datetime, then: NextCharge) -> list[str]:
    begins, ends = subscription.rests_from, subscription.rests_until
    if subscription.rests_ahead(now) and begins is not None and ends is not None:
        words = {"day": in_day(begins), "until": in_day(ends)}
        return [
            _("Paid until %(day)s, then a rest until %(until)s.") % words,
            _("The next charge, %(amount)s, is on %(until)s.")
            % {"amount": then.in_words(), **words},
            *_coupon_lasts(then),
        ]
    if subscription.next_charge_at is None:
        return [_("Paid.")]
    words = {"amount": then.in_words(), "day": in_day(subscription.next_charge_at)}
    return [_("The next charge, %(amount)s, is on %(day)s.") % words, *_coupon_lasts(then)]


def _coupon_lasts(then: NextCharge) -> list[str]:
    """Return in a sentence which charges a coupon lowers, where it lowers the next one."""
    if not then.off or then.coupon is None:
        return []
    if then.coupon.until is None:
        return [_("The coupon lowers every charge.")]
    words = {"day": in_day(then.coupon.until)}
    return [_("The coupon lowers each charge before %(day)s.") % words]


def _trial(subscription: Subscription, then: NextCharge) -> list[str]:
    ends = subscription.trial_ends_at
    if ends is None:
        return []
    words = {"day": in_day(ends), "price": price_in_words(subscription, then)}
    return [_("Free until %(day)s, then %(price)s.") % words, *_coupon_lasts(then)]


def _leaving(subscription: Subscription, now: datetime) -> list[str]:
    if subscription.ends_at is None:
        return []
    words = {"day": in_day(subscription.ends_at)}
    return [_("It ends on %(day)s.") % words, _("It stays open until then. No more charges.")]


def _resting(subscription: Subscription, then: NextCharge) -> list[str]:
    if subscription.rests_until is None:
        return []
    words = {"day": in_day(subscription.rests_until), "amount": then.in_words()}
    rests = _("It rests until %(day)s; nothing is charged before.") % words
    if then.is_same and then.coupon is None:
        return [rests, _("The place and the price are kept.")]
    kept = _("The place and the price are kept.") if then.is_same else _("The place is kept.")
    goes_on = _("It goes on with a charge of %(amount)s.") % words
    return [rests, goes_on, *_coupon_lasts(then), kept]


def _to_fix(subscription: Subscription, now: datetime, terms: SubscriptionTerms) -> list[str]:
    by = subscription.fix_by(terms)
    words = {"amount": owed_in_words(subscription), "day": in_day(by or now)}
    return [
        _("%(amount)s could not be charged.") % words,
        _("Everything stays open until %(day)s.") % words,
    ]


def _on_hold(subscription: Subscription, now: datetime) -> list[str]:
    words = {"amount": owed_in_words(subscription)}
    return [_("It is on hold: %(amount)s is not paid.") % words, _("The place is kept.")]


def _ended(subscription: Subscription, now: datetime) -> list[str]:
    if subscription.ended_at is None:
        return []
    return [
        _("It ended on %(day)s.") % {"day": in_day(subscription.ended_at)},
        _("No more charges."),
    ]


def owed_in_words(subscription: Subscription) -> str:
    """Return what is not paid, in the language being read."""
    bills = subscription.bills.all()
    owed = sum(bill.amount for bill in bills if bill.status == "open" and bill.failed_at)
    return money.display(owed or subscription.amount, subscription.currency)


_SENTENCES = {
    State.LEAVING: _leaving,
    State.ON_HOLD: _on_hold,
    State.ENDED: _ended,
}
