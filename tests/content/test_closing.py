"""What was open to somebody is closed at their next request, whoever they are and however it goes.

Charlie bought the book; he reads it signed in, by the pass that a purchase leaves in a browser, and
by a key from a mail. Then his money goes back, or his access rests.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.contract import Source
from access.middleware import PASS
from access.models import Access
from access.services.granting import grant, restore, revoke, set_end, suspend
from access.services.keys import make_part_key
from accounts.models import Customer
from content.models import Asset, Note
from core import clock
from stores.models import Store
from tests.conftest import NOW, make_product
from tests.content.library import make_asset, make_part

pytestmark = pytest.mark.postgres

Open = Callable[[Access, Asset], Client]
VIEWERS = ["signed in", "by a guest pass", "by a key"]
CLOSINGS: dict[str, Callable[[Access], Any]] = {
    "refunded": lambda access: revoke(access, now=clock.now(), by="Alice", because="refund"),
    "on hold": lambda access: suspend(access, now=clock.now(), by="Alice", because="not paid"),
    "ended": lambda access: set_end(access, clock.now() - timedelta(seconds=1), now=clock.now()),
}
NOTE = {
    "kind": "bookmark",
    "colour": "yellow",
    "anchor": {"cfi": "epubcfi(/6/2!/4/2)"},
    "fraction": 0.1,
    "chapter": "One",
    "quote": "",
    "text": "",
}


@pytest.fixture
def asset(in_store: Store) -> Asset:
    return make_asset(make_part(make_product()))


@pytest.fixture
def bought(asset: Asset, charlie: Customer) -> Access:
    source = Source("order_line", "1")
    return grant(charlie, product=asset.part.product, source=source, starts_at=NOW, now=NOW)


@pytest.fixture(params=VIEWERS)
def reader(request: Any, bought: Access, asset: Asset, store: Store, browse: Any) -> Client:
    """Charlie, as each of the ways in lets him read."""
    if request.param == "signed in":
        return browse(store, bought.customer.user)
    client = browse(store)
    if request.param == "by a key":
        client.get(f"/k/{make_part_key(bought.customer, asset.part, clock.now())}/")
        return client
    session = client.session
    session[PASS] = {str(bought.pk): "2099-01-01T00:00:00+00:00"}
    session["store"] = store.public_id
    session.save()
    client.cookies["sessionid"] = session.session_key
    return client


def addresses(asset: Asset) -> dict[str, dict[str, Any]]:
    """Everything that gives something of the book, and how it is asked for."""
    file = reverse("content:file", args=[asset.public_id, "book.epub"])
    kept = f'"{asset.sha256[:32]}"'
    return {
        "the reader": {"path": reverse("content:read", args=[asset.part.public_id])},
        "the file": {"path": file},
        "its end": {"path": file, "headers": {"Range": "bytes=-5"}},
        "what the browser has": {
            "path": file,
            "headers": {"If-None-Match": kept},
        },
    }


@pytest.mark.parametrize("closing", CLOSINGS)
def test_the_next_request_is_locked(
    reader: Client, bought: Access, asset: Asset, closing: str
) -> None:
    for what, asked in addresses(asset).items():
        assert reader.get(**asked).status_code in {200, 206, 304}, what
    CLOSINGS[closing](bought)
    for what, asked in addresses(asset).items():
        assert reader.get(**asked).status_code == 403, what


def test_a_place_is_no_longer_kept(reader: Client, bought: Access, asset: Asset) -> None:
    def turn() -> int:
        url = reverse("content:place", args=[asset.part.public_id])
        sent = json.dumps({"place": {"page": 2}, "fraction": 0.5})
        return int(reader.post(url, sent, content_type="application/json").status_code)

    assert turn() == 204
    CLOSINGS["refunded"](bought)
    assert turn() == 403


def test_notes_are_no_longer_taken_but_stay_their_makers(
    bought: Access, asset: Asset, store: Store, browse: Any
) -> None:
    reader = browse(store, bought.customer.user)
    url = reverse("content:note-keep", args=[asset.part.public_id, "first"])
    assert reader.post(url, json.dumps(NOTE), content_type="application/json").status_code == 204
    CLOSINGS["refunded"](bought)
    assert reader.post(url, json.dumps(NOTE), content_type="application/json").status_code == 403
    listed = reader.get(reverse("content:notes", args=[asset.part.public_id]))
    assert len(listed.json()["notes"]) == Note.objects.count() == 1


@pytest.mark.parametrize("prefix", ["", "/protected/"])
def test_what_was_on_hold_opens_again_when_it_is_paid(
    reader: Client, bought: Access, asset: Asset, settings: Any, prefix: str
) -> None:
    settings.X_ACCEL_PREFIX = prefix
    CLOSINGS["on hold"](bought)
    asked = addresses(asset)["the file"]
    assert reader.get(**asked).status_code == 403
    restore(bought, now=clock.now(), by="Alice")
    assert reader.get(**asked).status_code == 200
