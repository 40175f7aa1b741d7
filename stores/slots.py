"""Slots: pages below gather from apps above without knowing them.

Each slot is a typed registry filled in ``AppConfig.ready()``. Slots take many and answer many,
and return plain values, never HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from stores.models import Store

    Text: TypeAlias = str | _StrPromise

T = TypeVar("T")


class Slot(Generic[T]):
    """An ordered registry of entries by name; registering a name twice is an error."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._entries: dict[str, T] = {}

    def register(self, key: str, entry: T) -> None:
        """Add ``entry`` under ``key``."""
        if key in self._entries:
            raise ValueError(f"{key} is already registered in {self.name}")
        self._entries[key] = entry

    def all(self) -> list[T]:
        """Return all entries in the order of registration."""
        return list(self._entries.values())

    def keys(self) -> list[str]:
        """Return all names in the order of registration."""
        return list(self._entries)

    def get(self, key: str) -> T:
        """Return the entry called ``key``; KeyError when there is none."""
        return self._entries[key]

    def find(self, key: str) -> T | None:
        """Return the entry called ``key``; None when there is none."""
        return self._entries.get(key)

    @contextmanager
    def registered(self, key: str, entry: T) -> Iterator[None]:
        """Register ``entry`` for the length of a block: for tests."""
        self.register(key, entry)
        try:
            yield
        finally:
            del self._entries[key]


@dataclass(frozen=True)
class Sweep:
    """A periodic job that finds due rows and does what is due; safe to run twice."""

    name: str
    every: timedelta
    task: str


class Sweeps(Slot[Sweep]):
    """The sweeps; beat's schedule is built from them."""

    def add(self, name: str, every: timedelta, task: str) -> None:
        """Register a sweep by its task's dotted name."""
        self.register(name, Sweep(name, every, task))


@dataclass(frozen=True)
class Duty:
    """What the creator owes whom by when."""

    key: str
    sentence: Text
    due_at: datetime | None
    url: str
    verb: Text
    area: str = ""
    """The area of stores.roles whose viewers see it; empty for everyone of the staff."""
    is_trouble: bool = False
    """Whether something broke, in money, mail or a file, and ``verb`` mends it."""
    is_done_by_changers: bool = False
    """Whether ``url`` opens only for who may change the area; who may see it reads the sentence."""


@dataclass(frozen=True)
class TimelineEntry:
    """One line in a customer's history as the creator sees it."""

    at: datetime
    sentence: Text
    url: str = ""
    kind: str = "orders"
    """orders, access, mails, messages, notes or parcels: what the history is narrowed by."""
    area: str = "customers"
    """The area of stores.roles whose viewers may follow its link."""
    is_changed_there: bool = False
    """Whether its link opens only for who may change the area."""


@dataclass(frozen=True)
class AccountSection:
    """One section of a customer's account page: rows of plain text with an optional link.

    With neither rows nor ``empty``, which says what will stand there, it is left out.
    """

    key: str
    title: Text
    rows: Sequence[AccountRow]
    empty: Text = ""
    order: int = 50
    """Where it stands: what was bought first."""


@dataclass(frozen=True)
class AccountRow:
    """One row of an account section."""

    label: Text
    detail: Text = ""
    url: str = ""
    verb: Text = ""


@dataclass(frozen=True)
class TodayCard:
    """One number or sentence on the creator's front page; every number opens its rows."""

    key: str
    label: Text
    value: str
    url: str
    area: str = "sales"
    """The area of stores.roles whose viewers see it."""


@dataclass(frozen=True)
class FirstStep:
    """One step of a new store's checklist on Today; it ticks itself.

    With a ``form`` it opens in place: the form stands on Today, and on a page of its own where
    something typed was wrong. Without one its ``url`` opens a page of the admin or the shop.
    """

    key: str
    sentence: Text
    minutes: int
    url: str
    is_done: bool
    area: str
    order: int = 0
    verb: Text = ""
    """The words of its button; empty for the checklist's own."""
    lines: Sequence[Text] = ()
    """Advice beside it, and what its button will do."""
    form: Callable[[Any, Any], Any] | None = None
    """Makes the form of what was posted and its files, or an empty one of two Nones."""
    save: Callable[[Any, Any], str] | None = None
    """Does what a valid form says, (request, form) → where to go on; empty is back to Today.

    What cannot be done it says by adding an error to the form."""
    links: Sequence[tuple[Text, str]] = ()
    """Other ways to the same, each with its address."""


@dataclass(frozen=True)
class CalendarItem:
    """Something dated on the creator's calendar."""

    key: str
    at: datetime
    sentence: Text
    url: str
    area: str
    """The area of stores.roles whose viewers see it."""
    kind: Text = ""
    """What it is, in a word: opening, posting, away, holiday."""
    is_all_day: bool = False
    until: datetime | None = None
    """Its end, where it lasts: exclusive."""


