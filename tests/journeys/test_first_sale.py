"""A stranger buys a book and reads it a moment later; the creator gives the money back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from access.models import Access
from core import clock
from payments.models import Order
from stores.scope import store_scope
from tests.journeys.buying import agree, pay, read_now, to_the_hosted_page, wait_for_the_book
from tests.journeys.conftest import PHONE, World, assert_sound, product_at

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    ("label", "slug"), [("thread", "התפר-הראשון"), ("crumb", "the-first-loaf")]
)
def test_a_stranger_pays_and_reads_at_once_and_a_refund_closes_the_book(
    world: World, label: str, slug: str
) -> None:
    page = world.person(viewport=PHONE).new_page()
    to_the_hosted_page(page, world, label, slug, "first@example.com")
    pay(page)
    read_now(page)
    wait_for_the_book(page)
    reading = page.url

    # The creator sees the sale and gives the money back.
    owner = {"thread": "alice", "crumb": "dana"}[label]
    desk = world.person().new_page()
    world.sign_in(desk, label, f"{owner}@example.com")
    store = world.stores[label]
    with store_scope(store):
        order = Order.objects.get(email="first@example.com")
        assert order.status == Order.Status.PAID
    desk.goto(world.at(label, f"/admin/payments/order/{order.pk}/change/"))
    expect(desk.locator("body")).to_contain_text("Charlie Cohen")
    desk.goto(world.at(label, f"/admin/payments/order/{order.pk}/refund/"))
    for _ask_and_be_sure in range(2):
        desk.click("form.confirm button[type=submit]")
        desk.wait_for_load_state()
    with store_scope(store):
        order.refresh_from_db()
        assert order.status == Order.Status.REFUNDED, desk.inner_text("body")
        assert not Access.objects.live(clock.now()).filter(customer=order.customer).exists()

    answer = page.goto(reading)
    assert answer is not None
    assert answer.status == 403


def test_the_place_is_kept_and_the_mails_link_opens_the_book_elsewhere(world: World) -> None:
    page = world.person().new_page()
    to_the_hosted_page(page, world, "crumb", "the-first-loaf", "place@example.com")
    pay(page)
    read_now(page)
    wait_for_the_book(page)
    with page.expect_response(re.compile("/place/")):
        for _ in range(4):
            page.keyboard.press("ArrowRight")
            page.wait_for_timeout(250)
    receipt = world.mails("place@example.com")[0]
    link = re.search(r"http://crumb\S+/k/\S+", receipt.body)
    assert link, receipt.body
    phone = world.person(viewport=PHONE).new_page()
    phone.goto(link.group())
    wait_for_the_book(phone)
    assert "/read/" in phone.url


def test_a_later_sign_in_finds_everything_on_the_shelf(world: World) -> None:
    page = world.person().new_page()
    to_the_hosted_page(page, world, "crumb", "the-first-loaf", "later@example.com")
    pay(page)
    page.wait_for_url(re.compile("/return/"))
    other = world.person().new_page()
    world.sign_in(other, "crumb", "later@example.com")
    other.goto(world.at("crumb", "/shelf/"))
    expect(other.locator("main")).to_contain_text("The First Loaf")
    assert_sound(other)


def test_a_declined_card_can_try_again_and_a_bank_may_ask_first(world: World) -> None:
    page = world.person().new_page()
    to_the_hosted_page(page, world, "crumb", "the-first-loaf", "declined@example.com")
    pay(page, "4000 0000 0000 0002")
    expect(page.locator("[role=alert]")).to_be_visible()
    pay(page, "4000 0025 0000 3155")
    page.click("button[value=yes]")
    read_now(page)


def test_back_from_the_payment_page_keeps_what_was_typed(world: World) -> None:
    page = world.person().new_page()
    to_the_hosted_page(page, world, "crumb", "the-first-loaf", "back@example.com")
    page.wait_for_url(re.compile("/c/pay/"))
    page.click("nav.foot a >> nth=0")
    page.wait_for_url(re.compile("/buy/"))
    assert page.input_value("input[name=email]") == "back@example.com"


def test_a_closed_tab_loses_nothing(world: World) -> None:
    page = world.person().new_page()
    to_the_hosted_page(page, world, "crumb", "the-first-loaf", "tab@example.com")
    page.wait_for_url(re.compile("/c/pay/"))
    session = re.search(r"cs_test_\w+", page.url)
    page.close()
    assert session
    world.sandbox.pay(session.group())
    world.sandbox.deliver()
    world.work()
    with store_scope(world.stores["crumb"]):
        mine = Access.objects.live(clock.now()).filter(customer__user__email="tab@example.com")
        assert mine.count() == 1
    assert "/k/" in world.mails("tab@example.com")[0].body


def test_a_free_gift_asks_for_name_and_address_only(world: World) -> None:
    page = world.person(viewport=PHONE, java_script_enabled=False).new_page()
    page.goto(world.at("crumb", "/p/seven-things/"))
    page.click("main a.btn[href*='/buy/']")
    page.fill("input[name=email]", "gift@example.com")
    page.fill("input[name=name]", "Charlie")
    agree(page)
    page.click("#pay .btn")
    expect(page.locator("main")).to_contain_text("gift@example.com")
    assert "gift@example.com" not in str(world.sandbox.calls("/v1/"))


def test_a_visitor_reads_the_sample_and_finds_the_way_to_buy(world: World) -> None:
    page = world.person().new_page()
    page.goto(world.at("crumb", "/p/the-first-loaf/"))
    page.click("main a[href*='/read/'] >> nth=0")
    wait_for_the_book(page)
    assert page.locator("a[href*='/p/the-first-loaf/'], a[href*='/buy/']").count()


def test_a_pdf_is_read_in_the_browser(world: World) -> None:
    page = world.person().new_page()
    to_the_hosted_page(page, world, "thread", "טבלת-מידות", "paper@example.com")
    pay(page)
    read_now(page)
    wait_for_the_book(page)
    page.locator("canvas").first.wait_for()
    assert product_at(world, "thread", "טבלת-מידות").format == "ebook"
