"""Every figure equals what its rows add up to, counted twice: by the database and by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments.models import Document, Order
from payments.services.documents.issuing import issue_for_order, issue_for_refund
from payments.services.reporting import figures, rows
from payments.services.reporting.periods import Period, asked
from payments.services.reporting.sets import Scope
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW
from tests.payments.documents.papers import business_in, make_order, make_refund
from tests.payments.reporting.naive import Naive, hold, make_sale, make_shop

PERIODS = [
    (date(2026, 10, 20), date(2026, 11, 30)),
    (date(2026, 10, 25), date(2026, 10, 25)),
    (date(2026, 10, 23), date(2026, 10, 31)),
    (date(2026, 11, 1), date(2026, 11, 7)),
]


@pytest.fixture(params=["Asia/Jerusalem", "America/Los_Angeles", "Pacific/Auckland"])
def random_shop(request: pytest.FixtureRequest, store: Store) -> Iterator[None]:
    """A store somewhere, with sales of a random autumn across a change of clocks."""
    Store.objects.filter(pk=store.pk).update(time_zone=request.param)
    store.refresh_from_db()
    with store_scope(Store.objects.get(pk=store.pk)):
        dice = random.Random(request.param)
        shop = make_shop()
        for number in range(1, 60):
            make_sale(shop, dice, number)
        hold(shop, dice)
        yield


@pytest.mark.differs
def test_every_figure_equals_a_naive_recomputation(random_shop: None) -> None:
    for (first, last), currency in product(PERIODS, ("ILS", "USD")):
        scope = Scope(Period(first, last), currency)
        naive = Naive(first, last, currency)
        found = figures.totals(scope)
        assert (found.gross, found.orders) == (naive.gross, len(naive.sales))
        assert (found.refunds, found.disputes) == (naive.refunds, naive.disputes)
        assert found.net == naive.gross - naive.refunds - naive.disputes
        assert (found.gifts, found.free) == (naive.gifts, naive.free)
        for column, shares in (
            ("product", figures.by_product(scope)),
            ("price", figures.by_price(scope)),
        ):
            assert {each.key: (each.count, each.amount) for each in shares} == naive.by(column)
            assert sum(each.amount for each in shares) == found.gross
        for column, shares in (
            ("buyer_country", figures.by_country(scope)),
            ("provider", figures.by_way(scope)),
            ("source", figures.by_source(scope)),
        ):
            counted = {each.key: (each.count, each.amount) for each in shares}
            assert counted == naive.orders_by(column)
        days = {
            each.first: (each.count, each.amount) for each in figures.by_day(scope) if each.count
        }
        assert days == naive.by_day()


@pytest.mark.differs
def test_people_are_counted_as_their_orders_say(random_shop: None) -> None:
    for first, last in PERIODS:
        scope = Scope(Period(first, last), "ILS")
        naive = Naive(first, last, "ILS")
        times = naive.times()
        found = figures.count_buyers(scope)
        assert found.buyers == len(times)
        assert found.new == sum(min(days) >= first for days in times.values())
        assert found.returning == sum(min(days) < first for days in times.values())
        assert found.repeat == sum(len(days) > 1 for days in times.values())
        spent: dict[int, int] = {}
        for order in naive.sales:
            if order.customer_id:
                spent[order.customer_id] = spent.get(order.customer_id, 0) + order.total
        assert {who.pk: each.amount for who, each in figures.top_buyers(scope)} == spent


@pytest.mark.differs
def test_each_number_opens_the_rows_that_add_up_to_it(random_shop: None) -> None:
    for first, last in PERIODS:
        scope = Scope(Period(first, last), "ILS")
        found, people = figures.totals(scope), figures.count_buyers(scope)
        wanted = [("sales", "", found.gross), ("refunds", "", found.refunds)]
        wanted += [("disputes", "", found.disputes), ("gifts", "", found.gifts)]
        for what, shares in (
            ("product", figures.by_product(scope)),
            ("price", figures.by_price(scope)),
            ("country", figures.by_country(scope)),
            ("way", figures.by_way(scope)),
            ("source", figures.by_source(scope)),
            ("customer", [share for _who, share in figures.top_buyers(scope)]),
        ):
            wanted += [(what, each.key, each.amount) for each in shares]
        for what, key, amount in wanted:
            opened = rows.find(what, key, scope, NOW)
            assert opened is not None
            assert opened.amount == amount == sum(each.amount for each in opened.all())
        for what in ("buyers", "new", "returning", "repeat"):
            opened = rows.find(what, "", scope, NOW)
            assert opened is not None
            assert opened.count == getattr(people, what) == len(list(opened.all()))
        for each in figures.by_product_held(NOW):
            opened = rows.find("people", each.key, scope, NOW)
            assert opened is not None
            assert opened.count == each.count == len(set(opened.rows))
        for span in figures.by_day(scope):
            one = Scope(Period(span.first, span.last), "ILS")
            opened = rows.find("sales", "", one, NOW)
            assert opened is not None
            assert (opened.count, opened.amount) == (span.count, span.amount)


def test_vat_is_that_of_the_documents(in_store: Store) -> None:
    business_in(in_store)
    for amount in (1800, 990, 12_345):
        order = make_order(amount)
        issue_for_order(order, now=NOW)
        issue_for_refund(make_refund(order, amount // 3), now=NOW)
    scope = Scope(Period(NOW.date(), NOW.date()), "ILS")
    naive = sum(each.sign * each.vat for each in Document.objects.all())
    assert naive > 0
    assert figures.totals(scope).vat == naive
    opened = rows.find("vat", "", scope, NOW)
    assert opened is not None
    assert opened.amount == naive


def test_what_is_no_figure_has_no_rows(in_store: Store) -> None:
    scope = Scope(Period(NOW.date(), NOW.date()), "ILS")
    for what, key in (("product", "x"), ("product", ""), ("price", "9" * 30), ("secrets", "")):
        assert rows.find(what, key, scope, NOW) is None


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ({"period": "today"}, date(2026, 11, 22), date(2026, 11, 22)),
        ({"period": "7"}, date(2026, 11, 16), date(2026, 11, 22)),
        ({"period": "month"}, date(2026, 11, 1), date(2026, 11, 22)),
        ({"period": "year"}, date(2026, 1, 1), date(2026, 11, 22)),
        ({}, date(2026, 10, 24), date(2026, 11, 22)),
        ({"from": "2026-11-05", "to": "2026-11-01"}, date(2026, 11, 1), date(2026, 11, 5)),
        ({"from": "yesterday"}, date(2026, 10, 24), date(2026, 11, 22)),
        ({"from": "0001-01-01", "to": "9999-12-31"}, date(2026, 10, 24), date(2026, 11, 22)),
    ],
)
def test_days_are_chosen_by_name_or_by_date(said: dict[str, str], first: date, last: date) -> None:
    found = asked(said, date(2026, 11, 22))
    assert (found.first, found.last) == (first, last)


def test_a_period_is_compared_with_as_much_time_before_it() -> None:
    week = Period(date(2026, 11, 16), date(2026, 11, 22))
    assert (week.before().first, week.before().last) == (date(2026, 11, 9), date(2026, 11, 15))
    month = asked({"period": "month"}, date(2026, 3, 31))
    assert (month.before().first, month.before().last) == (date(2026, 2, 1), date(2026, 2, 28))
    year = asked({"period": "year"}, date(2026, 3, 5))
    assert (year.before().first, year.before().last) == (date(2025, 1, 1), date(2025, 3, 5))


@pytest.mark.differs
def test_a_report_asks_as_much_of_a_hundred_orders_as_of_ten(in_store: Store) -> None:
    scope = Scope(Period(date(2026, 10, 20), date(2026, 11, 30)), "ILS")
    dice, shop, counts = random.Random(5), make_shop(12), []
    for many in (range(1, 11), range(11, 111)):
        for number in many:
            make_sale(shop, dice, number)
        with CaptureQueriesContext(
            connection,
        ) as asked_for:
            figures.totals(scope)
            for figure in (figures.by_day, figures.by_product, figures.by_price):
                figure(scope)
            for figure in (figures.by_country, figures.by_way, figures.by_source):
                figure(scope)
            figures.count_buyers(scope)
            figures.top_buyers(scope)
            figures.by_product_held(NOW)
        counts.append(len(asked_for))
    assert counts[0] == counts[1] <= 20


def test_a_long_period_is_shown_by_the_month(in_store: Store) -> None:
    spans = figures.by_day(Scope(Period(date(2026, 1, 15), date(2026, 11, 22)), "ILS"))
    assert len(spans) == 11
    assert (spans[0].first, spans[0].last) == (date(2026, 1, 15), date(2026, 1, 31))
    assert spans[-1].last == date(2026, 11, 22)
    assert spans[1].first - spans[0].last == timedelta(days=1)
    assert Order.objects.count() == 0
