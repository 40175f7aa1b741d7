"""The readers' page and the place kept in it."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.contract import Source
from access.models import Access
from access.services.granting import grant, revoke
from content.models import Asset, Progress
from content.rules import Place
from content.services.places import ReadingData, finished_parts, keep_place
from core import clock
from products.models import Part
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_product
from tests.content.library import make_asset, make_part

PLACE = {"place": {"cfi": "epubcfi(/6/8)"}, "fraction": 0.4}


@pytest.fixture
def part(in_store: Store) -> Part:
    return make_asset(make_part(make_product())).part


@pytest.fixture
def bought(part: Part, charlie: Any) -> Access:
    source = Source("order_line", "1")
    return grant(charlie, product=part.product, source=source, starts_at=NOW, now=NOW)


@pytest.fixture
def reader(bought: Access, store: Store, browse: Any, charlie: Any) -> Client:
    return browse(store, charlie.user)


@pytest.fixture
def guest(bought: Access, store: Store, browse: Any) -> Client:
    client = browse(store)
    session = client.session
    session["guest_pass"] = {str(bought.pk): "2099-01-01T00:00:00+00:00"}
    session["store"] = store.public_id
    session.save()
    return client


def page(part: Part) -> str:
    return reverse("content:read", args=[part.public_id])


def place(client: Client, part: Part, sent: Any = PLACE) -> Any:
    body = sent if isinstance(sent, bytes) else json.dumps(sent)
    url = reverse("content:place", args=[part.public_id])
    return client.post(url, body, content_type="application/json")


def test_a_book_opens_in_its_reader(reader: Client, part: Part) -> None:
    response = reader.get(page(part))
    assert response.status_code == 200
    assert response.templates[0].name == "content/read_epub.html"
    assert response["Cache-Control"] == "private, no-store"
    assert response.context["file_url"].startswith(f"/files/{part.assets.get().public_id}/")


def test_a_pdf_opens_in_the_pdf_reader(reader: Client, part: Part) -> None:
    make_asset(part, kind=Asset.Kind.PDF, original_name="Two.pdf", media_type="application/pdf")
    assert reader.get(page(part)).templates[0].name == "content/read_pdf.html"


def test_the_reader_has_its_own_policy(reader: Client, part: Part) -> None:
    policy = reader.get(page(part))["Content-Security-Policy"]
    assert "frame-src blob:" in policy
    assert "media-src 'self'" in policy
    assert "script-src 'self'" in policy
    assert "'unsafe-eval'" not in policy


def test_a_locked_book_says_why(part: Part, store: Store, browse: Any) -> None:
    response = browse(store).get(page(part))
    assert response.status_code == 403
    assert reverse("access:why", args=[part.public_id]) in response.content.decode()


def test_another_stores_book_is_not_found(reader: Client, other_store: Store) -> None:
    with store_scope(other_store):
        theirs = make_asset(make_part(make_product(), preview=True)).part
    assert reader.get(page(theirs)).status_code == 404


def test_a_part_without_a_file_is_not_found(reader: Client, bought: Access) -> None:
    assert reader.get(page(make_part(bought.product))).status_code == 404


def test_opening_the_reader_is_recorded(reader: Client, part: Part, bought: Access) -> None:
    reader.head(page(part))
    bought.refresh_from_db()
    assert bought.first_opened_at is None
    reader.get(page(part))
    bought.refresh_from_db()
    assert bought.first_opened_at is not None


def test_charlie_goes_on_where_he_stopped(reader: Client, part: Part) -> None:
    assert place(reader, part).status_code == 204
    shown = reader.get(page(part)).context
    assert (shown["place"], shown["fraction"]) == (PLACE["place"], 0.4)


def test_a_guests_place_lives_in_the_session(guest: Client, part: Part) -> None:
    assert place(guest, part).status_code == 204
    assert guest.get(page(part)).context["place"] == PLACE["place"]
    assert not Progress.objects.exists()


def test_a_guest_who_signs_in_keeps_the_place(
    guest: Client, part: Part, charlie: Any, store: Store
) -> None:
    place(guest, part)
    guest.force_login(charlie.user)
    assert guest.get(page(part)).context["fraction"] == 0.4


def test_a_preview_keeps_no_place_with_us(in_store: Store, store: Store, browse: Any) -> None:
    sample = make_asset(make_part(make_product(), preview=True)).part
    visitor = browse(store)
    assert visitor.get(page(sample)).context["place_url"] == ""
    assert place(visitor, sample).status_code == 204
    assert not visitor.cookies
    assert not Progress.objects.exists()


def test_no_place_is_taken_for_a_locked_book(reader: Client, part: Part, bought: Access) -> None:
    revoke(bought, now=NOW, by="Alice", because="refund")
    assert place(reader, part).status_code == 403
    assert not Progress.objects.exists()


@pytest.mark.parametrize("sent", [b"", b"[]", {"fraction": 1}, b"\xff", b"x" * 9_000])
def test_nonsense_is_a_bad_request(reader: Client, part: Part, sent: Any) -> None:
    assert place(reader, part, sent).status_code == 400


def test_a_place_needs_the_pages_token(
    bought: Access, part: Part, store: Store, browse: Any, charlie: Any
) -> None:
    strict = browse(store, charlie.user, enforce_csrf_checks=True)
    assert place(strict, part).status_code == 403


def test_a_place_is_only_posted(reader: Client, part: Part) -> None:
    assert reader.get(reverse("content:place", args=[part.public_id])).status_code == 405


def test_what_was_finished_once_stays_finished(reader: Client, part: Part, charlie: Any) -> None:
    place(reader, part, PLACE | {"fraction": 1})
    place(reader, part, PLACE | {"fraction": 0.1})
    assert finished_parts(charlie, {part.pk}) == {part.pk}
    assert Progress.objects.get().fraction == 0.1


def test_places_are_exported_and_erased_with_the_customer(
    reader: Client, part: Part, charlie: Any
) -> None:
    place(reader, part)
    assert ReadingData().export(charlie)["reading"][0]["fraction"] == 0.4
    ReadingData().erase(charlie)
    assert not Progress.objects.exists()


def test_a_turned_page_is_written_with_one_query_and_the_first_with_two(
    part: Part, charlie: Any, django_assert_num_queries: Any
) -> None:
    sent = Place(PLACE["place"], 0.4)
    with django_assert_num_queries(2):
        keep_place(charlie, part, sent, NOW)
    with django_assert_num_queries(1):
        keep_place(charlie, part, sent, NOW)


def test_a_place_that_comes_late_does_not_move_a_later_one(
    reader: Client, part: Part, charlie: Any
) -> None:
    keep_place(charlie, part, Place({"page": 60}, 0.6), clock.now())
    assert (
        place(reader, part, {"place": {"page": 30}, "fraction": 0.3, "age": 86_400}).status_code
        == 204
    )
    assert Progress.objects.get().place == {"page": 60}
    assert place(reader, part, {"place": {"page": 70}, "fraction": 0.7}).status_code == 204
    assert Progress.objects.get().place == {"page": 70}


def test_a_device_asks_whether_it_still_may(
    reader: Client, guest: Client, part: Part, bought: Access
) -> None:
    where = reverse("content:standing", args=[part.public_id])
    assert set(reader.get(where).json()) == {"reader", "until", "csrf"}
    assert guest.get(where).status_code == 404
    revoke(bought, now=NOW, by="Alice", because="refund")
    assert reader.get(where).status_code == 403


def test_the_worker_is_never_older_than_the_reader(reader: Client) -> None:
    answer = reader.get(reverse("content:worker"))
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "reader/worker.js" in answer.content.decode()
