"""The mails about what is paid twice: the question, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from access.services.granting import root_of
from core import money, tokens
from mail.services.outbox import post
from payments.models import Overlap, Subscription
from payments.services.addresses import page_url
from payments.services.subscriptions.unused import unused
from payments.services.subscriptions.wording import in_day
from products.services.rhythms import a_period
from stores.scope import current_store

PAID_TWICE, STOPPED_INSIDE = "paid_twice", "stopped_inside"


def key_of(overlap: Overlap) -> str:
    """Return the key under which a mail's link opens the choice, and nothing else."""
    return tokens.keyed_hash("paid-twice", overlap.public_id)[:32]


def choice_url(overlap: Overlap, language: str) -> str:
    """Return the page on which one of both is chosen, signed out."""
    args = (overlap.public_id, key_of(overlap))
    return page_url("payments:paid-twice", *args, language=language)


def choice_path(subscription: Subscription, now: datetime) -> str:
    """Return the same page for who is signed in; empty where it is not paid twice."""
    rows = Overlap.objects.filter(subscription=subscription).select_related(
        "subscription", "access__product", "access__awaits"
    )
    held = next((row for row in rows.order_by("-pk") if row.holds(now)), None)
    if held is None:
        return ""
    return reverse("payments:paid-twice", args=[held.public_id, key_of(held)])


def by_link(public_id: str, key: str) -> Overlap | None:
    """Return what a link of a mail is about; None when the key is not its."""
    rows = Overlap.objects.filter(public_id=public_id).select_related(
        "subscription__product",
        "subscription__price",
        "subscription__order",
        "subscription__customer__user",
        "access__product",
        "access__awaits",
    )
    found: Overlap | None = rows.first()
    if found is None or not tokens.same(key, key_of(found)):
        return None
    return found


def whole_of(overlap: Overlap) -> str:
    """Return what was bought that includes it, in the language being read.

    Where that is the same product at another price, its price says which purchase it was.
    """
    root = root_of(overlap.access)
    title = str(root.product.title)
    if root.product_id != overlap.subscription.product_id:
        return title
    if root.price is not None and root.price.label:
        return f"{title}, {root.price.label}"
    return _("%(title)s, bought on %(day)s") % {"title": title, "day": in_day(root.created_at)}


def asks(overlap: Overlap, now: datetime) -> None:
    """Ask its owner, once, whether the one inside is enough."""
    subscription = overlap.subscription
    _post(PAID_TWICE, overlap, unused(subscription, now))


def stopped(subscription: Subscription, amount: int) -> bool:
    """Say that it ended because it is inside something; say whether that is why it ended."""
    rows = Overlap.objects.filter(subscription=subscription, call__isnull=False)
    overlap = rows.select_related("access__product").last()
    if overlap is None:
        return False
    overlap.subscription = subscription
    _post(STOPPED_INSIDE, overlap, amount)
    return True


def _post(kind: str, overlap: Overlap, amount: int) -> None:
    subscription = overlap.subscription
    customer = subscription.customer
    if customer.erased_at is not None:
        return
    language = customer.language or subscription.order.language
    post(
        kind,
        key=f"{kind}:{overlap.public_id}",
        to=customer.user.email,
        name=customer.name,
        language=language,
        context=_words(overlap, amount, language),
    )


def _words(overlap: Overlap, amount: int, language: str) -> dict[str, Any]:
    subscription, ends_at = overlap.subscription, overlap.access.ends_at
    with override(language):
        total = a_period(subscription.price, subscription.display(language))
        whole = whole_of(overlap)
    return {
        "title": subscription.product.title,
        "whole": whole,
        "store_name": current_store().name,
        "total": total,
        "amount": money.display(amount, subscription.currency, language) if amount else "",
        "until": in_day(ends_at, language) if ends_at else "",
        "choice_url": choice_url(overlap, language),
        "shelf_url": page_url("storefront:shelf", language=language),
        "billing_url": page_url("payments:subscription", subscription.public_id, language=language),
    }
