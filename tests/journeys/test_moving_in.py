"""A creator brings her members; one of them goes on from the letter, and leaves a card."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from access.models import Access
from core import clock
from payments.models import RenewHere, Subscription
from payments.services.moving_in import working
from payments.services.moving_in.letters import renew_url
from stores.scope import store_scope
from tests.journeys.buying import pay
from tests.journeys.conftest import DESK, PHONE, World, assert_sound, eager
from tests.memberships.making import make_club

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.timeout(400)]
LIST = "/admin/payments/movein/"


def let_them_work(world: World, label: str) -> None:
    with store_scope(world.stores[label]), eager():
        working.work_on(clock.now())


def on_the_desk(world: World, label: str, email: str, size: Any) -> Page:
    page = world.person(viewport=size).new_page()
    world.sign_in(page, label, email)
    return page


def table(label: str) -> bytes:
    soon = (clock.now() + timedelta(days=20)).date().isoformat()
    lines = [
        "Email,Name,Months,Price,Next charge",
        f"moves-{label}@example.com,Rivka Long-Name Ben-Abraham,14,45,{soon}",
        f"nobody,Nobody,1,45,{soon}",
    ]
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("label", "owner", "size"),
    [("thread", "alice@example.com", PHONE), ("crumb", "dana@example.com", DESK)],
)
def test_members_come_along_and_go_on_in_one_tap(
    world: World, label: str, owner: str, size: Any
) -> None:
    with store_scope(world.stores[label]):
        club = make_club(title="מועדון התפרים" if label == "thread" else "The Bread Club")
    page = on_the_desk(world, label, owner, size)
    page.goto(world.at(label, LIST))
    assert_sound(page)
    page.goto(world.at(label, f"{LIST}new/"))
    assert_sound(page)
    people = {"name": "people.csv", "mimeType": "text/csv", "buffer": table(label)}
    page.set_input_files("input[type=file]", people)  # type: ignore[arg-type]  # a file's payload
    page.click("form.confirm button.btn")
    page.wait_for_url(re.compile("/columns/"))
    page.select_option("[name=whole_product]", str(club.pk))
    assert_sound(page)
    page.click("form.confirm button.btn")
    page.wait_for_url(re.compile("/change/"))
    assert_sound(page)
    page.goto(page.url.replace("/change/", "/rows/"))
    assert_sound(page)
    page.goto(page.url.replace("/rows/", "/begin/"))
    page.click("form.confirm button.btn")
    page.wait_for_url(re.compile("/change/"))
    let_them_work(world, label)
    page.reload()
    page.goto(page.url.replace("/change/", "/letters/"))
    assert_sound(page)
    page.click("form.confirm button.btn")
    page.wait_for_url(re.compile("/change/"))
    let_them_work(world, label)
    page.reload()
    assert_sound(page)
    page.goto(page.url.replace("/change/", "/answers/"))
    assert_sound(page)
    _goes_on(world, label, size)


def _goes_on(world: World, label: str, size: Any) -> None:
    with store_scope(world.stores[label]):  # the letter itself may wait for a quiet time's end
        url = renew_url(RenewHere.objects.select_related("customer").get())
    reader = world.person(viewport=size).new_page()
    reader.goto(url)
    assert_sound(reader)
    for box in reader.locator("main input[type=checkbox][required]").all():
        box.check()
    reader.click("form[action$='/go/'] button")
    pay(reader)
    reader.wait_for_url(re.compile("/return/"))
    assert_sound(reader)
    reader.goto(url)
    assert_sound(reader)
    with store_scope(world.stores[label]):
        subscription = Subscription.objects.get(customer__user__email__startswith="moves-")
        assert RenewHere.objects.get().renewed_at is not None
        assert subscription.trial_ends_at is None
        assert Access.objects.live(clock.now()).filter(customer=subscription.customer).count() == 2
