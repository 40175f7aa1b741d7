from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.template import Context, Engine
from django.test import Client
from django.utils.translation import override

from access.contract import Source
from access.services.granting import grant
from accounts.models import Customer, User
from core.fragments import fragments
from products.models import Price, Product
from stores.models import Store
from stores.scope import store_scope
from stores.services.opening import touch
from tests.conftest import NOW, make_product
from tests.content.library import make_asset, make_part


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    fragments.clear()
    yield
    fragments.clear()


@pytest.fixture
def book(store: Store) -> Product:
    with store_scope(store):
        return make_product(title="Linen", slug="linen", status="published")


def seen(client: Client, path: str = "/") -> str:
    caches["pages"].clear()
    return client.get(path).content.decode()


PIECE = "{% load kept %}{% kept 'piece' value %}{{ value }}/{{ count }}{% endkept %}"


def rendered(store: Store | None, value: Any, count: int) -> str:
    context = Context({"store": store, "value": value, "count": count})
    return Engine.get_default().from_string(PIECE).render(context)


def test_a_piece_is_rendered_once_for_its_values(store: Store, other_store: Store) -> None:
    assert rendered(store, "<a>", 1) == "&lt;a&gt;/1"
    assert rendered(store, "<a>", 2) == "&lt;a&gt;/1"
    assert rendered(store, "b", 3) == "b/3"
    assert rendered(other_store, "<a>", 4) == "&lt;a&gt;/4"
    with override("he"):
        assert rendered(store, "<a>", 5) == "&lt;a&gt;/5"


def test_a_piece_of_no_store_is_not_kept() -> None:
    assert [rendered(None, "a", 1), rendered(None, "a", 2)] == ["a/1", "a/2"]


def test_a_change_of_the_store_is_seen_on_the_next_page(
    browse: Callable[..., Client], store: Store, book: Product
) -> None:
    visitor = browse(store)
    assert f"<span>{store.name}</span>" in seen(visitor)
    Store.objects.filter(pk=store.pk).update(name="Wool")
    touch(store)

    assert "<span>Wool</span>" in seen(visitor)
    assert f"<span>{store.name}</span>" not in seen(visitor)


def test_a_changed_price_is_seen_at_once_by_who_carries_a_cookie(
    browse: Callable[..., Client], store: Store, charlie: Customer, book: Product
) -> None:
    reader = browse(store, charlie.user)
    assert "49" in seen(reader, "/p/linen/")
    with store_scope(store):
        Price.objects.update(amount=12300)

    assert "123" in seen(reader, "/p/linen/")
    assert "₪49" not in seen(reader, "/p/linen/")
    assert "123" in seen(reader)


def test_no_piece_of_one_person_is_shown_to_another(
    browse: Callable[..., Client], store: Store, charlie: Customer, book: Product
) -> None:
    reader, visitor = browse(store, charlie.user), browse(store)
    mine, theirs = seen(reader), seen(visitor)

    assert "/account/" in mine
    assert "/account/" not in theirs[theirs.index("<header") : theirs.index("</header>")]
    assert "/sign-in/" in theirs[theirs.index("<header") : theirs.index("</header>")]


def test_the_line_of_the_page_that_is_read_is_marked(
    browse: Callable[..., Client], store: Store, charlie: Customer, book: Product
) -> None:
    reader = browse(store, charlie.user)

    def marked(path: str) -> list[str]:
        body = seen(reader, path)
        top = body[body.index("<header") : body.index("</header>")]
        links = [link for link in top.split("<a")[1:] if "aria-current" in link]
        return [link.split('href="')[1].split('"')[0] for link in links]

    assert marked("/") == ["/"]
    assert marked("/shelf/") == ["/shelf/"]
    assert marked("/p/linen/") == []
    assert marked("/") == ["/"]


def test_no_piece_of_one_store_is_shown_in_another(
    browse: Callable[..., Client], store: Store, other_store: Store, book: Product
) -> None:
    with store_scope(other_store):
        make_product(title="Rye", slug="linen", status="published")
    first = seen(browse(store), "/p/linen/")
    second = seen(browse(other_store), "/p/linen/")

    assert "Rye" not in first
    assert "Linen" not in second
    assert store.name not in second


def test_the_shelf_of_one_person_says_nothing_of_anothers(
    browse: Callable[..., Client], store: Store, charlie: Customer, bob: User
) -> None:
    with store_scope(store):
        other = Customer.objects.create(user=bob, name="Bob")
        for who, title in ((charlie, "Linen"), (other, "Rye")):
            part = make_asset(make_part(make_product(title=title), kind="epub")).part
            source = Source("order_line", title)
            grant(who, product=part.product, source=source, starts_at=NOW, now=NOW)
    first, second = browse(store, charlie.user), browse(store, bob)
    shelves = [seen(each, "/shelf/") for each in (first, second, first, second)]

    assert ["Linen" in each for each in shelves] == [True, False, True, False]
    assert ["Rye" in each for each in shelves] == [False, True, False, True]
    assert all("?from=/shelf/" in each for each in shelves)


def test_a_readers_page_carries_its_own_book_and_reader(
    browse: Callable[..., Client], store: Store, charlie: Customer
) -> None:
    with store_scope(store):
        parts = [make_asset(make_part(make_product(), kind="epub")).part for _ in range(2)]
        for part in parts:
            source = Source("order_line", part.public_id)
            grant(charlie, product=part.product, source=source, starts_at=NOW, now=NOW)
    reader = browse(store, charlie.user)
    pages = [seen(reader, f"/read/{part.public_id}/") for part in (*parts, *parts)]

    ids = [part.public_id for part in (*parts, *parts)]
    assert [ids[0] in each for each in pages] == [True, False, True, False]
    assert [ids[1] in each for each in pages] == [False, True, False, True]
