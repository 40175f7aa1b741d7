"""What other pages gather from the catalogue, as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Customer
from products.models import ListEntry, OpeningMove, Product, Replacement
from products.services import dates, lists, presale, tables
from products.services.moments import in_words
from products.services.offering import to_be_had
from stores import slots
from stores.models import Store
from stores.roles import Area
from stores.slots import AccountRow, AccountSection, Duty, MailKind, TimelineEntry

OF_PRESALE = ("title", "opens", "admin_url")
MAIL_KINDS = (
    MailKind(
        "presale_warning",
        gettext_lazy("what opens soon is not ready"),
        (*OF_PRESALE, "missing", "days"),
        4,
        to_creator=True,
        when=gettext_lazy("Seven, two and no days before a presale opens, while it is not ready."),
        area=Area.PRODUCTS,
    ),
    MailKind(
        "presale_late",
        gettext_lazy("a presale did not open"),
        (*OF_PRESALE, "people"),
        3,
        to_creator=True,
        when=gettext_lazy("When a presale's moment has come and it is not ready."),
        area=Area.PRODUCTS,
    ),
    MailKind(
        "list_confirm",
        gettext_lazy("confirming a place on a list"),
        ("title", "store_name", "confirm_url"),
        2,
        when=gettext_lazy("When somebody asks to hear of a product, before they are on its list."),
    ),
    MailKind(
        "list_open",
        gettext_lazy("what a list waits for is on sale"),
        ("title", "line", "opens", "store_name", "product_url", "leave_url"),
        8,
        when=gettext_lazy("When you tell the people on a product's list, once to each."),
        waits=True,
        required=("product_url", "leave_url"),
    ),
)


def register() -> None:
    """Put everything into the slots."""
    for kind in MAIL_KINDS:
        slots.mail_kinds.register(kind.key, kind)
    slots.duties.register("presales", duties)
    slots.account_sections.register("lists", lists_section)
    slots.customer_timeline.register("lists", timeline)
    slots.calendar_items.register("products", dates.calendar_items)
    slots.personal_data.register("lists", ListsOfCustomer())
    slots.address_changes.register("lists", follow_address)
    slots.store_archive.register("lists", whole_store)
    tables.register()


def duties(store: Store, now: datetime) -> Sequence[Duty]:
    """Return the presales that need a new day, those that open soon and are not ready, and lists
    of what is on sale that nobody was told of."""
    return [*_late(now), *_not_ready(now), *_untold(now)]


def _late(now: datetime) -> list[Duty]:
    late = list(Product.objects.presale().filter(late_at__isnull=False))
    people = presale.buyers_of(late)
    found = []
    for product in late:
        sentence = _who_waits(people.get(product.pk, 0)) % {"title": product.title}
        due_at = (product.opens_at or now) + presale.NEW_DAY_WITHIN
        found.append(
            _duty(f"presale-late:{product.public_id}", sentence, due_at, product, _("Name a day"))
        )
    return found


def _who_waits(count: int) -> str:
    if not count:
        return _("“%(title)s” did not open on its day. Nobody has bought it yet.")
    sentence = ngettext(
        "“%(title)s” did not open. %(count)s person waits for a new day.",
        "“%(title)s” did not open. %(count)s people wait for a new day.",
        count,
    )
    return sentence.replace("%(count)s", str(count))


def _not_ready(now: datetime) -> list[Duty]:
    soon = [
        each
        for each in Product.objects.presale().filter(late_at=None, opens_at__lte=now + presale.SOON)
        if each.is_sellable
    ]
    missing = presale.blockers_of(soon)
    return [
        _duty(
            f"presale-soon:{product.public_id}",
            _("“%(title)s” opens %(when)s and is not ready: %(missing)s")
            % {
                "title": product.title,
                "when": in_words(product.opens_at),
                "missing": str(missing[product.pk][0]),
            },
            product.opens_at,
            product,
            _("Make it ready"),
        )
        for product in soon
        if missing[product.pk] and product.opens_at
    ]


def _untold(now: datetime) -> list[Duty]:
    awaited = list(
        Product.objects.sellable()
        .filter(list_entries__in=ListEntry.objects.waiting().filter(due_at=None))
        .distinct()
        .prefetch_related("prices")
    )
    to_have = to_be_had(awaited, now)
    on_sale = [each for each in awaited if each.pk in to_have]
    people = lists.waiting_counts(on_sale)
    return [
        _duty(
            f"list:{product.public_id}",
            ngettext(
                "“%(title)s” is on sale, and %(count)s person on its list was not told.",
                "“%(title)s” is on sale, and %(count)s people on its list were not told.",
                people[product.pk],
            )
            % {"title": product.title, "count": people[product.pk]},
            None,
            product,
            _("Tell them"),
        )
        for product in on_sale
    ]


def _duty(key: str, sentence: str, due_at: datetime | None, product: Product, verb: str) -> Duty:
    page = "list" if key.startswith("list:") else "opening"
    url = reverse(f"admin:products_product_{page}", args=[product.pk])
    return Duty(key, sentence, due_at, url, verb, Area.PRODUCTS, is_done_by_changers=True)


def lists_section(customer: Customer, now: datetime) -> AccountSection:
    """Return the lists a customer stands on, each with the way off."""
    entries = ListEntry.objects.waiting().filter(customer=customer).select_related("product")
    return AccountSection(
        key="lists",
        title=_("What you asked to hear of"),
        rows=[
            AccountRow(
                label=entry.product.title,
                detail=entry.get_kind_display(),
                url=reverse("storefront:list-leave", args=[entry.public_id, lists.key_of(entry)]),
                verb=_("Leave the list"),
            )
            for entry in entries
        ],
        order=30,
    )


def follow_address(customer: Customer, old: str, new: str) -> None:
    """Let what a customer waits to hear of be told to their new address."""
    there = ListEntry.objects.filter(email=new).values_list("product_id", "kind")
    twice = set(there)
    for entry in ListEntry.objects.filter(customer=customer, email=old):
        if (entry.product_id, entry.kind) not in twice:
            ListEntry.objects.filter(pk=entry.pk).update(email=new)


def timeline(customers: Sequence[Customer]) -> dict[Customer, list[TimelineEntry]]:
    """Return which lists each customer joined, and what they answered."""
    found: dict[Customer, list[TimelineEntry]] = defaultdict(list)
    by_id = {customer.pk: customer for customer in customers}
    entries = ListEntry.objects.standing().filter(customer__in=customers)
    for entry in entries.select_related("product"):
        sentence = _("Joined the list of “%(title)s”") % {"title": entry.product.title}
        if entry.answer:
            sentence = f"{sentence}: {entry.answer}"
        found[by_id[entry.customer_id or 0]].append(TimelineEntry(entry.joined_at, sentence))
    return dict(found)


class ListsOfCustomer:
    """The lists a customer joined, to take away and to be forgotten."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return every entry as plain values."""
        entries = ListEntry.objects.filter(customer=customer).select_related("product")
        return {"lists": [_entry(entry) for entry in entries.order_by("pk")]}

    def erase(self, customer: Customer) -> None:
        """Delete the entries; nobody waits for them by law."""
        ListEntry.objects.filter(customer=customer).delete()
        ListEntry.objects.filter(email=customer.user.email).delete()


