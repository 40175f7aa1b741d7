"""axe finds nothing on any page type: both languages, light and dark, phone and desk."""

from __future__ import annotations

import pytest

from stores.scope import store_scope
from tests.journeys.conftest import DESK, PHONE, World, assert_sound, product_at

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.timeout(300)]

LOOKS = [
    pytest.param(PHONE, "light", id="phone"),
    pytest.param(DESK, "dark", id="desk-dark"),
]


def shop_pages(world: World, label: str, slug: str, prefix: str = "") -> list[str]:
    with store_scope(world.stores[label]):
        product = product_at(world, label, slug)
        price = product.prices.get()
        sample = product.parts.filter(preview=True).get()
        book = product.parts.filter(preview=False).first()
    paths = [
        "/",
        f"/p/{slug}/",
        f"/buy/{price.public_id}/",
        "/sign-in/",
        "/shelf/",
        f"/why/{book.public_id}/",
        f"/read/{sample.public_id}/",
        "/no-such-page/",
    ]
    return [world.at(label, prefix + path) for path in paths]


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
@pytest.mark.parametrize(
    ("label", "slug", "prefix"),
    [
        ("thread", "התפר-הראשון", ""),
        ("thread", "התפר-הראשון", "/en"),
        ("crumb", "the-first-loaf", ""),
    ],
)
def test_the_shops_pages_are_sound(
    world: World, viewport: dict[str, int], scheme: str, label: str, slug: str, prefix: str
) -> None:
    page = world.person(viewport=viewport, color_scheme=scheme).new_page()
    for url in shop_pages(world, label, slug, prefix):
        page.goto(url)
        assert_sound(page)


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_customers_and_the_creators_pages_are_sound(
    world: World, viewport: dict[str, int], scheme: str, prefix: str
) -> None:
    page = world.person(viewport=viewport, color_scheme=scheme).new_page()
    world.sign_in(page, "thread", "alice@example.com")
    product = product_at(world, "thread", "התפר-הראשון")
    for path in (
        "/shelf/",
        "/account/",
        "/admin/",
        "/admin/products/product/",
        f"/admin/ebooks/ebook/{product.pk}/change/",
        "/admin/ebooks/ebook/add/",
        "/admin/accounts/customer/",
        "/admin/payments/order/",
        "/admin/mail/message/",
        "/admin/stores/staff/",
    ):
        page.goto(world.at("thread", prefix + path))
        assert_sound(page)
