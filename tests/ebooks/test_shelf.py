"""A book on the shelf: the place in it, the time left, what is new, and ways to its notes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from access.contract import Source
from access.models import Access
from access.services.granting import grant
from accounts.models import Customer
from content.models import PartText
from content.rules import Place
from content.services import discussion, notes
from content.services.notes import NoteSent
from content.services.places import keep_place
from products.contract import ShelfCard, formats
from products.models import Part
from storefront.services import shelf as shelves
from stores.models import Store
from tests.conftest import NOW, make_product
from tests.content.library import make_asset, make_part

LATER = NOW + timedelta(days=1)


@pytest.fixture
def part(in_store: Store) -> Part:
    part = make_asset(make_part(make_product(title="Sewing"), kind="epub")).part
    PartText.objects.update_or_create(part=part, defaults={"word_count": 24_000})
    return part


@pytest.fixture
def bought(part: Part, charlie: Customer) -> Access:
    source = Source("hand", "1")
    return grant(charlie, product=part.product, source=source, starts_at=NOW, now=NOW)


def card(access: Access) -> ShelfCard:
    return formats["ebook"].shelf_cards([access], LATER)[access]


def read(charlie: Customer, part: Part, fraction: float, **over: Any) -> None:
    keep_place(charlie, part, Place({"chapter": "Cutting"}, fraction, **over), NOW)


def test_before_it_is_opened_it_says_how_long_it_is(bought: Access) -> None:
    assert card(bought).line == "Not opened yet · about 2 hours"


def test_begun_it_says_where_and_how_long_is_left(
    bought: Access, part: Part, charlie: Customer
) -> None:
    read(charlie, part, 0.5)
    assert card(bought).line == "Cutting · about 1 h left"
    assert card(bought).next_step == "Continue reading"


def test_finished_it_says_when_and_can_be_read_again_from_the_beginning(
    bought: Access, part: Part, charlie: Customer
) -> None:
    read(charlie, part, 1)
    shown = card(bought)
    assert shown.line.startswith("Read to the end on ")
    assert (shown.next_step, shown.progress) == ("Read again", 1.0)
    assert shown.next_url.endswith("?again=1")
    read(charlie, part, 0.1, is_again=True)
    shown = card(bought)
    assert "Read to the end on " in shown.line
    assert (shown.next_step, shown.progress) == ("Continue reading", 0.1)


def test_what_came_since_it_was_opened_is_news_once_and_a_quiet_correction_is_none(
    bought: Access, part: Part
) -> None:
    assert card(bought).news == ""
    Access.objects.filter(pk=bought.pk).update(last_opened_at=NOW)
    make_asset(part, created_at=LATER)
    bought.refresh_from_db()
    assert card(bought).news == ""
    make_asset(make_part(bought.product, kind="pdf", published_at=LATER))
    assert card(bought).news == "New since you were here"
    bought.last_opened_at = LATER
    assert card(bought).news == ""


def test_notes_are_counted_and_a_press_away(bought: Access, part: Part, charlie: Customer) -> None:
    read(charlie, part, 0.5)
    for name in ("a", "b"):
        sent = NoteSent("note", {"page": 2, "rects": []}, 0.5, text="Mine.")
        notes.keep_note(part, customer=charlie, name=name, note=sent, now=NOW)
    (link,) = card(bought).links
    assert (link.name, link.url) == ("2 notes", f"/read/{part.public_id}/notes.md")


def test_the_shelf_shows_the_cover_to_go_on_with_on_top(
    bought: Access, part: Part, charlie: Customer, store: Store, browse: Any
) -> None:
    read(charlie, part, 0.5)
    shown = browse(store, charlie.user).get("/shelf/").content.decode()
    assert "with-thing" in shown
    assert shown.index("Continue reading") < shown.index('class="shelf"')


def many(charlie: Customer, count: int) -> list[Access]:
    accesses = []
    begin = Access.objects.count()
    for number in range(begin, begin + count):
        part = make_asset(make_part(make_product(title=f"Book {number}"), kind="epub")).part
        source = Source("hand", f"m{number}")
        accesses.append(grant(charlie, product=part.product, source=source, starts_at=NOW, now=NOW))
    return accesses


def test_a_full_shelf_is_narrowed_and_what_was_opened_last_stands_first(
    in_store: Store, charlie: Customer, store: Store, browse: Any
) -> None:
    accesses = many(charlie, 12)
    Access.objects.filter(pk=accesses[3].pk).update(last_opened_at=LATER)
    client = browse(store, charlie.user)
    whole = client.get("/shelf/").context["shelf"]
    assert whole.standings[0].title == "Book 3"
    assert [choice.query for choice in whole.choices] == ["?", "?show=begun", "?show=new"]
    begun = client.get("/shelf/", {"show": "begun"}).context["shelf"]
    assert [each.title for each in begun.standings] == ["Book 3"]
    assert begun.next_step.title == "Book 3"
    for odd in ({"show": "<x>"}, {"page": "99"}, {"page": "x"}):
        assert len(client.get("/shelf/", odd).context["shelf"].standings) == 12


def test_a_shelf_with_few_things_is_not_narrowed(
    bought: Access, charlie: Customer, store: Store, browse: Any
) -> None:
    shown = browse(store, charlie.user).get("/shelf/", {"show": "finished"}).context["shelf"]
    assert len(shown.standings) == 1
    assert not shown.choices


def test_a_very_full_shelf_comes_in_pages_at_as_many_queries_as_a_small_one(
    in_store: Store,
    charlie: Customer,
    store: Store,
    browse: Any,
    monkeypatch: Any,
    django_assert_max_num_queries: Any,
) -> None:
    monkeypatch.setattr(shelves, "ON_A_PAGE", 10)
    client = browse(store, charlie.user)
    many(charlie, 1)
    client.get("/shelf/")
    with django_assert_max_num_queries(40) as asked:
        client.get("/shelf/")
    many(charlie, 25)
    with django_assert_max_num_queries(len(asked)):
        first = client.get("/shelf/").context["shelf"]
    assert (len(first.standings), first.page.paginator.num_pages) == (10, 3)
    last = client.get("/shelf/", {"page": "3"}).context["shelf"]
    assert len(last.standings) == 6


def test_the_way_to_the_questions_is_there_while_they_are_on(bought: Access, part: Part) -> None:
    assert not card(bought).links
    discussion.set_state(part.product, "on")
    (link,) = card(bought).links
    assert link.url == f"/questions/{part.public_id}/"
