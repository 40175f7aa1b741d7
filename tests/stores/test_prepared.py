from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from accounts.middleware import CUSTOMER, STAFF
from accounts.models import Customer, User
from content.models import Asset
from content.services.files import OF_PART, OF_PRODUCT
from core.prepared import Among, Missing, Prepared, given, padded
from payments.models import StripeEvent
from products.models import Part, Price, Product
from products.services.offering import PRICES, fetch_prices
from storefront.services.product_page import AT_SLUG, reachable
from storefront.services.window import LISTED
from stores.middleware import AT_HOST
from stores.models import Store
from stores.scope import ScopeError, all_stores, store_scope
from tests.conftest import NOW, make_product
from tests.content.library import make_asset, make_part

WITHOUT_DRAFTS = False
WITH_PAGES, WITHOUT_PAGES = True, False
TITLED = Prepared(lambda: Product.objects.filter(title=given("title")))


@pytest.fixture
def book(store: Store) -> Product:
    """Alice's book with a price and a file."""
    with store_scope(store):
        made = make_product(title="Linen", slug="linen", status="published")
        make_asset(make_part(made))
        product: Product = Product.objects.get(pk=made.pk)
    return product


def test_kept_sql_asks_for_the_store_of_each_request(store: Store, other_store: Store) -> None:
    for each in (store, other_store):
        with store_scope(each):
            make_product(title="Linen")
    for each in (store, other_store, store):
        with store_scope(each):
            assert [row.store_id for row in TITLED.rows(title="Linen")] == [each.pk]


def test_kept_sql_is_refused_outside_a_scope_and_across_all_stores(book: Product) -> None:
    with store_scope(book.store):
        assert TITLED.rows(title="Linen")
    with pytest.raises(ScopeError):
        TITLED.rows(title="Linen")
    with all_stores(), pytest.raises(ScopeError):
        TITLED.rows(title="Linen")


def test_preparing_outside_a_scope_keeps_nothing_wrong(book: Product) -> None:
    fresh = Prepared(lambda: Product.objects.filter(title=given("title")))
    with pytest.raises(ScopeError):
        fresh.rows(title="Linen")
    with store_scope(book.store):
        assert fresh.rows(title="Linen") == [book]
        assert fresh.rows(title="Wool") == []


def test_nothing_is_no_value(book: Product) -> None:
    with store_scope(book.store), pytest.raises(ValueError, match="title"):
        TITLED.rows(title=None)


def test_a_row_knows_what_it_was_loaded_with(book: Product) -> None:
    with store_scope(book.store):
        row = AT_SLUG.rows(WITHOUT_DRAFTS, slug="linen")[0]
        with CaptureQueriesContext(connection) as seen:
            assert row.loaded_store_id == book.store_id
            assert row.replaced_by is None
            assert row.has_inside is False  # type: ignore[attr-defined]  # an annotation
            assert isinstance(row.created_at, datetime)
    assert not seen.captured_queries


def same(found: list[Any], rows: QuerySet[Any]) -> bool:
    """Whether these are the rows of a queryset, with the same values, in its order."""
    return [values_of(each) for each in found] == [values_of(each) for each in rows]


def values_of(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.__dict__.items() if not name.startswith("_")}


@pytest.mark.postgres
def test_every_kept_query_finds_what_its_queryset_finds(
    book: Product, other_store: Store, alice: User, charlie: Customer
) -> None:
    with store_scope(other_store):
        make_product(title="Linen", slug="linen", status="published")
    with store_scope(book.store):
        part = Part.objects.get()
        files: Callable[[], Any] = lambda: Asset.objects.out(NOW).in_turn()  # noqa: E731 -- used twice below
        assert same(AT_SLUG.rows(WITHOUT_DRAFTS, slug="linen"), reachable().filter(slug="linen"))
        assert same(LISTED.rows(), Product.objects.listed())
        assert same(PRICES.rows(2, products=[book.pk] * 2), Price.objects.filter(product=book))
        found = OF_PRODUCT.rows(WITHOUT_PAGES, product=book.pk, now=NOW)
        assert [each.pk for each in found] == [each.pk for each in files().filter(part=part)]
        assert OF_PRODUCT.rows(WITH_PAGES, product=book.pk, now=NOW) == found
        assert [each.pk for each in OF_PART.rows(part=part.pk, now=NOW)] == [found[0].pk]
        assert OF_PART.rows(part=part.pk, now=NOW)[0].sha256 == found[0].sha256
        assert CUSTOMER.first(user=charlie.user_id) == charlie
        staff = STAFF.first(user=alice.pk)
        assert staff is not None
        assert staff.role == "owner"
        assert STAFF.first(user=charlie.user_id) is None
    at = AT_HOST.first(host="thread.localhost")
    assert at is not None
    assert (at.pk, at.primary_host) == (book.store_id, "thread.localhost")  # type: ignore[attr-defined]  # an annotation
    assert AT_HOST.first(host="nobody.localhost") is None


