"""What every format may use of content: the place kept, notes, and both leaving with the person."""

import pytest

from accounts.models import Customer
from accounts.services.leaving import erase_customer, facts_of
from content.models import Note, Progress
from content.rules import Place
from content.services import notes
from content.services.notes import NoteSent
from content.services.places import finished_parts, keep_place, place_in
from products.contract import formats
from products.models import Part
from products.services.catalogue import create_product
from stores.models import Store
from tests.conftest import NOW


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
