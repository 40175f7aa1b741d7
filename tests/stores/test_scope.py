import contextvars
import re
from pathlib import Path

import pytest
from django.db import transaction

from accounts.models import Customer
from products.models import Price, Product
from stores.errors import StoresDiffer
from stores.models import Domain, Staff, Store
from stores.scope import ScopeError, all_stores, current_store, store_scope
from tests.conftest import NOW, make_product

ROOT = Path(__file__).resolve().parents[2]

CALLERS_OF_ALL_STORES = {
    "stores/scope.py": "defines it",
    "access/services": "the finders of buyers owed an addition, and of presales",
    "accounts/services": "a user's own stores, when a creator signs in on the platform's host",
    "content/services": "the finders of uploads to be judged or let go of, and of copies",
    "mail/services": "the finder of due messages",
    "memberships/services": "the finder of months that opened and of memberships that ended",
    "mail/tasks.py": "the finder of due messages",
    "products/services": "the finders of drafts deleted for good and of lists to be told",
    "products/tasks.py": "the sweep of expired holds",
    "payments/services": "webhook lookup by Stripe's ids, and the reconciler's finders",
    "payments/tasks.py": "the reconciler's finders",
    "payments/platform_admin.py": "operator's admin",
    "stores/admin/operator.py": "operator's admin",
    "storefront/services": "the finders of pages to be published and of sign-ups to be forgotten",
    "stores/services": "who serves a domain; the finders of domains, closings, archives, what was"
    " deleted; how late work is, in seconds",
}
"""Who may look across stores, and why. A new caller is added here on purpose or not at all."""


QUERIES = [
    lambda: list(Product.objects.all()),
    Product.objects.exists,
    Product.objects.count,
    lambda: Product.objects.filter(pk=1).first(),
    lambda: Product.objects.update(title="x"),
    lambda: Product.objects.all().delete(),
    lambda: Product.objects.in_bulk([1]),
    lambda: Product._base_manager.get(pk=1),
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_outside_a_scope_raises_whatever_its_kind(query, store: Store) -> None:
    with pytest.raises(ScopeError), transaction.atomic():
        query()


def test_a_row_cannot_be_made_or_refreshed_outside_a_scope(in_store: Store) -> None:
    product = make_product()

    def outside() -> None:
        with pytest.raises(ScopeError):
            product.refresh_from_db()
        with pytest.raises(ScopeError):
            Product(title="x")

    contextvars.Context().run(outside)


def test_a_scope_of_nobody_is_an_error() -> None:
    with pytest.raises(ScopeError), store_scope(None):
        pass
    with pytest.raises(ScopeError), store_scope(Store(name="unsaved")):
        pass


def test_each_store_sees_its_own_rows(store: Store, other_store: Store) -> None:
    with store_scope(other_store):
        make_product(title="Dana's")
    with store_scope(store):
        mine = make_product(title="Alice's")
        assert [each.pk for each in Product.objects.all()] == [mine.pk]


def test_a_lazy_queryset_reads_the_store_when_it_runs(store: Store, other_store: Store) -> None:
    with store_scope(store):
        everything = Product.objects.all()
        make_product()
    with store_scope(other_store):
        assert not everything.exists()


def test_following_a_key_into_another_store_finds_nothing(store: Store, other_store: Store) -> None:
    with store_scope(store):
        price = make_product().prices.get()
    with store_scope(other_store), pytest.raises(Product.DoesNotExist):
        assert Price(pk=price.pk, product_id=price.product_id).product


def test_a_child_of_product_is_scoped_by_its_parents_column(
    store: Store, other_store: Store
) -> None:
    from ebooks.models import Ebook

    with store_scope(store):
        book = make_product()
        assert Ebook.objects.filter(pk=book.pk).exists()
    with store_scope(other_store):
        assert not Ebook.objects.filter(pk=book.pk).exists()
        assert Ebook.objects.filter(pk=book.pk).update(pages=3) == 0


def test_a_new_row_belongs_to_the_store_in_scope(in_store: Store, charlie: Customer) -> None:
    assert charlie.store_id == in_store.pk


def test_a_row_never_moves_to_another_store(in_store: Store, other_store: Store) -> None:
    product = Product.objects.get(pk=make_product().pk)
    product.store = other_store
    with pytest.raises(StoresDiffer):
        product.save()


def test_across_all_stores_there_is_no_current_store(store: Store) -> None:
    with all_stores():
        assert Domain.objects.count() == 1
        with pytest.raises(ScopeError):
            current_store()


def test_only_the_listed_places_look_across_stores() -> None:
    calling = {
        str(path.relative_to(ROOT))
        for app in ROOT.iterdir()
        if (app / "apps.py").exists() or app.name == "config"
        for path in app.rglob("*.py")
        if re.search(r"\ball_stores\(\)", path.read_text())
    }
    unlisted = {
        path for path in calling if not any(path.startswith(each) for each in CALLERS_OF_ALL_STORES)
    }
    assert not unlisted


def test_a_slug_is_unique_per_store_and_not_beyond(store: Store, other_store: Store) -> None:
    with store_scope(store):
        first, second = make_product(), make_product()
    with store_scope(other_store):
        elsewhere = make_product()
    assert (first.slug, second.slug) == ("the-first-stitch", "the-first-stitch-2")
    assert elsewhere.slug == first.slug


def test_staff_are_staff_of_one_store_only(store: Store, other_store: Store, alice) -> None:
    with store_scope(other_store):
        assert not Staff.objects.filter(user=alice).exists()
    assert store.created_at > NOW.replace(year=2020)
