"""What the customer's page of a subscription shows: paid things, days, ways out, receipts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.contract import Locked, Remedy
from access.rules import Span, tenure
from accounts.models import Customer
from core import money
from payments.models import Order, OutboundCall, Payment, Refund, Subscription
from payments.services.documents.showing import Paper, papers_of_many
from payments.services.instalments.wording import plan_stands, price_of_plan
from payments.services.subscriptions import resting
from payments.services.subscriptions.coming import NextCharge, next_charge, next_charges
from payments.services.subscriptions.following import access_of
from payments.services.subscriptions.terms import store_terms
from payments.services.subscriptions.tiers import closes_with
from payments.services.subscriptions.unused import unused
from payments.services.subscriptions.wording import (
    end_in_words,
    how_it_stands,
    in_day,
    price_in_words,
)
from products.contract import formats
from products.models import Product
from stores.scope import current_store
from stores.slots import AccountRow, AccountSection

State = Subscription.State
PAID_ALONG = (State.ACTIVE, State.TRIAL)
"""While it goes on, there is an end of what is paid to leave at."""


@dataclass(frozen=True)
class Receipt:
    """One charge that was paid."""

    day: str
    amount: str
    url: str
    papers: Sequence[Paper]


@dataclass(frozen=True)
class Rest:
    """One rest that can be set: so many months, until a day."""

    months: int
    label: str
    until: str


@dataclass(frozen=True)
class Ways:
    """What can be done with a subscription now; empty words where it cannot be."""

    is_waiting: bool
    """Whether an earlier change has no answer yet: until then nothing else can be done."""
    leaves: bool = False
    stays: bool = False
    returns: bool = False
    charge_on_return: str = ""
    """What coming back charges at once, where a rest has begun."""
    rests: Sequence[Rest] = ()
    why_no_rest: str = ""


@dataclass(frozen=True)
class Leaving:
    """What the page of leaving says before anything is done."""

    kept: str
    closes: str
    back: str
    """What goes back when it stops today; empty for nothing."""
    inside: Sequence[str]
    """What stands inside and closes along with it, by title."""
    end: str
    """The day what is paid ends, where it can be left then; empty where it ends at once."""
    end_words: str


def of_customer(customer: Customer) -> list[Subscription]:
    """Return what a customer pays again and again, what has ended last."""
    found = Subscription.objects.filter(customer=customer).select_related(
        "product", "price", "order", "customer__user", "instalments"
    )
    return sorted(found, key=lambda each: (each.ended_at is not None, -each.pk))


def account_section(customer: Customer, now: datetime) -> AccountSection:
    """Return what a customer pays again and again, each with how it stands."""
    return AccountSection(
        key="subscriptions",
        title=_("What I pay for"),
        rows=[
            AccountRow(
                label=each.product.title,
                detail=" · ".join([price, *sentences[:1]]),
                url=reverse("payments:subscription", args=[each.public_id]),
                verb=_("All payments, and paying the rest")
                if hasattr(each, "instalments")
                else _("Charges, rest, leaving"),
            )
            for each, price, sentences in lines_of(customer, now)
        ],
        order=5,
    )


def lines_of(customer: Customer, now: datetime) -> list[tuple[Subscription, str, list[str]]]:
    """Return all that a customer pays again and again: each with what is paid and how it stands."""
    theirs = of_customer(customer)
    charges = next_charges(theirs)
    return [(each, *_line(each, now, charges[each.pk])) for each in theirs]


def _line(subscription: Subscription, now: datetime, then: NextCharge) -> tuple[str, list[str]]:
    plan = getattr(subscription, "instalments", None)
    if plan is not None:
        return price_of_plan(plan), plan_stands(plan, now)
    return price_in_words(subscription), how_it_stands(subscription, now, then=then)


def of_order(order: Order) -> list[Subscription]:
    """Return what an order began, or whose later charge it is, for its owner's receipt."""
    its = Q(order=order) | Q(pk=order.subscription_id)
    return list(Subscription.objects.filter(its).select_related("product"))


def orders_of(subscription: Subscription) -> list[Order]:
    """Return all orders a subscription was paid by, the newest first."""
    its = Q(pk=subscription.order_id) | Q(subscription=subscription)
    paid = Order.objects.filter(its, paid_at__isnull=False)
    return list(paid.order_by("-paid_at", "-id"))


def receipts_of(subscription: Subscription) -> list[Receipt]:
    """Return the receipt of every charge, the newest first."""
    orders = orders_of(subscription)
    papers = papers_of_many(orders)
    return [
        Receipt(
            day=in_day(order.paid_at or order.placed_at),
            amount=order.total_in_words(),
            url=reverse("payments:order", args=[order.public_id]),
            papers=papers.get(order.pk, ()),
        )
        for order in orders
    ]


