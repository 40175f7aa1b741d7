"""What an access was bought with: its order, its gift's, its bundle's."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.contract import Source
from access.models import Access
from access.services.granting import grant
from content.services.stamping.line import line_of
from core import clock
from payments.services.gifts.claiming import claim
from payments.services.purchases import purchases_of
from products.services.bundles import include
from stores.models import Store
from tests.conftest import make_price, make_product
from tests.payments.buying import make_book
from tests.payments.gifts.test_gifts import customer, give
from tests.payments.services.test_moving import make_order


def test_what_was_bought_names_its_order_and_what_came_with_it_the_same(in_store: Store) -> None:
    bundle, inner = make_product("bundle", title="Both", amount=0), make_product(title="Inner")
    include(bundle, inner)
    order = make_order(bundle.prices.get())
    accesses = list(Access.objects.all())
    assert len(accesses) == 2
    found = purchases_of(accesses)
    assert {each.number for each in found.values()} == {str(order.number)}
    assert {each.name for each in found.values()} == {"Charlie"}
    assert f"/{order.pk}/" in found[accesses[0].pk].url


def test_a_gift_says_whom_it_was_for_and_its_givers_order(in_store: Store) -> None:
    gift = give(make_price(make_book(amount=None), amount=0))
    claim(gift, customer("nina"), now=clock.now())
    access = Access.objects.get()
    assert purchases_of([access])[access.pk].name == "Nina"
    line = line_of(access).plain
    assert line == f"This copy belongs to nina · order {gift.line.order.number}"


def test_what_was_given_by_hand_has_no_order(in_store: Store) -> None:
    now = clock.now()
    who, book = customer("nina"), make_book()
    access = grant(who, product=book, source=Source("hand", "1"), starts_at=now, now=now)
    assert purchases_of([access]) == {}
    assert line_of(access).plain == "This copy belongs to nina"


def test_many_cost_as_many_queries_as_one(in_store: Store) -> None:
    price = make_book(amount=0).prices.get()
    for number in range(5):
        make_order(price, f"c{number}@example.com")
    accesses = list(Access.objects.all())
    with CaptureQueriesContext(connection) as for_all:
        assert len(purchases_of(accesses)) == 5
    with CaptureQueriesContext(connection) as for_one:
        purchases_of(accesses[:1])
    assert len(for_all) == len(for_one)
