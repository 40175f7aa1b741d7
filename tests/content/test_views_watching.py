"""The page of a film: who may watch, where it begins, its captions."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from PIL import Image

from access.contract import Source
from access.services.granting import grant, revoke
from accounts.models import Customer
from content.models import Asset
from content.rules import Place
from content.services.bookmaking.films import make_film
from content.services.captions import keep_captions
from content.services.files import keep_file
from content.services.judge import judge
from content.services.places import keep_place
from core import clock
from products.models import Part
from stores.models import Store
from tests.conftest import NOW, make_product


@pytest.fixture
def film(in_store: Store, charlie: Customer, tmp_path: Path) -> Asset:
    """Charlie's film of a minute."""
    part = Part.objects.create(
        product_id=make_product().pk, kind="film", title="Steam", published_at=NOW
    )
    pictures = [Image.new("RGB", (64, 36), colour) for colour in ("red", "#00f", "white")]
    here = tmp_path / "film.mp4"
    here.write_bytes(make_film(pictures, seconds=20))
    verdict = judge(here, into=tmp_path, accept=("mp4",))
    assert verdict.seconds == 60
    grant(charlie, product=part.product, source=Source("hand", "1"), starts_at=NOW, now=NOW)
    return keep_file(part, verdict, original_name="steam.mp4", now=NOW)


@pytest.fixture
def viewer(film: Asset, charlie: Customer, store: Store, browse) -> Client:
    return browse(store, charlie.user)


def test_a_film_is_played_from_the_second_where_its_viewer_stopped(
    viewer: Client, film: Asset, charlie: Customer
) -> None:
    keep_place(charlie, film.part, Place({"seconds": 12.5}, 0.2), clock.now())
    page = viewer.get(f"/read/{film.part.public_id}/").content.decode()
    assert 'data-seconds="12.5"' in page
    assert f"/files/{film.public_id}/steam.mp4" in page
    keep_place(charlie, film.part, Place({"seconds": 60}, 1), clock.now())
    assert 'data-seconds="0"' in viewer.get(f"/read/{film.part.public_id}/").content.decode()


def test_its_captions_are_given_to_who_may_watch(
    viewer: Client, film: Asset, browse, store
) -> None:
    path = f"/read/{film.part.public_id}/captions.vtt"
    assert viewer.get(path).status_code == 404
    keep_captions(film, "00:01.000 --> 00:02.000\nHot.")
    answer = viewer.get(path)
    assert answer.content.decode() == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHot.\n"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert path in viewer.get(f"/read/{film.part.public_id}/").content.decode()
    assert browse(store).get(path).status_code == 403


def test_a_film_comes_in_ranges(viewer: Client, film: Asset) -> None:
    answer = viewer.get(f"/files/{film.public_id}/steam.mp4", headers={"range": "bytes=0-99"})
    assert answer.status_code == 206
    assert len(b"".join(answer.streaming_content)) == 100


def test_nobody_watches_what_was_taken_back(viewer: Client, film: Asset, charlie: Customer) -> None:
    revoke(charlie.accesses.get(), now=clock.now())
    assert viewer.get(f"/read/{film.part.public_id}/").status_code == 403
