"""Notes of readers: kept once, theirs alone, taken along, forgotten with them."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from access.contract import Source
from access.models import Access
from access.services.granting import grant, revoke
from accounts.models import Customer
from accounts.services.leaving import erase_customer, facts_of
from content.errors import BadNote, TooManyNotes
from content.models import Note
from content.services import notes
from content.services.notes import keeping
from content.services.notes.slots import notes_section, whole_store
from products.models import Part
from stores.errors import StoresDiffer
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_product, make_user
from tests.content.library import make_asset, make_part

pytestmark = pytest.mark.postgres

CFI = "epubcfi(/6/8!/4/2,/1:0,/1:12)"
SENT = {
    "kind": "note",
    "colour": "green",
    "anchor": {"cfi": CFI},
    "fraction": 0.25,
    "chapter": "Cutting",
    "quote": "Cut along the grain.",
    "text": "Ask about linen.",
}
ON_A_SHEET = {"page": 4, "rects": [[0.1, 0.2, 0.5, 0.02]]}


@pytest.fixture
def part(in_store: Store) -> Part:
    product = make_product(title="The First Stitch")
    return make_asset(make_part(product)).part


@pytest.fixture
def bought(part: Part, charlie: Any) -> Access:
    source = Source("order_line", "1")
    return grant(charlie, product=part.product, source=source, starts_at=NOW, now=NOW)


@pytest.fixture
def reader(bought: Access, store: Store, browse: Any, charlie: Any) -> Client:
    return browse(store, charlie.user)


def ask(client: Client, what: str, part: Part, *names: str, sent: Any = None) -> Any:
    url = reverse(f"content:{what}", args=[part.public_id, *names])
    if not names:
        return client.get(url)
    return client.post(url, json.dumps(sent), content_type="application/json")


def keep(client: Client, part: Part, name: str = "n1", **over: Any) -> Any:
    return ask(client, "note-keep", part, name, sent=SENT | over)


def noted(part: Part, customer: Customer, name: str = "n1", **over: Any) -> Note:
    sent = notes.parse_note(json.dumps(SENT | over).encode())
    return notes.keep_note(part, customer=customer, name=name, note=sent, now=NOW)


def test_a_note_is_kept_and_comes_back(reader: Client, part: Part) -> None:
    assert keep(reader, part).status_code == 204
    answer = ask(reader, "notes", part)
    (found,) = answer.json()["notes"]
    assert {key: found[key] for key in SENT} == SENT
    assert found["name"] == "n1"
    assert answer["Cache-Control"] == "private, no-store"


def test_sent_twice_it_is_one_note_with_its_last_words(reader: Client, part: Part) -> None:
    keep(reader, part)
    keep(reader, part, text="Asked.", colour="pink")
    note = Note.objects.get()
    assert (note.text, note.colour) == ("Asked.", "pink")


def test_a_note_taken_out_is_gone_also_the_second_time(reader: Client, part: Part) -> None:
    keep(reader, part)
    for _each in range(2):
        assert ask(reader, "note-drop", part, "n1").status_code == 204
    assert not Note.objects.exists()


def test_a_note_on_a_sheet_keeps_its_page_and_rectangles(part: Part, charlie: Any) -> None:
    assert noted(part, charlie, anchor=ON_A_SHEET).anchor == ON_A_SHEET


@pytest.mark.parametrize(
    "over",
    [
        {"kind": "rumour"},
        {"colour": "javascript"},
        {"kind": "note", "text": "  "},
        {"text": "x" * 5_001},
        {"text": None},
        {"fraction": 1.2},
        {"fraction": True},
        {"fraction": float("nan")},
        {"anchor": {"cfi": "/6/8"}},
        {"anchor": {"cfi": CFI, "page": 1}},
        {"anchor": {"page": 0, "rects": []}},
        {"anchor": {"page": 1, "rects": [[0, 0, 1]]}},
        {"anchor": {"page": 1, "rects": [[0, 0, 1, 2]]}},
        {"anchor": {"page": 1, "rects": [[0, 0, 1, 1]] * 61}},
        {"anchor": []},
        {"more": 1},
    ],
)
def test_what_no_reader_would_send_is_refused(over: dict[str, Any]) -> None:
    with pytest.raises(BadNote):
        notes.parse_note(json.dumps(SENT | over).encode())


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"x" * 30_000, b"[" * 20_000])
def test_nonsense_is_a_bad_request(reader: Client, part: Part, body: bytes) -> None:
    url = reverse("content:note-keep", args=[part.public_id, "n1"])
    assert reader.post(url, body, content_type="application/json").status_code == 400


def test_a_name_is_short(reader: Client, part: Part) -> None:
    assert keep(reader, part, "n" * 33).status_code == 400


def test_direction_overrides_and_controls_are_taken_out(part: Part, charlie: Any) -> None:
    assert noted(part, charlie, text="a\u202e\0b\nc").text == "ab\nc"


def test_no_more_notes_than_a_list_can_hold(part: Part, charlie: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(keeping, "MOST_NOTES", 2)
    for name in ("n1", "n2", "n1"):
        noted(part, charlie, name)
    with pytest.raises(TooManyNotes):
        noted(part, charlie, "n3")


def test_too_many_is_told_apart(reader: Client, part: Part, monkeypatch: Any) -> None:
    monkeypatch.setattr(keeping, "MOST_NOTES", 0)
    assert keep(reader, part).status_code == 409


def test_a_customer_of_another_store_notes_nothing(part: Part, other_store: Store) -> None:
    with store_scope(other_store):
        eve = Customer.objects.create(user=make_user("eve@example.com"))
    with pytest.raises(StoresDiffer):
        noted(part, eve)


def test_nobody_reads_or_changes_anothers_notes(
    reader: Client, part: Part, store: Store, browse: Any
) -> None:
    keep(reader, part)
    emma = Customer.objects.create(user=make_user("emma@example.com"))
    source = Source("order_line", "2")
    grant(emma, product=part.product, source=source, starts_at=NOW, now=NOW)
    hers = browse(store, emma.user)
    assert ask(hers, "notes", part).json() == {"notes": []}
    ask(hers, "note-drop", part, "n1")
    keep(hers, part, text="Hers.")
    assert {note.text for note in Note.objects.all()} == {"Ask about linen.", "Hers."}


@pytest.mark.parametrize("what", ["notes", "notebook", "note-keep", "note-drop"])
def test_without_a_customer_there_are_no_notes_with_us(
    what: str, part: Part, store: Store, browse: Any, alice: Any
) -> None:
    names = ("n1",) if "-" in what else ()
    for client in (browse(store), browse(store, alice)):
        assert ask(client, what, part, *names, sent=SENT).status_code == 404


def test_when_access_ends_notes_are_read_taken_along_and_out_but_not_added(
    reader: Client, part: Part, bought: Access
) -> None:
    keep(reader, part)
    revoke(bought, now=NOW, by="Alice", because="refund")
    assert len(ask(reader, "notes", part).json()["notes"]) == 1
    assert ask(reader, "notebook", part).status_code == 200
    assert keep(reader, part, "n2").status_code == 403
    assert ask(reader, "note-drop", part, "n1").status_code == 204


def test_notes_are_kept_only_with_the_pages_token(
    bought: Access, part: Part, store: Store, browse: Any, charlie: Any
) -> None:
    strict = browse(store, charlie.user, enforce_csrf_checks=True)
    assert keep(strict, part).status_code == 403


def test_the_notebook_is_markdown_in_the_order_of_the_book(reader: Client, part: Part) -> None:
    keep(reader, part, "b", fraction=0.5, chapter="Sewing", kind="bookmark", text="", quote="Then")
    keep(reader, part, "a", text="Ask *Dan*.\n1. linen <b>")
    answer = ask(reader, "notebook", part)
    lines = answer.content.decode().splitlines()
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert "My%20notes%20from%20The%20First%20Stitch.md" in answer["Content-Disposition"].replace(
        '"My notes from The First Stitch.md"', "My%20notes%20from%20The%20First%20Stitch.md"
    )
    assert lines[:5] == ["# The First Stitch", "", "## Cutting", "", "> Cut along the grain."]
    assert lines[6:8] == ["Ask \\*Dan\\*.", "1\\. linen \\<b\\>"]
    assert lines.index("## Sewing") < lines.index("**Bookmark**") < lines.index("> Then")
    assert any(line.startswith("*At 25%, ") for line in lines)


def test_a_notebook_in_hebrew_names_pages(part: Part, charlie: Any) -> None:
    with translation.override("he"):
        text = notes.notebook(part, [noted(part, charlie, anchor=ON_A_SHEET)])
    assert "עמוד 4" in text


def test_without_notes_there_is_no_notebook(reader: Client, part: Part) -> None:
    assert ask(reader, "notebook", part).status_code == 404


def test_notes_are_exported_archived_and_erased_with_the_customer(part: Part, charlie: Any) -> None:
    noted(part, charlie)
    assert facts_of(charlie)["notes"]["notes"][0]["text"] == "Ask about linen."
    archived = whole_store(charlie.store)["notes"][0]
    assert (archived["part"], archived["customer"]) == (part.public_id, charlie.public_id)
    erase_customer(charlie, now=NOW)
    assert not Note.objects.exists()


def test_the_account_page_gives_each_books_notes_at_one_query(
    part: Part, charlie: Any, django_assert_num_queries: Any
) -> None:
    other = make_part(make_product(title="Hems"))
    for number, where in enumerate([part, part, other]):
        noted(where, charlie, f"n{number}")
    with django_assert_num_queries(1):
        rows = notes_section(charlie, NOW).rows
    assert [(row.label, row.detail) for row in rows] == [
        ("Hems", "1 note"),
        ("The First Stitch", "2 notes"),
    ]


def test_without_notes_the_account_page_says_nothing_of_them(charlie: Any, in_store: Store) -> None:
    assert notes_section(charlie, NOW).rows == []
