"""What is said before and after something is bought that is paid again and again.

Consumer law wants the amount, the rhythm, the end of what is free and how to stop to be read before
paying (Directive 2011/83/EU, Art. 8(2); Israel's Consumer Protection Law, section 13C).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from core import clock, days, money
from payments.contract import Quote, QuotedLine
from payments.models import Coupon, Order, Subscription
from payments.services.instalments.telling import told_of_spread
from payments.services.subscriptions.discounting import coupon_of, off
from payments.services.subscriptions.terms import charge_total, period_total, returns
from products.models import Price
from products.services.rhythms import a_period
from stores.scope import current_store


@dataclass(frozen=True)
class Told:
    """What a purchase that returns costs now, then, and how it is stopped: whole sentences."""

    now: str
    then: str
    stop: str
    button: str
    """What its button says."""

    @property
    def sentences(self) -> list[str]:
        """All of it."""
        return [each for each in (self.now, self.then, self.stop) if each]


def told(quoted: Quote, now: datetime) -> Told | None:
    """Return what is read before paying; None where nothing returns."""
    line = next((each for each in quoted.lines if each.charges or returns(each.price)), None)
    if line is None:
        return None
    return _told(line, quoted.total, quoted.coupon, now)


def told_of(order: Order, language: str) -> list[str]:
    """Return the same sentences for the mail that confirms an order, in ``language``."""
    lines = order.lines.select_related("price__product")
    line = next((each for each in lines if each.charges or returns(each.price)), None)
    if line is None or order.is_test:
        return []
    trial = 0 if line.amount else line.price.trial_days
    quoted = QuotedLine(
        line.price,
        line.amount,
        line.discount,
        quantity=line.quantity,
        trial_days=trial,
        charges=line.charges or 0,
        later=line.later,
    )
    with override(language):
        if line.charged_from is not None:
            return told_from(line.price, line.charged_from, order.placed_at)
        said = _told(quoted, order.total, coupon_of(order), order.placed_at)
    return said.sentences


def told_from(price: Price, charged_from: datetime | None, now: datetime) -> list[str]:
    """Return what somebody reads who moved in and goes on: nothing before the day they know."""
    if charged_from is None:
        whole = money.display(period_total(price, now), price.currency)
        words = {"amount": whole, "day": day_in_words(next_after(price, now))}
        first = _("%(amount)s today. The next charge is on %(day)s.") % words
    else:
        words = {"day": day_in_words(charged_from)}
        first = _("Nothing is charged today. The first charge is on %(day)s.") % words
    return [
        first,
        _then(QuotedLine(price, price.amount), None, charged_from or now),
        stop_sentence(),
    ]


def day_in_words(moment: datetime, language: str | None = None) -> str:
    """Return a day as a sentence says it, in the store's zone."""
    return days.said(clock.local_day(moment, current_store().zone), language)


def each_time(subscription: Subscription, language: str | None = None) -> str:
    """Return what a subscription costs each time: "₪59 a month"."""
    return a_period(subscription.price, subscription.display(language))


def next_after(price: Price, moment: datetime, periods: int = 1) -> datetime:
    """Return when so many periods that begin at ``moment`` end."""
    unit = price.interval or "month"
    return clock.add_period(moment, unit, periods, ZoneInfo("UTC"))


def _told(line: QuotedLine, total: int, coupon: Coupon | None, now: datetime) -> Told:
    price = line.price
    amount = money.display(total, price.currency)
    if line.charges:
        days = next_after(price, now), next_after(price, now, line.charges - 1)
        return Told(*told_of_spread(line, total, *days), _("Pay %(amount)s") % {"amount": amount})
    if line.trial_days:
        begins = now + timedelta(days=line.trial_days)
        words = {"day": day_in_words(begins), "days": line.trial_days, "amount": amount}
        first = ngettext(
            "%(amount)s today: the first day is free. On %(day)s your card is charged.",
            "%(amount)s today: the first %(days)s days are free. On %(day)s your card is charged.",
            line.trial_days,
        )
        button = _("Begin free, and pay from %(day)s")
    else:
        words = {"day": day_in_words(next_after(price, now)), "amount": amount}
        first = _("%(amount)s today. The next charge is on %(day)s.")
        button = _("Pay %(amount)s")
    return Told(first % words, _then(line, coupon, now), stop_sentence(), button % words)


def _then(line: QuotedLine, coupon: Coupon | None, now: datetime) -> str:
    price = line.price
    gross = charge_total(price, line.quantity, now)
    whole = a_period(price, money.display(gross, price.currency))
    plain = _("%(whole)s, until you stop.") % {"whole": whole}
    if coupon is None:
        return plain
    less = a_period(price, money.display(gross - off(coupon, gross), price.currency))
    if coupon.lasts == Coupon.Lasts.FOREVER:
        return _("%(whole)s, until you stop.") % {"whole": less}
    if coupon.lasts == Coupon.Lasts.ONCE:
        return _("After that %(whole)s, until you stop.") % {"whole": whole}
    words = {"less": less, "whole": whole, "months": coupon.months}
    said = ngettext(
        "%(less)s for %(months)s month, after that %(whole)s, until you stop.",
        "%(less)s for %(months)s months, after that %(whole)s, until you stop.",
        coupon.months or 1,
    )
    return said % words


def stop_sentence() -> str:
    """Return how it is stopped, and what becomes of what is paid."""
    return _(
        "Stop whenever you like, in two taps, on your page here or from our mails. What is paid"
        " stays open until its end."
    )
