"""Another price for all, as its creator announces and stops it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Customer, User
from core import clock
from payments.models import Order, OrderLine, PriceRise, Subscription
from products.models import Price
from stores.models import Store
from tests.conftest import make_price, make_product

LIST = "/admin/payments/pricerise/"


@pytest.fixture
def owner(in_store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(in_store, alice)


@pytest.fixture
def paid(in_store: Store, charlie: Customer) -> Price:
    price = make_price(
        make_product(amount=None), kind="subscription", amount=5900, interval="month"
    )
    now = clock.now()
    order = Order.objects.create(
        number=1,
        attempt="a",
        email="c@example.com",
        language="en",
        currency="ILS",
        total=5900,
        provider="stripe",
        placed_at=now,
        terms_accepted_at=now,
        customer=charlie,
    )
    line = OrderLine.objects.create(
        order=order, product=price.product, price=price, title="T", amount=5900, length="for_good"
    )
    Subscription.objects.create(
        order=order,
        line=line,
        customer=charlie,
        product=price.product,
        price=price,
        amount=5900,
        currency="ILS",
        stripe_id="sub_1",
        started_at=now,
        next_charge_at=now + timedelta(days=9),
    )
    return price


def announce(owner: Client, price: Price, days: int, amount: str = "69", **sent: str):
    day = (clock.now() + timedelta(days=days)).date().isoformat()
    said = {"old": price.pk, "amount_text": amount, "day": day} | (sent or {"seen": "1"})
    return owner.post(f"{LIST}add/", said)


def test_it_is_announced_shown_and_stopped(owner: Client, paid: Price) -> None:
    assert announce(owner, paid, 40).status_code == 302
    rise = PriceRise.objects.get()
    assert (rise.new.amount, rise.new.interval, rise.old) == (6900, "month", paid)
    page = owner.get(f"{LIST}{rise.pk}/change/").content.decode()
    assert "1 pays the old one." in page
    assert "Each pays it from their first charge after" in page
    assert "0 pay" not in page
    assert owner.post(f"{LIST}{rise.pk}/change/", {"amount_text": "1"}).status_code == 302
    assert Price.objects.count() == 2
    owner.post(f"{LIST}{rise.pk}/stop/")
    rise.refresh_from_db()
    assert rise.stopped_at is not None
    assert "the price stays" in owner.get(f"{LIST}{rise.pk}/change/").content.decode()


def test_what_it_does_is_read_before_it_is_announced(owner: Client, paid: Price) -> None:
    looked = announce(owner, paid, 40, _verb="")
    page = looked.content.decode()
    assert "1 person pays this price. They are written to in the next minutes." in page
    assert "Announce it</button>" in page
    assert "New buyers pay ₪69 a month from now on." in page
    assert not PriceRise.objects.exists()
    back = owner.get(looked.context["back_url"]).content.decode()
    assert 'value="69"' in back

    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    kept.pop("csrfmiddlewaretoken", None)
    assert owner.post(f"{LIST}add/", kept).status_code == 302
    assert PriceRise.objects.get().new.amount == 6900


def test_what_cannot_be_is_said(owner: Client, paid: Price) -> None:
    assert "at least 30 days before" in announce(owner, paid, 9).content.decode()
    page = announce(owner, paid, 9)
    assert set(page.context["adminform"].form.errors) == {"day"}
    page = announce(owner, paid, 40, "59")
    assert set(page.context["adminform"].form.errors) == {"amount_text"}
    assert "Write the price" in announce(owner, paid, 40, "x").content.decode()
    assert not PriceRise.objects.exists()
    assert Price.objects.count() == 1


def test_the_button_says_that_it_announces_and_nothing_is_left_to_fill_in(
    owner: Client, paid: Price
) -> None:
    assert "See what it does</button>" in owner.get(f"{LIST}add/").content.decode()
    day = (clock.now() + timedelta(days=60)).date().isoformat()
    sent = {"old": paid.pk, "amount_text": "69", "day": day, "seen": "1"}
    page = owner.post(f"{LIST}add/", sent, follow=True).content.decode()
    assert "Each hears of it by mail" in page
    assert PriceRise.objects.exists()
    assert 'id="form"' not in page
