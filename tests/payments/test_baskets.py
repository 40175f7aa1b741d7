"""What a basket costs: amounts chosen by the buyer, extras, coupons, owners' prices."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from access.contract import Source
from access.services import granting
from accounts.models import Customer
from core import clock
from payments.contract import Basket, Buyer
from payments.errors import AmountRefused, CouponRefused, SumChanged
from payments.models import Coupon, CouponProduct, CouponRedemption, Extra, Order
from payments.rules import percent_of, shared_out
from payments.services import coupons, stripe_api
from payments.services.ordering import give_up, order_for
from payments.services.quoting import extras_for, quote
from payments.services.sync.session import write_session
from products.errors import NotSellable, SoldOut
from products.models import Price
from products.services import sales
from products.services.bundles import include
from products.services.catalogue import change_price
from stores.models import Business, Store
from stores.scope import store_scope
from tests.conftest import NOW, make_price, make_product
from tests.payments.buying import Shop, make_book

CHARLIE = Buyer("charlie@example.com", "Charlie", "en")


def make_coupon(**over: Any) -> Coupon:
    return Coupon.objects.create(**({"code": "SPRING", "percent": 25} | over))


def ask(price: Price, who: Any = None, email: str = "", **chosen: Any) -> Any:
    return quote(Basket(price, **chosen), who=who, email=email, now=NOW)


def place(price: Price, attempt: str = "a", buyer: Buyer = CHARLIE, **chosen: Any) -> Order:
    basket = Basket(price, **chosen)
    return order_for(basket, buyer=buyer, attempt=attempt, mine=(), now=NOW).order


@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=9), st.integers(0, 100))
def test_a_discount_is_shared_out_to_the_last_unit_and_never_above_a_line(
    parts: list[int], percent: int
) -> None:
    whole = percent_of(sum(parts), percent)
    shares = shared_out(whole, parts)
    assert sum(shares) == whole
    assert all(0 <= share <= part for share, part in zip(shares, parts, strict=True))


@pytest.mark.parametrize(
    ("chosen", "total"), [(None, 3000), (1000, 1000), (99_999_999, 99_999_999)]
)
def test_the_buyer_chooses_the_amount(chosen: int | None, total: int, in_store: Store) -> None:
    price = make_price(make_product(), kind="pay_what_you_want", amount=3000, floor=1000)
    assert ask(price, chosen=chosen).total == total


@pytest.mark.parametrize("chosen", [999, 0, -1, 100_000_000])
def test_but_not_less_than_the_floor_nor_more_than_a_card(chosen: int, in_store: Store) -> None:
    price = make_price(make_product(), kind="pay_what_you_want", amount=3000, floor=1000)
    with pytest.raises(AmountRefused):
        ask(price, chosen=chosen)


def test_without_a_floor_nothing_is_an_amount_and_a_pittance_is_none(in_store: Store) -> None:
    price = make_price(make_product(), kind="pay_what_you_want", amount=0)
    assert ask(price, chosen=0).total == 0
    with pytest.raises(AmountRefused, match="cannot be charged less"):
        ask(price, chosen=1)


def test_a_coupon_takes_its_part_off(in_store: Store) -> None:
    price = make_product().prices.get()
    make_coupon()
    quoted = ask(price, coupon="SPRING")
    assert (quoted.total, quoted.discount) == (3675, 1225)


def test_an_amount_off_is_never_more_than_the_price(in_store: Store) -> None:
    make_coupon(kind="amount", percent=None, amount=10_000)
    assert ask(make_product().prices.get(), coupon="SPRING").total == 0


def test_a_rest_no_card_can_be_charged_is_waived(in_store: Store) -> None:
    make_coupon(kind="amount", percent=None, amount=4850)
    assert ask(make_product().prices.get(), coupon="SPRING").total == 0


@pytest.mark.parametrize(
    "over",
    [
        {"code": "OTHER"},
        {"is_active": False},
        {"starts_at": NOW + timedelta(seconds=1)},
        {"ends_at": NOW},
        {"most_uses": 0},
    ],
)
def test_a_coupon_that_is_not_good_says_why(over: dict[str, Any], in_store: Store) -> None:
    price = make_product().prices.get()
    make_coupon(**over)
    with pytest.raises(CouponRefused):
        ask(price, coupon="SPRING")


def test_a_coupon_for_one_product_leaves_the_others_alone(in_store: Store) -> None:
    book, other = make_product(), make_product(title="Other")
    CouponProduct.objects.create(coupon=make_coupon(), on_product=book)
    Extra.objects.create(price=other.prices.get())
    quoted = ask(book.prices.get(), coupon="SPRING", extras=(other.prices.get().public_id,))
    assert [line.discount for line in quoted.lines] == [1225, 0]
    with pytest.raises(CouponRefused):
        ask(other.prices.get(), coupon="SPRING")


def test_a_coupon_of_another_store_is_none(in_store: Store, other_store: Store) -> None:
    with store_scope(other_store):
        make_coupon()
    with pytest.raises(CouponRefused):
        ask(make_product().prices.get(), coupon="SPRING")


def test_once_per_customer_counts_waiting_orders_and_frees_those_given_up(
    in_store: Store,
) -> None:
    price = make_product().prices.get()
    make_coupon(most_per_customer=1)
    first = place(price, coupon="SPRING")
    with pytest.raises(CouponRefused, match="already"):
        place(price, "b", coupon="SPRING")
    assert place(price, "c", replace(CHARLIE, email="x@example.com"), coupon="SPRING").discount
    give_up(first, NOW)
    assert place(price, "d", coupon="SPRING").total == 3675


def test_with_all_taken_off_it_opens_without_stripe(in_store: Store) -> None:
    make_coupon(percent=100)
    order = place(make_book().prices.get(), coupon="SPRING")
    assert (order.status, order.provider, order.total) == ("paid", "free", 0)
    assert CouponRedemption.objects.get().used_at is not None


def test_what_is_ticked_beside_it_comes_along_and_opens(shop: Shop) -> None:
    with store_scope(shop.store):
        other = make_book(title="The Second Stitch", amount=1900)
        extra = other.prices.get()
        Extra.objects.create(price=extra, beside=shop.price.product)
    order = shop.buy(extras=[extra.public_id])
    assert order.total == 6800
    with store_scope(shop.store):
        titles = order.customer.accesses.values_list("product__title", flat=True)  # type: ignore[union-attr]  # paid
    assert {*titles} == {"The First Stitch", "The Second Stitch"}


def test_what_is_owned_already_is_not_offered_beside_it(in_store: Store, charlie: Customer) -> None:
    book, other = make_product(), make_product(title="Other")
    Extra.objects.create(price=other.prices.get())
    source = Source("hand", "1")
    granting.grant(charlie, product=other, source=source, starts_at=NOW, now=NOW)
    quoted = ask(book.prices.get(), charlie, extras=(other.prices.get().public_id,))
    assert len(quoted.lines) == 1


def test_an_owners_price_asks_for_a_customer_who_owns_it(
    in_store: Store, charlie: Customer
) -> None:
    book = make_product()
    price = make_price(make_product(title="Two", amount=None), amount=900, for_owners_of=book)
    for who in (None, "charlie@example.com", charlie):
        with pytest.raises(NotSellable, match="The First Stitch"):
            ask(price, who)
    source = Source("hand", "1")
    granting.grant(charlie, product=book, source=source, starts_at=NOW, now=NOW)
    assert ask(price, charlie).total == 900
    with pytest.raises(NotSellable):
        ask(price, "charlie@example.com")


def test_another_sum_than_the_page_showed_is_shown_before_it_is_charged(shop: Shop) -> None:
    response = shop.send(seen="4800")
    assert response.status_code == 200
    assert "another one now" in response.content.decode()
    with store_scope(shop.store):
        assert not Order.objects.exists()
    assert shop.send(seen="4900").status_code == 302


def test_a_look_reckons_and_orders_nothing(shop: Shop) -> None:
    with store_scope(shop.store):
        make_coupon()
    page = shop.send(coupon=" spring ", look="coupon").content.decode()
    assert "36.75" in page
    with store_scope(shop.store):
        assert not Order.objects.exists()


def test_a_refused_coupon_says_so_and_keeps_what_was_typed(shop: Shop) -> None:
    page = shop.send(coupon="NOPE", name="Charles")
    assert page.status_code == 422
    assert "no such coupon" in page.content.decode()
    assert "Charles" in page.content.decode()


def test_a_mistyped_address_is_asked_about_once(shop: Shop) -> None:
    page = shop.send(email="charlie@gmial.com")
    assert page.status_code == 422
    assert "charlie@gmail.com" in page.content.decode()
    assert shop.begin(email="charlie@gmial.com", take_address="charlie@gmail.com").email == (
        "charlie@gmail.com"
    )
    kept = shop.begin(email="charlie@gmial.com", keep_address="charlie@gmial.com")
    assert kept.email == "charlie@gmial.com"


def test_the_length_is_what_was_sold_not_what_the_price_says_later(shop: Shop) -> None:
    with store_scope(shop.store):
        change_price(shop.price, length="periods", length_count=1, length_unit="month")
    order = shop.begin()
    with store_scope(shop.store):
        change_price(shop.price, length="for_good", length_count=None, length_unit="")
    shop.pay(order)
    shop.return_page(order)
    with store_scope(shop.store):
        access = order.lines.get().product.accesses.get()
    assert access.ends_at is not None


def test_a_price_that_moves_while_the_page_is_open_is_not_charged_unseen(
    in_store: Store,
) -> None:
    price = make_product().prices.get()
    change_price(price, amount=5900)
    price.refresh_from_db()
    with pytest.raises(SumChanged):
        order_for(Basket(price), buyer=CHARLIE, attempt="a", mine=(), now=NOW, seen_total=4900)


def test_an_option_has_places_that_its_prices_share(in_store: Store) -> None:
    toy = make_product("toy", amount=None)
    type(toy.contract.model.objects.get(pk=toy.pk)).objects.filter(pk=toy.pk).update(places=1)  # type: ignore[union-attr]  # a format with a model
    first = make_price(toy, option="gold", amount=900)
    second = make_price(toy, option="gold", amount=1900)
    place(first)
    with pytest.raises(SoldOut):
        place(second, "b")


def test_what_is_inside_already_is_not_offered_beside_it_and_nothing_twice(
    in_store: Store,
) -> None:
    bundle, one, two = make_product("bundle"), make_product(title="One"), make_product(title="Two")
    include(bundle, one)
    for price in (one.prices.get(), two.prices.get(), make_price(two, amount=900)):
        Extra.objects.create(price=price)
    offered = extras_for(bundle.prices.get(), who=None, now=NOW)
    assert [extra.price for extra in offered] == [two.prices.earliest("pk")]


def test_what_is_sold_out_is_not_offered_beside_and_many_cost_no_more_queries(
    in_store: Store,
) -> None:
    price, other = make_product().prices.get(), make_product(title="Other", amount=None)
    first, last = (make_price(other, amount=900, quantity=each) for each in (1, 2))
    for each in (first, last):
        Extra.objects.create(price=each)
    taken = {"order_reference": "1", "until": NOW + timedelta(hours=1), "now": NOW}
    sales.take_hold(first, option="", quantity=1, **taken)

    def asked() -> tuple[list[Price], int]:
        with CaptureQueriesContext(connection) as queries:
            found = extras_for(price, who=None, now=NOW)
        return [each.price for each in found], len(queries)

    offered, before = asked()
    assert offered == [last]
    for title in ("A", "B", "C"):
        limited = make_price(make_product(title=title, amount=None), amount=900, quantity=3)
        Extra.objects.create(price=limited)
    offered, after = asked()
    assert (len(offered), after) == (4, before)


def test_a_tick_that_is_not_offered_any_more_is_left_out_and_the_sum_shown_again(
    shop: Shop,
) -> None:
    with store_scope(shop.store):
        gone, other = (make_book(title=name, amount=1900).prices.get() for name in ("Gone", "O"))
        Extra.objects.create(price=gone, is_active=False)
        Extra.objects.create(price=other)
    typed = {"extras": [gone.public_id, other.public_id], "seen": "8700"}
    page = shop.send(**typed).content.decode()
    assert "another one now" in page
    assert shop.begin(**typed | {"seen": "6800"}).total == 6800


def test_something_paid_beside_something_free_is_bought_like_everything(shop: Shop) -> None:
    with store_scope(shop.store):
        Business.objects.create(legal_name="Alice", kind="unregistered", country="DE")
        Extra.objects.create(price=shop.price)
        free = make_price(make_book(title="Leaflet", amount=None), amount=0)
    leaflet = replace(shop, price=free)
    typed = {"extras": [shop.price.public_id], "may_remind": "on"}
    refused = leaflet.send(**typed)
    assert refused.status_code == 422
    assert "Without this tick" in refused.content.decode()
    order = leaflet.begin(**typed, consent_opens_at_once="on")
    assert (order.total, order.may_remind, order.provider) == (4900, True, "stripe")
    assert leaflet.begin(email="other@example.com").provider == "free"


def test_what_cannot_be_charged_is_not_offered_beside_something_free(
    shop: Shop, settings: Any
) -> None:
    with store_scope(shop.store):
        Extra.objects.create(price=shop.price)
        free = make_price(make_book(title="Leaflet", amount=None), amount=0)
    settings.STRIPE_API_KEY = ""
    leaflet = replace(shop, price=free)
    assert "Take this along" not in leaflet.client.get(leaflet.url).content.decode()


def test_money_that_takes_its_time_keeps_the_place_and_the_coupons_use(shop: Shop) -> None:
    with store_scope(shop.store):
        Price.objects.update(quantity=1)
        make_coupon(most_uses=1)
        order = shop.begin(coupon="SPRING")
        facts = stripe_api.fetch_session("", str(order.stripe_session_id))
        on_its_way = replace(facts, status="complete", payment_status="unpaid")
        write_session(order, on_its_way, clock.now())
        shop.price.refresh_from_db()
        later = clock.now() + timedelta(hours=5)
        assert sales.places_left(shop.price, later) == 0
        assert CouponRedemption.objects.counting(later).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["place", "coupon", "once each", "option"])
def test_of_twenty_at_once_one_wins_and_no_loser_is_charged(
    what: str, store: Store, pytestconfig: pytest.Config
) -> None:
    rounds = 50 if pytestconfig.getoption("--long") else 5
    for number in range(rounds):
        with store_scope(store):
            price, chosen = _last_of(what, number)
        outcomes = _all_at_once(store, price, chosen, is_one_person=what == "once each")
        assert sorted(outcomes) == ["lost"] * 19 + ["won"]
        with store_scope(store):
            order = Order.objects.get(lines__price=price)
            assert order.calls.count() == 1


def _last_of(what: str, number: int) -> tuple[Price, dict[str, Any]]:
    if what == "place":
        return make_price(make_product(title=f"{number}", amount=None), quantity=1), {}
    if what == "coupon":
        make_coupon(code=f"C{number}", most_uses=1)
        return make_product(title=f"{number}").prices.get(), {"coupon": f"C{number}"}
    if what == "once each":
        make_coupon(code=f"C{number}", most_per_customer=1)
        return make_product(title=f"{number}").prices.get(), {"coupon": f"C{number}"}
    toy = make_product("toy", title=f"{number}", amount=None)
    assert toy.contract.model is not None
    toy.contract.model.objects.filter(pk=toy.pk).update(places=1)
    return make_price(toy, option="gold", amount=900), {}


def _all_at_once(
    store: Store, price: Price, chosen: dict[str, Any], *, is_one_person: bool
) -> list[str]:
    outcomes: list[str] = []
    gate = threading.Barrier(20)

    def want(number: int) -> None:
        try:
            gate.wait()
            with store_scope(store):
                person = 0 if is_one_person else number
                buyer = replace(CHARLIE, email=f"c{person}@example.com")
                basket = Basket(price, **chosen)
                attempt = f"{price.pk}-{number}"
                order_for(basket, buyer=buyer, attempt=attempt, mine=(), now=clock.now())
            outcomes.append("won")
        except (SoldOut, CouponRefused):
            outcomes.append("lost")
        finally:
            connection.close()

    threads = [threading.Thread(target=want, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_codes_are_compared_without_case_and_spaces() -> None:
    assert coupons.normal_code(" spring 25 ") == "SPRING25"
