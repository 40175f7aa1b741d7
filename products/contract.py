"""How a format plugs in: facts, verbs with harmless defaults, and one registry.

Pure Python without models. A format writes ``format.py``, registers an instance in its
``AppConfig.ready()``, and nothing below the formats ever asks ``if format ==``.

Verbs take many and answer many, at a constant number of queries: the contract's tests run each
with 1 and with 50 and compare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from access.models import Access
    from accounts.models import Customer
    from products.models import Part, Price, Product
    from stores.models import Store
    from stores.slots import Duty

    Text: TypeAlias = str | _StrPromise


@dataclass(frozen=True)
class Tab:
    """One tab of a product's workspace in the admin."""

    name: Text
    url: str


@dataclass(frozen=True)
class ShelfCard:
    """What a customer sees of one access on the shelf."""

    line: Text
    """One line beneath the object: where they are."""
    next_step: Text
    """The verb of the one next step ("Continue reading")."""
    next_url: str
    progress: float = 0.0
    """Between 0 and 1."""
    news: Text = ""
    """What is new since the last visit, or empty."""
    links: Sequence[Tab] = ()
    """What else belongs to it: the reader's own notes, questions."""


@dataclass(frozen=True)
class OutlineRow:
    """One row of a product's public contents."""

    title: str
    detail: Text = ""
    depth: int = 0
    open_url: str = ""
    """Where a preview opens; empty for what is locked."""


@dataclass(frozen=True)
class AgendaItem:
    """Something dated in a customer's month."""

    at: datetime
    title: str
    url: str
    detail: Text = ""


@dataclass(frozen=True)
class Keeps:
    """What stays with who stops paying, and what closes; each what stands after a colon."""

    kept: Text
    """As in "Yours to keep: 14 months."; empty where nothing is promised."""
    closes: Text
    """As in "Closes: the monthly meeting and the group."; empty for the product itself."""


@dataclass(frozen=True)
class Option:
    """What a price may be an option of: print, a gold tier, cohort 3."""

    key: str
    label: Text
    places: int | None = None
    """Capacity, or None where there is no limit."""
    asks: tuple[str, ...] = ()
    """What checkout must ask for: "shipping", "form"."""
    opens: bool = True
    """Whether it gives access; a copy in print alone opens nothing."""
    pool: str = ""
    """Options of one pool share their places; empty shares with nobody."""
    comes_on: date | None = None
    """From when on what it asks shipping for is posted, where that is later than the sale."""

    @property
    def stock(self) -> str:
        """With which others it shares its places: the pool, or nobody but itself."""
        return self.pool or self.key

    @property
    def is_posted(self) -> bool:
        """Whether something of it is posted or picked up."""
        return "shipping" in self.asks


@dataclass(frozen=True)
class Refused:
    """Why a sale cannot be made, and where to go instead."""

    reason: Text
    next_url: str = ""


@dataclass(frozen=True)
class SoldLine:
    """One line of a paid order, as a format may know it."""

    order_reference: str
    product: Product
    price: Price
    customer: Customer | None
    quantity: int = 1
    option: str = ""
    shipping: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Advice:
    """A format's answers to "which format suits me": each from 0 (no) to 3 (very much)."""

    income_every_month: int
    builds_authority: int
    little_technology: int
    works_alone: int
    needs: tuple[str, ...]
    """What the creator already has: "text", "recordings", "time_for_calls"."""
    sentence: Text


@dataclass(frozen=True)
class Draft:
    """A product as a format would begin it: a title, prices in minor units, a checklist.

    Each price holds what ``products.services.catalogue.add_price`` takes: ``kind``, ``amount``.
    It is asked for in the store's language.
    """

    title: Text
    tagline: Text
    prices: Sequence[Mapping[str, Any]]
    outline: Sequence[Text]
    checklist: Sequence[Text]


