"""The lists of products: joining with one's own mailbox, leaving, and being told once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import Customer, User
from accounts.services.customers import customer_of_user
from core import tokens
from core.queue import wake
from products.contract import owners
from products.errors import CannotJoin
from products.models import ListEntry, Product
from products.services import letters
from products.services.offering import to_be_had
from stores.scope import all_stores, current_store

BATCH = 500
FORGOTTEN_AFTER = timedelta(days=7)
"""An address nobody confirmed may be a stranger's, and goes."""
MOST_ASKS = 5
"""How many mails may ask one address to confirm one entry, until it is told or left."""
WORKER = "products.tasks.tell_lists_in"
Kind = ListEntry.Kind


def kind_for(product: Product, *, is_to_be_had: bool = True) -> str:
    """Return which list of a product can be joined now, or nothing.

    ``is_to_be_had`` is false for what is on sale and cannot be bought: nothing is left, or its
    doors are closed.
    """
    if product.status == Product.Status.COMING_SOON:
        return Kind.COMING_SOON
    if product.status == Product.Status.CLOSED or (product.is_sellable and not is_to_be_had):
        return Kind.WAITING
    return ""


@transaction.atomic
def join(
    product: Product,
    kind: str,
    *,
    email: str,
    answer: str,
    language: str,
    customer: Customer | None,
    now: datetime,
) -> ListEntry:
    """Put somebody on a list. Who is not signed in with this very address is asked by mail first.

    Whatever is on the list already, the answer to whoever asks is the same. What somebody else
    types changes nothing of a confirmed entry.
    """
    if not kind:
        raise CannotJoin(product.public_id)
    is_theirs = customer is not None and customer.user.email == email
    entry = _entry(product, kind, email, language, now)
    was_on = entry.confirmed_at is not None and entry.left_at is None
    if is_theirs or not was_on:
        entry.question, entry.answer = product.list_question, answer
        entry.language = language
    if entry.told_at is not None or entry.left_at is not None:
        entry.asks = 0
    if not was_on or entry.told_at is not None:
        entry.joined_at, entry.told_at, entry.due_at = now, None, None
        entry.confirmed_at = entry.left_at = None
    if is_theirs:
        entry.customer, entry.confirmed_at = customer, entry.confirmed_at or now
    elif entry.asks < MOST_ASKS:
        entry.asks += 1
        letters.ask_to_confirm(entry, key=key_of(entry), was_on=was_on)
    entry.save()
    return entry


def _entry(product: Product, kind: str, email: str, language: str, now: datetime) -> ListEntry:
    made: ListEntry = ListEntry.objects.get_or_create(
        product_id=product.pk,
        kind=kind,
        email=email,
        defaults={"language": language, "joined_at": now},
    )[0]
    locked: ListEntry = (
        ListEntry.objects.select_for_update(of=("self",), no_key=True)
        .select_related("product")
        .get(pk=made.pk)
    )
    return locked


@transaction.atomic
def confirm(entry: ListEntry, *, now: datetime) -> ListEntry:
    """Put on the list for good whoever has the mailbox; a customer of this store from now on."""
    locked: ListEntry = ListEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    if locked.confirmed_at is None:
        locked.customer = customer_at(locked.email, locked.language)
        locked.confirmed_at, locked.left_at = now, None
        locked.save(update_fields=["customer", "confirmed_at", "left_at"])
    return locked


@transaction.atomic
def leave(entry: ListEntry, *, now: datetime) -> ListEntry:
    """Take somebody off a list; leaving twice is leaving once."""
    ListEntry.objects.filter(pk=entry.pk, left_at=None).update(left_at=now, due_at=None)
    entry.refresh_from_db()
    return entry


@transaction.atomic
def announce(product: Product, *, now: datetime) -> int:
    """Let everybody who waits for a product be told, each once; return how many there are.

    Nobody is told of what cannot be bought.
    """
    if not to_be_had([product], now):
        return 0
    rows = ListEntry.objects.waiting().filter(product=product.pk)
    count: int = rows.update(due_at=now)
    if count:
        wake(WORKER, current_store().pk)
    return count


