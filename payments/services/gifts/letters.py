"""The mails of a gift: to its giver, to its receiver, and one reminder."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import formats
from django.utils.translation import override

from core import clock
from mail.services.outbox import post
from payments.models import Gift, Subscription
from payments.services.addresses import page_url
from payments.services.subscriptions.coming import next_charge
from payments.services.subscriptions.wording import in_day
from products.models import Price
from products.services.rhythms import a_period
from stores.scope import current_store


def link_of(gift: Gift, language: str) -> str:
    """Return the address that claims a gift."""
    return page_url("payments:gift", gift.public_id, gift.key, language=language)


def ready(gift: Gift) -> None:
    """Give its giver the link and the card, once."""
    _to_giver(gift, "gift_ready", f"gift-ready:{gift.public_id}")


def claimed(gift: Gift) -> None:
    """Tell the giver that it was opened."""
    _to_giver(gift, "gift_claimed", f"gift-claimed:{gift.public_id}")


def remind_giver(gift: Gift) -> None:
    """Tell the giver once that nobody opened it yet."""
    _to_giver(gift, "gift_unclaimed", f"gift-unclaimed:{gift.public_id}")


def deliver(gift: Gift) -> None:
    """Write to the receiver that something waits for them; once per address."""
    _to_receiver(gift, "gift", "gift")


def remind_receiver(gift: Gift) -> None:
    """Remind the receiver once that something still waits for them."""
    _to_receiver(gift, "gift_waiting", "gift-waiting")


def ends(gift: Gift, at: datetime, price: Price | None) -> None:
    """Tell whoever has it that its time ends soon, and how it could go on."""
    language = _language(gift)
    product = gift.line.product
    if price is None:
        slug = product.slug or product.public_id
        url = page_url("storefront:product", slug, language=language)
    else:
        url = page_url("payments:checkout", price.public_id, language=language)
    with override(language):
        costs = a_period(price, price.display(language)) if price is not None else ""
    _to_holder(
        gift,
        "gift_ends",
        f"gift-ends:{gift.public_id}",
        {"until": in_day(at, language), "amount": costs, "product_url": url},
    )


def taken_back(gift: Gift, subscription: Subscription, at: datetime) -> None:
    """Tell whoever had it that it was taken back, and when their next charge is."""
    language = _language(gift)
    words = {
        "amount": next_charge(subscription, at=at).in_words(language),
        "next_charge": in_day(at, language),
        "billing_url": page_url("payments:subscription", subscription.public_id, language=language),
    }
    _to_holder(gift, "gift_taken_back", f"gift-taken-back:{gift.public_id}:{at:%Y%m%d}", words)


def _language(gift: Gift) -> str:
    holder = gift.claimed_by
    return (holder.language if holder else "") or gift.line.order.language


def _to_holder(gift: Gift, kind: str, key: str, words: dict[str, Any]) -> None:
    holder = gift.claimed_by
    if holder is None:
        return
    context = {
        "store_name": current_store().name,
        "title": gift.line.title,
        "from_name": gift.from_name,
        **words,
    }
    post(
        kind,
        key=key,
        to=holder.user.email,
        name=holder.name,
        language=_language(gift),
        context=context,
    )


def _to_receiver(gift: Gift, kind: str, name: str) -> None:
    language = gift.line.order.language
    post(
        kind,
        key=f"{name}:{gift.public_id}:{gift.to_email}"[:120],
        to=gift.to_email,
        name=gift.to_name,
        language=language,
        context=_words(gift, language),
    )


def _to_giver(gift: Gift, kind: str, key: str) -> None:
    order = gift.line.order
    post(
        kind,
        key=key,
        to=order.email,
        name=order.name,
        language=order.language,
        context=_words(gift, order.language),
    )


def _words(gift: Gift, language: str) -> dict[str, Any]:
    order = gift.line.order
    with override(language):
        day = formats.date_format(
            gift.deliver_at.astimezone(current_store().zone), "DATETIME_FORMAT"
        )
    return {
        "store_name": current_store().name,
        "title": gift.line.title,
        "from_name": gift.from_name,
        "to_name": gift.to_name or gift.to_email,
        "message": gift.message,
        "day": day,
        "is_open": gift.is_due(clock.now()),
        "number": order.number,
        "gift_url": link_of(gift, language),
        "card_url": page_url("payments:gift-card", gift.public_id, gift.key, language=language),
        "order_url": page_url("payments:order", order.public_id, language=language),
    }
