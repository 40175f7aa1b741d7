"""The pages on which a plan is changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Customer
from core import clock
from payments.models import PlanChange
from products.models import Price
from tests.conftest import make_price
from tests.payments.subscriptions.member import Member

pytestmark = pytest.mark.django_db


@pytest.fixture
def silver(price: Price) -> Price:
    return make_price(price.product, kind="subscription", amount=2900, interval="month", label="S")


@pytest.fixture
def gold(price: Price) -> Price:
    return make_price(price.product, kind="subscription", amount=9900, interval="month", label="G")


@pytest.fixture
def hers(member: Member, browse: Callable[..., Client]) -> Client:
    return browse(member.shop.store, member.join().customer.user)


def text(client: Client, url: str) -> str:
    return " ".join(client.get(url).content.decode().split())


def test_what_changes_is_shown_before_it_is_paid(
    member: Member, hers: Client, silver: Price, gold: Price
) -> None:
    url = f"/plan/{member.subscription.public_id}/"
    with member.there():
        page = text(hers, url)
        assert "₪59 a month" in page
        assert "₪99 a month" in page
        up = text(hers, f"{url}to/{gold.public_id}/")
        down = text(hers, f"{url}to/{silver.public_id}/")
    assert "Today <bdi>₪40" in up
    assert "Nothing today." in down
    assert not PlanChange.objects.exists()


def test_a_page_of_long_ago_is_shown_again_before_anything_is_charged(
    member: Member, hers: Client, gold: Price
) -> None:
    url = f"/plan/{member.subscription.public_id}/to/{gold.public_id}/"
    with member.there():
        for at in ("", "1", "x", "9" * 30, str(int(clock.now().timestamp()) - 3600)):
            assert hers.post(url, {"at": at}).status_code == 200
        assert not PlanChange.objects.exists()
        assert hers.post(url, {"at": str(int(clock.now().timestamp()))}).status_code == 302
    assert member.subscription.price == gold


def test_down_is_set_and_taken_back(member: Member, hers: Client, silver: Price) -> None:
    url = f"/plan/{member.subscription.public_id}/"
    with member.there():
        hers.post(f"{url}to/{silver.public_id}/", {"at": str(int(clock.now().timestamp()))})
        assert "Stay with what I have" in text(hers, url)
        assert hers.post(f"{url}keep/").status_code == 302
        assert "Stay with what I have" not in text(hers, url)
        assert hers.post(f"{url}keep/").status_code == 409


def test_it_is_nobody_elses(
    member: Member, hers: Client, gold: Price, browse: Callable[..., Client], bob: object
) -> None:
    url = f"/plan/{member.subscription.public_id}/"
    assert browse(member.shop.store).get(url).status_code == 302
    stranger = Customer.objects.create(user=bob)
    other = browse(member.shop.store, stranger.user)
    for path in (url, f"{url}to/{gold.public_id}/"):
        assert other.get(path).status_code == 404
    assert other.post(f"{url}keep/").status_code == 404


def test_no_other_plan_is_offered_while_none_can_be_had(
    member: Member, hers: Client, gold: Price
) -> None:
    page = f"/billing/{member.subscription.public_id}/"
    with member.there():
        assert "Another plan" in text(hers, page)
        hers.post(f"{page}rest/", {"months": "1"})
        assert "Another plan" not in text(hers, page)
        hers.post(f"{page}leave/today/")
        assert "Another plan" not in text(hers, page)
        assert gold.public_id not in text(hers, f"/plan/{member.subscription.public_id}/")


def test_another_plan_that_costs_nothing_today_says_so(
    member: Member, hers: Client, price: Price
) -> None:
    with member.there():
        other = make_price(price.product, kind="subscription", amount=5900, interval="month")
        page = text(hers, f"/plan/{member.subscription.public_id}/to/{other.public_id}/")
    assert "costs nothing today" in page
    assert "Change it now" in page
    assert "₪0" not in page
