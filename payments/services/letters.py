"""The mails about money: to the customer in their language, to the creator in the store's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, override

from access.models import Access
from access.services.keys import make_part_key
from accounts.models import Customer
from core import days, money
from mail.models import Message
from mail.services.outbox import post, post_to_creators
from payments.models import FindRequest, Gift, Order, Refund, Team
from payments.services import first_sale
from payments.services.addresses import page_url
from payments.services.promises import waiting
from products.models import Part
from stores.models import Staff
from stores.roles import Role
from stores.scope import current_store


def receipt(order: Order, accesses: Sequence[Access], now: datetime, *, again: str = "") -> None:
    """Send the receipt, with a link that opens each thing bought without signing in.

    Once per order, and once more for each ``again``.
    """
    language = order.language
    store = current_store()
    post(
        "receipt",
        key=f"receipt:{order.public_id}{again}",
        to=order.email,
        name=order.name,
        language=language,
        context={
            **order_words(order, language),
            "store_name": store.name,
            "store_url": page_url("storefront:home", language=language),
            "maker": _owner_name(),
            "shelf_url": page_url("storefront:shelf", language=language),
            "order_url": page_url("payments:order", order.public_id, language=language),
            "links": _content_links(order, accesses, now),
            "is_gift": Gift.objects.filter(line__order=order).exists(),
            "is_team": Team.objects.filter(line__order=order).exists(),
            "waits": [asdict(each) for each in waiting(accesses, now, language)],
            "owned_before": order.owned_before and order.total > 0,
            "is_free": order.total == 0,
            "is_test": order.is_test,
            **rights(order, now, language),
        },
    )


def rights(order: Order, now: datetime, language: str) -> dict[str, Any]:
    """Return what the law wants said in a mail about an order; see ``disclosing``."""
    from payments.services import disclosing  # it judges by refunds, which write to us

    return disclosing.rights(order, now, language)


def sale(order: Order, *, is_first: bool) -> None:
    """Tell those who run the store that something was sold; the first time in other words.

    The first time waits a little, for who bought it to open it: see ``first_sale``.
    """
    words = {**order_words(order, current_store().language), "order": order.public_id}
    _to_creators(
        order,
        first_sale.KIND if is_first else "sale",
        f"sale:{order.public_id}",
        words,
        due_at=(order.paid_at or order.placed_at) + first_sale.WAITS if is_first else None,
    )


def refunded(refund: Refund, order: Order) -> None:
    """Tell the customer that money is on its way back, once per refund."""
    language = order.language
    post(
        "refunded",
        key=f"refunded:{refund.public_id}",
        to=order.email,
        name=order.name,
        language=language,
        context={
            **order_words(order, language),
            "store_name": current_store().name,
            "amount": refund.display(language),
            "closes": order.status == Order.Status.REFUNDED,
            "closed": _closed_by(refund),
            "by_hand": refund.payment.provider == Order.Provider.TRANSFER,
            "reason": refund.reason,
        },
    )


def refund_failed(refund: Refund, order: Order) -> None:
    """Tell a customer who was promised money that it came back to the shop, once per refund."""
    if not Message.objects.filter(key=f"refunded:{refund.public_id}").exists():
        return
    language = order.language
    post(
        "refund_failed",
        key=f"refund-failed:{refund.public_id}",
        to=order.email,
        name=order.name,
        language=language,
        context={
            **order_words(order, language),
            "store_name": current_store().name,
            "amount": refund.display(language),
            "shelf_url": page_url("storefront:shelf", language=language),
        },
    )


def _closed_by(refund: Refund) -> list[str]:
    """Return the titles of what this refund closed, where it does not close everything."""
    line = refund.line
    if line is None:
        return []
    line.refresh_from_db()
    return [line.title] if line.closed_at is not None else []


def order_question(order: Order, *, cause: str, about: str) -> None:
    """Tell those who run the store that an order needs their decision.

    ``about`` is an English sentence marked for translation.
    """
    language = current_store().language
    with override(language):
        said = gettext(about)
    _to_creators(
        order,
        "order_question",
        f"question:{cause}:{order.public_id}",
        {**order_words(order, language), "about": said},
    )


def _to_creators(
    order: Order, kind: str, key: str, context: dict[str, Any], *, due_at: datetime | None = None
) -> None:
    language = current_store().language
    place = page_url("admin:payments_order_change", order.pk, language=language)
    post_to_creators(
        kind,
        key=key,
        context={**context, "store_name": current_store().name, "admin_url": place},
        due_at=due_at,
    )


def order_words(order: Order, language: str) -> dict[str, Any]:
    """Return what every mail about an order may say of it, in ``language``."""
    placed_on = order.placed_at.astimezone(current_store().zone).date()
    return {
        "number": order.number,
        "date": days.said(placed_on, language),
        "customer_name": order.name,
        "customer_email": order.email,
        "total": order.display_total(language),
        "lines": _lines(order, language),
    }


def _lines(order: Order, language: str) -> list[dict[str, str]]:
    lines = list(order.lines.all())
    found = [(line.title, line.label, line.total - line.shipping_total) for line in lines]
    posting = sum(line.shipping_total for line in lines)
    if posting:
        with override(language):
            found.append((gettext("Shipping"), "", posting))
    return [
        {"title": title, "label": label, "amount": money.display(sum_, order.currency, language)}
        for title, label, sum_ in found
    ]


def _owner_name() -> str:
    owner: Staff | None = Staff.objects.filter(role=Role.OWNER).order_by("pk").first()
    return owner.name if owner else ""


def _content_links(order: Order, accesses: Sequence[Access], now: datetime) -> list[dict[str, str]]:
    """Return one key for each product that can be opened now."""
    live = {access.product_id: access for access in accesses if access.is_live(now)}
    parts: dict[int, list[Part]] = defaultdict(list)
    published = Part.objects.filter(product__in=live, parent=None, preview=False).published()
    for part in published.order_by("position", "id"):
        parts[part.product_id].append(part)
    return [
        {"title": access.product.title, "url": _key_url(order, _first(access, parts[pk]), now)}
        for pk, access in live.items()
        if parts[pk]
    ]


def _first(access: Access, parts: Sequence[Part]) -> Part:
    """Return the part the format itself would open first."""
    url = access.product.contract.open_urls([access]).get(access, "")
    return next((part for part in parts if part.public_id in url), parts[0])


def _key_url(order: Order, part: Part, now: datetime) -> str:
    assert order.customer is not None  # noqa: S101 -- there is an access, so there is a customer
    secret = make_part_key(order.customer, part, now)
    return page_url("access:key", secret, language=order.language)


def moved(
    titles: Sequence[str], *, to: Customer, key: str, is_away: bool, order: Order | None = None
) -> None:
    """Tell somebody what came to their address, or what was moved away from it.

    Neither learns the other's address.
    """
    language = to.language or (order.language if order else current_store().language)
    post(
        "moved_away" if is_away else "moved_here",
        key=key,
        to=to.user.email,
        name="" if is_away else to.name,
        language=language,
        context={
            "titles": list(titles),
            "number": order.number if order else "",
            "store_name": current_store().name,
            "shelf_url": page_url("storefront:shelf", language=language),
        },
    )


def looked_for(order: Order, *, key: str) -> None:
    """Tell the address of an order that somebody looks for it with another one."""
    post(
        "looked_for",
        key=key,
        to=order.email,
        name=order.name,
        language=order.language,
        context={
            "number": order.number,
            "store_name": current_store().name,
            "shelf_url": page_url("storefront:shelf", language=order.language),
        },
    )


def not_found(request: FindRequest, note: str) -> None:
    """Tell who looked for a purchase that nothing was found for their address."""
    post(
        "not_found",
        key=f"not-found:{request.public_id}",
        to=request.email,
        name=request.name,
        language=request.language,
        context={
            "number": request.number or "",
            "note": note,
            "store_name": current_store().name,
            "find_url": page_url("payments:find", language=request.language),
        },
    )
