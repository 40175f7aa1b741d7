"""What every format may use of content: places, notes, search, talk; all leave with people."""

from collections.abc import Callable

import pytest
from django.test import Client

from access.contract import Source, Viewer
from access.services.granting import grant, revoke
from accounts.models import Customer
from accounts.services.leaving import erase_customer, facts_of
from content.models import Note, PartText, Progress, Reply, SearchEntry, Thread
from content.rules import Place
from content.services import discussion, feeds, notes, reading_life
from content.services.discussion import Words
from content.services.notes import NoteSent
from content.services.places import finished_parts, keep_place, place_in
from content.services.searching import Section, index_text, search
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


@pytest.fixture
def viewer(part: Part, charlie: Customer) -> Viewer:
    """Charlie, who has it."""
    grant(charlie, product=part.product, source=Source("hand", "1"), starts_at=NOW, now=NOW)
    return Viewer(customer=charlie)


def test_a_part_of_every_format_is_read_at_its_readers_pace_and_begun_again(
    part: Part, charlie: Customer
) -> None:
    PartText.objects.create(part=part, word_count=2_000)
    keep_place(charlie, part, Place({"seconds": 61}, 0.5, seconds=30), NOW)
    known = reading_life.lives({charlie.pk}, [part])[charlie.pk, part.pk]
    assert known.seconds_left == 300
    keep_place(charlie, part, Place({}, 1), NOW)
    keep_place(charlie, part, Place({}, 0, is_again=True), NOW)
    known = reading_life.lives({charlie.pk}, [part])[charlie.pk, part.pk]
    assert (known.is_again, known.finished_at) == (True, NOW)


def test_every_format_registers_its_text_and_it_is_found_where_the_gate_opens(
    part: Part, charlie: Customer, viewer: Viewer
) -> None:
    sections = [Section("Before the needle.", "First"), Section("The thread.", "Then", {"at": "2"})]
    for _ in range(2):
        index_text(part, sections, NOW)
    (group,) = search(viewer, "needle", now=NOW).groups
    assert [(group.part, hit.heading) for hit in group.hits] == [(part, "First")]
    assert SearchEntry.objects.count() == 2
    revoke(charlie.accesses.get(), now=NOW)
    assert search(viewer, "needle", now=NOW).groups == []
    index_text(part, [], NOW)
    assert not SearchEntry.objects.exists()


def test_parts_of_every_format_are_discussed_once_their_maker_wants_it(
    part: Part, charlie: Customer, viewer: Viewer
) -> None:
    assert discussion.enter(viewer, part.product, NOW) is None
    discussion.set_state(part.product, "on")
    room = discussion.enter(viewer, part.product, NOW)
    assert room is not None
    thread = discussion.ask(room, part, Words("Why?", "Charlie"), now=NOW)
    discussion.answer(thread, "Because.", by="Alice", now=NOW)
    shown = discussion.thread_of(room, thread, 1, NOW)
    assert [each.who for each in (shown.question, *shown.replies)] == ["Charlie", "Alice"]


def test_words_in_every_format_are_exported_and_erased(
    part: Part, charlie: Customer, viewer: Viewer
) -> None:
    discussion.set_state(part.product, "on")
    room = discussion.enter(viewer, part.product, NOW)
    assert room is not None
    answered = discussion.ask(room, part, Words("Why?", "Charlie"), now=NOW)
    discussion.ask(room, part, Words("And when?"), now=NOW)
    discussion.answer(answered, "Because.", by="Alice", now=NOW)
    facts = facts_of(charlie)
    assert [each["text"] for each in facts["discussion"]["questions"]] == ["And when?", "Why?"]
    erase_customer(charlie, now=NOW)
    left = Thread.objects.get()
    assert (left.text, left.customer) == ("", None)
    assert Reply.objects.get().text == "Because."
