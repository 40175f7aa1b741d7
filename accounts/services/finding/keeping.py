"""The words of customers are kept: added at once as they come, and gathered anew when they change.

Whoever adds a word does it in the transaction of the row it stands in, and locks nobody. What is
gathered anew loses only words that were there before its texts were read, so none that came
meanwhile is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Customer, CustomerWord
from accounts.services.finding.words import words_of
from stores import slots
from stores.models import Store
from stores.scope import all_stores, store_scope

BATCH: Final = 500


def add_words(customer: Customer, texts: Iterable[str]) -> None:
    """Let a customer be found by these texts too, from the end of the caller's transaction on."""
    _write({customer.pk: words_of(texts)})


def gather_anew(customers: Collection[int]) -> None:
    """Let the words of these customers be gathered anew: something they were known by is gone."""
    Customer.objects.filter(pk__in=customers).update(words_due=True)


def forget_words(customer: Customer) -> None:
    """Let nobody be found by words any more who asked to be forgotten."""
    CustomerWord.objects.filter(customer=customer).delete()


def gather_due() -> None:
    """Gather all words that are due, in every store."""
    with all_stores():
        stores = list(Store.objects.filter(pk__in=_due().values("store").distinct()))
    for store in stores:
        with store_scope(store):
            while gather():
                pass


def gather() -> int:
    """Gather the words of some customers of the store in scope; return of how many."""
    with transaction.atomic():
        # Whoever is being changed this moment comes another time.
        some = _due().select_for_update(no_key=True, skip_locked=True, of=("self",))
        customers = list(some.select_related("user").order_by("pk")[:BATCH])
        _gather({each.pk: each for each in customers})
        Customer.objects.filter(pk__in=[each.pk for each in customers]).update(words_due=False)
    return len(customers)


def are_all_kept() -> bool:
    """Whether nobody's words of the store in scope are still to be gathered."""
    return not _due().exists()


def _due() -> QuerySet[Customer]:
    found: QuerySet[Customer] = Customer.objects.filter(words_due=True)
    return found


def _gather(customers: dict[int, Customer]) -> None:
    # What is there is read first: what comes meanwhile is not looked at, and so not taken away.
    there = list(
        CustomerWord.objects.filter(customer__in=customers).values_list("pk", "customer", "word")
    )
    texts: dict[int, set[str]] = defaultdict(set)
    for customer in customers.values():
        if customer.erased_at is None:
            texts[customer.pk] |= {customer.name, customer.user.email}
    for entry in slots.customer_search.all():
        for pk, text in entry.known_by(list(texts)):
            texts[pk].add(text)
    words = {pk: words_of(texts[pk]) for pk in texts}
    gone = [pk for pk, customer, word in there if word not in words.get(customer, ())]
    CustomerWord.objects.filter(pk__in=gone).delete()
    for _pk, customer, word in there:
        words.get(customer, set()).discard(word)
    _write(words)


def _write(words: dict[int, set[str]]) -> None:
    rows = [
        CustomerWord(customer_id=customer, word=word)
        for customer in sorted(words)
        for word in sorted(words[customer])
    ]
    CustomerWord.objects.bulk_create(rows, ignore_conflicts=True, batch_size=5 * BATCH)
