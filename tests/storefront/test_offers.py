"""Prices in words."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation

from products.models import Price, Product
from products.services.offering import is_offered
from products.services.sales import sell_holds, take_hold
from storefront.services.offers import (
    FEW_FRESH,
    MOST_FRESH,
    amount_in_words,
    charges_in_words,
    fresh_for,
    length_in_words,
    offer_of,
    offered,
    owner_prices,
    standing,
)
from stores.models import Store
from tests.conftest import NOW, make_price, make_product

Kind = Price.Kind


pytestmark = pytest.mark.usefixtures("in_store")


def price(**over: Any) -> Price:
    return Price(**{"kind": Kind.ONE_TIME, "amount": 4900, "currency": "ILS"} | over)


@pytest.mark.parametrize(
    ("over", "amount"),
    [
        ({}, "₪49"),
        ({"amount": 4990}, "₪49.90"),
        ({"kind": Kind.FREE, "amount": 0}, "Free"),
        ({"kind": Kind.SUBSCRIPTION, "interval": "month"}, "₪49 a month"),
        ({"kind": Kind.INSTALMENTS, "amount": 40000, "charges": 4}, "4 × ₪100 (₪400 in all)"),
        (
            {"kind": Kind.INSTALMENTS, "amount": 10000, "charges": 3},
            "3 × ₪33.33 (₪100 in all), the first ₪33.34",
        ),
        ({"kind": Kind.PAY_WHAT_YOU_WANT, "floor": 1000}, "from ₪10"),
        ({"kind": Kind.PAY_WHAT_YOU_WANT}, "What you want"),
    ],
)
def test_each_kind_of_price_reads_as_it_is_paid(over: dict[str, Any], amount: str) -> None:
    assert amount_in_words(price(**over)) == amount


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({}, "One payment."),
        ({"kind": Kind.FREE}, "Only a name and an email address are asked for."),
        (
            {"kind": Kind.INSTALMENTS, "amount": 40000, "charges": 4},
            "One charge a month, and after the last one no more.",
        ),
        (
            {"kind": Kind.SUBSCRIPTION, "trial_days": 14},
            "The first 14 days are free. Then ₪49 a month. Stop whenever you like.",
        ),
        ({"kind": Kind.SUBSCRIPTION}, "Stop whenever you like."),
    ],
)
def test_the_next_charge_is_said_in_words(over: dict[str, Any], sentence: str) -> None:
    assert charges_in_words(price(**over)) == sentence


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({}, "Yours for good."),
        ({"kind": Kind.SUBSCRIPTION}, ""),
        ({"length": "periods", "length_count": 3, "length_unit": "month"}, "3 months of access."),
        ({"length": "periods", "length_count": 1, "length_unit": "week"}, "1 week of access."),
        ({"length": "until", "length_until": date(2027, 3, 1)}, "Access until 1 March 2027."),
    ],
)
def test_the_length_of_access_is_said_before_buying(over: dict[str, Any], sentence: str) -> None:
    assert length_in_words(price(**over)) == sentence


def test_hebrew_has_its_own_duals() -> None:
    with translation.override("he"):
        two = price(length="periods", length_count=2, length_unit="month")
        assert length_in_words(two) == "גישה לחודשיים."


@pytest.mark.parametrize(
    ("over", "shown"),
    [
        ({}, 1),
        ({"is_active": False}, 0),
        ({"doors_open_at": NOW + timedelta(hours=1)}, 0),
        ({"doors_close_at": NOW}, 0),
        ({"for_owners_of_id": 1}, 0),
    ],
)
def test_only_prices_open_to_everybody_now_are_shown(over: dict[str, Any], shown: int) -> None:
    assert is_offered(price(**over), NOW) == bool(shown)


@pytest.mark.parametrize("status", ["draft", "coming_soon", "closed", "retired"])
def test_what_is_not_on_sale_has_no_offers(in_store: Store, status: str) -> None:
    assert not offered([make_product(status=status)], NOW)


def test_the_button_leads_to_our_checkout(in_store: Store) -> None:
    price = make_product().prices.get()
    assert offer_of(price).url == f"/buy/{price.public_id}/"


def test_what_is_sold_out_or_held_is_not_offered(in_store: Store) -> None:
    product = make_product(amount=None)
    limited = make_price(product, quantity=1)
    assert offered([product], NOW) == {product.pk: [limited]}
    held = NOW + timedelta(minutes=30)
    take_hold(limited, option="", quantity=1, order_reference="1", until=held, now=NOW)
    assert offered([product], NOW) == {product.pk: []}
    assert offered([product], held) == {product.pk: [limited]}


def test_a_page_stays_fresh_until_the_next_door_opens_or_closes(in_store: Store) -> None:
    product = make_product()
    assert fresh_for([product], NOW) == MOST_FRESH
    make_price(product, doors_close_at=NOW + timedelta(seconds=90))
    assert fresh_for([product], NOW) == timedelta(seconds=90)
    make_price(product, quantity=3)
    assert fresh_for([product], NOW) == FEW_FRESH


def test_a_presale_page_turns_at_its_opening(in_store: Store) -> None:
    product = make_product(opens_at=NOW + timedelta(seconds=30), amount=None)
    assert fresh_for([Product.objects.get(pk=product.pk)], NOW) == timedelta(seconds=30)


def test_few_left_and_the_last_day_are_said() -> None:
    product = make_product(amount=None)
    closes = NOW + timedelta(days=2)
    make_price(product, quantity=3, doors_close_at=closes)
    take_hold(
        product.prices.get(), option="", quantity=1, order_reference="1", until=closes, now=NOW
    )
    (shown,) = standing([product], NOW)[product.pk]
    assert offer_of(shown.price, shown).hints == (
        "2 left.",
        "Until Tuesday, 24 November 2026, 10:00.",
    )


def test_the_places_of_an_option_are_shared_by_its_prices() -> None:
    product = make_product("toy", amount=None, places=2)
    gold = [make_price(product, amount=amount, option="gold") for amount in (100, 200)]
    take_hold(gold[0], option="gold", quantity=1, order_reference="1", until=NOW, now=NOW)
    sell_holds("1", NOW)
    assert [each.left for each in standing([product], NOW)[product.pk]] == [1, 1]
    take_hold(gold[1], option="gold", quantity=1, order_reference="2", until=NOW, now=NOW)
    sell_holds("2", NOW)
    shown = standing([product], NOW)[product.pk]
    assert [offer_of(each.price, each).why_not for each in shown] == ["Sold out", "Sold out"]


def test_a_price_that_opens_later_says_when() -> None:
    product = make_product(amount=None)
    make_price(product, doors_open_at=NOW + timedelta(days=1))
    (shown,) = standing([product], NOW)[product.pk]
    assert not shown.is_open
    assert offer_of(shown.price, shown).why_not.startswith("On sale from Monday")


def test_what_is_not_listed_or_for_owners_is_not_shown() -> None:
    product = make_product(amount=None)
    make_price(product, is_listed=False)
    make_price(product, for_owners_of=make_product("toy"))
    assert standing([product], NOW)[product.pk] == []


def test_a_suggestion_is_said_and_a_price_before_only_when_it_was_higher() -> None:
    free_will = price(kind=Kind.PAY_WHAT_YOU_WANT, amount=3000, floor=1000)
    assert charges_in_words(free_will) == "You say how much; ₪30 is suggested."
    assert offer_of(price(public_id="x", compare_at=6000)).was == "₪60"
    assert offer_of(price(public_id="x", compare_at=4900)).was == ""


def test_an_owners_price_is_offered_to_owners_of_that_who_lack_this() -> None:
    first, second = make_product(title="A"), make_product(title="B")
    price = make_price(second, amount=1000, for_owners_of=Product.objects.get(pk=first.pk))
    assert owner_prices(None, {first.pk}, NOW) == [price]
    assert owner_prices([second], {first.pk, second.pk}, NOW) == []
    assert owner_prices(None, set(), NOW) == []
