"""What is asked of Stripe about subscriptions and their invoices."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime
from typing import Any

from payments.contract import (
    BilledLine,
    CardFacts,
    CouponFacts,
    IntentFacts,
    InvoiceFacts,
    SubscriptionFacts,
)
from payments.errors import Refused
from payments.services.stripe_api import PAGE, _asking, _id, _options, _plain, fetch_intent

SUBSCRIPTION_LINE = "subscription_item_details"
CARD = ("default_payment_method", "customer.invoice_settings.default_payment_method")
"""What is expanded of a subscription: its own card, or else its customer's."""


def fetch_subscription(account: str, subscription_id: str) -> SubscriptionFacts:
    """Return what Stripe says now of a subscription."""
    with _asking() as client:
        return subscription_facts(
            client.v1.subscriptions.retrieve(
                subscription_id,
                {"expand": [*CARD]},
                _options(account),  # type: ignore[arg-type]  # options are built as a plain dict
            )
        )


def fetch_invoice(account: str, invoice_id: str) -> InvoiceFacts:
    """Return what Stripe says now of an invoice, and of the payment intent that paid it."""
    with _asking() as client:
        found = _plain(
            client.v1.invoices.retrieve(invoice_id, {"expand": ["payments"]}, _options(account))  # type: ignore[arg-type]  # as above
        )
    intent = _intent_of(found)
    return invoice_facts(found, fetch_intent(account, intent) if intent else None)


def change(
    account: str, subscription_id: str, body: dict[str, Any], key: str
) -> SubscriptionFacts | InvoiceFacts:
    """Change a subscription, end it at once, or give up an invoice of it, as the body of an
    OutboundCall says."""
    if body["do"] == "cancel":
        return _cancel(account, subscription_id, body)
    with _asking() as client:
        options = _options(account, key)
        if body["do"] == "void":
            return invoice_facts(
                _plain(client.v1.invoices.void_invoice(body["invoice"], {}, options)),  # type: ignore[arg-type]  # as above
                None,
            )
        return subscription_facts(
            client.v1.subscriptions.update(subscription_id, body["params"], options)  # type: ignore[arg-type]  # the body was stored as JSON
        )


def _cancel(account: str, subscription_id: str, body: dict[str, Any]) -> SubscriptionFacts:
    """End a subscription; Stripe keeps no keys of a DELETE, so one that has ended is an answer."""
    try:
        with _asking() as client:
            return subscription_facts(
                client.v1.subscriptions.cancel(subscription_id, body["params"], _options(account))  # type: ignore[arg-type]  # as above
            )
    except Refused:
        found = fetch_subscription(account, subscription_id)
        if found.ended_at is None:
            raise
        return found


def create_portal(account: str, body: dict[str, Any]) -> str:
    """Open Stripe's own page for a customer and return its address; no money moves by it."""
    with _asking() as client:
        return str(client.v1.billing_portal.sessions.create(body, _options(account)).url)  # type: ignore[arg-type]  # as above


def make_coupon(account: str, body: dict[str, Any], key: str) -> CouponFacts:
    """Make a coupon under the id we gave it; one that is there already is the one we made."""
    try:
        with _asking() as client:
            return CouponFacts(client.v1.coupons.create(body, _options(account, key)).id)  # type: ignore[arg-type]  # the body was stored as JSON
    except Refused as refused:
        if refused.code == "resource_already_exists":
            return CouponFacts(body["id"])
        raise


def preview(account: str, subscription_id: str, details: dict[str, Any]) -> InvoiceFacts:
    """Return the invoice a change would bring; nothing is changed."""
    with _asking() as client:
        found = client.v1.invoices.create_preview(
            {"subscription": subscription_id, "subscription_details": details},  # type: ignore[arg-type]  # built as a plain dict
            _options(account),  # type: ignore[arg-type]  # as above
        )
    return invoice_facts(_plain(found), None)


def list_invoices(account: str, subscription_id: str) -> list[str]:
    """Return the ids of a subscription's invoices, oldest first."""
    with _asking() as client:
        page = client.v1.invoices.list(
            {"subscription": subscription_id, "limit": PAGE},
            _options(account),  # type: ignore[arg-type]  # as above
        )
        return [str(invoice.id) for invoice in page.auto_paging_iter()][::-1]


def find_session(account: str, subscription_id: str) -> str:
    """Return the checkout session a subscription was begun by; empty when there is none."""
    with _asking() as client:
        found = client.v1.checkout.sessions.list(
            {"subscription": subscription_id, "limit": 1},
            _options(account),  # type: ignore[arg-type]  # as above
        )
        return found.data[0].id if found.data else ""


