"""What other pages gather from payments."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from payments.models import Order, Payment, Refund
from payments.services import slots
from payments.services.archive import OrdersOfCustomer, whole_store
from payments.services.refunding import refund
from tests.conftest import make_price
from tests.payments.buying import Shop

pytestmark = pytest.mark.django_db


def test_the_account_lists_orders_with_their_receipts(shop: Shop) -> None:
    order = shop.buy()
    assert order.customer is not None
    section = slots.orders_section(order.customer, clock.now())
    (row,) = section.rows
    assert (row.label, row.url) == ("The First Stitch", f"/orders/{order.public_id}/")
    assert str(order.number) in str(row.detail)


def test_what_cost_nothing_is_called_free(shop: Shop) -> None:
    shop.price = make_price(shop.price.product, amount=0)
    shop.send()
    order = Order.objects.get()
    assert order.customer is not None
    (row,) = slots.orders_section(order.customer, clock.now()).rows
    assert str(row.detail) == f"{order.number} · free"
    told = slots.timeline([order.customer])[order.customer][0]
    assert str(told.sentence).endswith(", free")


def test_unpaid_orders_are_not_in_the_account(shop: Shop) -> None:
    bought = shop.buy()
    shop.client.logout()
    shop.begin(email="erin@example.com")
    assert bought.customer is not None
    assert len(slots.orders_section(bought.customer, clock.now()).rows) == 1


def test_the_timeline_tells_of_orders_and_refunds(shop: Shop) -> None:
    order = shop.buy()
    refund(order, by="alice", amount=1000, now=clock.now())
    assert order.customer is not None
    entries = slots.timeline([order.customer])[order.customer]
    assert [("₪49" in str(e.sentence), "₪10" in str(e.sentence)) for e in entries] == [
        (True, False),
        (False, True),
    ]


def test_the_timeline_asks_no_more_for_many(shop: Shop, django_assert_num_queries: object) -> None:
    order = shop.buy()
    assert order.customer is not None
    with django_assert_num_queries(3):  # type: ignore[operator]
        slots.timeline([order.customer])


def test_today_counts_what_came_less_what_went_back(shop: Shop) -> None:
    order = shop.buy()
    refund(order, by="alice", amount=1000, now=clock.now())
    today, month = slots.today_cards(shop.store, clock.now())
    assert (today.value, month.value) == ("₪39", "₪39")
    later = clock.now() + timedelta(days=2)
    assert slots.today_cards(shop.store, later)[0].value == "₪0"


def test_test_orders_are_in_no_number(shop: Shop) -> None:
    shop.buy()
    Order.objects.update(is_test=True)
    assert slots.today_cards(shop.store, clock.now())[0].value == "₪0"


def test_duties_name_what_needs_a_person(shop: Shop) -> None:
    order = shop.buy()
    assert slots.duties(shop.store, clock.now()) == []
    shop.sandbox.refund(payment_intent=Payment.objects.get().payment_intent, amount=1000)
    shop.hear()
    (duty,) = slots.duties(shop.store, clock.now())
    assert str(order.number) in str(duty.sentence)
    assert duty.url.endswith(f"/{order.pk}/change/")


@pytest.mark.parametrize("what", ["review", "failed", "twice"])
def test_each_odd_thing_is_a_duty(shop: Shop, what: str) -> None:
    shop.buy()
    now = clock.now()
    if what == "review":
        Order.objects.update(status=Order.Status.REVIEW)
    elif what == "twice":
        Order.objects.update(owned_before=True)
    else:
        Refund.objects.create(
            payment=Payment.objects.get(), amount=1, currency="ILS", state="failed", settled_at=now
        )
    assert [duty.key.partition(":")[0] for duty in slots.duties(shop.store, now)] == [what]


def test_a_customer_takes_their_orders_along(shop: Shop) -> None:
    order = shop.buy()
    assert order.customer is not None
    (taken,) = OrdersOfCustomer().export(order.customer)["orders"]
    assert (taken["number"], taken["total"], taken["lines"][0]["product"]) == (
        order.number,
        "49.00",
        "The First Stitch",
    )


def test_who_is_forgotten_is_in_no_order_any_more(shop: Shop) -> None:
    order = shop.buy()
    assert order.customer is not None
    OrdersOfCustomer().erase(order.customer)
    OrdersOfCustomer().erase(order.customer)
    order.refresh_from_db()
    assert order.name == ""
    assert order.email.endswith(".invalid")
    assert "customer_email" not in order.calls.get().body
    assert whole_store(shop.store)["orders"][0]["total"] == "49.00"
