"""Sales → Income that returns: its pages, what they open, and what may be taken away."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounts.models import Customer, User
from core import clock, money
from payments.admin.income import showing
from payments.services.income import figures
from payments.services.income.scopes import asked
from stores.models import Store
from stores.scope import store_scope
from tests.payments.reporting.members import NOW, World

HOME = "/admin/payments/returningincome/"
pytestmark = [pytest.mark.django_db, pytest.mark.differs]
LINK = re.compile(r'href="(/admin/payments/returningincome/rows/\?[^"]+)"[^>]*>\s*<bdi>([^<]+)<')


class Desk:
    """Alice's admin on the day of the random members."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def see(self, path: str = HOME, **asked_for: Any) -> str:
        with clock.standing_at(NOW):
            answer = self.client.get(path, asked_for)
        assert answer.status_code == 200, (path, answer.status_code)
        return str(answer.content.decode())


@pytest.fixture
def desk(browse: Callable[..., Client], store: Store, alice: User) -> Desk:
    return Desk(browse(store, alice))


@pytest.fixture
def world(in_store: Store) -> World:
    return World(random.Random(11), 14)


@pytest.mark.parametrize("page", ["", "stay/"])
def test_each_number_opens_rows_that_add_up_to_it(desk: Desk, world: World, page: str) -> None:
    links = LINK.findall(desk.see(f"{HOME}{page}"))
    assert len(links) > 10
    for url, shown in random.Random(5).sample(links, min(25, len(links))):
        rows = desk.see(unescape(url))
        counted = re.search(r"(\d+) row", rows)
        total = re.search(r"· <strong><bdi>([^<]+)</bdi></strong>", rows)
        assert counted is not None
        number = shown.partition(" ")[0]
        is_sum = total is not None and shown.strip("-−") == total.group(1).strip("-−")
        assert is_sum or number == counted.group(1), (url, shown)


def test_the_chart_runs_from_the_right_in_hebrew(world: World) -> None:
    scope = asked({}, NOW)
    months = figures.by_month(scope)
    with override("en"):
        left = showing.month_chart(scope, months)
    with override("he"):
        right = showing.month_chart(scope, months)
    assert left is not None
    assert right is not None
    begins = [float(bar.x) for bar in left.bars]
    mirrored = [float(bar.x) for bar in right.bars]
    assert begins == sorted(begins)
    assert mirrored == sorted(mirrored, reverse=True)
    assert [bar.height for bar in left.bars] == [bar.height for bar in right.bars]


def test_the_numbers_of_the_chart_stand_in_the_table(desk: Desk, world: World) -> None:
    page = desk.see()
    assert 'role="img"' in page
    for each in figures.by_month(asked({}, NOW)):
        assert f"<bdi>{money.display(each.closing, 'ILS', 'en')}</bdi>" in page


def test_a_table_is_what_the_page_shows_and_calculates_nothing(desk: Desk, world: World) -> None:
    Customer.objects.update(name="=1+1")
    for name in showing.TABLES:
        lines = desk.see(f"{HOME}table/", table=name).splitlines()
        grid = showing.TABLES[name](asked({}, NOW))
        assert len(lines) == len(grid.rows) + 1
        assert all(line.endswith(",ILS") for line in lines[1:])
    rows = desk.see(f"{HOME}rows/table/", what="value")
    assert "\n=1" not in rows
    assert ",=1" not in rows
    assert "'=1+1" in rows
    listed = rows.strip().splitlines()[1:]
    whole = figures.value(asked({}, NOW))
    cells = [line.rsplit(",", 2)[1] for line in listed]
    assert len(cells) == whole.members
    assert sum(money.from_major(Decimal(cell), "ILS") for cell in cells) == whole.kept


def test_a_store_without_members_says_what_will_stand_here(desk: Desk) -> None:
    assert "The first member who does draws the first bar." in desk.see()
    assert "you see here how long members stay" in desk.see(f"{HOME}stay/")
    assert "Income that returns" not in desk.see("/admin/payments/report/")


def test_it_is_a_tab_of_the_reports_where_somebody_pays(desk: Desk, world: World) -> None:
    assert f'href="{HOME}"' in desk.see("/admin/payments/report/")


def test_what_is_no_table_and_no_figure_is_not_found(desk: Desk) -> None:
    for path in ("table/?table=secrets", "rows/?what=secrets", "rows/?what=product&key=x"):
        assert desk.client.get(f"{HOME}{path}").status_code == 404


def test_one_product_and_one_currency_alone(desk: Desk, world: World) -> None:
    club = world.clubs[0]
    page = desk.see(product=club.pk, currency="USD", months=6)
    scope = asked({"product": str(club.pk), "currency": "USD", "months": "6"}, NOW)
    assert f"<bdi>{money.display(figures.now(scope).monthly, 'USD', 'en')}</bdi>" in page


@pytest.mark.parametrize("page", ["", "stay/", "rows/?what=members", "rows/?what=charges"])
def test_a_page_asks_as_much_of_many_as_of_few(
    desk: Desk, store: Store, world: World, page: str
) -> None:
    counts = []
    for more in (0, 14):
        with store_scope(store):
            World(random.Random(12), more) if more else None
        desk.see(f"{HOME}{page}")
        with CaptureQueriesContext(connection) as questions:
            desk.see(f"{HOME}{page}")
        counts.append(len(questions))
    assert counts[0] == counts[1] <= 45, counts