def find_invoice(account: str, intent_id: str) -> str:
    """Return the invoice a payment intent pays; empty when it pays none."""
    with _asking() as client:
        found = client.v1.invoice_payments.list(
            {"payment": {"type": "payment_intent", "payment_intent": intent_id}, "limit": 1},
            _options(account),  # type: ignore[arg-type]  # as above
        )
        return _id(_plain(found.data[0]).get("invoice")) if found.data else ""


def subscription_facts(subscription: Any) -> SubscriptionFacts:
    """Return the facts of a subscription object; its period is that of its first item."""
    plain = _plain(subscription)
    item = plain["items"]["data"][0]
    price = item.get("price") or {}
    recurring = price.get("recurring") or {}
    return SubscriptionFacts(
        id=plain["id"],
        status=plain.get("status") or "",
        reference=(plain.get("metadata") or {}).get("order", ""),
        customer=_id(plain.get("customer")),
        item=item["id"],
        currency=plain.get("currency") or "",
        amount=(price.get("unit_amount") or 0) * (item.get("quantity") or 1),
        started_at=_moment(plain["start_date"]),
        period_start=_moment(item["current_period_start"]),
        period_end=_moment(item["current_period_end"]),
        is_live=bool(plain.get("livemode")),
        cancel_at=_moment_or_none(plain.get("cancel_at")),
        ended_at=_moment_or_none(plain.get("ended_at")),
        trial_end=_moment_or_none(plain.get("trial_end")),
        latest_invoice=_id(plain.get("latest_invoice")),
        card=_card(plain),
        product=_id(price.get("product")),
        every=(recurring.get("interval") or "", recurring.get("interval_count") or 0),
        schedule=_id(plain.get("schedule")),
        is_pending=plain.get("pending_update") is not None,
    )


def _card(plain: dict[str, Any]) -> CardFacts | None:
    """Return the card that is charged; None where it was not expanded, or is no card."""
    of_customer = plain.get("customer")
    settings = of_customer.get("invoice_settings") if isinstance(of_customer, dict) else None
    for method in (
        plain.get("default_payment_method"),
        (settings or {}).get("default_payment_method"),
    ):
        card = method.get("card") if isinstance(method, dict) else None
        if card:
            year, month = int(card["exp_year"]), int(card["exp_month"])
            last_day = date(year, month, monthrange(year, month)[1])
            return CardFacts(str(card.get("last4") or ""), last_day)
    return None


def invoice_facts(invoice: dict[str, Any], intent: IntentFacts | None) -> InvoiceFacts:
    """Return the facts of an invoice object."""
    details = (invoice.get("parent") or {}).get("subscription_details") or {}
    times = invoice.get("status_transitions") or {}
    return InvoiceFacts(
        id=invoice["id"],
        status=invoice.get("status") or "",
        subscription=_id(details.get("subscription")),
        reference=(details.get("metadata") or {}).get("order", ""),
        reason=invoice.get("billing_reason") or "",
        currency=invoice.get("currency") or "",
        amount_paid=invoice.get("amount_paid") or 0,
        amount_remaining=invoice.get("amount_remaining") or 0,
        is_tried=bool(invoice.get("attempted")),
        next_try_at=_moment_or_none(invoice.get("next_payment_attempt")),
        hosted_url=invoice.get("hosted_invoice_url") or "",
        created_at=_moment(times.get("finalized_at") or invoice["created"]),
        paid_at=_moment_or_none(times.get("paid_at")),
        is_live=bool(invoice.get("livemode")),
        lines=tuple(_line(line) for line in (invoice.get("lines") or {}).get("data") or ()),
        intent=intent,
    )


def _line(line: dict[str, Any]) -> BilledLine:
    parent = line.get("parent") or {}
    details = parent.get(SUBSCRIPTION_LINE) or {}
    is_of_it = parent.get("type") == SUBSCRIPTION_LINE
    is_part = is_of_it and bool(details.get("proration"))
    return BilledLine(
        amount=line.get("amount") or 0,
        start=_moment(line["period"]["start"]),
        end=_moment(line["period"]["end"]),
        is_period=is_of_it and not is_part,
        is_part=is_part,
        off=sum(int(one["amount"]) for one in line.get("discount_amounts") or ()),
    )


def _intent_of(invoice: dict[str, Any]) -> str:
    """Return the payment intent that paid an invoice; empty while it is not paid."""
    for row in (invoice.get("payments") or {}).get("data") or ():
        if row.get("status") == "paid":
            return _id((row.get("payment") or {}).get("payment_intent"))
    return ""


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(int(seconds), tz=UTC)


def _moment_or_none(seconds: int | None) -> datetime | None:
    return None if seconds is None else _moment(seconds)