class ProductFormat:
    """One format. Subclass it, state the facts, override the verbs you need."""

    key: str
    label: Text
    plural: Text
    object: str
    """Its silhouette (docs/look.md): book, masthead, screen, stack, seats, cards, steps, bundle."""
    url_prefix: str = ""
    urlconf: str = ""
    templates: tuple[str, ...] = ()
    """Templates it must have; the first is its own section of the product page."""
    price_kinds: tuple[str, ...] = ("one_time", "free")
    counts_units: bool = False
    """Whether access may last for a number of issues."""
    model: type[Product] | None = None
    advice: Advice | None = None
    is_built_in: bool = False
    """Exempt from the checks that ask for a model, urls and templates: only the pure bundle."""

    # -- for the creator

    def draft(self, answers: Mapping[str, str], store: Store) -> Draft | None:
        """Return how a first product of this format would begin for these answers."""
        return None

    def advise(self, product: Product) -> Sequence[Text]:
        """Return what is known of selling a product like this one, in plain sentences."""
        return ()

    def workspace(self, product: Product) -> Sequence[Tab]:
        """Return the format's own admin tabs for ``product``."""
        return ()

    def demo(self, store: Store, language: str) -> Sequence[Product]:
        """Make this format's demo products in ``store``, or return those made before."""
        return ()

    def stamped(self, products: Sequence[Product]) -> set[int]:
        """Return which products' files carry the name of whoever holds them, by primary key."""
        return set()

    # -- before and around a sale

    def blockers(self, products: Sequence[Product]) -> dict[Product, list[Text]]:
        """Return why each product cannot open yet; an empty list when it can."""
        return {product: [] for product in products}

    def options(self, product: Product) -> Sequence[Option]:
        """Return what a price of ``product`` may be an option of."""
        return ()

    def option(self, product: Product, key: str) -> Option | None:
        """Return the option called ``key``, or None; empty is no option and asks nobody."""
        if not key:
            return None
        return next((each for each in self.options(product) if each.key == key), None)

    def before_sale(
        self,
        customer: Customer | str | None,
        price: Price,
        answers: Mapping[str, str],
        now: datetime,
    ) -> Refused | None:
        """Return why this person cannot buy at this price now, or None when they can.

        ``customer`` is the customer, an address not known yet, or None. Asked when checkout opens
        and again inside the order's transaction; it must not write.
        """
        return None

    def on_sold(self, line: SoldLine) -> None:
        """Do what a paid line asks for beyond access (post a book). May be called twice."""

    def on_unsold(self, line: SoldLine) -> None:
        """Undo ``on_sold`` after a full refund of the line. May be called twice."""

    # -- access, always in batches of at most 500, inside the granting transaction

    def on_granted(self, accesses: Sequence[Access]) -> None:
        """React to accesses that became live. May be called twice."""

    def on_renewed(self, accesses: Sequence[Access]) -> None:
        """React to accesses whose paid time grew. May be called twice."""

    def on_revoked(self, accesses: Sequence[Access]) -> None:
        """React to accesses that were taken away. May be called twice."""

    # -- for the customer

    def open_urls(self, accesses: Sequence[Access]) -> dict[Access, str]:
        """Return where "open" leads for each access; leave out what cannot be opened yet."""
        return {}

    def page_of(self, part: Part) -> str:
        """Return the format's own page of ``part``; empty for what a reader or player opens."""
        return ""

    def shelf_cards(self, accesses: Sequence[Access], now: datetime) -> dict[Access, ShelfCard]:
        """Return one shelf card for each access."""
        return {}

    def keeps(self, accesses: Sequence[Access], now: datetime) -> dict[Access, Keeps]:
        """Return what leaving would keep and close for each access; nothing where neither is said.

        Asked before somebody stops paying, and read by them in the language of the page.
        """
        return {}

    def outline(self, product: Product) -> Sequence[OutlineRow]:
        """Return the public contents of ``product``, its previews with their address."""
        return ()

    def about(self, product: Product, now: datetime) -> Mapping[str, Any]:
        """Return what the format's own section of the product page shows, as plain values.

        Under ``structured`` stand its own facts for search engines, by schema.org; under ``keeps``
        sentences on what stays with the buyer, where that is not the whole of it for good.
        """
        return {}

    def agenda(
        self, accesses: Sequence[Access], now: datetime, until: datetime
    ) -> Sequence[AgendaItem]:
        """Return the dated things these accesses bring between ``now`` and ``until``."""
        return ()

    def duties(self, store: Store, now: datetime) -> Sequence[Duty]:
        """Return what the creator owes whom by when."""
        return ()


class UnknownFormat(KeyError):
    """No such format is installed."""


class Formats:
    """The registry of formats, in the order of INSTALLED_APPS."""

    def __init__(self) -> None:
        self._formats: dict[str, ProductFormat] = {}

    def register(self, product_format: ProductFormat) -> None:
        """Add a format; its key must be new."""
        if product_format.key in self._formats:
            raise ValueError(f"format {product_format.key} is already registered")
        self._formats[product_format.key] = product_format

    def __getitem__(self, key: str) -> ProductFormat:
        try:
            return self._formats[key]
        except KeyError as error:
            raise UnknownFormat(key) from error

    def __iter__(self) -> Iterator[ProductFormat]:
        return iter(list(self._formats.values()))

    def __contains__(self, key: object) -> bool:
        return key in self._formats

    def keys(self) -> list[str]:
        """Return all keys."""
        return list(self._formats)

    @contextmanager
    def registered(self, product_format: ProductFormat) -> Iterator[ProductFormat]:
        """Register a format for the length of a block: for tests."""
        self.register(product_format)
        try:
            yield product_format
        finally:
            del self._formats[product_format.key]


formats = Formats()

Counts = Callable[[Sequence["Product"]], dict[int, int]]
"""Answers for many products, by primary key, how many."""
Owners = Callable[["Product", Sequence["Customer"], datetime], set[int]]
"""Answers which of these customers (by primary key) have the product, open or ahead."""

presale_buyers: list[Counts] = []
"""How many people wait for each presale to open; filled by the app that keeps access, above."""
owners: list[Owners] = []
"""Filled by the same app."""
Holders = Callable[["Product", datetime], int]
"""Answers how many people have a product, open, on hold, resting or ahead."""
holders: list[Holders] = []
"""Filled by the same app."""
