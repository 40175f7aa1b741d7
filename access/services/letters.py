"""The mails about access, to the customer in their language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import formats, timezone
from django.utils.translation import override

from access.contract import money_back_urls
from access.models import Access
from access.services.keys import make_part_keys
from accounts.models import Consent
from mail.services.outbox import Letter, post_many
from products.contract import formats as product_formats
from products.models import Inclusion, OpeningMove, Part, Product, Replacement
from products.services.moments import day_in_words, in_words
from products.services.presale import last_moves
from stores.scope import current_store
from stores.services.addresses import page_url, store_origin


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
                language=language_of(access),
                context={
                    "title": access.product.title,
                    "bundle": bought[access.pk].title,
                    "opens": _opens(access, now),
                    "shelf_url": origin + _shelf(language_of(access)),
                },
            )
            for access in news
        ],
    )


def it_was_replaced(row: Replacement, accesses: Sequence[Access], now: datetime) -> None:
    """Tell who was given what took the place of theirs, once each; who had it hears nothing."""
    news = _new_to(row.heir_id, accesses)
    if not news:
        return
    links, origin = open_links(news, now), store_origin(current_store())
    post_many(
        "replaced_free",
        [
            Letter(
                key=f"replaced:{row.product_id}:{row.heir_id}:{access.customer.public_id}",
                to=access.customer.user.email,
                name=access.customer.name,
                language=language_of(access),
                context={
                    "title": access.product.title,
                    "former": row.product.title,
                    "open_url": links.get(access.pk) or origin + _shelf(language_of(access)),
                    "shelf_url": origin + _shelf(language_of(access)),
                },
            )
            for access in news
        ],
    )


def it_has_a_price(row: Replacement, accesses: Sequence[Access]) -> None:
    """Tell earlier buyers who said yes to news what the new one costs them, once each.

    Who has the new one already hears nothing.
    """
    if row.price is None:
        return
    customers = {access.customer_id for access in accesses}
    rows = Consent.objects.filter(
        customer__in=customers, purpose=Consent.Purpose.NEWS, withdrawn_at=None
    )
    said_yes = set(rows.values_list("customer_id", flat=True))
    has_it = Access.objects.standing().filter(product=row.heir_id, customer__in=customers)
    wanted = said_yes - set(has_it.values_list("customer_id", flat=True))
    slug = row.heir.slug or row.heir.public_id
    told = {each.customer_id: each for each in accesses if each.customer_id in wanted}
    post_many(
        "replaced_price",
        [
            Letter(
                key=f"replaced-price:{row.product_id}:{row.heir_id}:{access.customer.public_id}",
                to=access.customer.user.email,
                name=access.customer.name,
                language=language_of(access),
                context={
                    "title": row.heir.title,
                    "former": row.product.title,
                    "amount": row.price.display(language_of(access)),
                    "product_url": page_url(
                        "storefront:product", slug, language=language_of(access)
                    ),
                },
            )
            for access in told.values()
        ],
    )


def _news(inclusion: Inclusion, accesses: Sequence[Access]) -> list[Access]:
    return _new_to(inclusion.included_id, accesses)


def _new_to(product_id: int, accesses: Sequence[Access]) -> list[Access]:
    had = Access.objects.standing().filter(
        product=product_id, customer__in={access.customer_id for access in accesses}
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


def language_of(access: Access) -> str:
    return access.customer.language or current_store().language


def _opens(access: Access, now: datetime) -> str:
    if access.starts_at <= now:
        return ""
    with override(language_of(access)):
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


def it_opened(accesses: Sequence[Access], now: datetime) -> None:
    """Tell those who waited that it is open, with a link that opens it; once for each product."""
    told = [access for access in accesses if access.customer.erased_at is None]
    links = open_links(told, now)
    post_many(
        "presale_opened",
        [
            Letter(
                key=f"presale-opened:{access.product.public_id}:{access.customer.public_id}",
                to=access.customer.user.email,
                name=access.customer.name,
                language=language_of(access),
                context={
                    "title": access.product.title,
                    "store_name": current_store().name,
                    "open_url": links.get(access.pk)
                    or page_url("storefront:shelf", language=language_of(access)),
                    "shelf_url": page_url("storefront:shelf", language=language_of(access)),
                    "until": day_in_words(access.ends_at, language_of(access))
                    if access.ends_at
                    else "",
                },
            )
            for access in told
        ],
    )


def it_is_late(accesses: Sequence[Access], now: datetime) -> None:
    """Tell those who wait that it did not open on its day, the same day, and what they may do."""
    told = [access for access in accesses if access.customer.erased_at is None]
    back = money_back_urls(told, now)
    moves = last_moves(access.product_id for access in told)
    post_many(
        "presale_delayed",
        [
            Letter(
                key=f"presale-delayed:{_number(moves, access)}:{access.customer.public_id}",
                to=access.customer.user.email,
                name=access.customer.name,
                language=language_of(access),
                context={
                    "title": access.product.title,
                    "store_name": current_store().name,
                    "was": _moment(access.told_opens_at, access),
                    "back_url": back.get(access.pk, ""),
                    "shelf_url": page_url("storefront:shelf", language=language_of(access)),
                },
            )
            for access in told
        ],
    )


def it_moved(accesses: Sequence[Access], now: datetime) -> None:
    """Tell those who wait that the day has moved, from what they were told to what holds.

    Who was told that it is late hears of the day that was missed.
    """
    told = [access for access in accesses if access.customer.erased_at is None]
    back = money_back_urls(told, now)
    moves = last_moves(access.product_id for access in told)
    post_many(
        "presale_moved",
        [
            Letter(
                key=f"presale-moved:{_number(moves, access)}:{access.customer.public_id}",
                to=access.customer.user.email,
                name=access.customer.name,
                language=language_of(access),
                context={
                    "title": access.product.title,
                    "store_name": current_store().name,
                    "was": _moment(access.told_opens_at or _was(moves, access), access),
                    "opens": _moment(access.product.opens_at, access),
                    "is_late": access.told_opens_at is None or access.told_opens_at <= now,
                    "back_url": back.get(access.pk, ""),
                    "shelf_url": page_url("storefront:shelf", language=language_of(access)),
                },
            )
            for access in told
        ],
    )


def _moment(moment: datetime | None, access: Access) -> str:
    return in_words(moment, language_of(access)) if moment is not None else ""


def _number(moves: dict[int, OpeningMove], access: Access) -> int:
    """Return which change is told: a day named again is told again."""
    return moves[access.product_id].pk if access.product_id in moves else 0


def _was(moves: dict[int, OpeningMove], access: Access) -> datetime | None:
    return moves[access.product_id].was if access.product_id in moves else None


def open_links(accesses: Sequence[Access], now: datetime) -> dict[int, str]:
    """Return, by access, a link that opens the first part of what it is for, without signing in."""
    urls = _open_urls(accesses)
    parts: dict[int, list[Part]] = defaultdict(list)
    found = Part.objects.filter(
        product__in={access.product_id for access in accesses}, parent=None, preview=False
    )
    for part in found.published().order_by("position", "id"):
        parts[part.product_id].append(part)
    wanted = [access for access in accesses if parts[access.product_id]]
    firsts = [_first(urls.get(access, ""), parts[access.product_id]) for access in wanted]
    origin = store_origin(current_store()) if wanted else ""
    pairs = [(access.customer, part) for access, part in zip(wanted, firsts, strict=True)]
    return {
        access.pk: page_url("access:key", secret, language=language_of(access), origin=origin)
        for access, secret in zip(wanted, make_part_keys(pairs, now), strict=True)
    }


def _open_urls(accesses: Sequence[Access]) -> dict[Access, str]:
    by_format: dict[str, list[Access]] = defaultdict(list)
    for access in accesses:
        by_format[access.product.format].append(access)
    urls: dict[Access, str] = {}
    for key, theirs in by_format.items():
        urls |= product_formats[key].open_urls(theirs)
    return urls


def _first(url: str, parts: Sequence[Part]) -> Part:
    """Return the part the format itself would open first."""
    return next((part for part in parts if part.public_id in url), parts[0])
