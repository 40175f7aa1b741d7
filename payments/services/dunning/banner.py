"""What is said of something that is not paid for: on its pages, and where it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access.contract import Locked, Remedy, Unpaid
from access.models import Access, SourceKind
from accounts.models import Customer
from payments.models import Bill
from payments.services.dunning.words import day, fix_path, period_of
from payments.services.subscriptions.terms import store_terms
from products.models import Product


def unpaid_of(accesses: Sequence[Access], now: datetime) -> list[Unpaid]:
    """Return what is not paid of the subscriptions that gave these, for each once: two queries.

    What stands inside something is asked about with that: one query more a level.
    """
    given = {
        int(each.source_id)
        for each in _with_above(accesses)
        if each.source_kind == SourceKind.SUBSCRIPTION and each.source_id.isdecimal()
    }
    goes_on = Q(subscription__ended_at=None) | Q(subscription__instalments__state="paying")
    bills = Bill.objects.refused().filter(goes_on, subscription__in=given)
    oldest: dict[int, Bill] = {}
    for bill in bills.select_related("subscription__price").order_by("-failed_at"):
        oldest[bill.subscription_id] = bill
    terms = store_terms() if oldest else None
    return [
        _said(bill, fix_by, now)
        for bill in oldest.values()
        if terms is not None and (fix_by := bill.subscription.fix_by(terms)) is not None
    ]


def _with_above(accesses: Sequence[Access]) -> list[Access]:
    found = level = list(accesses)
    while above := {each.parent_id for each in level if each.parent_id is not None}:
        level = list(Access.objects.filter(pk__in=above))
        found = [*found, *level]
    return found


def _said(bill: Bill, fix_by: datetime, now: datetime) -> Unpaid:
    language = get_language() or "en"
    words = {"amount": bill.display(), "period": period_of(bill, language)}
    if fix_by <= now:
        sentence = _("On hold: %(period)s isn't paid.") % words
        return Unpaid(sentence, None, Remedy(_("Pay %(amount)s") % words, fix_path(bill)))
    sentence = _(
        "%(amount)s for %(period)s could not be charged. Everything stays open until %(day)s."
    )
    verb = _("Fix it, one minute, no sign-in")
    said = sentence % {**words, "day": day(fix_by, language)}
    return Unpaid(said, fix_by, Remedy(verb, fix_path(bill)))


def why_locked(customer: Customer, product: Product, now: datetime) -> Locked | None:
    """Return that a product is on hold until a charge is paid; None where none is the reason."""
    theirs = Access.objects.standing().filter(
        customer=customer,
        product=product,
        source_kind__in=(SourceKind.SUBSCRIPTION, SourceKind.BUNDLE),
    )
    held = [each for each in unpaid_of(list(theirs), now) if each.until is None]
    return Locked(held[0].because, "hold", None, held[0].remedy) if held else None
