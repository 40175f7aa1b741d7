"""Access that lasts for a number of issues: counted down as they come out, proven on the toy."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.contract import Open, Source, Viewer
from access.models import Access
from access.services.counting import give_unit
from access.services.gate import may_open
from access.services.granting import grant_purchase, revoke
from accounts.models import Customer
from products.models import Part, Price, Product
from stores.models import Store
from tests.conftest import NOW, make_price, make_product, make_user

LATER = NOW + timedelta(days=1)


@pytest.fixture
def letters(in_store: Store) -> Product:
    return make_product("toy", amount=None)


def buy(who: Customer, price: Price, source: str = "1") -> Access:
    source_of = Source("order_line", source)
    return grant_purchase(who, price=price, option="", source=source_of, now=NOW)[0]


def issue(product: Product, number: int) -> Part:
    return Part.objects.create(
        product_id=product.pk, kind="letter", title=f"No. {number}", published_at=NOW
    )


def two_letters(product: Product) -> Price:
    return make_price(product, length="units", length_count=2)


def test_it_ends_after_the_number_bought_and_what_came_stays(letters, charlie) -> None:
    access = buy(charlie, two_letters(letters))
    issues = [issue(letters, number) for number in (1, 2, 3)]
    for each in issues:
        give_unit([access], each, now=NOW)
        give_unit([access], each, now=NOW)
    access.refresh_from_db()
    assert (access.units_left, access.ends_at) == (0, NOW)
    answers = may_open(Viewer(customer=charlie), issues, LATER)
    assert [isinstance(each, Open) for each in answers.values()] == [True, True, False]


def test_given_back_it_takes_what_that_purchase_gave_and_no_other(letters, charlie) -> None:
    price = two_letters(letters)
    first, second = buy(charlie, price), buy(charlie, price, "2")
    part = issue(letters, 1)
    give_unit([first, second], part, now=NOW)
    revoke(first, now=NOW)
    assert list(part.grants.filter(revoked_at=None).values_list("source_id", flat=True)) == ["2"]
    assert give_unit([first, second], issue(letters, 2), now=NOW) == [second]


def test_what_lasts_by_time_is_not_counted(letters, charlie) -> None:
    access = buy(charlie, make_price(letters, length="periods", length_count=1, length_unit="week"))
    assert give_unit([access], issue(letters, 1), now=NOW) == []


def test_twenty_holders_cost_as_many_queries_as_one(letters) -> None:
    price = two_letters(letters)
    people = [Customer.objects.create(user=make_user(f"c{n}@example.com")) for n in range(20)]
    accesses = [buy(each, price, str(number)) for number, each in enumerate(people)]
    counted = []
    for some, part in ((accesses, issue(letters, 1)), (accesses[:1], issue(letters, 2))):
        with CaptureQueriesContext(connection) as asked:
            give_unit(some, part, now=NOW)
        counted.append(len(asked))
    assert counted[0] == counted[1]
