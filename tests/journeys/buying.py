"""What a person does at the till, step by step."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from content.tasks import stamp
from tests.journeys.conftest import World, eager

CARD = "4242 4242 4242 4242"


def to_the_hosted_page(page: Page, world: World, label: str, slug: str, email: str) -> None:
    to_the_checkout(page, world, label, slug, email)
    send_the_order(page)


def agree(page: Page) -> None:
    """Tick what has to be ticked, and nothing else."""
    for box in page.locator("#buy input[type=checkbox][required]").all():
        box.check()


def pay(page: Page, card: str = CARD) -> None:
    page.wait_for_url(re.compile("/c/pay/"))
    page.fill("input[name=card]", card)
    page.fill("input[name=expiry]", "12 / 34")
    page.fill("input[name=cvc]", "123")
    page.fill("input[name=name]", "Charlie")
    page.click("button.main")


def read_now(page: Page) -> None:
    """Open what was just bought; its page waits for the copy, and opens by itself."""
    page.wait_for_url(re.compile("/return/"))
    page.click("main a.btn.wide")
    page.wait_for_url(re.compile("/read/"))
    with eager():
        stamp()


def wait_for_the_book(page: Page) -> None:
    page.locator("html[data-reader=ready]").wait_for(state="attached")


def to_the_checkout(page: Page, world: World, label: str, slug: str, email: str) -> None:
    """Open a product, press Buy, and type who one is."""
    page.goto(world.at(label, f"/p/{slug}/"))
    page.click("main a.btn[href*='/buy/']")
    page.wait_for_url(re.compile("/buy/"))
    page.fill("input[name=email]", email)
    page.fill("input[name=name]", "Charlie Cohen")
    agree(page)


def send_the_order(page: Page) -> None:
    """Press the one button of the checkout page."""
    page.click("#pay .btn:not(.ghost)")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on what is wanted; a person without a mouse does the same."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("where => document.activeElement.matches(where)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard on {page.url}")
