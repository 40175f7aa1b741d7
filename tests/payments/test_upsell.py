"""One more thing right after paying: with the kept card, and never twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from access.models import Access
from accounts.models import User
from core import clock
from payments.contract import IntentFacts
from payments.models import Extra, Order, OutboundCall, Payment
from payments.services import steps
from payments.services.reconciling import reconcile_store
from payments.services.refunding import refund
from payments.services.sync.payment_intent import write_charge
from payments.services.upselling import take_upsell
from products.models import Price
from sandbox.testing import CARD
from stores.models import Business
from stores.scope import store_scope
from tests.conftest import make_price
from tests.payments.buying import Shop, make_book
from tests.payments.together import together

ASKS_ALWAYS = "4000002760003184"


@pytest.fixture
def offered(shop: Shop) -> Price:
    """A second book, offered right after the first is paid for."""
    with store_scope(shop.store):
        price = make_book(title="The Second Stitch", amount=1900).prices.get()
        Extra.objects.create(kind=Extra.Kind.UPSELL, price=price)
    return price


def press(shop: Shop, order: Order, price: Price, **over: str) -> str:
    """Press the button on the thank-you page and return where it leads."""
    url = f"/orders/{order.public_id}/one-more/"
    response = shop.client.post(url, {"price": price.public_id} | over)
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


def test_the_creator_sees_that_one_followed_the_other(
    shop: Shop, offered: Price, alice: User, browse: Callable[..., Client]
) -> None:
    order = shop.buy()
    press(shop, order, offered)
    follower, owner = shop.order(), browse(shop.store, alice)
    for one, other in ((order, follower), (follower, order)):
        page = owner.get(f"/admin/payments/order/{one.pk}/change/").content.decode()
        assert f"/admin/payments/order/{other.pk}/change/" in page


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
    target = press(shop, order, offered)
    assert target == f"/orders/{shop.order().public_id}/return/"
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


def test_an_answer_that_is_lost_and_bought_again_at_once_is_charged_once(
    shop: Shop, offered: Price
) -> None:
    order = shop.buy()
    shop.sandbox.fault("drop", when="after", times=1, method="POST", path="/v1/payment_intents")
    press(shop, order, offered)
    again = replace(shop, price=offered)
    assert again.send()["Location"] == f"/orders/{shop.order().public_id}/return/"
    assert shop.order().status == "paid"
    assert len(shop.sandbox.events("payment_intent.succeeded")) == 2


def test_a_worker_that_dies_before_the_browser_hears_of_it_leaves_one_purchase(
    shop: Shop, offered: Price
) -> None:
    order = shop.buy()
    with store_scope(shop.store):
        steps.watch(die_at("call.sending"))
        with pytest.raises(Died):
            take_upsell(order, Extra.objects.get(), now=clock.now())
        steps.watch(None)
    again = replace(shop, price=offered)
    assert again.begin().status == "paid"
    assert press(shop, order, offered).endswith(f"/{shop.order().public_id}/return/")
    assert len(shop.sandbox.events("payment_intent.succeeded")) == 2


class Died(BaseException):
    """The process is gone."""


def die_at(step: str) -> Callable[[str], None]:
    def watch(reached: str) -> None:
        if reached == step:
            raise Died

    return watch


def test_what_costs_nothing_is_given_without_asking_stripe(shop: Shop) -> None:
    with store_scope(shop.store):
        price = make_price(make_book(title="Leaflet", amount=None), amount=0, kind="free")
        Extra.objects.create(kind=Extra.Kind.UPSELL, price=price)
    order = shop.buy()
    assert "charged once" not in shop.return_page(order).content.decode()
    press(shop, order, price)
    follower = shop.order()
    assert (follower.provider, follower.status, follower.calls.count()) == ("free", "paid", 0)


def test_tax_is_added_and_shown_and_the_business_named_as_in_the_order(
    shop: Shop, offered: Price
) -> None:
    with store_scope(shop.store):
        Business.objects.create(
            legal_name="Alice", kind="licensed", country="IL", prices_include_vat=False
        )
    order = shop.buy(buyer_company="Rags", buyer_tax_id="000000018", buyer_country="IL")
    assert "22.42" in shop.return_page(order).content.decode()
    press(shop, order, offered, seen="2242")
    follower = shop.order()
    assert (follower.total, follower.buyer_company) == (2242, order.buyer_company)
    assert order.buyer_company == "Rags"


def test_another_sum_than_the_button_showed_is_shown_before_it_is_charged(
    shop: Shop, offered: Price
) -> None:
    order = shop.buy()
    url = f"/orders/{order.public_id}/one-more/"
    page = shop.client.post(url, {"price": offered.public_id, "seen": "1800"})
    assert "another one now" in page.content.decode()
    assert shop.order() == order


def test_where_the_law_asks_for_a_tick_nothing_is_charged_without_it(
    shop: Shop, offered: Price
) -> None:
    with store_scope(shop.store):
        Business.objects.create(legal_name="Alice", kind="unregistered", country="DE")
    order = shop.buy(consent_opens_at_once="on")
    url = f"/orders/{order.public_id}/one-more/"
    page = shop.client.post(url, {"price": offered.public_id})
    assert page.status_code == 422
    assert "Without this tick" in page.content.decode()
    assert shop.order() == order
    press(shop, order, offered, consent_opens_at_once="on")
    assert "opens_at_once" in shop.order().consents


def test_a_charge_that_came_to_nothing_after_all_lets_go_of_its_place(
    shop: Shop, offered: Price
) -> None:
    order = shop.buy()
    press(shop, order, offered)
    follower = shop.order()
    with store_scope(shop.store):
        Order.objects.filter(pk=follower.pk).update(status="pending", paid_at=None)
        follower.refresh_from_db()
        write_charge(follower, replace(NOTHING, id=str(follower.stripe_intent_id)), clock.now())
        assert follower.status == "expired"
        Order.objects.filter(pk=follower.pk).update(status="paid", paid_at=clock.now())


NOTHING = IntentFacts("", "canceled", 0, "ils", "", is_live=False)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("card", [CARD, ASKS_ALWAYS])
def test_pressed_ten_times_at_once_it_is_bought_once(shop: Shop, offered: Price, card: str) -> None:
    order = shop.begin()
    shop.pay(order, card)
    if card == ASKS_ALWAYS:
        shop.sandbox.authenticate(order_intent(shop))
    shop.return_page(order)
    url, typed = f"/orders/{order.public_id}/one-more/", {"price": offered.public_id}
    cookies = {name: morsel.value for name, morsel in shop.client.cookies.items()}

    def push(_number: int) -> str:
        client = Client(SERVER_NAME="thread.localhost")
        client.cookies.load(cookies)
        return str(client.post(url, typed)["Location"])

    targets = set(together(10, push))
    follower = shop.order()
    assert targets <= {f"/orders/{follower.public_id}/return/", follower.checkout_url}
    with store_scope(shop.store):
        assert list(Order.objects.filter(follows=order)) == [follower]
    if card == ASKS_ALWAYS:
        assert press(shop, order, offered) == shop.order().checkout_url
        shop.pay(shop.order())
    shop.return_page(shop.order())
    assert shop.order().status == "paid"
    assert len(shop.sandbox.events("payment_intent.succeeded")) == 2
