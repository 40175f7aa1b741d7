"""One more thing right after paying: with the kept card, and never twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access.models import Access
from core import clock
from payments.models import Extra, Order, OutboundCall, Payment
from payments.services.reconciling import reconcile_store
from payments.services.refunding import refund
from products.models import Price
from stores.scope import store_scope
from tests.payments.buying import Shop, make_book

ASKS_ALWAYS = "4000002760003184"


@pytest.fixture
def offered(shop: Shop) -> Price:
    """A second book, offered right after the first is paid for."""
    with store_scope(shop.store):
        price = make_book(title="The Second Stitch", amount=1900).prices.get()
        Extra.objects.create(kind=Extra.Kind.UPSELL, price=price)
    return price


def press(shop: Shop, order: Order, price: Price) -> str:
    """Press the button on the thank-you page and return where it leads."""
    url = f"/orders/{order.public_id}/one-more/"
    response = shop.client.post(url, {"price": price.public_id})
    assert response.status_code == 302
    return str(response["Location"])


def test_one_press_buys_it_with_the_card_just_used(shop: Shop, offered: Price) -> None:
    order = shop.buy()
    assert "The Second Stitch" in shop.return_page(order).content.decode()
    target = press(shop, order, offered)
    follower = shop.order()
    assert target == f"/orders/{follower.public_id}/return/"
    assert (follower.status, follower.follows_id, follower.total) == ("paid", order.pk, 1900)
    with store_scope(shop.store):
        assert Access.objects.filter(product=offered.product_id).count() == 1
        assert Payment.objects.get(order=follower).amount == 1900


def test_pressing_twice_buys_once(shop: Shop, offered: Price) -> None:
    order = shop.buy()
    assert press(shop, order, offered) == press(shop, order, offered)
    assert len(shop.sandbox.events("payment_intent.succeeded")) == 2
    assert "One more thing" not in shop.return_page(order).content.decode()


def test_a_bank_that_asks_leads_to_the_hosted_page_where_the_same_order_is_paid_once(
    shop: Shop, offered: Price
) -> None:
    order = shop.begin()
    shop.pay(order, ASKS_ALWAYS)
    shop.sandbox.authenticate(order_intent(shop))
    shop.return_page(order)
    target = press(shop, order, offered)
    follower = shop.order()
    assert target == follower.checkout_url
    assert follower.status == "pending"
    shop.pay(follower)
    shop.return_page(follower)
    assert press(shop, order, offered).endswith(f"/{follower.public_id}/return/")
    assert shop.order().status == "paid"
    assert len(shop.sandbox.events("payment_intent.succeeded")) == 2


def order_intent(shop: Shop) -> str:
    return str(shop.sandbox.events("payment_intent.requires_action")[-1]["data"]["object"]["id"])


def test_a_card_that_is_refused_later_leads_to_the_hosted_page(shop: Shop, offered: Price) -> None:
    order = shop.buy()
    intent = shop.sandbox.events("payment_intent.succeeded")[-1]["data"]["object"]
    shop.sandbox.refuse(intent["payment_method"])
    assert press(shop, order, offered) == shop.order().checkout_url


def test_an_answer_that_is_lost_is_asked_for_again_and_charged_once(
    shop: Shop, offered: Price
) -> None:
    order = shop.buy()
    shop.sandbox.fault("drop", when="after", times=1, method="POST", path="/v1/payment_intents")
    press(shop, order, offered)
    with store_scope(shop.store):
        call = OutboundCall.objects.get(kind=OutboundCall.Kind.CHARGE)
        assert call.state == OutboundCall.State.WAITING
        reconcile_store(clock.now() + timedelta(minutes=11))
        reconcile_store(clock.now() + timedelta(minutes=22))
    assert shop.order().status == "paid"
    assert len(shop.sandbox.events("payment_intent.succeeded")) == 2


def test_another_browser_is_offered_nothing(shop: Shop, offered: Price) -> None:
    order = shop.buy()
    url = f"/orders/{order.public_id}/one-more/"
    assert shop.client.__class__(SERVER_NAME="thread.localhost").post(url).status_code == 404


def test_an_hour_later_it_is_not_offered_any_more(shop: Shop, offered: Price) -> None:
    order = shop.buy()
    with store_scope(shop.store):
        Order.objects.filter(pk=order.pk).update(paid_at=clock.now() - timedelta(hours=2))
    press(shop, order, offered)
    assert shop.order() == order


def test_its_money_goes_back_on_its_own(shop: Shop, offered: Price) -> None:
    order = shop.buy()
    press(shop, order, offered)
    follower = shop.order()
    with store_scope(shop.store):
        refund(follower, by="Alice", now=clock.now())
        order.refresh_from_db()
        assert order.status == "paid"
        assert Access.objects.get(product=offered.product_id).revoked_at is not None
        assert Access.objects.get(product=shop.price.product_id).revoked_at is None
