"""Journeys through the shop: given, moved, transferred, cancelled, disputed; and by keyboard."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from access.models import Access
from core import clock
from payments.models import Order, OtherWay, Payment
from payments.services.cancelling import effect
from stores.scope import store_scope
from tests.journeys.buying import (
    CARD,
    pay,
    read_now,
    send_the_order,
    tab_to,
    to_the_checkout,
    to_the_hosted_page,
    wait_for_the_book,
)
from tests.journeys.conftest import PHONE, World, assert_sound

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.timeout(300)]
OWNERS = {"thread": "alice", "crumb": "dana"}
BOOKS = {"thread": "התפר-הראשון", "crumb": "the-first-loaf"}
AHEAD = {"thread": "תיקונים-קטנים", "crumb": "rye-slowly"}
SHOPS = pytest.mark.parametrize("label", ["thread", "crumb"])


def order_of(world: World, label: str, email: str) -> Order:
    with store_scope(world.stores[label]):
        found: Order = Order.objects.get(email=email)
        return found


def desk_of(world: World, label: str) -> Page:
    """The creator's browser, signed in."""
    desk = world.person().new_page()
    world.sign_in(desk, label, f"{OWNERS[label]}@example.com")
    return desk


def link_in(world: World, email: str, pattern: str) -> str:
    """Return the newest address of a kind that was mailed to somebody."""
    for each in world.mails(email):
        found = re.search(rf"http://\S+{pattern}[^\s>)]*", each.body)
        if found:
            return found.group()
    raise AssertionError(f"no mail to {email} has {pattern}")


def confirm(page: Page) -> None:
    """Read what an act will do, and do it."""
    page.click("form.confirm button[type=submit]")
    page.wait_for_load_state()


@SHOPS
def test_a_gift_is_paid_by_one_and_claimed_once_by_another_without_javascript(
    world: World, label: str
) -> None:
    page = world.person(viewport=PHONE).new_page()
    email = f"giver-{label}@example.com"
    to_the_checkout(page, world, label, BOOKS[label], email)
    page.click("#gift > summary")
    page.check("input[name=is_gift]")
    page.fill("#gift input[name$=to_name]", "Dalia")
    assert_sound(page)
    send_the_order(page)
    pay(page)
    page.wait_for_url(re.compile("/return/"))
    assert_sound(page)
    link = page.locator("a[href*='/gifts/']").first.get_attribute("href")

    friend = world.person(viewport=PHONE, java_script_enabled=False).new_page()
    friend.goto(str(link))
    friend.click("main a.btn[href*='sign-in']")
    friend.fill("input[name=email]", f"dalia-{label}@example.com")
    friend.click("main form button:not([name])")
    friend.fill("input[name=code]", world.code_for(f"dalia-{label}@example.com"))
    friend.click("main form:has(input[name=code]) button")
    friend.wait_for_url(re.compile("/gifts/"))
    friend.click("main form[action*='/claim/'] button")
    friend.goto(world.at(label, "/shelf/"))
    expect(friend.locator("main a[href*='/read/']").first).to_be_visible()

    late = world.person().new_page()
    late.goto(str(link))
    assert not late.locator("form[action*='/claim/'], main a[href*='sign-in']").count()
    with store_scope(world.stores[label]):
        order = Order.objects.get(email=email)
        assert not Access.objects.filter(customer=order.customer).exists()


@SHOPS
def test_a_presale_is_moved_and_its_money_comes_back_by_one_tap(world: World, label: str) -> None:
    page = world.person(viewport=PHONE).new_page()
    email = f"early-{label}@example.com"
    to_the_hosted_page(page, world, label, AHEAD[label], email)
    pay(page)
    page.wait_for_url(re.compile("/return/"))
    assert_sound(page)
    order = order_of(world, label, email)
    assert order.status == Order.Status.PAID

    desk = desk_of(world, label)
    with store_scope(world.stores[label]):
        product = order.lines.get().product
    day = (clock.now() + timedelta(days=40)).date().isoformat()
    desk.goto(world.at(label, f"/admin/products/product/{product.pk}/opening/"))
    desk.fill("input[name=day]", day)
    desk.fill("input[name=hour]", "10:30")
    confirm(desk)
    with store_scope(world.stores[label]):
        product.refresh_from_db()
        assert product.opens_at.astimezone(world.stores[label].zone).strftime("%H:%M") == "10:30"
    world.tell_of_openings(label)

    page.goto(link_in(world, email, "/money-back/"))
    assert_sound(page)
    page.click("main form button")
    page.wait_for_load_state()
    assert order_of(world, label, email).status == Order.Status.REFUNDED
    with store_scope(world.stores[label]):
        assert not Access.objects.live(clock.now()).filter(customer=order.customer).exists()


