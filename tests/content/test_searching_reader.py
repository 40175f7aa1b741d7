"""From the search page into the book, at the place, in Chromium."""

import pytest
from fpdf import FPDF
from playwright.sync_api import expect

from content.services.searching import reading as texts
from tests.conftest import NOW
from tests.content.reading import DESK, PHONE, inside
from tests.plugins.browser import axe_violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def read_all():
    texts.notice_changes(NOW)
    while texts.work_due(NOW, most=5):
        pass


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_place_that_was_found_opens_in_the_book(reading, hebrew_epub, size):
    reading.book(hebrew_epub)
    read_all()
    tab = reading.device(size=size)
    tab.goto(reading.origin + "/shelf/")
    tab.fill("#find", "מחטים")
    tab.press("#find", "Enter")
    tab.wait_for_selector(".found li")
    assert axe_violations(tab) == []
    wide = tab.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide
    match = tab.locator(".found li mark").first.inner_text()
    tab.locator(".found li a").first.click()
    tab.wait_for_selector("html[data-reader=ready]", timeout=20_000)
    assert tab.locator("#return").is_visible()
    assert match in inside(tab).locator("body").inner_text()
    assert reading.troubles == []


def test_a_place_that_was_found_in_a_pdf_opens_at_its_page(reading):
    written = FPDF()
    written.set_font("helvetica", size=20)
    for words in ("Linen first.", "Wool next.", "A thimble of brass."):
        written.add_page()
        written.multi_cell(0, 10, words)
    reading.book(bytes(written.output()))
    read_all()
    tab = reading.device(size=DESK)
    tab.goto(reading.origin + "/shelf/search/?q=thimble")
    tab.locator(".found li a").first.click()
    tab.wait_for_selector("html[data-reader=ready]", timeout=20_000)
    expect(tab.locator(".sheet[data-number='3'] [data-here]").first).to_be_in_viewport()
    assert reading.troubles == []
