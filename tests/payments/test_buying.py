"""The first sale, from the checkout page to the open book."""

from __future__ import annotations

import pytest

from access.models import Access
from accounts.models import Customer
from mail.models import Message
from payments.models import Order, Payment
from tests.payments.buying import Shop

pytestmark = pytest.mark.django_db


def test_a_stranger_buys_the_book_and_it_opens(shop: Shop) -> None:
    response = shop.send()
    order = shop.order()
    assert response.status_code == 302
    assert response.url == order.checkout_url
    shop.pay(order)
    page = shop.return_page(order)
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    access = Access.objects.get()
    assert access.customer.user.email == "charlie@example.com"
    assert "Read now" in page.content.decode()
    payment = Payment.objects.get()
    assert (payment.amount, payment.currency, payment.refunded_amount) == (4900, "ILS", 0)
    assert {message.kind for message in Message.objects.all()} == {"receipt", "first_sale"}
    assert not shop.sandbox.violations
