"""axe finds nothing on any page type: both languages, light and dark, phone and desk."""

from __future__ import annotations

import pytest

from core import clock
from products.models import Product
from stores.admin import site
from stores.scope import store_scope
from tests.journeys.conftest import DESK, PHONE, World, assert_sound, product_at
from tests.journeys.places import desk_paths, window_paths

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.timeout(300)]

LOOKS = [
    pytest.param(PHONE, "light", id="phone"),
    pytest.param(DESK, "dark", id="desk-dark"),
]


def shop_pages(world: World, label: str, slug: str, prefix: str = "") -> list[str]:
    with store_scope(world.stores[label]):
        product = product_at(world, label, slug)
        price = product.prices.first()
        sample = product.parts.filter(preview=True).get()
        book = product.parts.filter(preview=False).first()
        asked = Product.objects.filter(status="coming_soon").first()
        ahead = Product.objects.filter(opens_at__gt=clock.now(), status="published").first()
    paths = [
        "/",
        f"/p/{asked.slug}/",
        f"/p/{ahead.slug}/",
        f"/p/{asked.slug}/list/",
        "/find/",
        "/cancel/",
        "/terms/cancelling/",
        f"/p/{slug}/",
        f"/buy/{price.public_id}/",
        "/sign-in/",
        "/shelf/",
        f"/why/{book.public_id}/",
        f"/read/{sample.public_id}/",
        "/no-such-page/",
        *window_paths(world, label),
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


def lists_of_the_admin() -> list[str]:
    """Every list that a creator finds, whatever app brings it."""
    names = (
        f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in site._registry
    )
    return sorted(names)


def own_pages(world: World, product: Product) -> list[str]:
    """The pages of a customer, and of the creator who has everything."""
    return [
        "/shelf/",
        "/account/",
        "/account/security/",
        "/account/news/",
        "/account/letters/",
        "/ask/",
        "/shelf/search/?q=a",
        "/admin/",
        f"/admin/ebooks/ebook/{product.pk}/change/",
        "/admin/ebooks/ebook/add/",
        "/admin/payments/coupon/add/",
        "/admin/payments/extra/add/",
        "/admin/payments/otherway/add/",
        f"/admin/products/product/{product.pk}/opening/",
        "/admin/mail/wording/words/?kind=receipt&language=he",
        *lists_of_the_admin(),
        "/admin/content/stampedcopy/whose/",
        *desk_paths(world, "thread", product),
    ]


@pytest.mark.parametrize(
    ("viewport", "scheme", "prefix"), [(*LOOKS[0].values, ""), (*LOOKS[1].values, "/en")]
)
def test_the_customers_and_the_creators_pages_are_sound(
    world: World, viewport: dict[str, int], scheme: str, prefix: str
) -> None:
    page = world.person(viewport=viewport, color_scheme=scheme).new_page()
    world.sign_in(page, "thread", "alice@example.com")
    product = product_at(world, "thread", "התפר-הראשון")
    for path in own_pages(world, product):
        answer = page.goto(world.at("thread", prefix + path))
        assert answer is not None
        assert answer.status == 200, path
        assert_sound(page)
