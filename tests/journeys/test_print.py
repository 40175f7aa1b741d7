"""A printed book: bought on a phone, read at once, posted with a number, given back alone."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Page, expect

from access.models import Access
from core import clock
from payments.models import Order
from products.models import Price
from shipping.models import Parcel, PickupPoint, Zone
from stores.scope import store_scope
from tests.journeys.buying import agree, pay, read_now, send_the_order, wait_for_the_book
from tests.journeys.conftest import DESK, PHONE, World, assert_sound, product_at

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.timeout(300)]
SLUG = "התפר-הראשון"
PICTURES = os.environ.get("PICTURES", "")


def picture(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at it."""
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def posting(world: World) -> None:
    with store_scope(world.stores["thread"]):
        zone = {"countries": ["IL"], "first": 3000, "further": 800}
        Zone.objects.get_or_create(name="ישראל, בשליח עד הבית", defaults=zone)
        point = {"address": "הרצל 5, חיפה", "hours": "ראשון עד חמישי, 17:00 עד 20:00"}
        PickupPoint.objects.get_or_create(name="המטבח של נועה", defaults=point)


def price_of(world: World, option: str) -> Price:
    product = product_at(world, "thread", SLUG)
    with store_scope(world.stores["thread"]):
        found: Price = Price.objects.get(product=product, option=option)
        return found


def fill_in_where(page: Page) -> None:
    page.fill("input[name=ship_name]", "תמר לוי")
    page.fill("input[name=ship_phone]", "050-555-0123")
    page.fill("input[name=ship_street]", "הנביאים")
    page.fill("input[name=ship_house]", "12")
    page.fill("input[name=ship_city]", "ירושלים")
    page.fill("input[name=ship_postcode]", "9510422")


def buy(page: Page, world: World, option: str, email: str) -> None:
    page.goto(world.at("thread", f"/buy/{price_of(world, option).public_id}/"))
    page.fill("input[name=email]", email)
    page.fill("input[name=name]", "תמר לוי")
    fill_in_where(page)
    agree(page)


def test_bought_in_print_and_digital_it_is_read_at_once_posted_and_followed(world: World) -> None:
    posting(world)
    page = world.person(viewport=PHONE).new_page()
    page.goto(world.at("thread", f"/p/{SLUG}/"))
    picture(page, "product-phone")
    buy(page, world, "print_digital", "tamar@example.com")
    expect(page.locator("#sum")).to_contain_text("30")
    assert_sound(page)
    picture(page, "checkout-phone")
    send_the_order(page)
    pay(page)
    page.wait_for_url(re.compile("/return/"))
    picture(page, "thanks-phone")
    read_now(page)
    wait_for_the_book(page)

    desk = world.person(viewport=PHONE).new_page()
    world.sign_in(desk, "thread", "alice@example.com")
    desk.goto(world.at("thread", "/admin/"))
    expect(desk.locator("main")).to_contain_text("חבילה אחת לשלוח")
    desk.goto(world.at("thread", "/admin/shipping/parcel/"))
    assert_sound(desk)
    picture(desk, "to-post-phone")
    desk.goto(world.at("thread", "/admin/shipping/parcel/many/"))
    assert_sound(desk)
    picture(desk, "many-phone")
    with desk.expect_download() as labels:
        desk.click("button[value=sheet]")
    assert labels.value.suggested_filename == "labels.pdf"
    if PICTURES:
        labels.value.save_as(f"{PICTURES}/labels.pdf")
        with desk.expect_download() as single:
            desk.click("button[value=single]")
        single.value.save_as(f"{PICTURES}/single.pdf")
        with desk.expect_download() as packing:
            desk.click("button[value=packing]")
        packing.value.save_as(f"{PICTURES}/packing.pdf")
    desk.select_option("select[name=carrier]", "israel_post")
    desk.fill("input[name^=number-]", "RR123456789IL")
    desk.click("button[value=posted]")
    desk.wait_for_url(re.compile("/admin/shipping/parcel/$"))

    sent = world.mails("tamar@example.com")[0]
    assert "RR123456789IL" in sent.body
    with store_scope(world.stores["thread"]):
        order = Order.objects.get(email="tamar@example.com")
    page.goto(world.at("thread", f"/orders/{order.public_id}/"))
    expect(page.locator("main")).to_contain_text("RR123456789IL")
    expect(page.locator("main a[href*='israelpost']")).to_be_visible()
    assert_sound(page)
    picture(page, "order-phone")


def test_the_address_is_asked_again_where_it_is_not_whole_and_in_another_scheme(
    world: World,
) -> None:
    posting(world)
    page = world.person(viewport=DESK, color_scheme="dark").new_page()
    page.goto(world.at("thread", f"/en/buy/{price_of(world, 'print').public_id}/"))
    page.fill("input[name=email]", "yoav@example.com")
    page.fill("input[name=name]", "Yoav")
    page.fill("input[name=ship_postcode]", "12")
    agree(page)
    send_the_order(page)
    expect(page.locator("#delivery .error").first).to_be_visible()
    assert page.input_value("input[name=ship_postcode]") == "12"
    assert_sound(page)
    picture(page, "checkout-desk-dark-en")
    page.check("input[name=ship_how] >> nth=1")
    expect(page.locator("#delivery")).to_contain_text("הרצל 5, חיפה")
    expect(page.locator("input[name=ship_street]")).to_have_count(0)
    assert_sound(page)


def test_print_given_back_alone_leaves_the_digital_one_open(world: World) -> None:
    posting(world)
    page = world.person(viewport=PHONE).new_page()
    page.goto(world.at("thread", f"/buy/{price_of(world, '').public_id}/"))
    page.fill("input[name=email]", "gili@example.com")
    page.fill("input[name=name]", "גילי")
    agree(page)
    send_the_order(page)
    pay(page)
    page.wait_for_url(re.compile("/return/"))
    buy(page, world, "print", "gili@example.com")
    send_the_order(page)
    pay(page)
    page.wait_for_url(re.compile("/return/"))
    desk = world.person().new_page()
    world.sign_in(desk, "thread", "alice@example.com")
    with store_scope(world.stores["thread"]):
        paper = Order.objects.filter(email="gili@example.com").latest("pk")
        assert Parcel.objects.get(order_reference=paper.public_id).state == "to_pack"
    desk.goto(world.at("thread", f"/admin/payments/order/{paper.pk}/refund/"))
    for _ask_and_be_sure in range(2):
        desk.click("form.confirm button[type=submit]")
        desk.wait_for_load_state()
    with store_scope(world.stores["thread"]):
        assert Parcel.objects.get(order_reference=paper.public_id).state == "cancelled"
        theirs = Access.objects.live(clock.now()).filter(customer=paper.customer)
        assert theirs.count() == 1
