"""What every format may use of content: the place kept, notes, and both leaving with the person."""

from collections.abc import Callable

import pytest
from django.test import Client

from access.services.granting import revoke
from accounts.models import Customer
from accounts.services.leaving import erase_customer, facts_of
from content.models import Note, Progress
from content.rules import Place
from content.services import feeds, notes
from content.services.notes import NoteSent
from content.services.places import finished_parts, keep_place, place_in
from core import clock
from products.contract import formats
from products.models import Part
from products.services.catalogue import create_product
from stores.models import Store
from tests.conftest import NOW
from tests.content.heard import album_of, give, record
from tests.content.sounds import wav


@pytest.fixture(params=formats.keys())
def part(request: pytest.FixtureRequest, in_store: Store) -> Part:
    product = create_product(request.param, title="A thing", now=NOW)
    return Part.objects.create(product_id=product.pk, kind="step", title="One", published_at=NOW)


def test_a_part_of_every_format_keeps_the_place_and_what_was_finished(
    part: Part, charlie: Customer
) -> None:
    keep_place(charlie, part, Place({"seconds": 61}, 1), NOW)
    keep_place(charlie, part, Place({"seconds": 7}, 0.1), NOW)
    assert place_in(charlie, part) == Place({"seconds": 7}, 0.1)
    assert finished_parts(charlie, {part.pk}) == {part.pk}


def test_places_and_notes_in_every_format_are_exported_and_erased(
    part: Part, charlie: Customer
) -> None:
    keep_place(charlie, part, Place({"page": 2}, 0.5), NOW)
    sent = NoteSent("note", {"page": 2, "rects": []}, 0.5, text="Mine.")
    notes.keep_note(part, customer=charlie, name="n1", note=sent, now=NOW)
    facts = facts_of(charlie)
    assert facts["content"]["reading"][0]["fraction"] == 0.5
    assert facts["notes"]["notes"][0]["product"] == "A thing"
    erase_customer(charlie, now=NOW)
    assert not Note.objects.exists()
    assert not Progress.objects.exists()


def test_recordings_of_every_format_are_heard_as_a_podcast(
    part: Part, charlie: Customer, browse: Callable[..., Client], store: Store
) -> None:
    """What a format's parts hold is in its customer's feed, and in nobody's once access ends."""
    track = record(part.product, wav(2), "Said aloud")
    access = give(charlie, part.product)
    feed = feeds.make_feed(charlie, None, NOW)
    address = f"/podcasts/{feeds.token_of(feed)}/"
    assert b"Said aloud" in browse(store).get(address).content
    revoke(access, now=clock.now(), because="refund")
    assert b"Said aloud" not in browse(store).get(address).content
    assert browse(store).get(f"{address}{track.public_id}/x.wav").status_code == 404


def test_recordings_of_every_format_are_played_and_taken_along(
    part: Part, charlie: Customer, browse: Callable[..., Client], store: Store
) -> None:
    """The player, the list of files and the zip know no format."""
    record(part.product, wav(2), "Said aloud")
    give(charlie, part.product)
    client, album = browse(store, charlie.user), album_of(part.product)
    assert b"Said aloud" in client.get(f"/read/{album.public_id}/").content
    assert b"Said aloud" in client.get(f"/take/{part.product.public_id}/").content
    zipped = client.get(f"/take/{part.product.public_id}/all.zip")
    assert len(b"".join(zipped.streaming_content)) == int(zipped.headers["Content-Length"])
