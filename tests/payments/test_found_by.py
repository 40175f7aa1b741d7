"""Customers are found by what stands on their orders, and by their cards' last digits."""

from __future__ import annotations

import pytest

from accounts.models import Customer, CustomerWord, User
from accounts.services.finding.keeping import gather_anew
from accounts.services.finding.looking import search
from accounts.tasks import gather_words
from payments.models import Order, Payment
from payments.services.customers import numbered
from payments.services.moving import move_order
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW
from tests.payments.buying import Shop


def found(text: str) -> set[str]:
    every = Customer.objects.all()
    return {each.user.email for each in search(every.none(), every, text)}


@pytest.fixture
def known(store: Store, charlie: Customer) -> Customer:
    """Charlie, who has proved the address, so that nobody's order renames him."""
    User.objects.filter(pk=charlie.user_id).update(confirmed_at=NOW)
    gather_words()
    return charlie


def test_whoever_bought_under_another_name_is_found_by_it(shop: Shop, known: Customer) -> None:
    order = shop.buy(name="Carlos Santana")
    with store_scope(shop.store):
        assert not Customer.objects.get(pk=known.pk).words_due
        Payment.objects.update(card_last4="0042")
        for text in ("santana", "carlos san", f"#{order.number}", "0042"):
            assert found(text) == {"charlie@example.com"}, text
        gather_anew([known.pk])
        gather_words()
        assert found("santana") == {"charlie@example.com"}
        assert found("9942") == set()


def test_an_order_that_was_moved_is_found_with_whoever_has_it(shop: Shop, known: Customer) -> None:
    order = shop.buy(name="Dana Stein")
    with store_scope(shop.store):
        move_order(order, "dana@example.com", by="Alice", now=NOW)
        gather_words()
        assert found("dana st") == {"dana@example.com"}
        assert not CustomerWord.objects.filter(customer=known, word="stein").exists()


def test_numbers_that_are_none_find_nobody(in_store: Store) -> None:
    for text in ("", "#", "99999999999999999999", "١٢٣٤", "12a4"):
        assert not numbered(text).exists(), text
    assert not Order.objects.exists()