def stores_with_due(now: datetime) -> list[int]:
    """Return the stores in which somebody on a list is to be told."""
    with all_stores():
        return sorted(set(ListEntry.objects.due(now).values_list("store_id", flat=True)))


def tell(now: datetime, *, batches: int) -> bool:
    """Tell the due people of the store in scope, at most so many batches; say if more wait."""
    while batches:
        if not _tell_batch(now):
            return False
        batches -= 1
    return ListEntry.objects.due(now).exists()


@transaction.atomic
def _tell_batch(now: datetime) -> int:
    """Tell the next of one product; the rows are locked, so a second worker finds them told."""
    first = ListEntry.objects.due(now).order_by("product_id").values_list("product", flat=True)
    product: Product | None = Product.objects.filter(pk__in=first[:1]).first()
    if product is None:
        return 0
    rows = ListEntry.objects.due(now).filter(product=product.pk).order_by("pk")
    entries = list(
        rows.select_for_update(of=("self",), no_key=True).select_related("customer", "product")[
            :BATCH
        ]
    )
    pks = [entry.pk for entry in entries]
    if not to_be_had([product], now):  # taken off sale or sold out meanwhile: they go on waiting
        ListEntry.objects.filter(pk__in=pks).update(due_at=None)
        return len(entries)
    have = _owners(product, [entry.customer for entry in entries if entry.customer], now)
    told = [entry for entry in entries if entry.customer_id not in have]
    letters.on_sale(product, [(entry, key_of(entry)) for entry in told])
    ListEntry.objects.filter(pk__in=pks).update(told_at=now, due_at=None)
    return len(entries)


def _owners(product: Product, customers: Sequence[Customer], now: datetime) -> set[int]:
    found: set[int] = set()
    for ask in owners:
        found |= ask(product, customers, now)
    return found


def forget_unconfirmed(now: datetime) -> None:
    """Delete what was never confirmed, in all stores."""
    with all_stores():
        ListEntry.objects.forgotten(now - FORGOTTEN_AFTER).filter(left_at=None).delete()


def key_of(entry: ListEntry) -> str:
    """Return the secret that only the mails to this entry's address carry."""
    return tokens.keyed_hash("list-entry", entry.public_id)[:32]


def find(public_id: str, key: str) -> ListEntry | None:
    """Return the entry these two name together, else nothing."""
    entry: ListEntry | None = (
        ListEntry.objects.select_related("product").filter(public_id=public_id).first()
    )
    return entry if entry is not None and tokens.same(key_of(entry), key) else None


def waiting_counts(products: Sequence[Product]) -> dict[int, int]:
    """Return how many people on each product's list were not told yet, by its primary key."""
    rows = ListEntry.objects.waiting().filter(product__in=[each.pk for each in products])
    return dict(rows.values_list("product").annotate(n=Count("pk")).order_by())


def table_header() -> list[str]:
    """Return the columns of the table of people on lists."""
    return [
        *(_("product"), _("list"), _("email"), _("name"), _("question"), _("answer")),
        *(_("joined on"), _("told on"), _("left on")),
    ]


def table_row(entry: ListEntry) -> list[object]:
    """Return one of them as cells."""
    name = entry.customer.name if entry.customer else ""
    days = [_day(entry.joined_at), _day(entry.told_at), _day(entry.left_at)]
    words = [entry.product.title, entry.get_kind_display(), entry.email, name]
    return [*words, entry.question, entry.answer, *days]


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(current_store().zone).date() if moment else None


def customer_at(email: str, language: str) -> Customer:
    """Return the customer of this store with an address, made where there is none.

    Only for an address whose mailbox answered.
    """
    user, _is_new = User.objects.get_or_create(
        email=email, defaults={"password": make_password(None)}
    )
    return customer_of_user(user, language=language)
