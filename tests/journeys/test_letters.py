"""A reader asks from their book, the creator answers in the Inbox, and they write on."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from core import clock
from mail.models import Message as Mail
from payments.models import Order
from stores.scope import store_scope
from tests.journeys.buying import pay, read_now, to_the_hosted_page, wait_for_the_book
from tests.journeys.conftest import PHONE, World, assert_sound
from tests.journeys.test_uploads import shot

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.timeout(300)]

READER = "asks@example.com"
SAVED = "Page 14 says how hot."
MORE = "And for rye?"


def photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (300, 200), "#884422").save(made, "JPEG")
    return made.getvalue()


def at_the_desk(world: World) -> Page:
    desk = world.person().new_page()
    world.sign_in(desk, "crumb", "dana@example.com")
    desk.goto(world.at("crumb", "/admin/conversations/savedanswer/add/"))
    desk.fill("[name=title]", "Heat")
    desk.fill("[name=text]", SAVED)
    desk.click(".save-row button")
    desk.wait_for_load_state()
    return desk


def let_the_answer_leave(world: World) -> str:
    """Do as if ten seconds had gone by, and return the address in the answer's mail."""
    with store_scope(world.stores["crumb"]):
        Mail.objects.filter(kind="conversation_answered").update(due_at=clock.now())
    (answer,) = [each for each in world.mails(READER) if SAVED in each.body]
    found = re.search(r"http://crumb\S+/letter/\S+", answer.body)
    assert found, answer.body
    return found[0]


def _bought_and_signed_in(world: World) -> Page:
    reader = world.person(viewport=PHONE).new_page()
    to_the_hosted_page(reader, world, "crumb", "the-first-loaf", READER)
    pay(reader)
    read_now(reader)
    wait_for_the_book(reader)
    book = reader.url
    world.sign_in(reader, "crumb", READER)
    reader.goto(book)
    wait_for_the_book(reader)
    return reader


def _cancel(world: World, reader: Page) -> None:
    with store_scope(world.stores["crumb"]):
        order = Order.objects.get(email=READER)
    reader.goto(world.at("crumb", f"/cancel/order/{order.public_id}/"))
    reader.click("main form button:not([name])")
    reader.wait_for_load_state()


def test_a_letter_goes_from_the_book_to_the_inbox_and_back(world: World) -> None:
    reader = _bought_and_signed_in(world)

    # From the page one reads, with a photo.
    stood = reader.locator("#where").inner_text().strip()
    reader.click("#open-contents")
    reader.click("#contents a[data-ask]")
    reader.wait_for_url(re.compile("/ask/"))
    assert stood
    expect(reader.locator(".stood")).to_contain_text(stood)
    reader.fill("[name=text]", "How hot is hot?")
    reader.set_input_files(
        "[name=attached]", {"name": "loaf.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    assert_sound(reader)
    shot(reader, "letters-ask")
    reader.click("main form button:not([name])")
    reader.wait_for_url(re.compile("/account/letters/"))
    expect(reader.locator(".enclosed")).to_contain_text("loaf.jpg")
    assert_sound(reader)

    # The creator sees who, what and where, and answers by a saved answer.
    desk = at_the_desk(world)
    desk.goto(world.at("crumb", "/admin/inbox/"))
    expect(desk.locator(".inbox")).to_contain_text("How hot is hot?")
    expect(desk.locator(".inbox")).to_contain_text(stood)
    desk.locator(".inbox .line-name a").first.click()
    with desk.expect_download() as came:
        desk.click(".enclosed a")
    assert came.value.suggested_filename == "loaf.jpg"
    desk.click(".saved a")
    expect(desk.locator("[name=text]")).to_have_value(SAVED)
    shot(desk, "letters-desk")
    assert_sound(desk)
    desk.click("form.answer button:not([formaction])")
    expect(desk.locator(".letters .ours")).to_contain_text(SAVED)

    # The mail's link opens it anywhere, and one writes on there.
    elsewhere = world.person(viewport=PHONE).new_page()
    elsewhere.goto(let_the_answer_leave(world))
    expect(elsewhere.locator(".said.makers")).to_contain_text(SAVED)
    elsewhere.fill("[name=text]", MORE)
    elsewhere.click("#write button")
    expect(elsewhere.locator("main")).to_contain_text(MORE)
    assert_sound(elsewhere)
    desk.goto(world.at("crumb", "/admin/inbox/"))
    expect(desk.locator(".inbox")).to_contain_text(MORE)

    # A cancel notice of the same reader stands in the same list.
    _cancel(world, reader)
    desk.goto(world.at("crumb", "/admin/inbox/?kind=cancel"))
    expect(desk.locator(".inbox")).to_contain_text("Charlie Cohen")
