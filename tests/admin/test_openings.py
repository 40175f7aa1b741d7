"""Presales, announcements and lists in the admin: each act says its effect in words and numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from core import clock
from mail.models import Message
from products.models import ListEntry, Product
from products.services import lists
from products.services.presale import move_opening
from stores.models import LogEntry, Store
from stores.scope import store_scope
from tests.conftest import make_product


@pytest.fixture
def client(browse, store: Store, alice) -> Client:
    return browse(store, alice)


def make(store: Store, **over) -> Product:
    with store_scope(store):
        return make_product("toy", **over)


def page(product: Product, name: str) -> str:
    return f"/admin/products/product/{product.pk}/{name}/"


def test_an_opening_is_named_moved_and_written_down(client: Client, store: Store) -> None:
    product = make(store)
    day = (clock.now() + timedelta(days=20)).date().isoformat()
    assert "Which day does it open?" in client.get(page(product, "opening")).content.decode()
    client.post(page(product, "opening"), {"day": day, "hour": "09:00"})
    with store_scope(store):
        product.refresh_from_db()
        assert product.is_presale
        assert product.opens_at.astimezone(store.zone).strftime("%H:%M") == "09:00"
        assert LogEntry.objects.filter(what="move_opening").exists()


def test_a_day_in_the_past_is_a_sentence(client: Client, store: Store) -> None:
    product = make(store)
    answer = client.post(page(product, "opening"), {"day": "2020-01-01", "hour": "09:00"})
    assert "still ahead" in answer.content.decode()


def test_what_is_not_ready_cannot_be_opened_by_hand(client: Client, store: Store) -> None:
    product = make(store)
    with store_scope(store):
        move_opening(product, clock.now() + timedelta(days=9), now=clock.now())
    answer = client.post(page(product, "open"))
    assert answer.status_code == 409
    assert "It has no letter yet." in answer.content.decode()


def test_announced_as_coming_soon_with_a_question(client: Client, store: Store) -> None:
    product = make(store, status="draft")
    client.post(page(product, "soon"), {"list_question": "What first?"})
    with store_scope(store):
        product.refresh_from_db()
    assert (product.status, product.list_question) == ("coming_soon", "What first?")


def test_the_question_of_a_list_can_be_changed_later(client: Client, store: Store) -> None:
    product = make(store, status="coming_soon")
    assert client.post(page(product, "question"), {"list_question": "Which?"}).status_code == 302
    with store_scope(store):
        assert Product.objects.get(pk=product.pk).list_question == "Which?"


def test_going_on_sale_tells_the_list_when_ticked(client: Client, store: Store) -> None:
    product = make(store, status="coming_soon")
    with store_scope(store):
        entry = lists.join(
            product, "coming_soon", email="a@example.com", answer="", language="en",
            customer=None, now=clock.now(),
        )  # fmt: skip
        lists.confirm(entry, now=clock.now())
        move_opening(product, clock.now() + timedelta(days=9), now=clock.now())
    assert "person on its list" in client.get(page(product, "publish")).content.decode()
    client.post(page(product, "publish"), {"tells": "on"})
    with store_scope(store):
        lists.tell(clock.now(), batches=9)
        assert ListEntry.objects.get().told_at is not None
        assert "It opens" in Message.objects.get(kind="list_open").mailing.text
    listed = client.get("/admin/products/listentry/").content.decode()
    assert "a@example.com" in listed
    assert "a@example.com" in client.get("/admin/products/listentry/table.csv").content.decode()


def test_what_takes_its_place_is_asked_when_it_is_no_longer_sold(client, store) -> None:
    product, heir = make(store), make(store, title="Heir")
    client.post(page(product, "retire"), {"replaced_by": heir.pk})
    with store_scope(store):
        product.refresh_from_db()
    assert (product.status, product.replaced_by_id) == ("retired", heir.pk)


def test_support_sees_the_lists_and_cannot_move_an_opening(browse, store, bob) -> None:
    product = make(store)
    helper = browse(store, bob)
    assert helper.get("/admin/products/listentry/").status_code == 200
    assert helper.post(page(product, "opening"), {"day": "2030-01-01"}).status_code == 403


def test_another_stores_product_has_no_such_page(client, other_store: Store) -> None:
    product = make(other_store)
    for name in ("opening", "open", "no-opening", "list"):
        assert client.get(page(product, name)).status_code == 404