@dataclass(frozen=True)
class ProductTab:
    """One tab of a product's workspace that an app above the catalogue brings."""

    key: str
    name: Text
    url: str
    area: str
    order: int
    """Overview 0, content 10, prices 20, sales page 30, people 40, messages 50, settings 60."""


@dataclass(frozen=True)
class CustomerRow:
    """One row of a section on a customer's page in the admin, with what can be done about it."""

    label: Text
    detail: Text = ""
    url: str = ""
    verb: Text = ""


@dataclass(frozen=True)
class CustomerSection:
    """One section of a customer's page in the admin; ``verb`` and ``url`` are its own button."""

    title: Text
    rows: Sequence[CustomerRow]
    empty: Text
    area: str
    verb: Text = ""
    url: str = ""


@dataclass(frozen=True)
class CustomerSearch:
    """By what else a customer is found, as an app above knows them."""

    known_by: Callable[[Collection[int]], Iterable[tuple[int, str]]]
    """(customers' ids) → the names, addresses and phones each of them is known by."""
    numbered: Callable[[str], Any]
    """(words) → a queryset of ids, found at once through an index."""
    anywhere: Callable[[str], Any]
    """(words) → a queryset of ids, of all in whose texts they stand; may look through them all."""


@dataclass(frozen=True)
class CustomerFilter:
    """One way to narrow the list of customers: its choices, and the ids each leaves."""

    title: Text
    choices: Callable[[], Sequence[tuple[str, Text]]]
    among: Callable[[str, datetime], Any]
    """(choice, now) → a queryset of customers' ids, or None when the choice is none of these."""


@dataclass(frozen=True)
class SitemapEntry:
    """One public page of a store."""

    path: str
    changed_at: datetime | None = None
    image: str = ""
    """The path of a picture that stands for it."""
    alternates: Sequence[tuple[str, str]] = ()
    """The same page in other languages, itself among them: language and path."""


@dataclass(frozen=True)
class SiteText:
    """One public page as the shop's search sees it."""

    id: int
    """By which its source gives it again."""
    title: str
    url: tuple[str, ...]
    """What its path is written from, where it is found: a name and its values."""
    line: Text
    """What it is, in a few words."""
    words: str = ""
    """What else of it is public: its text, the titles of its contents."""


@dataclass(frozen=True)
class InboxItem:
    """Something a person wrote that waits for an answer."""

    key: str
    at: datetime
    who: str
    sentence: Text
    url: str
    area: str = "customers"
    """The area of stores.roles whose viewers see it."""
    state: Text = ""
    words: str = ""
    """What the person wrote, if the list should show it."""
    kind: str = "question"
    """question, contact, missing, request, cancel, find or report: the Inbox is narrowed by it."""
    staff_id: int | None = None
    """Who of the team sees to it; nobody means everybody."""


@dataclass(frozen=True)
class MailKind:
    """One kind of mail: its templates are ``mail/kinds/<key>.*`` in the registering app.

    ``placeholders`` names what its context holds and a store may put into its own wording;
    ``wiped`` contexts are emptied once sent; a kind with a lower priority number leaves first.
    docs/mail.md says how a store rewords a kind.
    """

    key: str
    label: Text
    placeholders: tuple[str, ...]
    priority: int = 5
    wiped: bool = False
    to_creator: bool = False
    of_platform: bool = False
    when: Text = ""
    """When it is sent, in words, as the list of mails in the admin says it."""
    area: str = ""
    """For the creator's kinds: the area of stores.roles whose viewers may receive it."""
    waits: bool = False
    """Whether it waits for the end of a quiet time (content, reminders); marketing always does."""
    is_marketing: bool = False
    """Whether it needs the receiver's consent, until the moment it is sent."""
    required: tuple[str, ...] | None = None
    """What a store's own wording must hold; when not said, every link of ours outside ``fixed``."""
    sample: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Values for the preview, and the case (``is_known=True``) that our own wording shows there."""


@dataclass(frozen=True)
class SentOnce:
    """Something that was sent to a customer, and can be sent once more."""

    key: str
    sentence: Text
    """What left when and where to; what is known of it."""
    verb: Text = ""
    """The words of its button; empty where it cannot be sent again from a letter."""
    url: str = ""
    """The page on which more of it is known."""
    area: str = "mails"
    """The area of stores.roles whose changers may send it."""
    send: Callable[[datetime], None] | None = None


@dataclass(frozen=True)
class MorningLine:
    """One line of the creator's morning list, with the page it opens."""

    sentence: Text
    url: str
    area: str


@dataclass(frozen=True)
class Attachment:
    """A file in a mail."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Table:
    """A table for a spreadsheet; what is in it is asked for in the store's scope."""

    label: Text
    area: str
    """The area of stores.roles whose changers may take it along."""
    head: Callable[[], Sequence[Text]]
    rows: Callable[[], Iterator[Sequence[object]]]


