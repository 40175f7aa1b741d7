"""A club inside something: its months are counted by what was paid for that."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.contract import Source
from access.models import Access, PartGrant
from access.services import inclusions
from access.services.granting import grant_purchase, pause, resume, revoke, set_end, set_price
from access.services.paid_time import paid_time
from accounts.models import Customer
from core import clock
from mail.models import Message
from memberships.models import Club
from memberships.services.standing import places
from products.models import Product
from products.services.bundles import include, inside
from stores.models import Store
from tests.conftest import make_price, make_product, make_user
from tests.memberships.making import at, fill, make_club, opened, pay, sweep


@pytest.fixture
def club(in_store: Store) -> Club:
    made = make_club(mode=Club.Mode.TENURE)
    fill(made, 6, now=at(1, year=2026))
    return made


@pytest.fixture
def bundle(in_store: Store, club: Club) -> Product:
    made = make_product("bundle", amount=None, title="All of it")
    include(made, Product.objects.get(pk=club.pk), now=at(1, year=2026))
    return made


def paid_monthly(bundle: Product, customer: Customer, months: int, *, since: int = 1) -> Access:
    price = bundle.prices.first() or make_price(bundle, kind="subscription", interval="month")
    source = Source("subscription", "1")
    access = grant_purchase(customer, price=price, option="", source=source, now=at(since))[0]
    for month in range(since, since + months):
        pay(access, at(month), at(month + 1))
    return access


def inner(access: Access) -> Access:
    found: Access = Access.objects.get(parent=access)
    return found


def test_months_come_with_each_that_was_paid_around_it(
    bundle: Product, club: Club, charlie: Customer
) -> None:
    access = paid_monthly(bundle, charlie, 3)
    assert opened(charlie, club, at(1, 2)) == [1]
    assert opened(charlie, club, at(3, 2)) == [1, 2, 3]
    # Nothing more was paid: however long it stays open, no month passes.
    assert opened(charlie, club, at(5, 20)) == [1, 2, 3, 4]
    assert places([inner(access)], at(5, 20))[inner(access)].periods == 3


def test_a_rest_around_it_is_no_time_in_it(bundle: Product, club: Club, charlie: Customer) -> None:
    access = paid_monthly(bundle, charlie, 2)
    pause(access, until=at(5), now=at(3))
    assert opened(charlie, club, at(4)) == []
    resume(access, now=at(5))
    pay(access, at(5), at(6))
    assert opened(charlie, club, at(5, 2)) == [1, 2, 3]


def test_bought_once_it_counts_for_as_long_as_that_lasts(
    bundle: Product, club: Club, charlie: Customer
) -> None:
    price = make_price(bundle, length="periods", length_count=3, length_unit="month")
    source = Source("order_line", "1")
    grant_purchase(charlie, price=price, option="", source=source, now=at(1))
    assert opened(charlie, club, at(3, 20)) == [1, 2, 3]
    assert opened(charlie, club, at(4, 2)) == []
    sweep(at(4, 2))
    assert opened(charlie, club, at(8)) == [1, 2, 3, 4]  # what was reached stays


def test_who_pays_for_it_alone_and_around_it_goes_on_where_they_were(
    bundle: Product, club: Club, charlie: Customer
) -> None:
    price = make_price(Product.objects.get(pk=club.pk), kind="subscription", interval="month")
    source = Source("subscription", "9")
    alone = grant_purchase(charlie, price=price, option="", source=source, now=at(1))[0]
    pay(alone, at(1), at(3))
    set_end(alone, at(3), now=at(2))
    paid_monthly(bundle, charlie, 2, since=3)
    assert opened(charlie, club, at(4, 2)) == [1, 2, 3, 4]


def test_put_inside_later_it_begins_then(in_store: Store, club: Club, charlie: Customer) -> None:
    bundle = make_product("bundle", amount=None, title="All of it")
    access = paid_monthly(bundle, charlie, 6)
    include(bundle, Product.objects.get(pk=club.pk), now=at(4))
    inclusions.give_additions(at(4), batches=9)
    assert inner(access).starts_at == at(4)
    assert opened(charlie, club, at(4, 2)) == [1]
    assert opened(charlie, club, at(6, 2)) == [1, 2, 3]


def test_what_was_given_back_around_it_counts_for_nothing_in_it(
    bundle: Product, club: Club, charlie: Customer
) -> None:
    access = paid_monthly(bundle, charlie, 2)
    revoke(access, now=at(2, 20))
    sweep(at(2, 21))
    assert opened(charlie, club, at(3)) == [1, 2]  # the first month was over, and so reached
    assert PartGrant.objects.filter(revoked_at=None).count() == 2


def test_another_plan_ends_what_it_does_not_include_and_its_time_stays_counted(
    in_store: Store, club: Club, charlie: Customer
) -> None:
    product = make_product("bundle", amount=None, title="All of it")
    make_price(product, kind="subscription", interval="month", label="gold")
    basic = make_price(product, kind="subscription", interval="month", label="basic")
    gold = product.prices.get(label="gold")
    include(product, Product.objects.get(pk=club.pk), price=gold)
    access = paid_monthly(product, charlie, 6)
    for _twice in range(2):
        set_price(access, basic, now=at(3))
    child = inner(access)
    assert (child.revoked_at, child.ends_at, child.left_plan_at) == (None, at(3), at(3))
    assert opened(charlie, club, at(3, 2)) == []
    set_end(access, at(7), now=at(3))  # what happens above does not open it again
    pause(access, until=at(4), now=at(3, 20))
    child.refresh_from_db()
    assert (child.ends_at, child.paused_at) == (at(3), None)
    resume(access, now=at(3, 20))
    set_price(access, gold, now=at(5))
    child.refresh_from_db()
    assert (child.ends_at, child.left_plan_at) == (at(7), None)
    # January and February, and from May on: the third month begins.
    assert opened(charlie, club, at(5, 2)) == [1, 2, 3]


def test_many_members_cost_no_more_questions_than_one(
    bundle: Product, club: Club, charlie: Customer
) -> None:
    accesses = [inner(paid_monthly(bundle, charlie, 2))]
    asked = [_asked(accesses)]
    for number in range(3):
        who = Customer.objects.create(user=make_user(f"who{number}@example.com"))
        accesses.append(inner(paid_monthly(bundle, who, 2)))
    asked.append(_asked(accesses))
    assert asked[0] == asked[1] <= 6


def _asked(accesses: list[Access]) -> int:
    with CaptureQueriesContext(connection) as queries:
        paid_time(accesses, at(2))
    return len(queries)


def test_it_is_inside_however_deep(bundle: Product, club: Club, charlie: Customer) -> None:
    outer = make_product("bundle", amount=None, title="And more")
    include(outer, bundle)
    price = make_price(outer, kind="subscription", interval="month")
    assert {each.pk for each in inside(outer, price)} == {bundle.pk, club.pk}
    paid_monthly(outer, charlie, 2)
    assert opened(charlie, club, at(2, 2)) == [1, 2]


def test_a_member_is_not_greeted_anew_for_having_it_inside_too(
    bundle: Product, club: Club, charlie: Customer
) -> None:
    price = make_price(Product.objects.get(pk=club.pk), kind="subscription", interval="month")
    source = Source("subscription", "9")
    with clock.standing_at(at(1)):
        grant_purchase(charlie, price=price, option="", source=source, now=at(1))
        assert Message.objects.filter(kind="club_welcome").count() == 1
        assert paid_monthly(bundle, charlie, 0).children.count() == 1
    assert Message.objects.filter(kind="club_welcome").count() == 1
