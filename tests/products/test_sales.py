import threading
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from products.errors import BundleLoops, CannotPublish, NotSellable, PriceIsFrozen, SoldOut
from products.models import Hold, Price, Product
from products.services.bundles import include
from products.services.catalogue import change_price, create_product, publish
from products.services.sales import (
    access_ends,
    check_sale,
    mark_sold,
    places_left,
    release_holds,
    sell_holds,
    take_hold,
)
from products.tasks import release_expired_holds
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_price, make_product

SOON = NOW + timedelta(minutes=30)


def hold(price: Price, order: str = "1", now=NOW) -> Hold:
    return take_hold(price, option="", quantity=1, order_reference=order, until=SOON, now=now)


def test_one_copy_is_taken_once_and_freed_when_the_order_gives_up(in_store: Store) -> None:
    price = make_price(make_product(), quantity=1)
    assert hold(price) == hold(price)
    with pytest.raises(SoldOut):
        hold(price, "2")
    release_holds("1", NOW)
    assert hold(price, "2")


def test_a_hold_that_ran_out_takes_no_place_even_before_the_sweep(in_store: Store) -> None:
    price = make_price(make_product(), quantity=1)
    hold(price)
    assert places_left(price, SOON) == 1
    release_expired_holds()
    assert places_left(price, NOW) == 1


def test_what_was_paid_after_the_hold_ran_out_is_still_sold(in_store: Store) -> None:
    price = make_price(make_product(), quantity=2)
    hold(price)
    release_holds("1", SOON)
    sell_holds("1", SOON)
    assert places_left(price, SOON + timedelta(days=9)) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_want_the_last_copy_one_gets_it(store: Store) -> None:
    with store_scope(store):
        price = make_price(make_product(), quantity=1)
    outcomes: list[str] = []

    def want(number: int) -> None:
        try:
            with store_scope(store):
                hold(price, str(number))
            outcomes.append("got it")
        except SoldOut:
            outcomes.append("sold out")
        finally:
            connection.close()

    threads = [threading.Thread(target=want, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["got it"] + ["sold out"] * 19


@pytest.mark.parametrize("status", ["draft", "closed", "retired", "coming_soon"])
def test_what_is_not_on_sale_is_not_sold(status: str, in_store: Store) -> None:
    price = make_product(status=status).prices.get()
    with pytest.raises(NotSellable):
        check_sale(None, price, answers={}, now=NOW)


def test_doors_open_and_close(in_store: Store) -> None:
    price = make_price(make_product(), doors_open_at=NOW, doors_close_at=SOON)
    check_sale(None, price, answers={}, now=NOW)
    for moment in (NOW - timedelta(seconds=1), SOON):
        with pytest.raises(NotSellable):
            check_sale(None, price, answers={}, now=moment)


def test_what_would_be_over_before_it_begins_is_not_sold(in_store: Store) -> None:
    product = make_product("toy", amount=None)
    today = make_price(product, length="until", length_until=NOW.date())
    check_sale(None, today, answers={}, now=NOW)
    with pytest.raises(NotSellable, match="over before it begins"):
        check_sale(None, today, answers={}, now=NOW + timedelta(days=1))
    Product.objects.filter(pk=product.pk).update(opens_at=NOW + timedelta(days=2))
    product.refresh_from_db()
    with pytest.raises(NotSellable, match="over before it begins"):
        check_sale(None, Price.objects.get(pk=today.pk), answers={}, now=NOW)


def test_a_format_may_refuse_a_sale_with_its_reason(in_store: Store) -> None:
    price = make_product("toy").prices.get()
    with pytest.raises(NotSellable, match="nicely"):
        check_sale(None, price, answers={"rude": "yes"}, now=NOW)


def test_a_sold_price_never_changes_but_can_be_taken_off_sale(in_store: Store) -> None:
    price = make_product().prices.get()
    mark_sold(price, NOW)
    with pytest.raises(PriceIsFrozen):
        change_price(price, amount=100)
    assert not change_price(price, is_active=False, amount=4900).is_active


def test_access_lasts_as_long_as_the_price_says(in_store: Store) -> None:
    zone = ZoneInfo("Asia/Jerusalem")
    until = Price(length=Price.Length.UNTIL, length_until=date(2026, 12, 31))
    weeks = Price(length=Price.Length.PERIODS, length_count=12, length_unit="week")
    assert access_ends(Price(), NOW, zone) is None
    assert access_ends(weeks, NOW, zone) == NOW + timedelta(weeks=12)
    assert access_ends(until, NOW, zone).astimezone(zone).isoformat().startswith("2027-01-01T00:00")


def test_publishing_says_what_is_missing_first(in_store: Store) -> None:
    product = create_product("toy", title="Letters", now=NOW)
    with pytest.raises(CannotPublish) as refusal:
        publish(product, NOW)
    assert refusal.value.sentences == [
        "It has no letter yet.",
        "It has no price yet. Add one, or make it free.",
    ]


def test_publishing_makes_the_stores_pages_fresh(in_store: Store) -> None:
    product = make_product("toy", status="draft")
    product.parts.create(kind="letter", title="One", store=in_store)
    before = Store.objects.get().version
    publish(product, NOW)
    assert Product.objects.get(pk=product.pk).status == "published"
    assert Store.objects.get().version > before


def test_a_bundle_holds_no_cycle_and_nests_no_deeper_than_three(in_store: Store) -> None:
    one, two, three, four = (make_product("bundle", title=name) for name in "abcd")
    include(one, two)
    include(two, three)
    for outer, inner in ((three, one), (one, one), (three, four)):
        with pytest.raises(BundleLoops):
            include(outer, inner)
