"""On whose behalf a part is opened, and what the gate answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from access.models import Access
    from accounts.models import Customer
    from products.models import Product

    Text: TypeAlias = str | _StrPromise


@dataclass(frozen=True)
class Source:
    """What an access or a part grant comes from; ``kind`` is one of access.models.SourceKind."""

    kind: str
    id: str


@dataclass(frozen=True)
class Key:
    """A key to one part (and what is below it) in the name of one customer."""

    customer_id: int
    part_id: int


@dataclass(frozen=True)
class Viewer:
    """A customer, a guest pass, part keys, or nobody; staff see what a buyer would.

    A guest pass names accesses, a part key one part of one customer, and neither opens
    anything else. Both die with the access they stand for.
    """

    customer: Customer | None = None
    access_ids: frozenset[int] = frozenset()
    keys: frozenset[Key] = frozenset()
    is_staff: bool = False

    @classmethod
    def nobody(cls) -> Viewer:
        """Return the visitor: previews only."""
        return cls()

    @property
    def is_nobody(self) -> bool:
        """Whether only previews can open."""
        return self == NOBODY


NOBODY = Viewer()

Because = Literal["preview", "access", "grant", "staff"]


@dataclass(frozen=True)
class Open:
    """The part is open, and why; ``until`` is when that ends, or None."""

    because: Because
    until: datetime | None = None
    access_id: int | None = None


@dataclass(frozen=True)
class Remedy:
    """What would open it: a label for the button and where it leads."""

    verb: Text
    url: str


@dataclass(frozen=True)
class Locked:
    """The part is locked: one sentence why, until when, and what opens it."""

    because: Text
    code: str
    until: datetime | None = None
    remedy: Remedy | None = None


Answer = Open | Locked

BUYABLE = frozenset({"not_bought", "ended", "returned"})
"""The codes of what buying it opens."""

FinishedParts = Callable[["Customer", set[int]], set[int]]
"""Answers which of these parts (by primary key) the customer has finished."""

finished_parts: list[FinishedParts] = []
"""Filled by the app that keeps progress, which stands above this one."""

MoneyBack = Callable[[Sequence["Access"], datetime], dict[int, str]]
"""Answers, by access, the absolute address of the page where its money is given back by one press;
leaves out what cost nothing, or cannot be returned so."""

money_back: list[MoneyBack] = []
"""Filled by the app that keeps the money, which stands above this one."""


Ordered = Callable[["Customer", "Product", datetime], Locked | None]
"""Answers why something stays locked that a customer ordered: it is not paid for yet, or rests."""

ordered: list[Ordered] = []
"""Filled by the app that keeps the orders, which stands above this one."""


def waits_for_money(customer: Customer, product: Product, now: datetime) -> Locked | None:
    """Return that what was ordered of this product waits for its money or rests; None otherwise."""
    return next((found for ask in ordered if (found := ask(customer, product, now))), None)


@dataclass(frozen=True)
class Unpaid:
    """A charge that failed, of what somebody has: in a sentence, and where it is paid."""

    because: Text
    until: datetime | None
    """Until when all stays open all the same; None when it is on hold."""
    remedy: Remedy


Unpaids = Callable[[Sequence["Access"], datetime], list[Unpaid]]
"""Answers what is not paid of what gave these accesses."""

unpaid: list[Unpaids] = []
"""Filled by the app that keeps the money, which stands above this one."""


def unpaid_of(accesses: Iterable[Access], now: datetime) -> list[Unpaid]:
    """Return what is not paid of what gave these.

    Asked only about what comes of a subscription and is on hold or has an end.
    """
    some = [
        access
        for access in accesses
        if (access.source_kind == "subscription" or access.parent_id is not None)
        and (access.ends_at is not None or access.suspended_at is not None)
    ]
    return [found for ask in unpaid for found in ask(some, now)] if some else []


def money_back_urls(accesses: Sequence[Access], now: datetime) -> dict[int, str]:
    """Return where the money for presales that have not opened is given back, by access."""
    waiting = [access for access in accesses if access.awaits_id is not None]
    found: dict[int, str] = {}
    for ask in money_back:
        found |= ask(waiting, now) if waiting else {}
    return found


@dataclass(frozen=True)
class Purchase:
    """What an access was bought with: the number people say, its buyer's name, and its page."""

    number: str
    name: str
    url: str
    """In the store's admin."""


Purchases = Callable[[Sequence["Access"]], dict[int, Purchase]]
"""Answers, by access, what it was bought with; leaves out what was given, and gifts not bought."""

purchases: list[Purchases] = []
"""Filled by the app that keeps the orders, which stands above this one."""