def test_an_edition_that_is_being_prepared_is_no_file_yet(book: Product) -> None:
    with store_scope(book.store):
        assert OF_PRODUCT.rows(WITHOUT_PAGES, product=book.pk, now=NOW + timedelta(days=1))
        Part.objects.update(published_at=None)
        assert not OF_PRODUCT.rows(WITHOUT_PAGES, product=book.pk, now=NOW)


def test_prices_are_fetched_for_many_in_one_query_and_can_be_asked_on(store: Store) -> None:
    with store_scope(store):
        products = [make_product(title=f"Book {number}") for number in range(3)]
        for product in products:
            product.prices.update(amount=1000 + product.pk)
        shown = list(Product.objects.order_by("pk"))
        with CaptureQueriesContext(connection) as seen:
            fetch_prices(shown)
            amounts = [[price.amount for price in each.prices.all()] for each in shown]
            assert [each.prices.all()[0].product for each in shown] == shown
        assert len(seen) == 1
        assert amounts == [[1000 + each.pk] for each in products]
        assert [each.prices.filter(amount__gt=0).count() for each in shown] == [1, 1, 1]
        assert shown[0].prices.exclude(amount=1000 + shown[0].pk).count() == 0


def test_few_shapes_of_sql_do_for_any_number() -> None:
    assert padded([7]) == [7]
    assert padded([1, 2, 3]) == [1, 2, 3, 3]
    assert {len(padded(list(range(1, n + 1)))) for n in range(1, 65)} == {1, 2, 4, 8, 16, 32, 64}


def test_a_number_among_others_is_never_text(book: Product) -> None:
    some = Prepared(lambda count: Product.objects.filter(Among("pk", "numbers", count)))
    with store_scope(book.store):
        assert some.rows(1, numbers=[str(book.pk)]) == [book]
        with pytest.raises(ValueError, match="invalid literal"):
            some.rows(1, numbers=["1) OR (1=1"])


@pytest.mark.postgres
def test_a_missing_row_is_written_once_and_as_the_model_writes_it(db: None) -> None:
    written = Missing(StripeEvent)
    for account in ("", "acct_1", ""):
        written.write(StripeEvent(stripe_account=account, stripe_id="evt_1", happened_at=NOW))
    first, other = StripeEvent.objects.order_by("pk")
    saved = StripeEvent.objects.create(
        stripe_id="evt_2",
        happened_at=NOW,
        received_at=first.received_at,
        next_attempt_at=first.next_attempt_at,
    )
    saved.refresh_from_db()
    named = {"id": first.pk, "stripe_id": first.stripe_id}
    assert values_of(first) == values_of(saved) | named
    assert other.stripe_account == "acct_1"


def test_plain_words_are_written_and_all_others_bound(book: Product) -> None:
    odd = "O'Neil's 50% %s"
    kept = Prepared(
        lambda: Product.objects.filter(status="published").exclude(title__in=[odd, "x"])
    )
    with store_scope(book.store):
        assert kept.rows() == [book]
        make_product(title=odd)
        both = Prepared(lambda: Product.objects.filter(title__in=[odd, "wool"], hue__gte=0))
        assert [each.title for each in both.rows()] == [odd]
    (sql, params) = next(
        (found.sql, found.params)
        for (each, _shape), found in vars(connections["default"])["_prepared"].items()
        if each is kept
    )
    assert "= 'published'" in sql
    assert odd in params
    assert "O'Neil" not in sql