class PersonalData(Protocol):
    """What an app knows of one customer."""

    def export(self, customer: Any) -> dict[str, Any]:
        """Return everything as plain values, ready for JSON."""

    def erase(self, customer: Any) -> None:
        """Erase or anonymise it; may be called twice."""


today_cards: Slot[Callable[[Store, datetime], Sequence[TodayCard]]] = Slot("today_cards")
customer_timeline: Slot[Callable[[Sequence[Any]], dict[Any, list[TimelineEntry]]]] = Slot(
    "customer_timeline"
)
customer_sections: Slot[Callable[[Any, datetime], CustomerSection]] = Slot("customer_sections")
customer_filters: Slot[CustomerFilter] = Slot("customer_filters")
customer_search: Slot[CustomerSearch] = Slot("customer_search")
account_sections: Slot[Callable[[Any, datetime], AccountSection]] = Slot("account_sections")
personal_data: Slot[PersonalData] = Slot("personal_data")
farewells: Slot[Callable[[Any, datetime], Sequence[Text]]] = Slot("farewells")
"""What a customer should know before being forgotten here: (customer, now) → sentences."""
address_changes: Slot[Callable[[Any, str, str], None]] = Slot("address_changes")
"""What follows a person to a new address: (customer, old, new), in the customer's store."""
sent_of_order: Slot[Callable[[int, Any], Sequence[SentOnce]]] = Slot("sent_of_order")
"""(order number, customer) → what that customer should have got of that order of theirs."""
store_archive: Slot[Callable[[Store], dict[str, Any]]] = Slot("store_archive")
sitemap: Slot[Callable[[Store], Sequence[SitemapEntry]]] = Slot("sitemap")
site_search: Slot[Callable[[Store, Collection[int] | None], Sequence[SiteText]]] = Slot(
    "site_search"
)
"""The public pages that a visitor can search, in the store in scope and the language being read:
all of them, or those of these ids that are still public."""
mail_kinds: Slot[MailKind] = Slot("mail_kinds")
mail_attachments: Slot[Callable[[Mapping[str, Any]], Sequence[Attachment]]] = Slot(
    "mail_attachments"
)
"""By kind of mail, the files that go into it: asked with its context at the moment it is sent, so
that the outbox holds none. It may raise mail.errors.GivenUp, or NotReady to be asked later."""
duties: Slot[Callable[[Store, datetime], Sequence[Duty]]] = Slot("duties")
morning_lines: Slot[Callable[[Store, datetime, datetime], Sequence[MorningLine]]] = Slot(
    "morning_lines"
)
"""What happened between two moments, in sentences for the creator's morning."""
news_consent: Slot[Callable[[str, str], str]] = Slot("news_consent")
"""Where an address, in a language, may end the news it agreed to; empty when it has not agreed."""
calendar_items: Slot[Callable[[Store, datetime, datetime], Sequence[CalendarItem]]] = Slot(
    "calendar_items"
)
"""What is dated between two moments, for the creator's calendar."""
product_tabs: Slot[Callable[[Any], Sequence[ProductTab]]] = Slot("product_tabs")
"""What apps above the catalogue add to a product's workspace: (product) → tabs."""
tables: Slot[Table] = Slot("tables")
"""What can be taken along for a spreadsheet, on Settings → Move in, export."""
tell_creators: Slot[Callable[[str, str, Mapping[str, Any]], None]] = Slot("tell_creators")
"""Write a mail of a kind to who runs the store in scope: (kind, key, context). A context's
``path`` becomes ``admin_url``, absolute on the store's first host."""
store_closing: Slot[Callable[[Store, datetime], Sequence[Text]]] = Slot("store_closing")
"""What closing the store leaves to be done or paid, in sentences, before its owner says yes."""
must_be_sure: Slot[Callable[[Any], Any]] = Slot("must_be_sure")
"""The way to prove who one is, as an answer, for whoever did not a moment ago; else None."""
first_steps: Slot[Callable[[Store], Sequence[FirstStep]]] = Slot("first_steps")
inbox_items: Slot[Callable[[Store], Sequence[InboxItem]]] = Slot("inbox_items")
inbox_counts: Slot[Callable[[Store], Mapping[str, int]]] = Slot("inbox_counts")
"""By the key of an entry of ``inbox_items``: how many items it would return, by their area. The
badge of every admin page asks this instead; who counts nothing here has the items counted."""
inbox_answered: Slot[Callable[[Store], Sequence[InboxItem]]] = Slot("inbox_answered")
"""What was answered lately, for the list beside what waits."""
due_work: Slot[Callable[[datetime], datetime | None]] = Slot("due_work")
"""By kind of work: since when its oldest due row waits; asked across all stores."""
demo_rooms: Slot[Callable[[Store, str], None]] = Slot("demo_rooms")
"""What an app puts into a demo store in scope beside its products, once: (store, language)."""
demo_lived: Slot[Callable[[Store, str], None]] = Slot("demo_lived")
"""What an app sets once a demo store in scope has lived through its sales: (store, language)."""
sweeps = Sweeps("sweeps")
