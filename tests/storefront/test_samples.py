"""A sample by mail: asked for with and without news, opened, agreed to, forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Consent, Customer, User
from content.models import SampleRequest
from content.services.excerpts import giving
from content.services.excerpts.personal import SamplesOfCustomer, follow_address
from core import clock
from mail.models import Message
from products.models import Product
from stores.models import Store
from stores.scope import store_scope
from stores.services.opening import touch
from tests.conftest import make_product
from tests.content.library import make_asset, make_part

ADDRESS = "reader@example.com"


@pytest.fixture
def visitor(browse: Any, store: Store) -> Client:
    client: Client = browse(store)
    return client


@pytest.fixture
def book(store: Store) -> Product:
    with store_scope(store):
        product = make_product(slug="book")
        asset = make_asset(make_part(product, kind="sample", preview=True))
        asset.facts = {"contents": [{"title": "One", "target": "one", "depth": 0}]}
        asset.save()
        touch(store)
    return product


def ask(visitor: Client, **fields: str) -> Any:
    return visitor.post("/p/book/sample/", {"email": ADDRESS} | fields)


def link_of(store: Store) -> str:
    with store_scope(store):
        message = Message.objects.filter(kind="sample_link").latest("id")
    path: str = message.context["sample_url"].partition("localhost")[2]
    return path[path.index("/") :]


def test_the_product_page_leads_to_the_form_and_stays_without_token(
    visitor: Client, book: Product
) -> None:
    answer = visitor.get("/p/book/")

    assert "/p/book/sample/" in answer.content.decode()
    assert not answer.cookies


def test_the_tick_is_not_set_for_anybody(visitor: Client, book: Product) -> None:
    page = visitor.get("/p/book/sample/").content.decode()

    assert 'type="checkbox"' in page
    assert "checked" not in page


def test_the_sample_comes_without_news(visitor: Client, book: Product, store: Store) -> None:
    assert ask(visitor).status_code == 200
    page = visitor.get(link_of(store)).content.decode()

    assert "/read/" in page
    assert "/news/" not in page
    with store_scope(store):
        assert SampleRequest.objects.get().opened_at is not None
        assert not Customer.objects.exists()
        assert not Consent.objects.exists()


def test_news_need_a_yes_from_the_mailbox(visitor: Client, book: Product, store: Store) -> None:
    ask(visitor, wants_news="on")
    with store_scope(store):
        assert not Consent.objects.exists()
    link = link_of(store)
    visitor.get(link)
    visitor.post(f"{link}news/")
    visitor.post(f"{link}news/")

    with store_scope(store):
        (consent,) = Consent.objects.all()
        assert consent.customer.user.email == ADDRESS
        assert (consent.source, consent.purpose) == ("sample", "news")
        assert consent.wording == "Yes, write to me about new things"
        assert SampleRequest.objects.get().agreed_at is not None


def test_nobody_says_yes_where_nothing_was_ticked(
    visitor: Client, book: Product, store: Store
) -> None:
    ask(visitor)
    visitor.post(f"{link_of(store)}news/")

    with store_scope(store):
        assert not Consent.objects.exists()


def test_the_answer_tells_nobody_who_is_known(
    visitor: Client, book: Product, store: Store, charlie: Customer
) -> None:
    known = ask(visitor, email=charlie.user.email).content.decode()
    unknown = ask(visitor).content.decode()

    assert known.replace(charlie.user.email, "*") == unknown.replace(ADDRESS, "*")


def test_what_was_typed_wrong_is_kept(visitor: Client, book: Product) -> None:
    answer = ask(visitor, email="reader@", wants_news="on")

    page = answer.content.decode()
    assert 'value="reader@"' in page
    assert "checked" in page
    assert "not an email address" in page


def test_one_address_is_not_flooded(visitor: Client, book: Product, store: Store) -> None:
    codes = [ask(visitor).status_code for _time in range(5)]

    assert codes == [200, 200, 200, 429, 429]
    with store_scope(store):
        assert Message.objects.filter(kind="sample_link").count() == 3


def test_the_link_ends_after_thirty_days(visitor: Client, book: Product, store: Store) -> None:
    ask(visitor)
    link = link_of(store)
    with store_scope(store):
        SampleRequest.objects.update(asked_at=clock.now() - timedelta(days=31))

    answer = visitor.get(link)
    assert answer.status_code == 410
    assert "/read/" not in answer.content.decode()


def test_a_wrong_key_is_nothing(visitor: Client, book: Product, store: Store) -> None:
    ask(visitor)
    with store_scope(store):
        row = SampleRequest.objects.get()

    assert visitor.get(f"/sample/{row.public_id}/{'0' * 32}/").status_code == 404


def test_a_product_without_a_sample_has_no_form(visitor: Client, store: Store) -> None:
    with store_scope(store):
        make_product(slug="book")

    assert visitor.get("/p/book/sample/").status_code == 302
    assert ask(visitor).status_code == 302


def test_who_never_said_yes_is_forgotten_and_counted(
    visitor: Client, book: Product, store: Store
) -> None:
    ask(visitor)
    ask(visitor, email="other@example.com", wants_news="on")
    visitor.post(f"{link_of(store)}news/")
    giving.forget(clock.now() + timedelta(days=31))

    with store_scope(store):
        emails = set(SampleRequest.objects.values_list("email", flat=True))
    assert emails == {None, "other@example.com"}


def test_a_customer_takes_it_away_moves_and_is_forgotten(
    visitor: Client, book: Product, store: Store, charlie: Customer
) -> None:
    ask(visitor, email=charlie.user.email)
    with store_scope(store):
        data = SamplesOfCustomer()
        assert len(data.export(charlie)["samples"]) == 1
        SampleRequest.objects.update(customer=charlie)
        follow_address(charlie, charlie.user.email, "new@example.com")
        assert SampleRequest.objects.get().email == "new@example.com"
        data.erase(charlie)
        data.erase(charlie)
        row = SampleRequest.objects.get()
    assert (row.email, row.customer) == (None, None)


def test_the_mail_speaks_the_language_it_was_asked_in(
    visitor: Client, book: Product, store: Store
) -> None:
    with store_scope(store):
        Store.objects.filter(pk=store.pk).update(languages=["en", "he"])
    visitor.post("/he/p/book/sample/", {"email": ADDRESS})

    with store_scope(store):
        message = Message.objects.get(kind="sample_link")
    assert message.language == "he"
    assert "/he/sample/" in message.context["sample_url"]
    assert User.objects.filter(email=ADDRESS).count() == 0
