"""A creator opens a store on the platform's host, and arrives in its admin."""

from __future__ import annotations

import re

import pytest

from stores.models import Store
from tests.journeys.conftest import World, assert_sound

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.timeout(300)]


def test_a_store_is_opened_with_one_form_and_one_code(world: World) -> None:
    page = world.person(locale="en-US").new_page()
    page.goto(world.at("", "/start/"))
    assert_sound(page)
    page.fill("input[name=name]", "Paper Boats")
    page.fill("input[name=label]", "paper-boats")
    page.select_option("select[name=language]", "en") if page.locator(
        "select[name=language]"
    ).count() else page.check("input[name=language][value=en]")
    page.fill("input[name=email]", "gil@example.com")
    if page.locator("input[name=your_name], input[name=owner_name]").count():
        page.fill("input[name=your_name], input[name=owner_name]", "Gil")
    page.click("main form button:not([name]) >> nth=-1")
    page.wait_for_url(re.compile("/sign-in/"))
    page.fill("input[name=code]", world.code_for("gil@example.com"))
    page.click("main form:has(input[name=code]) button")
    page.wait_for_url(re.compile(r"paper-boats\.localhost.*/admin/"))
    assert Store.objects.filter(name="Paper Boats").exists()
