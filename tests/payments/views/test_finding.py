"""Finding a purchase, mending an address, moving an order: who learns what, and who may."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.models import Access
from accounts.models import AddressChange, Customer, SignIn, User
from core import clock, tokens
from mail.models import Message
from payments.models import FindRequest, Order, OrderLine, Payment
from payments.services.finding import Wanted, grant_request, look_for
from payments.services.fulfilment import fulfil
from payments.views.browser import ORDERS
from products.models import Price
from stores.models import LogEntry, Staff, Store
from stores.roles import Role

OLD, NEW = "charlie@example.com", "charlie.right@example.com"
MARKS = re.compile(r'value="\w{40,}"|/sign-in/\w+/|name="csrf[^>]+')


@pytest.fixture
def order(price: Price) -> Order:
    """An order of charlie's, paid with a card that ends in 4242."""
    now = clock.now()
    made = Order.objects.create(
        number=1042,
        attempt=tokens.public_id(),
        email=OLD,
        name="Charlie",
        language="en",
        currency="ILS",
        total=4900,
        provider="stripe",
        terms_accepted_at=now,
    )
    OrderLine.objects.create(
        order=made, product=price.product, price=price, title=price.product.title, amount=4900
    )
    Payment.objects.create(
        order=made,
        payment_intent="pi_1",
        card_last4="4242",
        amount=4900,
        currency="ILS",
        paid_at=now,
    )
    fulfil(made, now)
    return made


def begun_in(client: Client, order: Order) -> Client:
    """Return a browser that remembers having placed the order."""
    session = client.session
    session[ORDERS] = {order.public_id: clock.now().replace(year=2100).isoformat()}
    session["store"] = order.store.public_id
    session.save()
    client.cookies["sessionid"] = session.session_key
    return client


def asked(client: Client, **over: Any) -> Any:
    return client.post("/find/", {"email": OLD, **over})


@pytest.mark.parametrize("more", [{}, {"number": "1042", "last4": "4242"}, {"number": "9999"}])
def test_the_answer_never_says_whether_something_was_bought(
    order: Order, browse: Any, store: Store, more: dict[str, str]
) -> None:
    shown = []
    for email in (OLD, "nobody@example.com"):
        client = browse(store)
        answer = asked(client, email=email, **more)
        assert answer.status_code == 302
        page = client.get(answer.url).content.decode().replace(email, "")
        shown.append(MARKS.sub("", page))
    assert shown[0] == shown[1]
    assert not Customer.objects.filter(user__email="nobody@example.com").exists()


def test_a_code_goes_to_the_address_and_nobody_is_signed_in(
    order: Order, browse: Any, store: Store
) -> None:
    client = browse(store)
    asked(client)
    assert Message.objects.filter(kind="sign-in", to_address=OLD).count() == 1
    assert SignIn.objects.get().email == OLD
    assert client.get("/account/").status_code == 302
    assert not FindRequest.objects.exists()


def test_an_order_asked_for_from_elsewhere_tells_its_own_address_and_staff(
    order: Order, browse: Any, store: Store
) -> None:
    asked(browse(store), email=NEW, number="#1042", last4="4242")
    assert Message.objects.filter(kind="looked_for", to_address=OLD).count() == 1
    waiting = FindRequest.objects.get()
    assert (waiting.email, waiting.order, waiting.is_proved) == (NEW, order, True)
    asked(browse(store), email=NEW, number="1042", last4="1111")
    again = FindRequest.objects.get()
    assert again.is_proved is False
    assert Message.objects.filter(kind="looked_for").count() == 1  # once a day


def test_orders_are_not_walked_through(order: Order, browse: Any, store: Store) -> None:
    client = browse(store)
    tries = [asked(client, email=f"a{n}@example.com", number=f"10{n}") for n in range(8)]
    assert [each.status_code for each in tries] == [302] * 6 + [429] * 2