@SHOPS
def test_a_transfer_waits_until_the_creator_says_it_arrived(world: World, label: str) -> None:
    with store_scope(world.stores[label]):
        OtherWay.objects.get_or_create(
            kind="transfer", name="Bank", defaults={"instructions": "Branch 12, account 3456"}
        )
    page = world.person(viewport=PHONE, java_script_enabled=False).new_page()
    email = f"transfer-{label}@example.com"
    to_the_checkout(page, world, label, BOOKS[label], email)
    page.locator("input[name=way]").last.check()
    send_the_order(page)
    page.wait_for_url(re.compile("/return/"))
    order = order_of(world, label, email)
    expect(page.locator("main")).to_contain_text(str(order.number))
    expect(page.locator("main")).to_contain_text("account 3456")
    assert str(order.number) in world.mails(email)[0].body

    desk = desk_of(world, label)
    desk.goto(world.at(label, "/admin/"))
    desk.click(f"a[href*='/payments/order/{order.pk}/received/']")
    assert_sound(desk)
    confirm(desk)

    page.reload()
    page.click("main a.btn.wide")
    page.wait_for_url(re.compile("/read/"))
    assert "/k/" in link_in(world, email, "/k/")


def test_a_purchase_is_cancelled_signed_out_and_the_money_goes_back(world: World) -> None:
    email = "regret@example.com"
    page = world.person().new_page()
    to_the_hosted_page(page, world, "thread", BOOKS["thread"], email)
    pay(page)
    page.wait_for_url(re.compile("/return/"))
    order = order_of(world, "thread", email)

    phone = world.person(viewport=PHONE, java_script_enabled=False).new_page()
    phone.goto(world.at("thread"))
    phone.click("footer a[href$='/cancel/']")
    phone.fill("input[name=email]", email)
    phone.fill("input[name=number]", str(order.number))
    phone.click("main form button")
    expect(phone.locator("main h1")).to_contain_text(re.compile(r"\d"))
    phone.goto(link_in(world, email, "/cancel/mail/"))
    phone.click("main form:has(input[name=order]) button")
    with store_scope(world.stores["thread"]):
        assert not Access.objects.live(clock.now()).filter(customer=order.customer).exists()
        effect.send_money(clock.now() + timedelta(hours=2))
    assert order_of(world, "thread", email).status == Order.Status.REFUNDED


def test_where_no_law_says_so_the_notice_is_a_request_answered_from_the_inbox(world: World) -> None:
    email = "request@example.com"
    page = world.person().new_page()
    to_the_hosted_page(page, world, "crumb", BOOKS["crumb"], email)
    pay(page)
    page.wait_for_url(re.compile("/return/"))
    order = order_of(world, "crumb", email)
    page.goto(world.at("crumb", f"/cancel/order/{order.public_id}/"))
    assert_sound(page)
    page.click("main form button")
    page.wait_for_load_state()

    desk = desk_of(world, "crumb")
    desk.goto(world.at("crumb", "/admin/payments/cancelnotice/"))
    assert_sound(desk)
    desk.locator("main a[href*='/cancelnotice/'][href*='/change/']").first.click()
    desk.locator("main a[href*='/answer/']").first.click()
    desk.locator("input[name=what]").first.check()
    for _ask_and_be_sure in range(2):
        if desk.locator("form.confirm").count():
            confirm(desk)
    world.work()
    with store_scope(world.stores["crumb"]):
        effect.send_money(clock.now() + timedelta(hours=2))
    assert order_of(world, "crumb", email).status == Order.Status.REFUNDED


@SHOPS
def test_a_dispute_closes_the_book_and_a_won_one_opens_it(world: World, label: str) -> None:
    email = f"dispute-{label}@example.com"
    page = world.person().new_page()
    to_the_hosted_page(page, world, label, BOOKS[label], email)
    pay(page)
    read_now(page)
    wait_for_the_book(page)
    reading = page.url
    with store_scope(world.stores[label]):
        intent = Payment.objects.get(order__email=email).payment_intent
    dispute = world.sandbox.dispute(intent)["id"]
    world.sandbox.deliver()
    world.work()
    closed = page.goto(reading)
    assert closed is not None
    assert closed.status == 403

    desk = desk_of(world, label)
    desk.goto(world.at(label, "/admin/"))
    desk.locator("a[href*='/payments/dispute/']").first.click()
    assert_sound(desk)
    world.sandbox.win(dispute)
    world.sandbox.deliver()
    world.work()
    page.goto(reading)
    wait_for_the_book(page)


@SHOPS
def test_a_book_is_bought_by_keyboard_alone(world: World, label: str) -> None:
    page = world.person().new_page()
    page.goto(world.at(label, f"/p/{BOOKS[label]}/"))
    tab_to(page, "main a.btn[href*='/buy/']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/buy/"))
    tab_to(page, "input[name=email]")
    page.keyboard.type(f"keys-{label}@example.com")
    tab_to(page, "input[name=name]")
    page.keyboard.type("Charlie Cohen")
    tab_to(page, "#buy input[type=checkbox][required]")
    page.keyboard.press("Space")
    tab_to(page, "#pay .btn:not(.ghost)")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/c/pay/"))
    tab_to(page, "input[name=card]")
    page.keyboard.type(CARD)
    tab_to(page, "input[name=expiry]")
    page.keyboard.type("12 / 34")
    tab_to(page, "input[name=cvc]")
    page.keyboard.type("123")
    tab_to(page, "input[name=name]")
    page.keyboard.type("Charlie")
    tab_to(page, "button.main")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/return/"))
    assert order_of(world, label, f"keys-{label}@example.com").status == Order.Status.PAID
