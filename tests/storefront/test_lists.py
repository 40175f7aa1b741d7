"""What a visitor sees of products that are ahead, away, hidden or replaced."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from core import clock
from mail.models import Message
from products.models import ListEntry, Product
from products.services import lists
from products.services.presale import move_opening
from stores.models import Store
from stores.scope import store_scope
from stores.services.opening import touch
from tests.conftest import make_product


@pytest.fixture
def visitor(browse, store: Store) -> Client:
    return browse(store)


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def make(store: Store, **over) -> Product:
    with store_scope(store):
        return make_product("toy", slug="thing", **over)


def test_what_is_coming_soon_has_a_list_and_no_price(visitor: Client, store: Store) -> None:
    make(store, status="coming_soon")
    page = text(visitor, "/p/thing/")
    assert "/p/thing/list/" in page
    assert "49" not in page.split("<main")[1].split("</main")[0]


def test_joining_answers_alike_whoever_is_asked_and_confirms_by_post(visitor, store) -> None:
    product = make(store, status="coming_soon", list_question="Which colour?")
    assert "Which colour?" in text(visitor, "/p/thing/list/")
    typed = {"email": "erin@example.com", "answer": "Blue"}
    first = visitor.post("/p/thing/list/", typed)
    second = visitor.post("/p/thing/list/", typed)
    assert first.content == second.content
    with store_scope(store):
        link = Message.objects.filter(kind="list_confirm")[0].context["confirm_url"]
    path = link.split("8000")[-1].split("localhost")[-1]
    assert "put me on the list" in text(visitor, path)
    with store_scope(store):
        assert lists.waiting_counts([product]) == {}
    visitor.post(path)
    with store_scope(store):
        assert lists.waiting_counts([product]) == {product.pk: 1}


def test_a_list_that_is_not_there_leads_to_the_product(visitor: Client, store: Store) -> None:
    make(store)
    assert visitor.get("/p/thing/list/").headers["Location"] == "/p/thing/"
    assert visitor.post("/p/thing/list/", {"email": "a@example.com"}).status_code == 302


def test_before_and_after_its_doors_and_sold_out_there_is_a_list(
    visitor: Client, store: Store
) -> None:
    product = make(store)
    ahead, behind = clock.now() + timedelta(days=1), clock.now() - timedelta(days=1)
    for terms, verb in (
        ({"doors_open_at": ahead}, "Tell me when sales open"),
        ({"doors_open_at": None, "doors_close_at": behind}, "Tell me when it is back"),
    ):
        with store_scope(store):
            product.prices.update(**terms)
            touch(store)
        assert verb in text(visitor, "/p/thing/")
        assert visitor.get("/p/thing/list/").status_code == 200


def test_too_many_addresses_from_one_place_are_stopped(visitor: Client, store: Store) -> None:
    make(store, status="coming_soon")
    codes = [
        visitor.post("/p/thing/list/", {"email": f"p{n}@example.com"}).status_code
        for n in range(22)
    ]
    assert codes[0] == 200
    assert codes[-1] == 429


def test_leaving_takes_a_press(visitor: Client, store: Store) -> None:
    product = make(store, status="closed")
    with store_scope(store):
        entry = lists.join(
            product, "waiting", email="a@example.com", answer="", language="en",
            customer=None, now=clock.now(),
        )  # fmt: skip
        lists.confirm(entry, now=clock.now())
    path = f"/list/{entry.public_id}/{lists.key_of(entry)}/leave/"
    visitor.get(path)
    with store_scope(store):
        assert ListEntry.objects.get().left_at is None
    visitor.post(path)
    with store_scope(store):
        assert ListEntry.objects.get().left_at is not None


def test_what_is_hidden_is_found_by_its_link_only(visitor: Client, store: Store) -> None:
    product = make(store, status="hidden", title="A pilot")
    page = text(visitor, "/p/thing/")
    assert product.title in page
    assert 'name="robots" content="noindex"' in page
    for path in ("/", "/sitemap.xml"):
        assert "/p/thing/" not in text(visitor, path)


def test_a_presale_says_its_day_hour_and_zone_and_counts_down(visitor, store) -> None:
    product = make(store)
    with store_scope(store):
        now = clock.now()
        move_opening(product, now + timedelta(days=14), now=now)
    page = text(visitor, "/p/thing/")
    assert "(Israel Time)" in page
    assert "14 days to go" in page
    assert "money back, no questions" in page.replace("\n", " ")
    assert "opens " in text(visitor, "/")


def test_what_is_late_says_so_and_is_not_sold(visitor: Client, store: Store) -> None:
    product = make(store)
    with store_scope(store):
        now = clock.now()
        move_opening(product, now + timedelta(days=1), now=now)
        Product.objects.filter(pk=product.pk).update(opens_at=now - timedelta(1), late_at=now)
    page = text(visitor, "/p/thing/")
    assert "it is late" in page
    assert "/buy/" not in page


def test_what_is_no_longer_sold_sends_on_to_what_took_its_place(visitor, store) -> None:
    with store_scope(store):
        heir = make_product("toy", slug="heir", title="Heir")
    make(store, status="retired", replaced_by=heir)
    assert visitor.get("/p/thing/").headers["Location"] == "/p/heir/"
    with store_scope(store):
        Product.objects.filter(pk=heir.pk).update(status="draft")
    assert "no longer sold" in text(visitor, "/p/thing/")
