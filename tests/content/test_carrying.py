"""Places and notes follow their reader to a new file, where the words are still there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from content.models import Asset, Carry, Note, Progress
from content.rules import Place
from content.services.bookmaking.epub import make_epub
from content.services.bookmaking.manuscript import Book, Paragraph, read_manuscript
from content.services.bookmaking.pdf import make_pdf
from content.services.carrying import moving
from content.services.carrying.cfi import Point, characters, read, units, written
from content.services.carrying.epub import EpubText
from content.services.carrying.finding import follow, follow_place
from content.services.carrying.letters import Letters, letters_of
from content.services.carrying.pdf import PdfText
from content.services.carrying.worker import work
from content.services.editions import making
from content.services.files import keep_file
from content.services.judge import judge
from content.services.notes import keep_note, notebook, notes_in, parse_note, shown
from content.services.places import keep_place
from core.limited import CrashedError
from products.models import Part
from stores.models import Store
from tests.conftest import NOW, make_product, make_user
from tests.content.conftest import TEXTS
from tests.content.library import make_part

FIRST = Paragraph("This edition begins with a word to its readers, which moves all that follows.")
LATER = NOW + timedelta(hours=1)


def revised(name: str, gone: str = "") -> tuple[Book, Book]:
    """A demo book, and its second edition: a new first paragraph, and a paragraph less."""
    book = read_manuscript(TEXTS / name)
    chapters = []
    for number, chapter in enumerate(book.chapters):
        kept = tuple(each for each in chapter.blocks if not gone or gone not in str(each))
        chapters.append(replace(chapter, blocks=(FIRST, *kept) if number == 0 else kept))
    return book, replace(book, chapters=tuple(chapters))


def clean(content: bytes, path: Path) -> Path:
    path.mkdir()
    (path / "came").write_bytes(content)
    return judge(path / "came", into=path).clean


def note_at(text: Any, words: str, **over: Any) -> dict[str, Any]:
    at = text.letters.row.index(letters_of(words))
    anchor = text.anchor(at, at + len(letters_of(words)))
    told = {"key": "n", "kind": "highlight", "anchor": anchor, "quote": words, "chapter": ""}
    return told | {"fraction": text.fraction(at)} | over


def asked(kind: str, old: Path, new: Path, *wanted: dict[str, Any]) -> dict[str, Any]:
    request = {"kind": kind, "old": str(old), "new": str(new), "wanted": list(wanted)}
    found: dict[str, Any] = work(request)["found"]
    return found


def read_at(text: Any, anchor: dict[str, Any]) -> str:
    start, end = text.span(anchor)
    row: str = text.letters.row
    return row[start:end] if end > start else row[start : start + 40]


# -- pure parts


@pytest.mark.parametrize(
    ("cfi", "first", "last"),
    [
        ("epubcfi(/6/4!/4/2/1:3)", ((6, 4), (4, 2, 1), 3), ((6, 4), (4, 2, 1), 3)),
        ("epubcfi(/6/8!/4/2,/1:0,/3:12)", ((6, 8), (4, 2, 1), 0), ((6, 8), (4, 2, 3), 12)),
        ("epubcfi(/6/4[a^]b,c]!/4[x]/2/1:3[s,t])", ((6, 4), (4, 2, 1), 3), ((6, 4), (4, 2, 1), 3)),
    ],
)
def test_a_cfi_is_read_as_the_reader_writes_it(cfi: str, first: Any, last: Any) -> None:
    assert read(cfi) == (Point(*first), Point(*last))


@pytest.mark.parametrize(
    "odd", ["", "epubcfi()", "epubcfi(/6/x!/4)", "epubcfi(a,b)", "4", "epubcfi(/6!/4:９)"]
)
def test_what_is_no_cfi_is_nowhere_and_harmless(odd: str) -> None:
    assert read(odd) is None or (read(odd) is not None and not read(odd)[0].steps)


def test_a_written_range_shares_what_both_ends_share() -> None:
    cfi = written(Point((6, 4), (4, 2, 1), 3), Point((6, 4), (4, 6, 1), 9))

    assert cfi == "epubcfi(/6/4!/4,/2/1:3,/6/1:9)"
    assert read(cfi) == (Point((6, 4), (4, 2, 1), 3), Point((6, 4), (4, 6, 1), 9))


def test_offsets_count_as_the_dom_does() -> None:
    assert units("a𝄞b") == 4
    assert characters("a𝄞b", 3) == 2


def test_letters_leave_out_what_two_programs_write_differently() -> None:
    assert letters_of("שָׁלוֹם, “fine” \u00adﬁne!") == letters_of("שלום fine fine")


def test_a_letter_is_found_again_where_it_stands() -> None:
    text = Letters()
    text.add("One, two", (0, 4, 1))
    text.add("  ", (0, 4, 3))
    text.add("three", (1, 4, 1))
    text.close()

    assert text.where(3) == (text.runs[0], 5)
    assert text.at((0, 4, 1), 4) == 3
    assert text.at((0, 4, 3), 0) == 6
    assert text.at((2,), 0) is None


def test_of_two_equal_sentences_the_one_with_the_same_neighbours_is_it() -> None:
    old = "beforehere" + "thesamewords" + "afterone" + "x" * 60 + "thesamewords" + "aftertwo"
    new = (
        "intro"
        + "x" * 60
        + "thesamewords"
        + "aftertwo"
        + "beforehere"
        + "thesamewords"
        + "afterone"
    )

    start = old.index("thesamewords")
    assert follow(old, (start, start + 12), new) == (new.rindex("thesamewords"), len(new) - 8)


def test_a_short_word_without_its_neighbours_is_nowhere() -> None:
    assert follow("aa" * 40 + "it" + "bb" * 40, (80, 82), "zz" * 10 + "it" + "yy" * 10) is None


def test_a_place_whose_words_are_gone_is_found_by_what_stood_near() -> None:
    words = [f"sentence{number}isunlikeanyother{number * 7919}" for number in range(60)]
    old, new = "".join(words), "".join(words[:20] + words[23:])

    at = follow_place(old, old.index(words[21]), new, is_bound=False)

    assert at is not None
    assert abs(at - new.index(words[23])) < 200
    assert follow_place(old, old.index(words[21]), "q" * 900, is_bound=True) is None


# -- real books


@pytest.mark.parametrize("name", ["first-stitch", "first-loaf"])
def test_notes_in_an_epub_stand_at_their_words_in_the_new_edition(
    name: str, tmp_path: Path
) -> None:
    first, second = revised(name)
    old, new = clean(make_epub(first), tmp_path / "a"), clean(make_epub(second), tmp_path / "b")
    before, after = EpubText(old), EpubText(new)
    quotes = [
        str(block.text)[:160].strip()
        for chapter in first.chapters
        for block in chapter.blocks
        if isinstance(block, Paragraph) and "**" not in block.text and len(block.text) > 60
    ]
    wanted = [note_at(before, quote, key=str(n)) for n, quote in enumerate(quotes)]

    found = asked("epub", old, new, *wanted)

    assert len(quotes) > 10
    for number, quote in enumerate(quotes):
        there = found[str(number)]
        assert read_at(after, there["anchor"]) == letters_of(quote)
        assert 0 <= there["fraction"] <= 1
    moved = [n for n, each in enumerate(wanted) if each["anchor"] != found[str(n)]["anchor"]]
    assert moved, "the first chapter moved"


def test_a_note_whose_words_are_gone_is_not_found(tmp_path: Path) -> None:
    book = read_manuscript(TEXTS / "first-loaf")
    gone = next(
        each.text
        for each in book.chapters[1].blocks
        if isinstance(each, Paragraph) and "**" not in each.text
    )
    first, second = revised("first-loaf", gone)
    old, new = clean(make_epub(first), tmp_path / "a"), clean(make_epub(second), tmp_path / "b")
    lost, kept = (
        gone[:120],
        next(each.text for each in book.chapters[2].blocks if isinstance(each, Paragraph))[:40],
    )

    found = asked(
        "epub",
        old,
        new,
        note_at(EpubText(old), lost, key="a"),
        note_at(EpubText(old), kept, key="b"),
    )

    assert found["a"] is None
    assert read_at(EpubText(new), found["b"]["anchor"]) == letters_of(kept)


def test_a_place_in_an_epub_goes_on_with_the_same_words(tmp_path: Path) -> None:
    first, second = revised("first-stitch")
    old, new = clean(make_epub(first), tmp_path / "a"), clean(make_epub(second), tmp_path / "b")
    before, after = EpubText(old), EpubText(new)
    at = len(before.letters.row) // 3
    place = {"key": "p", "kind": "place", "anchor": before.anchor(at), "quote": "", "chapter": ""}

    there = asked("epub", old, new, place | {"fraction": before.fraction(at)})["p"]

    assert read_at(after, there["anchor"]) == before.letters.row[at : at + 40]


@pytest.mark.parametrize("name", ["size-tables", "bakers-week"])
def test_notes_in_a_pdf_stand_at_their_words_on_the_new_page(name: str, tmp_path: Path) -> None:
    first, second = revised(name)
    old, new = clean(make_pdf(first), tmp_path / "a"), clean(make_pdf(second), tmp_path / "b")
    before, after = PdfText(old), PdfText(new)
    start = len(before.letters.row) // 2
    run, _index = before.letters.where(start)
    begin, end = before.letters.bounds(run.place[0])
    words = before.letters.row[begin + 10 : min(begin + 60, end)]
    wanted = note_at(before, words)

    there = asked("pdf", old, new, wanted)["n"]

    page, rectangles = there["anchor"]["page"], there["anchor"]["rects"]
    assert words in letters_of(next(r.text for r in after.letters.runs if r.place == (page,)))
    assert rectangles
    assert all(0 <= number <= 1 for each in rectangles for number in each)
    place = {"key": "p", "kind": "place", "anchor": {"page": run.place[0], "offset": 0.0}}
    found = asked("pdf", old, new, place | {"quote": "", "chapter": "", "fraction": 0.5})["p"]
    assert set(found["anchor"]) == {"page", "offset"}


# -- in the store


@pytest.fixture
def part(in_store: Store) -> Part:
    return make_part(make_product())


Put = Callable[[bytes], Asset]


@pytest.fixture
def put(part: Part, tmp_path: Path) -> Put:
    """Keep another file of the part, out at once, as a correction."""

    def keep(content: bytes) -> Asset:
        into = tmp_path / str(Asset.objects.count())
        into.mkdir()
        (into / "came").write_bytes(content)
        verdict = judge(into / "came", into=into)
        asset = keep_file(part, verdict, original_name="book", now=NOW)
        if part.assets.count() > 1:
            making.carry([asset], due_at=NOW, now=NOW)
        return asset

    return keep


def left_by(customer: Any, part: Part, asset: Asset, words: str, name: str = "n") -> Note:
    with asset_on_disk(asset) as path:
        told = note_at(EpubText(path), words)
    body = {name: told[name] for name in ("kind", "anchor", "fraction", "quote", "chapter")}
    import json

    sent = body | {"colour": "blue", "text": "", "file": asset.public_id}
    return keep_note(
        part, customer=customer, name=name, note=parse_note(json.dumps(sent).encode()), now=NOW
    )


def asset_on_disk(asset: Asset) -> Any:
    from content.services.files import on_disk

    return on_disk(asset, Path("/nowhere"))


def words_of(book: Book, chapter: int) -> str:
    return next(
        each.text
        for each in book.chapters[chapter].blocks
        if isinstance(each, Paragraph) and "**" not in each.text
    )[:90]


@pytest.mark.postgres
def test_notes_and_places_are_moved_once_and_what_is_lost_stays(
    part: Part, put: Put, charlie: Any
) -> None:
    first, second = revised(
        "first-loaf", gone := words_of(read_manuscript(TEXTS / "first-loaf"), 1)
    )
    old = put(make_epub(first))
    kept = left_by(charlie, part, old, words_of(first, 0))
    lost = left_by(charlie, part, old, gone, "lost")
    keep_place(charlie, part, Place(dict(kept.anchor), 0.1, old.public_id), NOW)
    keep_place(charlie, part, Place({"cfi": kept.anchor["cfi"]}, 0.1, old.public_id), NOW)
    new = put(make_epub(second))

    assert not moving.work(NOW, batches=5)

    note = Note.objects.get(pk=kept.pk)
    assert (note.asset, note.sought_in) == (new, new)
    assert note.anchor != kept.anchor
    lost.refresh_from_db()
    assert (lost.asset, lost.sought_in) == (old, new)
    assert Progress.objects.get().asset == new
    assert Carry.objects.get().done_at == NOW
    before = {row.pk: row.anchor for row in Note.objects.all()}
    Carry.objects.update(due_at=NOW)
    moving.work(NOW, batches=5)
    assert {row.pk: row.anchor for row in Note.objects.all()} == before


def test_a_lost_note_says_of_which_edition_it_is(part: Part, put: Put, charlie: Any) -> None:
    first, second = revised(
        "first-loaf", gone := words_of(read_manuscript(TEXTS / "first-loaf"), 1)
    )
    old = put(make_epub(first))
    edition = making.first_edition(part.product, NOW)
    making.describe(edition, name="the first", news="")
    Asset.objects.update(edition=edition)
    left_by(charlie, part, old, gone)
    put(make_epub(second))
    Asset.objects.update(edition=edition)
    moving.work(NOW, batches=5)

    [note] = notes_in(part, charlie)

    assert "the first" in shown(note)["earlier"]
    assert "the first" in notebook(part, [note])


@pytest.mark.postgres
def test_a_worker_killed_in_the_middle_leaves_what_the_next_one_does(
    part: Part, put: Put, charlie: Any, monkeypatch: Any
) -> None:
    first, second = revised("first-loaf")
    note = left_by(charlie, part, put(make_epub(first)), words_of(first, 0))
    put(make_epub(second))

    def die(*args: Any, **options: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(moving, "run_limited", die)
        with pytest.raises(KeyboardInterrupt):
            moving.work(NOW, batches=5)
    assert not moving.work(NOW, batches=5), "claimed still"
    moving.work(NOW + moving.CLAIMED_FOR + timedelta(seconds=1), batches=5)

    assert Note.objects.get().anchor != note.anchor


def test_what_always_crashes_is_given_up_and_nothing_is_lost(
    part: Part, put: Put, charlie: Any, monkeypatch: Any
) -> None:
    first, second = revised("first-loaf")
    note = left_by(charlie, part, put(make_epub(first)), words_of(first, 0))
    put(make_epub(second))

    def crash(*args: Any, **options: Any) -> Any:
        raise CrashedError("no")

    monkeypatch.setattr(moving, "run_limited", crash)
    for hours in range(4):
        moving.work(NOW + timedelta(hours=hours), batches=5)

    assert Carry.objects.get().failed_at is not None
    assert Note.objects.get().anchor == note.anchor


def test_what_comes_late_from_an_old_device_follows_too(part: Part, put: Put, charlie: Any) -> None:
    first, second = revised("first-loaf")
    old, new = put(make_epub(first)), put(make_epub(second))
    moving.work(NOW, batches=5)
    late = left_by(charlie, part, old, words_of(first, 0))

    moving.follow_up(part, [(late.asset_id, late.sought_in_id)], LATER)
    moving.work(LATER, batches=5)

    assert Note.objects.get().asset == new


@pytest.mark.parametrize("readers", [1, 50])
def test_fifty_readers_cost_as_many_queries_as_one(
    part: Part, put: Put, charlie: Any, store: Store, readers: int, monkeypatch: Any
) -> None:
    from accounts.models import Customer

    old = put(make_epub(read_manuscript(TEXTS / "first-loaf")))
    users = [make_user(f"reader{number}@example.com") for number in range(readers)]
    people = [Customer.objects.create(user=user, name="R") for user in users]
    cfi = {"cfi": "epubcfi(/6/4!/4/2/1:0)"}
    Note.objects.bulk_create(
        Note(customer=each, part=part, name="n", kind="bookmark", anchor=cfi, asset=old)
        for each in people
    )
    put(make_epub(revised("first-loaf")[1]))
    monkeypatch.setattr(moving, "run_limited", lambda *a, **k: {"found": {}})

    with CaptureQueriesContext(connection) as queries:
        moving.work(NOW, batches=5)

    assert len(queries) == 15
