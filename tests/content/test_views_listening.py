"""The player's page, as the server makes it."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.services.granting import revoke
from content.models import Progress
from content.rules import Place
from content.services.places import keep_place
from core import clock
from tests.conftest import make_product
from tests.content.heard import album_of, give, make_album, record
from tests.content.library import make_part
from tests.content.sounds import wav

pytestmark = pytest.mark.usefixtures("in_store")


@pytest.fixture
def album(charlie):
    made = make_album()
    made.access = give(charlie, made)
    return made


@pytest.fixture
def charlie_at(browse, store, charlie):
    return browse(store, charlie.user)


def page(product) -> str:
    return f"/read/{album_of(product).public_id}/"


def body(client, product) -> str:
    return client.get(page(product)).content.decode()


def test_it_begins_where_it_was_left(charlie_at, charlie, album):
    two = album.parts.get(title="Two").public_id
    keep_place(charlie, album_of(album), Place({"track": two, "seconds": 12.5}, 0.7), clock.now())
    found = body(charlie_at, album)
    assert f'data-track="{two}"' in found
    assert 'data-seconds="12.5"' in found


def test_a_place_in_a_recording_that_is_gone_begins_anew(charlie_at, charlie, album):
    keep_place(charlie, album_of(album), Place({"track": "gone", "seconds": 12}, 0.7), clock.now())
    assert 'data-track=""' in body(charlie_at, album)


def test_a_single_recording_is_played_by_its_own_part(charlie_at, album):
    part = album.parts.get(title="One")
    found = charlie_at.get(f"/read/{part.public_id}/").content.decode()
    assert 'data-title="One"' in found
    assert 'data-title="Two"' not in found


def test_a_part_without_anything_is_not_found(charlie_at, charlie):
    product = make_product(title="Empty", slug="empty")
    give(charlie, product)
    part = make_part(product)
    assert charlie_at.get(f"/read/{part.public_id}/").status_code == 404


def test_strangers_are_told_why(browse, store, album):
    assert browse(store).get(page(album)).status_code == 403


def test_many_recordings_cost_no_more_queries_than_two(charlie_at, album):
    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            charlie_at.get(page(album))
        return len(caught)

    charlie_at.get(page(album))
    few = count()
    for _ in range(6):
        record(album, wav(1), "More")
    assert count() == few


def test_the_second_is_kept_and_nothing_after_a_refund(charlie_at, album):
    part = album_of(album)
    sent = {
        "place": {"track": album.parts.get(title="One").public_id, "seconds": 7.3},
        "fraction": 0.2,
    }

    def post() -> int:
        url = f"/read/{part.public_id}/place/"
        answer = charlie_at.post(url, json.dumps(sent), content_type="application/json")
        return answer.status_code

    assert post() == 204
    assert Progress.objects.get().place["seconds"] == 7.3
    revoke(album.access, now=clock.now(), because="refund")
    sent["fraction"] = 0.9
    assert post() == 403
    assert Progress.objects.get().fraction == 0.2


def test_marks_are_taken_along_with_their_time(charlie_at, album):
    part = album_of(album)
    note = {
        "kind": "note",
        "colour": "yellow",
        "anchor": {"track": album.parts.get(title="One").public_id, "seconds": 65},
        "fraction": 0.5,
        "chapter": "One",
        "quote": "",
        "text": "Remember this",
    }
    url = f"/read/{part.public_id}/notes/n1/"
    answer = charlie_at.post(url, json.dumps(note), content_type="application/json")
    assert answer.status_code == 204
    notebook = charlie_at.get(f"/read/{part.public_id}/notes.md").content.decode()
    assert "At 1:05" in notebook


@pytest.mark.parametrize("seconds", [-1, "7", True, 10**9])
def test_a_mark_at_no_time_is_refused(charlie_at, album, seconds):
    note = {
        "kind": "bookmark",
        "colour": "yellow",
        "anchor": {"track": "x", "seconds": seconds},
        "fraction": 0,
        "chapter": "",
        "quote": "",
        "text": "",
    }
    url = f"/read/{album_of(album).public_id}/notes/n1/"
    answer = charlie_at.post(url, json.dumps(note), content_type="application/json")
    assert answer.status_code == 400
