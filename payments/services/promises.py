"""The presale's promise: until it opens, its money is given back by one press."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from access.models import Access, SourceKind
from core import money, tokens
from payments.models import Gift, OrderLine
from products.models import Product
from products.services.moments import in_words
from products.services.presale import opened_moments
from stores.services.addresses import page_url


@dataclass(frozen=True)
class Promise:
    """What of an order can be given back because it has not opened."""

    public_id: str
    """Of the access or the gift that the link names."""
    product: Product
    """What has not opened."""
    line: OrderLine
    left: int
    """What was not given back yet, in minor units."""
    is_open: bool
    """Whether it has opened meanwhile, so that this way is over."""

    @property
    def is_done(self) -> bool:
        """Whether all the money is on its way back already."""
        return self.line.closed_at is not None or not self.left

    @property
    def amount(self) -> str:
        """What comes back, or came back, in the reader's language."""
        return money.display(self.left or self.line.total, self.line.order.currency)


def urls(accesses: Sequence[Access], now: datetime) -> dict[int, str]:
    """Return, by access, where its money is given back: what was paid for and has not opened.

    What stands in a bundle leads to the whole bundle, as long as nothing in it was opened.
    """
    tops = _tops(accesses)
    lines = _lines(tops.values())
    begun = _begun(tops.values())
    found = {}
    for access in accesses:
        top = tops[access.pk]
        line = lines.get(top.source_id)
        if line is None or line.closed_at is not None or not _cost_something(line):
            continue
        if access.pk == top.pk or top.pk not in begun:
            language = line.order.language
            found[access.pk] = page_url(
                "payments:money-back", access.public_id, key_of(access), language=language
            )
    return found


@dataclass(frozen=True)
class Waiting:
    """One thing that was bought and has not opened, in the words of its receipt."""

    title: str
    opens: str
    """When it opens; empty while it is late."""
    url: str
    """Where its money is given back, if it cost any."""


def waiting(accesses: Sequence[Access], now: datetime, language: str) -> list[Waiting]:
    """Return what of these accesses has not opened, each product once."""
    ahead = {each.product_id: each for each in accesses if _waits(each, now)}
    back = urls(list(ahead.values()), now)
    found = []
    for access in ahead.values():
        awaited = access.product if access.product.is_presale else access.awaits
        opens_at = awaited.opens_at if awaited is not None else None
        opens = in_words(opens_at, language) if opens_at and opens_at > now else ""
        found.append(Waiting(access.product.title, opens, back.get(access.pk, "")))
    return found


def gift_url(gift: Gift, now: datetime) -> str:
    """Return where the giver of what has not opened takes the money back; empty otherwise."""
    promise = _promise_of_gift(gift, now)
    if promise is None or promise.is_open or promise.is_done:
        return ""
    language = gift.line.order.language
    return page_url("payments:money-back", gift.public_id, key_of(gift), language=language)


def key_of(bought: Access | Gift | Promise) -> str:
    """Return the secret of such a link; its buyer's mails and pages carry it."""
    return tokens.keyed_hash("money-back", bought.public_id)[:32]


def promise_of(public_id: str, key: str, now: datetime) -> Promise | None:
    """Return what the link names: something bought, or something given away; or nothing."""
    rows = Access.objects.select_related("product", "awaits")
    access: Access | None = rows.filter(public_id=public_id).first()
    if access is not None:
        return _promise_of_access(access, now) if tokens.same(key_of(access), key) else None
    gifts = Gift.objects.select_related("line__order", "line__product")
    gift: Gift | None = gifts.filter(public_id=public_id).first()
    if gift is None or not tokens.same(key_of(gift), key):
        return None
    return _promise_of_gift(gift, now)


def _promise_of_access(access: Access, now: datetime) -> Promise | None:
    top = _tops([access])[access.pk]
    line = _lines([top]).get(top.source_id)
    if line is None or not _cost_something(line):
        return None
    touched = access.pk != top.pk and bool(_begun([top]))
    is_open = touched or not _waits(access, now)
    return Promise(access.public_id, access.product, line, line.left_to_return(), is_open=is_open)


def _promise_of_gift(gift: Gift, now: datetime) -> Promise | None:
    """Whoever gives bought it too: theirs is the money, until what they gave opens."""
    line, product = gift.line, gift.line.product
    if not _cost_something(line):
        return None
    waits = product.is_presale and opened_moments([product], now)[product.pk] is None
    is_open = not waits or gift.taken_instead_id is not None
    return Promise(gift.public_id, product, line, line.left_to_return(), is_open=is_open)


def _cost_something(line: OrderLine) -> bool:
    return line.total > 0 and line.order.is_paid and not line.order.is_test


def _waits(access: Access, now: datetime) -> bool:
    """Whether it has not opened yet, as the gate itself would say."""
    if access.awaits_id is None:
        return False
    awaited = [each for each in (access.product, access.awaits) if each and each.is_presale]
    return any(moment is None for moment in opened_moments(awaited, now).values())


def _tops(accesses: Iterable[Access]) -> dict[int, Access]:
    """Return, by access, the access that was bought: itself, or the bundle's on top of it."""
    rows = Access.objects.filter(pk__in=[access.pk for access in accesses])
    tops = {}
    for row in rows.select_related("parent__parent"):
        top = row
        while top.parent is not None:
            top = top.parent
        tops[row.pk] = top
    return tops


def _lines(tops: Iterable[Access]) -> dict[str, OrderLine]:
    ids = [top.source_id for top in tops if top.source_kind == SourceKind.ORDER_LINE]
    lines = OrderLine.objects.filter(pk__in=[each for each in ids if each.isdecimal()])
    return {str(line.pk): line for line in lines.select_related("order")}


def _begun(tops: Iterable[Access]) -> set[int]:
    """Return those of these purchases of which something was opened already."""
    pks = {top.pk for top in tops}
    opened = Access.objects.filter(first_opened_at__isnull=False)
    found = set(opened.filter(pk__in=pks).values_list("pk", flat=True))
    for above in ("parent", "parent__parent"):
        inside = opened.filter(**{f"{above}__in": pks}).values_list(above, flat=True)
        found |= {pk for pk in inside if pk is not None}
    return found
