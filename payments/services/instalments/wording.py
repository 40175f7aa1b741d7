"""What stands of a sum paid in monthly charges in words: "payment 2 of 4", and how it stands."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from payments.contract import InvoiceFacts
from payments.models import InstalmentPlan, Subscription
from payments.services.instalments.standing import State, plan_of
from payments.services.subscriptions.terms import store_terms
from payments.services.subscriptions.wording import in_day, owed_in_words
from products.services.rhythms import in_charges

LONGEST_LABEL = 80


def label_of(label: str, number: int, count: int, language: str) -> str:
    """Return what a charge is called on its receipt, after the price's own name if it has one."""
    with override(language):
        said = _("payment %(number)s of %(count)s") % {"number": number, "count": count}
    if not label:
        return said
    return f"{label[: LONGEST_LABEL - len(said) - 3]} · {said}"


def label_of_bill(subscription: Subscription, facts: InvoiceFacts, language: str) -> str:
    """Return what a later charge is called; empty for what is no charge of so many.

    Its number is that of its month, so that one which is heard of late is called the same.
    """
    plan = plan_of(subscription)
    if plan is None:
        return ""
    first = subscription.bills.filter(starts_at__isnull=False).order_by("starts_at")
    began = first.values_list("starts_at", flat=True).first() or subscription.started_at
    starts = max((line.start for line in facts.lines if line.is_period), default=facts.created_at)
    months = (starts.year - began.year) * 12 + starts.month - began.month
    number = min(max(2, months + 1), plan.n_total)
    return label_of(subscription.price.label, number, plan.n_total, language)


def paid_in_words(plan: InstalmentPlan) -> str:
    """Return "2 of 4 paid"."""
    return _("%(paid)s of %(count)s paid") % {"paid": plan.n_paid, "count": plan.n_total}


def price_of_plan(plan: InstalmentPlan) -> str:
    """Return "4 × ₪100 (₪400 in all)", in the language being read."""
    return in_charges(plan.total, plan.n_total, plan.subscription.currency)


def plan_stands(plan: InstalmentPlan, now: datetime) -> list[str]:
    """Return in sentences how it stands, for its owner and the team alike."""
    subscription = plan.subscription
    if plan.state == State.PAYING:
        return [f"{paid_in_words(plan)}.", *_paying(plan, now)]
    day = in_day(plan.settled_at or now)
    return {
        State.PAID: _paid(plan, day),
        State.LET_GO: [
            _("%(said)s. The shop let the rest go.") % {"said": paid_in_words(plan)},
            _("Nothing more is charged, and it stays yours."),
        ],
        State.RETURNED: [_("The money was returned on %(day)s.") % {"day": day}, *_no_more()],
        State.ENDED: [
            _("It ended on %(day)s, %(said)s.") % {"day": day, "said": paid_in_words(plan)},
            *_no_more(),
        ],
    }[State(plan.state)] + ([_disputed()] if subscription.held_at and plan.left == 0 else [])


def _paying(plan: InstalmentPlan, now: datetime) -> list[str]:
    subscription = plan.subscription
    if subscription.held_at is not None and subscription.unpaid_since is None:
        return [_disputed()]
    if subscription.held_at is not None:
        return [
            _("It is on hold: %(amount)s is not paid.") % {"amount": owed_in_words(subscription)}
        ]
    if subscription.unpaid_since is not None:
        by = subscription.fix_by(store_terms())
        words = {"amount": owed_in_words(subscription), "day": in_day(by or now)}
        return [
            _("%(amount)s could not be charged.") % words,
            _("Everything stays open until %(day)s.") % words,
        ]
    said = []
    if subscription.next_charge_at is not None:
        words = {"amount": subscription.display(), "day": in_day(subscription.next_charge_at)}
        said.append(_("The next, %(amount)s, is on %(day)s.") % words)
    left = {"left": plan.display(plan.left)}
    return [*said, _("%(left)s is left to pay.") % left]


def _paid(plan: InstalmentPlan, day: str) -> list[str]:
    sentence = ngettext(
        "The %(count)s payment is made, since %(day)s.",
        "All %(count)s payments are made, since %(day)s.",
        plan.n_total,
    )
    return [sentence % {"count": plan.n_total, "day": day}, *_no_more()]


def _no_more() -> list[str]:
    return [_("No more charges.")]


def _disputed() -> str:
    return _("It is on hold while a bank looks into one of the payments.")
