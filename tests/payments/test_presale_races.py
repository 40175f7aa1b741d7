"""Openings at the same moment as other things, on SQLite's file and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from access.contract import Source
from access.models import Access
from access.services import presales
from access.services.granting import grant_purchase, revoke
from accounts.models import Customer
from core import clock
from mail.models import Message
from products.errors import CannotMoveOpening
from products.models import OpeningMove, Part, Price, Product
from products.services.presale import move_opening
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import make_product, make_store, make_user
from tests.payments.test_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
OPENS_IN = timedelta(hours=1)
BUYERS = 6


@pytest.fixture
def sold(db: None) -> Iterator[tuple[Store, Product, datetime]]:
    """A store, its presale that six people bought, and a moment after its opening."""
    store = make_store("thread", make_user("alice@example.com"), name="Thread")
    with store_scope(store):
        now = clock.now()
        product = move_opening(make_product("toy"), now + OPENS_IN, now=now)
        Part.objects.create(product_id=product.pk, kind="letter", title="1", published_at=now)
        price = Price.objects.select_related("product").get(product=product.pk)
        for number in range(BUYERS):
            who = Customer.objects.create(user=make_user(f"c{number}@example.com"))
            source = Source("order_line", str(number))
            grant_purchase(who, price=price, option="", source=source, now=now)
        yield store, product, now + OPENS_IN + timedelta(minutes=1)


def in_scope(store: Store, act: Callable[[int], object]) -> Callable[[int], object]:
    def run(number: int) -> object:
        with store_scope(store):
            return act(number)

    return run


def test_four_sweeps_at_once_open_once_and_mail_each_buyer_once(sold, monkeypatch) -> None:
    store, product, after = sold
    monkeypatch.setattr(presales, "BATCH", 2)
    got = together(4, in_scope(store, lambda _n: presales.work(after, batches=99)))
    assert not [each for each in got if isinstance(each, Exception)]
    assert OpeningMove.objects.filter(product=product.pk, what="opened").count() == 1
    assert Message.objects.filter(kind="presale_opened").count() == BUYERS
    assert not Access.objects.exclude(awaits=None).exists()


def test_what_is_given_back_while_it_opens_stays_closed(sold) -> None:
    store, _product, after = sold
    access = Access.objects.order_by("pk")[0]

    def act(number: int) -> object:
        if number:
            return presales.work(after, batches=99)
        return revoke(Access.objects.get(pk=access.pk), now=after)

    got = together(2, in_scope(store, act))
    assert not [each for each in got if isinstance(each, Exception)]
    in_scope(store, lambda _n: presales.work(after, batches=99))(0)  # the sweep comes again
    access.refresh_from_db()
    assert not access.is_live(after)
    assert Message.objects.filter(kind="presale_opened").count() in {BUYERS - 1, BUYERS}
    assert Access.objects.live(after).count() == BUYERS - 1


def test_moved_at_the_moment_it_opens_it_is_one_or_the_other(sold) -> None:
    store, product, after = sold
    later = after + timedelta(days=7)

    def act(number: int) -> object:
        if number:
            return presales.work(after, batches=99)
        return move_opening(product, later, now=after)

    got = together(2, in_scope(store, act))
    product.refresh_from_db()
    if product.opened_at is None:
        assert product.opens_at == later
        assert not Access.objects.live(after).exists()
    else:
        assert isinstance(got[0], CannotMoveOpening)
        assert Access.objects.live(after).count() == BUYERS
