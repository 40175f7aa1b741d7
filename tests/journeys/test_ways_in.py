"""A customer guards their account in a real browser, and comes in with a passkey."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import World, assert_sound

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.timeout(300)]

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_made_and_opens_the_door(world: World) -> None:
    context = world.person(locale="en-US")
    page = context.new_page()
    phone = context.new_cdp_session(page)
    phone.send("WebAuthn.enable")
    phone.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    world.sign_in(page, "thread", "noa@example.com")
    page.goto(world.at("thread", "/account/security/"))
    assert_sound(page)
    page.fill("#passkey-label", "Noa's phone")
    page.click("[data-passkey=add] button")
    page.wait_for_selector("text=Noa's phone")
    page.goto(world.at("thread", "/account/"))
    page.click("form[action$='/sign-out/'] button")
    page.goto(world.at("thread", "/sign-in/?next=/account/"))
    assert_sound(page)
    page.click("[data-passkey=use] button")
    page.wait_for_url(world.at("thread", "/account/"))
    assert "noa@example.com" in page.content()


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_pages_of_guarding_an_account_are_sound(world: World, language: str) -> None:
    page = world.person(viewport={"width": 360, "height": 740}).new_page()
    world.sign_in(page, "thread", f"page{len(language)}@example.com")
    for path in ("security", "password", "app", "address", "links", "leave"):
        open_page(page, world.at("thread", f"{language}/account/{path}/"))
    open_page(page, world.at("thread", f"{language}/find/"))


def open_page(page: Page, url: str) -> None:
    """Open a page that is there, and is sound."""
    answer = page.goto(url)
    assert answer is not None
    assert (answer.status, page.url.split("?")[0]) == (200, url)
    assert_sound(page)
