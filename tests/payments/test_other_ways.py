"""A store that cannot take cards can sell: another way to pay, from the order to the money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client

from access.models import Access
from accounts.models import Customer, User
from accounts.services.leaving import farewells
from core import clock
from mail.models import Message
from mail.services.rendering import render, store_sender
from payments.models import Bookkeeping, Document, Order, OtherWay, Payment
from payments.services import by_hand, waiting
from payments.services.other_ways import receive, returned
from payments.services.refunding import refund
from products.models import Price
from products.services.sales import places_left
from stores.models import Business, Store
from stores.scope import store_scope

DAY = timedelta(days=1)


@pytest.fixture
def way(in_store: Store) -> OtherWay:
    return OtherWay.objects.create(kind="transfer", name="To Alice", instructions="Bank 12-345")


@pytest.fixture
def no_cards(settings: Any) -> None:
    settings.STRIPE_API_KEY = ""


def order_it(client: Client, price: Price, **over: Any) -> Any:
    typed = {"email": "charlie@example.com", "name": "Charlie", "terms": "on", "attempt": "a1"}
    return client.post(f"/buy/{price.public_id}/", typed | over, follow=True)


def placed() -> Order:
    return Order.objects.get()


@pytest.mark.usefixtures("no_cards")
def test_without_cards_the_order_waits_and_both_sides_know_how_to_go_on(
    browse: Callable[..., Client], store: Store, price: Price, way: OtherWay
) -> None:
    page = order_it(browse(store), price).content.decode()
    assert "Bank 12-345" in page
    assert placed().status == Order.Status.PENDING
    assert str(placed().number) in page
    assert {*Message.objects.values_list("kind", flat=True)} == {
        "transfer_waiting",
        "transfer_expected",
    }
    assert not Access.objects.exists()


def test_with_cards_too_the_buyer_chooses(
    browse: Callable[..., Client], store: Store, price: Price, way: OtherWay
) -> None:
    page = browse(store).get(f"/buy/{price.public_id}/").content.decode()
    assert "By card" in page
    assert "To Alice" in page
    order_it(browse(store), price, way=way.public_id)
    assert placed().provider == Order.Provider.TRANSFER


def test_received_opens_it_once_and_is_a_payment(
    browse: Callable[..., Client], store: Store, price: Price, way: OtherWay
) -> None:
    order_it(browse(store), price, way=way.public_id)
    receive(placed(), by="Alice", now=clock.now())
    receive(placed(), by="Alice", now=clock.now())
    assert placed().status == Order.Status.PAID
    assert Payment.objects.get().amount == price.amount
    assert Access.objects.count() == 1
    assert Message.objects.filter(kind="receipt").count() == 1


def test_the_creator_says_so_in_the_admin_and_only_theirs(
    browse: Callable[..., Client],
    store: Store,
    price: Price,
    way: OtherWay,
    alice: User,
    bob: User,
) -> None:
    order_it(browse(store), price, way=way.public_id)
    url = f"/admin/payments/order/{placed().pk}/received/"
    assert browse(store, bob).post(url).status_code == 403
    assert browse(store, alice).get(url).status_code == 200
    assert placed().status == Order.Status.PENDING
    browse(store, alice).post(url)
    assert placed().status == Order.Status.PAID


def test_one_reminder_then_the_place_is_free_again_and_late_money_still_opens(
    browse: Callable[..., Client], store: Store, price: Price, way: OtherWay
) -> None:
    Price.objects.filter(pk=price.pk).update(quantity=1)
    price.refresh_from_db()
    order_it(browse(store), price, way=way.public_id)
    now = clock.now()
    assert places_left(price, now) == 0
    for days in (3, 4, 10, 11):
        waiting.work_on_waiting(now + days * DAY + timedelta(minutes=1))
    kinds = list(Message.objects.values_list("kind", flat=True))
    assert kinds.count("transfer_reminder") == kinds.count("transfer_released") == 1
    assert places_left(price, now + 11 * DAY) == 1
    assert placed().status == Order.Status.EXPIRED
    receive(placed(), by="Alice", now=now + 12 * DAY)
    assert placed().status == Order.Status.PAID


def test_the_button_in_the_mail_asks_first_and_tapped_twice_it_says_so(
    browse: Callable[..., Client], store: Store, price: Price, way: OtherWay, alice: User
) -> None:
    order_it(browse(store), price, way=way.public_id)
    link = Message.objects.get(kind="transfer_expected").context["received_url"]
    path = link.partition("localhost:8000")[2] or link.partition("localhost")[2]
    assert browse(store).get(path).status_code == 302
    assert browse(store, alice).get(path).status_code == 200
    assert placed().status == Order.Status.PENDING
    for _time in range(2):
        again = browse(store, alice).post(path, follow=True).content.decode()
    assert "said already that the money arrived" in again
    assert Payment.objects.count() == 1


def test_the_buyer_finds_how_to_pay_and_the_request_for_payment_again_once_signed_in(
    browse: Callable[..., Client],
    store: Store,
    price: Price,
    way: OtherWay,
    charlie: Customer,
    dana: User,
) -> None:
    Business.objects.create(legal_name="Alice", kind="exempt", country="IL", tax_id="123456782")
    order_it(browse(store), price, way=way.public_id)
    url = f"/orders/{placed().public_id}/"
    User.objects.filter(pk=charlie.user_id).update(confirmed_at=clock.now())
    page = browse(store, charlie.user).get(url).content.decode()
    assert "Bank 12-345" in page
    assert f"/documents/{Document.objects.get(kind='proforma').public_id}/" in page
    assert f"/cancel/order/{placed().public_id}/" in page
    hers = browse(store, charlie.user)
    assert "waits for ₪49" in hers.get("/account/").content.decode()
    assert f'href="/cancel/order/{placed().public_id}/"' in hers.get("/cancel/").content.decode()
    charlie.user.refresh_from_db()
    words = f"Order {placed().number} was not paid yet"
    assert any(line.startswith(words) for line in farewells(charlie, clock.now()))
    why = hers.get(f"/why/{price.product.parts.get().public_id}/").content.decode()
    assert f"Waiting for your transfer, order {placed().number}" in why
    assert browse(store, dana).get(url).status_code in {302, 404}


def test_the_mail_of_a_waiting_order_says_who_sells_and_how_to_cancel(
    browse: Callable[..., Client], store: Store, price: Price, way: OtherWay
) -> None:
    Business.objects.create(legal_name="Alice Ltd", kind="exempt", country="IL", tax_id="1")
    order_it(browse(store), price, way=way.public_id)
    mail = render(Message.objects.get(kind="transfer_waiting"), store_sender(store))
    for words in ("Alice Ltd", "Yours for good", "/cancel/", "/terms/cancelling/", "any time"):
        assert words in mail.text
        assert words in mail.html


def test_the_request_for_payment_is_made_once_the_seller_is_written_down(
    browse: Callable[..., Client], store: Store, price: Price, way: OtherWay
) -> None:
    order_it(browse(store), price, way=way.public_id)
    assert store.pk not in waiting.stores_with_waiting(clock.now())
    Business.objects.create(legal_name="Alice", kind="exempt", country="IL", tax_id="123456782")
    assert store.pk in waiting.stores_with_waiting(clock.now())
    for _time in range(2):
        waiting.work_on_waiting(clock.now())
    assert Document.objects.get().kind == "proforma"
    assert store.pk not in waiting.stores_with_waiting(clock.now())


def test_where_documents_are_issued_elsewhere_none_of_ours_asks_for_money(
    browse: Callable[..., Client], store: Store, price: Price, way: OtherWay
) -> None:
    Business.objects.create(legal_name="Alice", kind="exempt", country="IL", tax_id="123456782")
    Bookkeeping.objects.create(is_elsewhere=True)
    order_it(browse(store), price, way=way.public_id)
    waiting.work_on_waiting(clock.now())
    assert store.pk not in waiting.stores_with_waiting(clock.now())
    assert not Document.objects.exists()


def test_the_creator_may_stop_waiting_and_only_who_keeps_the_sales(
    browse: Callable[..., Client],
    store: Store,
    price: Price,
    way: OtherWay,
    alice: User,
    bob: User,
) -> None:
    Price.objects.filter(pk=price.pk).update(quantity=1)
    order_it(browse(store), price, way=way.public_id)
    url = f"/admin/payments/order/{placed().pk}/let-go/"
    assert browse(store, bob).post(url).status_code == 403
    for _time in range(2):
        browse(store, alice).post(url)
    price.refresh_from_db()
    assert (placed().status, places_left(price, clock.now())) == ("expired", 1)
    assert Message.objects.filter(kind="transfer_released").count() == 1


def test_who_cancels_before_paying_hears_that_nothing_is_owed_and_the_creator_is_warned(
    browse: Callable[..., Client], store: Store, price: Price, way: OtherWay, alice: User
) -> None:
    buyer = browse(store)
    order_it(buyer, price, way=way.public_id)
    buyer.post(f"/cancel/order/{placed().public_id}/")
    assert placed().status == Order.Status.CANCELLED
    text = render(Message.objects.get(kind="cancel_done"), store_sender(store)).text
    assert "not paid yet" in text
    assert "closed today" not in text
    assert "hour it can be kept" not in text
    page = browse(store, alice).get(f"/admin/payments/order/{placed().pk}/received/")
    assert "The customer cancelled it" in page.content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "The shop itself pays it back"), ("he", "החנות עצמה")]
)
def test_money_paid_back_by_hand_goes_to_no_card(
    browse: Callable[..., Client],
    store: Store,
    price: Price,
    way: OtherWay,
    language: str,
    words: str,
) -> None:
    order_it(browse(store), price, way=way.public_id)
    refund(receive(placed(), by="Alice", now=clock.now()), by="Alice", now=clock.now())
    message = Message.objects.get(kind="refunded")
    message.language = language
    mail = render(message, store_sender(store))
    assert words in mail.text
    assert words in mail.html


def test_money_back_is_a_duty_until_it_was_paid_by_hand(
    browse: Callable[..., Client], store: Store, price: Price, way: OtherWay
) -> None:
    order_it(browse(store), price, way=way.public_id)
    order = receive(placed(), by="Alice", now=clock.now())
    (back,) = refund(order, by="Alice", now=clock.now())
    assert placed().status == Order.Status.REFUNDED
    assert Access.objects.get().revoked_at is not None
    assert [duty.key for duty in by_hand.duties()] == [f"pay-back:{back.public_id}"]
    returned(back, now=clock.now())
    assert by_hand.duties() == []
    assert not outbox.outbox


def test_a_way_of_another_store_is_no_way(
    browse: Callable[..., Client], store: Store, price: Price, other_store: Store, way: OtherWay
) -> None:
    with store_scope(other_store):
        other = OtherWay.objects.create(kind="bit", name="Bit", instructions="050")
    response = order_it(browse(store), price, way=other.public_id)
    assert response.status_code == 422
    assert not Order.objects.exists()


def test_who_runs_the_store_buys_as_a_test_and_nothing_counts(
    browse: Callable[..., Client], store: Store, price: Price, alice: User
) -> None:
    Price.objects.filter(pk=price.pk).update(quantity=1)
    client = browse(store, alice)
    page = client.get(f"/buy/{price.public_id}/").content.decode()
    assert "Buy it as a test" in page
    order_it(client, price, email="alice@example.com", name="Alice", test="1")
    order = placed()
    assert (order.is_test, order.status) == (True, Order.Status.PAID)
    assert Access.objects.get().is_live(clock.now())
    assert not Payment.objects.exists()
    assert not Order.objects.sales().exists()
    price.refresh_from_db()
    assert not price.is_frozen
    assert places_left(price, clock.now()) == 1
    client.post(f"/admin/payments/order/{order.pk}/end-test/")
    assert Access.objects.get().revoked_at is not None


def test_a_customer_cannot_buy_as_a_test(
    browse: Callable[..., Client], store: Store, price: Price, way: OtherWay
) -> None:
    order_it(browse(store), price, way=way.public_id, test="1")
    assert not placed().is_test
    assert placed().status == Order.Status.PENDING
