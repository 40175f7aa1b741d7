"""The mails about access, to the customer in their language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import formats, timezone
from django.utils.translation import override

from access.models import Access
from mail.services.outbox import Letter, post_many
from products.models import Inclusion, Product
from stores.scope import current_store
from stores.services.addresses import store_origin


def something_was_added(inclusion: Inclusion, accesses: Sequence[Access], now: datetime) -> None:
    """Tell who was given an addition, once each; who had it from elsewhere hears nothing."""
    news = _news(inclusion, accesses)
    if not news:
        return
    origin = store_origin(current_store())
    bought = _bought_by(news)
    post_many(
        "added",
        [
            Letter(
                key=f"added:{inclusion.pk}:{access.customer_id}",
                to=access.customer.user.email,
                name=access.customer.name,
                language=_language(access),
                context={
                    "title": access.product.title,
                    "bundle": bought[access.pk].title,
                    "opens": _opens(access, now),
                    "shelf_url": origin + _shelf(_language(access)),
                },
            )
            for access in news
        ],
    )


def _news(inclusion: Inclusion, accesses: Sequence[Access]) -> list[Access]:
    had = Access.objects.standing().filter(
        product=inclusion.included_id, customer__in={access.customer_id for access in accesses}
    )
    had_before = set(
        had.exclude(pk__in=[access.pk for access in accesses]).values_list("customer_id", flat=True)
    )
    return [
        access
        for access in accesses
        if access.customer_id not in had_before and access.customer.erased_at is None
    ]


def _bought_by(accesses: Sequence[Access]) -> dict[int, Product]:
    """Return, by access, what was bought: the product of the access on top."""
    rows = Access.objects.filter(pk__in=[access.pk for access in accesses])
    found = {}
    for row in rows.select_related("parent__parent__product", "parent__product"):
        top = row
        while top.parent is not None:
            top = top.parent
        found[row.pk] = top.product
    return found


def _language(access: Access) -> str:
    return access.customer.language or current_store().language


def _opens(access: Access, now: datetime) -> str:
    if access.starts_at <= now:
        return ""
    with override(_language(access)):
        return formats.date_format(
            timezone.localtime(access.starts_at, current_store().zone), "DATETIME_FORMAT"
        )


def _shelf(language: str) -> str:
    store, before = current_store(), get_script_prefix()
    set_script_prefix(f"/{language}/" if language in store.other_languages else "/")
    try:
        return reverse("storefront:shelf", settings.ROOT_URLCONF)
    finally:
        set_script_prefix(before)
