"""The first sale, from the checkout page to the open book, however people go about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from access.contract import Source
from access.models import Access
from access.services.granting import grant
from accounts.models import Customer, User
from core import clock
from mail.models import Message
from payments.models import Order, Payment
from payments.services import reconciling
from products.models import Hold, Price
from stores.models import Store
from stores.scope import store_scope
from tests.payments.buying import DECLINED, NEEDS_BANK, Shop

pytestmark = pytest.mark.django_db


def test_a_stranger_buys_the_book_and_it_opens(shop: Shop) -> None:
    response = shop.send()
    order = shop.order()
    assert response.url == order.checkout_url
    shop.pay(order)
    page = shop.return_page(order).content.decode()
    order.refresh_from_db()
    access = Access.objects.get()
    assert order.status == Order.Status.PAID
    assert access.customer.user.email == "charlie@example.com"
    assert f"/read/{access.product.parts.get().public_id}/" in page
    payment = Payment.objects.get()
    assert (payment.amount, payment.currency, payment.refunded_amount) == (4900, "ILS", 0)
    assert {message.kind for message in Message.objects.all()} == {"receipt", "first_sale"}


def test_the_return_page_gives_a_pass_and_signs_nobody_in(shop: Shop) -> None:
    shop.buy()
    session = shop.client.session
    assert list(session["guest_pass"]) == [str(Access.objects.get().pk)]
    assert "_auth_user_id" not in session


def test_another_browser_with_the_address_gets_no_pass_and_no_name(
    shop: Shop, browse: Callable[..., Client]
) -> None:
    order = shop.buy()
    stranger = browse(shop.store)
    page = shop.return_page(order, stranger).content.decode()
    assert "guest_pass" not in stranger.session
    assert "Charlie" not in page
    assert "charlie@example.com" not in page
    assert "/read/" not in page


def test_the_buyer_is_found_when_they_sign_in_later(shop: Shop) -> None:
    shop.buy(email="Charlie@Example.com")
    user = User.objects.get(email="charlie@example.com")
    assert user.confirmed_at is None
    assert not user.has_usable_password()
    assert Customer.objects.get(user=user).accesses.count() == 1


def test_who_closed_the_tab_gets_the_mail_when_stripe_tells_us(shop: Shop) -> None:
    order = shop.begin()
    shop.pay(order)
    shop.hear()
    order.refresh_from_db()
    assert order.is_paid
    receipt = Message.objects.get(kind="receipt")
    assert receipt.to_address == "charlie@example.com"
    assert "/k/" in receipt.context["links"][0]["url"]


def test_the_link_in_the_receipt_opens_the_book(shop: Shop, browse: Callable[..., Client]) -> None:
    shop.buy()
    url = Message.objects.get(kind="receipt").context["links"][0]["url"]
    response = browse(shop.store).get(url.partition("thread.localhost:8000")[2])
    assert response.status_code == 302
    assert response.url.startswith("/read/")


def test_a_double_click_is_one_order_and_one_payment_page(shop: Shop) -> None:
    attempt = shop.attempt()
    first = shop.send(attempt=attempt)
    second = shop.send(attempt=attempt)
    assert first.url == second.url
    assert Order.objects.count() == Hold.objects.count() == 1
    assert len(shop.sandbox.calls("/v1/checkout/sessions")) == 1


def test_a_second_tab_leads_to_the_same_payment_page(shop: Shop) -> None:
    one, two = shop.attempt(), shop.attempt()
    first, second = shop.send(attempt=one), shop.send(attempt=two)
    assert one != two
    assert first.url == second.url
    assert Order.objects.count() == 1


def test_going_back_and_correcting_the_address_gives_the_first_order_up(shop: Shop) -> None:
    attempt = shop.attempt()
    wrong = shop.begin(attempt=attempt, email="charly@example.com")
    right = shop.begin(attempt=attempt, email="charlie@example.com")
    wrong.refresh_from_db()
    assert wrong.status == Order.Status.CANCELLED
    assert right.status == Order.Status.PENDING
    assert Hold.objects.get(released_at=None).order_reference == right.public_id
    expired = shop.sandbox.events("checkout.session.expired")
    assert [event["data"]["object"]["id"] for event in expired] == [wrong.stripe_session_id]


def test_the_last_copy_stays_with_who_goes_back_and_sends_again(shop: Shop) -> None:
    Price.objects.update(quantity=1)
    first = shop.begin(email="charly@example.com")
    again = shop.begin(email="charlie@example.com")
    assert again.pk != first.pk
    assert again.status == Order.Status.PENDING


def test_a_given_up_order_that_is_paid_after_all_opens(shop: Shop) -> None:
    shop.sandbox.fault("error", path="/v1/checkout/sessions/", method="POST")
    wrong = shop.begin(email="charly@example.com")
    shop.begin(email="charlie@example.com")
    shop.pay(wrong)
    shop.hear()
    wrong.refresh_from_db()
    assert wrong.status == Order.Status.PAID
    assert Access.objects.get().customer.user.email == "charly@example.com"


def test_who_comes_back_unpaid_finds_what_they_typed(shop: Shop) -> None:
    order = shop.begin(name="Charlie of the Long Name")
    page = shop.client.get(f"{shop.url}?order={order.public_id}").content.decode()
    assert "Nothing was charged" in page
    assert "Charlie of the Long Name" in page


def test_a_declined_card_leaves_the_page_open_for_another(shop: Shop) -> None:
    order = shop.begin()
    shop.pay(order, DECLINED)
    shop.hear()
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING
    assert not Access.objects.exists()
    shop.pay(order)
    shop.return_page(order)
    assert shop.order().is_paid
    assert Payment.objects.count() == 1


def test_the_return_page_waits_for_the_bank_and_looks_again_by_itself(shop: Shop) -> None:
    order = shop.begin()
    shop.pay(order, NEEDS_BANK)
    waiting = shop.return_page(order)
    assert waiting["Refresh"].startswith("3; url=/orders/")
    assert not shop.order().is_paid
    intent = shop.sandbox.events("payment_intent.requires_action")[0]["data"]["object"]["id"]
    shop.sandbox.authenticate(intent)
    assert "Read now" in shop.return_page(order).content.decode()


def test_the_return_page_stops_refreshing_in_the_end(shop: Shop) -> None:
    order = shop.begin()
    page = shop.client.get(f"/orders/{order.public_id}/return/?looks=40")
    assert "Refresh" not in page
    assert shop.client.get(f"/orders/{order.public_id}/return/?looks=-1").status_code == 200
    assert shop.client.get(f"/orders/{order.public_id}/return/?looks=٣٣").status_code == 200


def test_a_session_that_ran_out_releases_the_copy_and_offers_to_try_again(shop: Shop) -> None:
    order = shop.begin()
    shop.sandbox.forward(3700)
    page = shop.return_page(order).content.decode()
    order.refresh_from_db()
    assert order.status == Order.Status.EXPIRED
    assert Hold.objects.get().released_at is not None
    assert f"{shop.url}?order={order.public_id}" in page


def test_an_order_nobody_pays_is_expired_by_the_reconciler(shop: Shop) -> None:
    order = shop.begin()
    shop.sandbox.forward(3700)
    reconciling.reconcile_store(clock.now() + timedelta(minutes=61))
    order.refresh_from_db()
    assert order.status == Order.Status.EXPIRED


def test_the_second_sale_is_told_in_plainer_words(shop: Shop) -> None:
    shop.buy()
    shop.client.logout()
    shop.buy(email="erin@example.com", name="Erin")
    kinds = Message.objects.filter(to_address="alice@example.com").values_list("kind", flat=True)
    assert sorted(kinds) == ["first_sale", "sale"]


def test_who_is_signed_in_and_owns_it_is_told_before_paying(
    shop: Shop, charlie: Customer, browse: Callable[..., Client]
) -> None:
    _own(shop, charlie)
    client = browse(shop.store, charlie.user)
    page = client.get(shop.url).content.decode()
    assert "You have this already" in page
    refused = shop.send(client)
    assert refused.status_code == 422
    assert not Order.objects.exists()
    assert shop.send(client, again="on").status_code == 302


def test_a_typed_address_reveals_nothing_of_what_its_owner_bought(
    shop: Shop, charlie: Customer
) -> None:
    _own(shop, charlie)
    assert shop.send(email="charlie@example.com").status_code == 302


def test_paying_twice_unknowingly_is_said_in_the_receipt(shop: Shop, charlie: Customer) -> None:
    _own(shop, charlie)
    order = shop.buy(email="charlie@example.com")
    assert order.owned_before
    assert Message.objects.get(kind="receipt").context["owned_before"] is True


def test_who_is_signed_in_buys_as_themselves_whatever_is_typed(
    shop: Shop, charlie: Customer, browse: Callable[..., Client]
) -> None:
    client = browse(shop.store, charlie.user)
    shop.send(client, email="mallory@example.com")
    assert shop.order().email == "charlie@example.com"
    assert shop.order().customer == charlie


def test_who_is_signed_in_and_has_no_name_yet_is_called_as_they_typed(
    shop: Shop, charlie: Customer, browse: Callable[..., Client]
) -> None:
    shop.client = browse(shop.store, charlie.user)
    for given, typed, called in (("", "Charlie Cohen", "Charlie Cohen"), ("Carl", "Karl", "Carl")):
        with store_scope(shop.store):
            Customer.objects.filter(pk=charlie.pk).update(name=given)
        shop.buy(name=typed, again="on")
        with store_scope(shop.store):
            assert Customer.objects.get().name == called


def test_two_stores_never_see_each_others_orders(
    shop: Shop, other_store: Store, browse: Callable[..., Client]
) -> None:
    order = shop.buy()
    stranger = browse(other_store)
    assert stranger.get(f"/orders/{order.public_id}/").status_code == 404
    assert stranger.get(f"/orders/{order.public_id}/return/").status_code == 404
    assert stranger.get(shop.url).status_code == 404
    with store_scope(other_store):
        assert not Order.objects.exists()


def _own(shop: Shop, customer: Customer) -> None:
    now = clock.now()
    grant(
        customer,
        product=shop.price.product,
        source=Source("hand", "1"),
        starts_at=now - timedelta(days=1),
        now=now,
    )
