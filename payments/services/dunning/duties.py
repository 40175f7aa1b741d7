"""Who is on hold or in their last days, for who runs the store: a word from them often helps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from payments.models import Bill, SubscriptionTerms
from payments.querysets import BillQuerySet
from payments.services.dunning.reaching import name_of
from payments.services.dunning.words import day, period_of
from payments.services.subscriptions.terms import store_terms
from stores.models import Store
from stores.slots import Duty

LAST_DAYS = timedelta(days=3)
MOST = 5
"""So many are named one by one."""


def duties(store: Store, now: datetime) -> Sequence[Duty]:
    """Return one duty for each charge that closes soon or has closed something, the next first."""
    first = Bill.objects.refused()[:1]
    if not first:
        return []
    terms = store_terms()
    due = closing(terms, now).select_related(
        "subscription__customer__user",
        "subscription__order",
        "subscription__price",
        "subscription__product",
    )
    rows = list(due.order_by("failed_at")[: MOST + 1])
    found = [_duty(bill, terms, now) for bill in rows[:MOST]]
    if len(rows) > MOST:
        more = due.count() - MOST
        sentence = ngettext("%(n)s more did not pay yet.", "%(n)s more did not pay yet.", more) % {
            "n": more
        }
        url = reverse("admin:payments_bill_changelist")
        found.append(Duty("unpaid-more", sentence, None, url, _("See them"), "sales"))
    return found


def closing(terms: SubscriptionTerms, now: datetime) -> BillQuerySet:
    """Return the charges whose days to fix are over, or nearly so, of what goes on."""
    length = timedelta(days=terms.days_to_fix)
    found: BillQuerySet = Bill.objects.refused().filter(
        subscription__ended_at=None, failed_at__lte=now - max(length - LAST_DAYS, timedelta())
    )
    return found


def _duty(bill: Bill, terms: SubscriptionTerms, now: datetime) -> Duty:
    assert bill.failed_at is not None  # noqa: S101 -- it was refused
    language = get_language() or "en"
    fix_by = bill.failed_at + timedelta(days=terms.days_to_fix)
    words = {
        "name": name_of(bill.subscription),
        "amount": bill.display(),
        "period": period_of(bill, language),
        "title": bill.subscription.product.title,
        "day": day(fix_by, language),
    }
    if now < fix_by:
        sentence = _("%(name)s: %(amount)s for %(period)s failed. “%(title)s” closes on %(day)s.")
    else:
        sentence = _("%(name)s is on hold: %(amount)s for %(period)s of “%(title)s” isn't paid.")
    return Duty(
        key=f"unpaid:{bill.stripe_id}",
        sentence=sentence % words,
        due_at=fix_by if now < fix_by else fix_by + terms.hold_length,
        url=reverse("admin:payments_bill_change", args=[bill.pk]),
        verb=_("Write a word"),
        area="sales",
    )
