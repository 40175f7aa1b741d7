from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from products.models import Price, Product
from stores import slots
from stores.models import Staff, Store
from stores.roles import Area, Role
from stores.slots import ProductTab
from tests.admin.conftest import make_book
from tests.admin.test_products import new_price, prices
from tests.conftest import make_product

SIDES = ("content", "prices", "page", "people", "messages", "settings")


@pytest.fixture
def owner(in_store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(in_store, alice)


def at(product: Product, side: str) -> str:
    return f"/admin/ebooks/ebook/{product.pk}/{side}/"


def shown(page: str, name: str) -> bool:
    return f'name="{name}"' in page


def test_the_overview_says_what_is_missing_and_where_it_is_mended(owner: Client) -> None:
    draft = make_product("ebook", status="draft", amount=None)

    page = owner.get(at(draft, "change"))

    assert [place for _said, place in page.context["missing"]] == [
        at(draft, "content"),
        at(draft, "prices"),
    ]
    assert page.context["publish_url"] == ""


def test_a_draft_that_lacks_nothing_is_put_on_sale_from_every_tab(owner: Client) -> None:
    draft = make_book(status="draft")

    for side in ("change", *SIDES):
        assert at(draft, "publish") in owner.get(at(draft, side)).content.decode(), side


def test_each_side_shows_its_own_fields_and_at_most_seven_before_more(owner: Client) -> None:
    book = make_book()
    for side, own, others in (
        ("content", "epub_file", "title"),
        ("page", "result", "slug"),
        ("settings", "slug", "title"),
        ("messages", "talks", "slug"),
        ("prices", "prices-0-amount_text", "title"),
    ):
        page = owner.get(at(book, side)).content.decode()
        assert shown(page, own), side
        assert not shown(page, others), side


def test_saving_one_side_leaves_all_others_as_they_are(owner: Client) -> None:
    extra = make_book(title="Extra")
    book = make_book(title="Kept", tagline="Stays")
    owner.post(at(book, "settings"), {"language": "en", "slug": "new", "inside": [extra.pk]})

    answer = owner.post(at(book, "page"), {"title": "Changed", "tagline": "Stays"})

    book.refresh_from_db()
    assert answer["Location"] == at(book, "page")
    assert (book.title, book.tagline, book.slug) == ("Changed", "Stays", "new")
    assert [row.included_id for row in book.inclusions.all()] == [extra.pk]
    assert book.prices.count() == 1


def test_prices_are_saved_without_the_rest_of_the_form(owner: Client) -> None:
    book = make_product("ebook", amount=None, title="Kept")

    owner.post(at(book, "prices"), prices(new_price("49")))

    assert Price.objects.get().amount == 4900
    assert Product.objects.get().title == "Kept"


def test_a_side_posted_empty_says_what_it_needs(owner: Client) -> None:
    book = make_book()

    page = owner.post(at(book, "page"), {"title": ""}).content.decode()
    empty = owner.post(at(book, "prices"), prices(new_price(""))).content.decode()

    assert "Not saved yet" in page
    assert "Write the price" in empty


@pytest.mark.parametrize("format_key", ["toy", "bundle"])
def test_every_format_has_the_workspace(owner: Client, format_key: str) -> None:
    product = make_product(format_key, title="Mine")

    for side in ("change", *SIDES):
        page = owner.get(f"/admin/products/product/{product.pk}/{side}/")
        assert page.status_code == 200, side
        assert next(str(tab.name) for tab in page.context["tabs"]) == "Overview"


def test_a_side_of_another_formats_address_leads_to_its_own(owner: Client) -> None:
    book = make_book()

    for side in SIDES:
        answer = owner.get(f"/admin/products/product/{book.pk}/{side}/")
        assert answer["Location"] == at(book, side)


def test_tabs_of_other_apps_stand_with_the_side_they_belong_to(owner: Client) -> None:
    book = make_book()
    tab = ProductTab("blocks", "Blocks", "/admin/blocks/", Area.PRODUCTS, 31)
    hidden = ProductTab("pay", "Pay", "/admin/pay/", Area.TEAM, 32)
    with slots.product_tabs.registered("test", lambda _product: [tab, hidden]):
        tabs = owner.get(at(book, "page")).context["tabs"]

    page = next(each for each in tabs if each.is_here)
    assert [str(each.name) for each in page.below] == [
        "Sales page",
        "Blocks below",
        "Blocks",
        "Pay",
    ]


def test_who_may_not_see_people_sees_no_tab_and_no_number_of_them(
    in_store: Store, browse: Callable[..., Client]
) -> None:
    user = User.objects.create_user("author@example.com")
    Staff.objects.create(user=user, name="author", role=Role.AUTHOR)
    author, book = browse(in_store, user), make_book()

    page = author.get(at(book, "change"))

    assert "People" not in [str(tab.name) for tab in page.context["tabs"]]
    assert page.context["numbers"] == []
    assert author.get(at(book, "people")).status_code == 403


def test_who_may_only_look_finds_nothing_to_save(
    in_store: Store, browse: Callable[..., Client], bob: User
) -> None:
    helper, book = browse(in_store, bob), make_book()

    for side in ("content", "prices", "page", "messages", "settings"):
        assert 'type="submit">Save' not in helper.get(at(book, side)).content.decode(), side
        assert helper.post(at(book, side), {"title": "T"}).status_code == 403, side
