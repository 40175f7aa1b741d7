"""The catalogue's mails: to the creator about a presale, to people on lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import override

from mail.services.outbox import Letter, post, post_many, post_to_creators
from products.models import ListEntry, Product
from products.services.moments import in_words
from stores.scope import current_store
from stores.services.addresses import page_url

if TYPE_CHECKING:
    from products.contract import Text


def warning(product: Product, days: int, missing: Sequence[Text], now: datetime) -> None:
    """Tell those who run the store that what opens soon is not ready."""
    with override(current_store().language):
        sentences = [str(each) for each in missing]
    key = f"presale-warning:{product.public_id}:{days}:{_stamp(product.opens_at)}"
    _to_creators(product, "presale_warning", key, {"missing": sentences, "days": days})


def late(product: Product, buyers: int, now: datetime) -> None:
    """Tell those who run the store that nothing opened, and that a new day is needed."""
    key = f"presale-late:{product.public_id}:{_stamp(product.opens_at)}"
    _to_creators(product, "presale_late", key, {"people": buyers})


def _to_creators(product: Product, kind: str, key: str, context: dict[str, Any]) -> None:
    language = current_store().language
    post_to_creators(
        kind,
        key=key,
        context={
            "title": product.title,
            "opens": in_words(product.opens_at, language) if product.opens_at else "",
            "admin_url": page_url("admin:products_product_change", product.pk, language=language),
            **context,
        },
    )


def ask_to_confirm(entry: ListEntry, *, key: str, was_on: bool) -> None:
    """Ask the owner of an address whether it was them who joined; only they can say yes."""
    post(
        "list_confirm",
        key=f"list-confirm:{entry.public_id}:{_stamp(entry.joined_at)}:{entry.asks}",
        to=entry.email,
        language=entry.language,
        context={
            "title": entry.product.title,
            "store_name": current_store().name,
            "was_on": was_on,
            "is_waiting": entry.kind == ListEntry.Kind.WAITING,
            "confirm_url": page_url(
                "storefront:list-confirm", entry.public_id, key, language=entry.language
            ),
        },
    )


def on_sale(product: Product, entries: Iterable[tuple[ListEntry, str]]) -> None:
    """Tell people on a list that what they wait for is on sale; ``entries`` come with their key."""
    post_many(
        "list_open",
        [
            Letter(
                key=f"list-open:{entry.public_id}:{_stamp(entry.joined_at)}",
                to=entry.email,
                name=entry.customer.name if entry.customer else "",
                language=entry.language,
                context=_news(product, entry, key),
            )
            for entry, key in entries
        ],
    )


def _news(product: Product, entry: ListEntry, key: str) -> dict[str, Any]:
    language = entry.language
    slug = product.slug or product.public_id
    return {
        "title": product.title,
        "line": product.result or product.tagline,
        "store_name": current_store().name,
        "is_again": entry.kind == ListEntry.Kind.WAITING,
        "opens": in_words(product.opens_at, language)
        if product.is_presale and product.opens_at
        else "",
        "product_url": page_url("storefront:product", slug, language=language),
        "leave_url": page_url("storefront:list-leave", entry.public_id, key, language=language),
    }


def _stamp(moment: datetime | None) -> int:
    return int(moment.timestamp()) if moment else 0
