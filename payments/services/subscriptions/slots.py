"""What other pages gather from subscriptions: the account, histories, archives, farewells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Customer
from core import clock, money
from payments.models import Bill, InstalmentPlan, LeavingReason, Subscription
from payments.services.instalments.wording import paid_in_words, price_of_plan
from payments.services.subscriptions.leaving import end_for_who_is_forgotten
from payments.services.subscriptions.showing import account_section
from payments.services.subscriptions.unused import unused
from payments.services.subscriptions.wording import in_day, price_in_words
from stores import slots
from stores.models import Store
from stores.slots import TimelineEntry


def register() -> None:
    """Put everything into the slots."""
    slots.account_sections.register("subscriptions", account_section)
    slots.customer_timeline.register("subscriptions", timeline)
    slots.farewells.register("subscriptions", farewells)
    slots.personal_data.register("subscriptions", SubscriptionsOfCustomer())
    slots.store_archive.register("subscriptions", whole_store)


def timeline(customers: Sequence[Customer]) -> dict[Customer, list[TimelineEntry]]:
    """Return when each customer began, said that they leave, rested and ended."""
    found: dict[Customer, list[TimelineEntry]] = defaultdict(list)
    by_id: dict[int | None, Customer] = {customer.pk: customer for customer in customers}
    theirs = Subscription.objects.filter(customer__in=customers)
    for row in theirs.select_related("product", "price", "leaving_reason", "instalments"):
        plan = getattr(row, "instalments", None)
        url = (
            reverse("admin:payments_subscription_change", args=[row.pk])
            if plan is None
            else reverse("admin:payments_instalmentplan_change", args=[plan.pk])
        )
        found[by_id[row.customer_id]] += [
            TimelineEntry(at, sentence, url, area="sales") for at, sentence in _story(row)
        ]
    return dict(found)


def _story(row: Subscription) -> Iterator[tuple[datetime, str]]:
    plan = getattr(row, "instalments", None)
    price = price_in_words(row) if plan is None else price_of_plan(plan)
    words = {"title": row.product.title, "price": price}
    yield row.started_at, _("Began: %(title)s, %(price)s") % words
    if plan is not None:
        yield from _plan_story(row)
        return
    begins, ends = row.rests_from, row.rests_until
    if begins is not None and ends is not None and begins < ends:
        days = {**words, "from": in_day(begins), "until": in_day(ends)}
        yield begins, _("Rest: %(title)s, from %(from)s until %(until)s") % days
    reason = getattr(row, "leaving_reason", None)
    if reason is not None:
        why = {**words, "why": LeavingReason.Kind(reason.kind).label}
        yield reason.said_at, _("Why they leave %(title)s: %(why)s") % why
    if row.ended_at is not None:
        yield row.ended_at, _("Ended: %(title)s") % words
    elif row.ends_at is not None:
        yield row.ends_at, _("Ends: %(title)s, on %(day)s") % {**words, "day": in_day(row.ends_at)}


def _plan_story(row: Subscription) -> Iterator[tuple[datetime, str]]:
    plan = row.instalments
    if plan.settled_at is not None:
        words = {
            "title": row.product.title,
            "state": InstalmentPlan.State(plan.state).label,
            "said": paid_in_words(plan),
        }
        yield plan.settled_at, _("%(title)s: %(state)s, %(said)s") % words


def farewells(customer: Customer, now: datetime) -> Sequence[str]:
    """Return what ends by being forgotten, and what goes back for it."""
    found = []
    standing = Subscription.objects.standing().filter(customer=customer)
    for row in standing.select_related("product"):
        amount = unused(row, now)
        words = {"title": row.product.title, "amount": money.display(amount, row.currency)}
        found.append(
            _("“%(title)s” ends today, and %(amount)s go back for the unused days.") % words
            if amount
            else _("“%(title)s” ends today.") % words
        )
    return found


class SubscriptionsOfCustomer:
    """What a customer pays again and again, and why they left."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return every subscription as plain values."""
        return {"subscriptions": _plain_of(customer=customer)}

    def erase(self, customer: Customer) -> None:
        """Stop all charges, and forget the card, the links that pay, and the words of a reason.

        The kind of a reason names nobody, and the law wants the charges themselves kept.
        """
        end_for_who_is_forgotten(customer, clock.now())
        LeavingReason.objects.filter(subscription__customer=customer).update(words="")
        mine = Subscription.objects.filter(customer=customer)
        mine.update(card_last4="", card_expires_on=None)
        bills = Bill.objects.filter(subscription__customer=customer)
        bills.update(fix_key="", pay_url="")
        bills.refused().filter(told__lt=Bill.Told.HOLD).update(told=Bill.Told.HOLD)


def whole_store(store: Store) -> dict[str, Any]:
    """Return every subscription of the store in scope as plain values."""
    return {"subscriptions": _plain_of()}


def _plain_of(**which: Any) -> list[dict[str, Any]]:
    rows = Subscription.objects.filter(**which).order_by("id")
    fetched = rows.select_related(
        "product", "order", "leaving_reason", "instalments"
    ).prefetch_related("bills")
    return [_plain(each) for each in fetched]


def _plain(row: Subscription) -> dict[str, Any]:
    reason = getattr(row, "leaving_reason", None)
    moments = ("started_at", "next_charge_at", "ends_at", "ended_at", "rests_from", "rests_until")
    return {
        "id": row.public_id,
        "product": row.product.title,
        "first_order": row.order.number,
        "amount": str(money.to_major(row.amount, row.currency)),
        "currency": row.currency,
        **{name: at.isoformat() if (at := getattr(row, name)) else None for name in moments},
        "card": row.card_last4,
        "charges": [_plain_bill(bill) for bill in row.bills.all()],
        "monthly_charges": _plain_plan(row),
        "why_left": {"kind": reason.kind, "words": reason.words} if reason else None,
    }


def _plain_plan(row: Subscription) -> dict[str, Any] | None:
    plan = getattr(row, "instalments", None)
    if plan is None:
        return None
    return {
        "total": str(money.to_major(plan.total, row.currency)),
        "charges": plan.n_total,
        "paid": plan.n_paid,
        "state": plan.state,
        "settled_at": plan.settled_at.isoformat() if plan.settled_at else None,
    }


def _plain_bill(bill: Bill) -> dict[str, Any]:
    moments = ("written_at", "failed_at", "paid_at", "starts_at", "ends_at")
    return {
        "amount": bill.amount,
        "status": bill.status,
        **{name: at.isoformat() if (at := getattr(bill, name)) else None for name in moments},
    }
