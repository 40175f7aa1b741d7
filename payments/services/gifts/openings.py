"""Who gave away what has not opened waits too: counted, and told when its day moves or passes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from mail.models import Message
from mail.services.outbox import post
from payments.models import Gift
from payments.querysets import GiftQuerySet
from payments.services.addresses import page_url
from payments.services.promises import gift_url
from products.models import OpeningMove, Product
from products.services.moments import in_words
from products.services.presale import last_moves
from stores.scope import current_store

LOOKS_BACK = timedelta(days=7)
"""A change older than this is no news."""
BATCH = 200
TOLD = (OpeningMove.What.MOVED, OpeningMove.What.LATE)


def givers(products: Sequence[Product]) -> dict[int, int]:
    """Return how many gifts of each of these products nobody claimed yet, by its primary key."""
    rows = Gift.objects.waiting().filter(line__product__in=[each.pk for each in products])
    counts = rows.values_list("line__product").annotate(n=Count("pk"))
    return dict(counts.order_by())


def with_news(now: datetime) -> GiftQuerySet:
    """Return unclaimed gifts of presales whose day changed lately."""
    found: GiftQuerySet = Gift.objects.waiting().filter(
        line__product__opening_moves__at__gt=now - LOOKS_BACK,
        line__product__opening_moves__what__in=TOLD,
        line__product__opens_at__isnull=False,
        line__product__opened_at=None,
    )
    return found.distinct()


def tell_givers(now: datetime) -> None:
    """Tell givers, in the store in scope, of the last change since they bought, once each.

    Once it is claimed its receiver hears instead, as everybody who waits.
    """
    gifts = list(with_news(now).select_related("line__order", "line__product"))
    last = last_moves(gift.line.product_id for gift in gifts)
    news = {
        f"gift-opening:{move.pk}:{gift.public_id}": (gift, move)
        for gift in gifts
        if (move := last[gift.line.product_id]).what in TOLD
        and (gift.line.order.paid_at or now) < move.at
    }
    told = set(Message.objects.filter(key__in=list(news)).values_list("key", flat=True))
    for key in [each for each in news if each not in told][:BATCH]:
        _tell(key, *news[key], now)


def _tell(key: str, gift: Gift, move: OpeningMove, now: datetime) -> None:
    order, product = gift.line.order, gift.line.product
    language = order.language
    is_late = move.what == OpeningMove.What.LATE
    context: dict[str, Any] = {
        "title": product.title,
        "store_name": current_store().name,
        "was": in_words(move.was, language) if move.was else "",
        "back_url": gift_url(gift, now),
        "shelf_url": page_url("payments:order", order.public_id, language=language),
    }
    if not is_late:
        context |= {
            "opens": in_words(product.opens_at, language) if product.opens_at else "",
            "is_late": move.was is not None and move.was <= move.at,
        }
    post(
        "presale_delayed" if is_late else "presale_moved",
        key=key,
        to=order.email,
        name=order.name,
        language=language,
        context=context,
    )
