"""The calendar of a store, and its address for an app."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from core import clock
from payments.models import Coupon
from products.models import Product
from stores.models import CalendarFeed, Staff, Store
from stores.services.calendar import first_weekday
from tests.conftest import make_product


@pytest.fixture
def owner(in_store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(in_store, alice)


def test_openings_and_coupons_stand_on_their_days(owner: Client) -> None:
    soon = clock.now() + timedelta(days=40)
    product = make_product(title="Winter coat")
    Product.objects.filter(pk=product.pk).update(opens_at=soon)
    Coupon.objects.create(code="SNOW", percent=10, ends_at=soon)

    page = owner.get("/admin/calendar/", {"month": f"{soon:%Y-%m}"}).content.decode()

    assert "“Winter coat” opens" in page
    assert "Coupon SNOW ends" in page


@pytest.mark.parametrize("month", ["", "x", "2026-13", "0000-00", "99999-1", "2026-١"])
def test_a_month_that_is_none_is_this_one(owner: Client, month: str) -> None:
    assert owner.get("/admin/calendar/", {"month": month}).context["is_this_month"]


def test_a_week_begins_as_the_country_has_it() -> None:
    assert (first_weekday("IL"), first_weekday("DE")) == (6, 0)


def test_the_address_opens_until_it_is_replaced(owner: Client, in_store: Store) -> None:
    soon = clock.now() + timedelta(days=10)
    Coupon.objects.create(code="SNOW", percent=10, ends_at=soon)
    owner.post("/admin/calendar/address/")
    feed = CalendarFeed.objects.get()
    url = f"/calendar/{feed.public_id}/{feed.token}.ics"
    response = owner.get(url)
    assert response["Content-Type"].startswith("text/calendar")
    assert b"SUMMARY:Coupon SNOW ends" in response.content

    owner.post("/admin/calendar/address/")

    assert owner.get(url).status_code == 404
    assert owner.get(f"/calendar/{feed.public_id}/{'0' * 32}.ics").status_code == 404


def test_who_may_not_see_money_reads_none_of_it(
    owner: Client, in_store: Store, bob: User, browse: Callable[..., Client]
) -> None:
    Staff.objects.filter(user=bob).update(role="author")
    Coupon.objects.create(code="SNOW", percent=10, ends_at=clock.now() + timedelta(minutes=1))

    page = browse(in_store, bob).get("/admin/calendar/").content.decode()

    assert "SNOW" not in page


def test_a_sentence_about_a_hebrew_title_is_laid_out_in_the_readers_language(owner: Client) -> None:
    soon = (clock.now() + timedelta(days=40)).replace(hour=13, minute=5)
    product = make_product(title="בובות בד")
    Product.objects.filter(pk=product.pk).update(opens_at=soon)

    page = owner.get("/admin/calendar/", {"month": f"{soon:%Y-%m}"}).content.decode()

    assert "“בובות בד” opens" in page
    assert "<bdi>“בובות בד” opens</bdi>" not in page
    assert "p.m." not in page
    assert re.search(r"\d\d:05\s", page)
