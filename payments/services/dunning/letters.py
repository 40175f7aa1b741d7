"""The mails of a card that failed: three while all stays open, on hold, ended, and thanks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mail.services.outbox import post
from payments.models import Bill, Subscription
from payments.services.addresses import page_url
from payments.services.dunning.words import day, fix_url, period_of
from payments.services.subscriptions.terms import store_terms
from stores.scope import current_store

STAGES = {
    Bill.Told.FAILED: "unpaid",
    Bill.Told.AGAIN: "unpaid_again",
    Bill.Told.LAST: "unpaid_last",
    Bill.Told.HOLD: "unpaid_hold",
}
"""The mail of each step while it is unpaid."""


def tell(bill: Bill, step: Bill.Told, fix_by: datetime) -> None:
    """Send the mail of a step, once, and write down that it was; belongs to a transaction."""
    language = language_of(bill.subscription)
    ends_at = fix_by + store_terms().hold_length
    _post(
        STAGES[step],
        bill,
        until=day(fix_by, language),
        ends=day(ends_at, language),
        fix_url=fix_url(bill, language),
    )
    _note(bill, step)


def ended(bill: Bill) -> None:
    """Tell once that it has ended and that nothing is owed."""
    language = language_of(bill.subscription)
    product = bill.subscription.product
    _post(
        "unpaid_ended",
        bill,
        product_url=page_url(
            "storefront:product", product.slug or product.public_id, language=language
        ),
    )
    _note(bill, Bill.Told.ALL)


def recovered(bill: Bill) -> None:
    """Thank whoever had been told, once, now that it is paid."""
    if Bill.Told.NOTHING < bill.told < Bill.Told.ALL:
        language = language_of(bill.subscription)
        _post("unpaid_paid", bill, shelf_url=page_url("storefront:shelf", language=language))
    _note(bill, Bill.Told.ALL)


def leave_unsaid(bill: Bill) -> None:
    """Write down that nothing is to be said any more."""
    _note(bill, Bill.Told.ALL)


def language_of(subscription: Subscription) -> str:
    """Return the language a customer is written to in."""
    return str(subscription.customer.language or subscription.order.language)


def _note(bill: Bill, told: Bill.Told) -> None:
    bill.told = told
    bill.save(update_fields=["told"])


def _post(kind: str, bill: Bill, **more: Any) -> None:
    subscription = bill.subscription
    customer, language = subscription.customer, language_of(subscription)
    post(
        kind,
        key=f"{kind}:{bill.stripe_id}",
        to=customer.user.email,
        name=customer.name or subscription.order.name,
        language=language,
        context={
            "title": subscription.product.title,
            "amount": bill.display(language),
            "period": period_of(bill, language),
            "store_name": current_store().name,
            **more,
        },
    )