def card_of(subscription: Subscription) -> str:
    """Return the last digits of the card that paid last; empty when none did."""
    its = Q(order=subscription.order_id) | Q(order__subscription=subscription)
    last = Payment.objects.filter(its).exclude(card_last4="").order_by("-paid_at", "-id").first()
    return last.card_last4 if last is not None else ""


def going_back(subscription: Subscription) -> str:
    """Return what goes back for the days not used, or went; empty for nothing."""
    if subscription.ended_at is None:
        return ""
    running = subscription.bills.filter(ends_at__gt=subscription.ended_at)
    refunds = Refund.objects.filter(line__order__bill__in=running).standing()
    amount = sum(each.amount for each in refunds)
    return money.display(amount, subscription.currency) if amount else ""


def ways_of(subscription: Subscription, now: datetime) -> Ways:
    """Return what its owner can do with a subscription now."""
    waiting = subscription.calls.filter(state=OutboundCall.State.WAITING)
    if waiting.exists():
        return Ways(is_waiting=True)
    state = subscription.state(now)
    if state == State.ENDED:
        return Ways(is_waiting=False)
    is_resting = state == State.RESTING
    why_no_rest = resting.why_not(subscription, now)
    returns = is_resting or subscription.rests_ahead(now)
    return Ways(
        is_waiting=False,
        leaves=True,
        stays=subscription.ends_at is not None,
        returns=returns and subscription.ends_at is None,
        charge_on_return=next_charge(subscription).display_at_once() if is_resting else "",
        rests=[] if why_no_rest else rests_of(subscription),
        why_no_rest="" if returns or subscription.ends_at is not None else why_no_rest,
    )


def rests_of(subscription: Subscription) -> list[Rest]:
    """Return the rests a store allows, shortest first; the longest is called by its day."""
    longest = store_terms().longest_rest
    found = []
    for months in range(1, longest + 1):
        until = in_day(resting.ends_after(subscription, months))
        by_count = ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
        by_day = _("until %(day)s") % {"day": until}
        is_last = months == longest and months > 2  # noqa: PLR2004 -- a month, two, and "until"
        found.append(Rest(months, by_day if is_last else by_count, "" if is_last else by_day))
    return found


def leaving_of(subscription: Subscription, now: datetime) -> Leaving:
    """Return what leaving keeps and closes, what goes back today, and when else it can end."""
    access = access_of(subscription)
    said = None
    if access is not None:
        said = formats[subscription.product.format].keeps([access], now).get(access)
    amount = unused(subscription, now)
    end = subscription.next_charge_at if subscription.state(now) in PAID_ALONG else None
    if subscription.rests_ahead(now):
        end = subscription.rests_from
    return Leaving(
        kept=str(said.kept) if said else _("your notes, and the place where you stopped"),
        closes=str((said and said.closes) or subscription.product.title),
        back=money.display(amount, subscription.currency) if amount else "",
        inside=closes_with(subscription, now),
        end=in_day(end) if end is not None and subscription.ends_at is None else "",
        end_words=end_in_words(subscription, now),
    )


def place_of(subscription: Subscription, now: datetime) -> int | None:
    """Return the period of the product's rhythm its owner is in; None where nothing is counted."""
    access = access_of(subscription)
    rhythm = subscription.product.rhythm
    if access is None or not rhythm:
        return None
    spans = [Span(each.starts_at, each.ends_at) for each in access.paid_spans.all()]
    cuts = [Span(each.starts_at, each.ends_at) for each in access.span_cuts.all()]
    return tenure(spans, cuts, rhythm, current_store().zone, now) + 1


def kept_place(subscription: Subscription, now: datetime) -> str:
    """Return "Your place, month 15, is kept." by the product's rhythm."""
    number = place_of(subscription, now)
    if number is None:
        return _("Your place is kept.")
    sentence = {
        "week": _("Your place, week %(n)s, is kept."),
        "month": _("Your place, month %(n)s, is kept."),
        "quarter": _("Your place, quarter %(n)s, is kept."),
    }[subscription.product.rhythm]
    return sentence % {"n": number}


def why_resting(customer: Customer, product: Product, now: datetime) -> Locked | None:
    """Return that a product rests, with the way to its page; None where no rest is the reason."""
    theirs = Subscription.objects.filter(customer=customer, product=product, ended_at=None)
    found = theirs.filter(rests_from__lte=now, rests_until__gt=now).first()
    if found is None or found.rests_until is None:
        return None
    said = _("Your rest ends %(day)s.") % {"day": in_day(found.rests_until)}
    page = reverse("payments:subscription", args=[found.public_id])
    return Locked(said, "paused", found.rests_until, Remedy(_("Come back now"), page))