def test_another_stores_order_number_finds_nothing(
    order: Order, browse: Any, other_store: Store
) -> None:
    from stores.scope import store_scope

    asked(browse(other_store), email=NEW, number="1042", last4="4242")
    with store_scope(other_store):
        waiting = FindRequest.objects.get()
        assert (waiting.order, waiting.is_proved) == (None, False)


def test_a_request_is_granted_once(order: Order, in_store: Store) -> None:
    wanted = Wanted(NEW, number=1042, last4="4242")
    look_for(wanted, ip="203.0.113.9", language="en", now=clock.now())
    request = FindRequest.objects.get()
    for _time in range(2):
        grant_request(request, by="Bob", now=clock.now())
    order.refresh_from_db()
    assert order.email == NEW
    assert Message.objects.filter(kind="moved_away").count() == 1


def test_the_browser_that_placed_an_order_mends_its_address(
    order: Order, browse: Any, store: Store
) -> None:
    client = begun_in(browse(store), order)
    url = reverse("payments:mend", args=[order.public_id])
    assert client.get(url).status_code == 200
    assert client.post(url, {"email": NEW}).status_code == 302
    order.refresh_from_db()
    assert order.email == NEW
    assert Message.objects.filter(kind="receipt", to_address=NEW).exists()


def test_nobody_else_mends_it_nor_its_customer_nor_after_opening(
    order: Order, browse: Any, store: Store
) -> None:
    url = reverse("payments:mend", args=[order.public_id])
    user = User.objects.get(email=OLD)
    for client in (browse(store), browse(store, user), begun_in(browse(store, user), order)):
        assert client.post(url, {"email": NEW}).status_code == 404
    Access.objects.update(first_opened_at=clock.now())
    assert begun_in(browse(store), order).post(url, {"email": NEW}).status_code == 404


def test_staff_see_a_move_before_they_make_it(
    order: Order, browse: Any, store: Store, bob: User
) -> None:
    client = browse(store, bob)
    url = reverse("admin:payments_order_move", args=[order.pk])
    page = client.post(url, {"email": NEW, "because": "by phone"}).content.decode()
    assert "neither learns" in page
    order.refresh_from_db()
    assert order.email == OLD
    client.post(url, {"email": NEW, "because": "by phone", "sure": "1"})
    order.refresh_from_db()
    assert order.email == NEW
    assert LogEntry.objects.filter(what="move", staff__name="Bob").exists()


def test_who_may_not_change_customers_moves_nothing(
    order: Order, browse: Any, store: Store, bob: User
) -> None:
    Staff.objects.filter(user=bob).update(role=Role.COACH)
    url = reverse("admin:payments_order_move", args=[order.pk])
    answer = browse(store, bob).post(url, {"email": NEW, "sure": "1"})
    assert answer.status_code == 403


def test_staff_ask_for_a_new_address_only_on_proof(
    order: Order, browse: Any, store: Store, bob: User
) -> None:
    customer = Customer.objects.get(user__email=OLD)
    client = browse(store, bob)
    url = reverse("admin:payments_findrequest_address", args=[customer.pk])
    client.post(url, {"email": NEW, "number": "1042", "last4": "1111"})
    assert not AddressChange.objects.exists()
    client.post(url, {"email": NEW, "number": "1042", "last4": "4242"})
    change = AddressChange.objects.get()
    assert (change.by, change.old_is_gone, change.is_held) == ("Bob", True, False)
    assert User.objects.filter(email=OLD).exists()


def test_staff_do_not_guess_the_digits(order: Order, browse: Any, store: Store, bob: User) -> None:
    customer = Customer.objects.get(user__email=OLD)
    client = browse(store, bob)
    url = reverse("admin:payments_findrequest_address", args=[customer.pk])
    for guess in range(5):
        client.post(url, {"email": NEW, "number": "1042", "last4": f"000{guess}"})
    client.post(url, {"email": NEW, "number": "1042", "last4": "4242"})
    assert not AddressChange.objects.exists()