def whole_store(store: Store) -> dict[str, Any]:
    """Return every list and every opening that moved as plain values."""
    entries = ListEntry.objects.select_related("product").order_by("pk")
    moves = OpeningMove.objects.select_related("product").order_by("pk")
    return {
        "lists": [_entry(entry) for entry in entries],
        "openings": [
            {
                "product": move.product.public_id,
                "what": move.what,
                "at": move.at.isoformat(),
                "by": move.by,
                "was": _iso(move.was),
                "becomes": _iso(move.becomes),
            }
            for move in moves
        ],
        "replacements": [
            {
                "product": row.product.public_id,
                "heir": row.heir.public_id,
                "owners": row.owners,
                "made_at": _iso(row.made_at),
            }
            for row in Replacement.objects.select_related("product", "heir").order_by("pk")
        ],
    }


def _entry(entry: ListEntry) -> dict[str, Any]:
    return {
        "product": entry.product.public_id,
        "title": entry.product.title,
        "list": entry.kind,
        "email": entry.email,
        "language": entry.language,
        "question": entry.question,
        "answer": entry.answer,
        "joined_at": _iso(entry.joined_at),
        "confirmed_at": _iso(entry.confirmed_at),
        "told_at": _iso(entry.told_at),
        "left_at": _iso(entry.left_at),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
