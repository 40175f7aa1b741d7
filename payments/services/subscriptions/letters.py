"""The mails of what returns: each charge, each that failed, a rest, an end."""

from __future__ import annotations

from babel.dates import format_date

from core import clock
from mail.services.outbox import post
from payments.contract import InvoiceFacts
from payments.models import Order, Subscription
from payments.services.addresses import page_url
from payments.services.letters import order_words
from stores.scope import current_store


def renewed(subscription: Subscription, order: Order, facts: InvoiceFacts) -> None:
    """Send the receipt of a later charge, once per order."""
    language = order.language
    ends = max((line.end for line in facts.lines if line.is_period), default=None)
    zone = current_store().zone
    post(
        "renewed",
        key=f"renewed:{order.public_id}",
        to=order.email,
        name=order.name,
        language=language,
        context={
            **order_words(order, language),
            "title": subscription.product.title,
            "store_name": current_store().name,
            "next_charge": (
                format_date(clock.local_day(ends, zone), format="long", locale=language)
                if ends is not None
                else ""
            ),
            "shelf_url": page_url("storefront:shelf", language=language),
            "order_url": page_url("payments:order", order.public_id, language=language),
        },
    )
