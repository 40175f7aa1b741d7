"""How far somebody is, how long the rest takes, and beginning again what was finished."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from access.contract import Source
from access.services.granting import grant
from accounts.models import Customer
from content.errors import BadPlace
from content.models import PartText, Progress
from content.rules import Place, parse_place
from content.services import reading_life
from content.services.places import ReadingData, finished_parts, keep_place
from products.models import Part
from stores.models import Store
from tests.conftest import NOW, make_product
from tests.content.library import make_asset, make_part

LATER = NOW + timedelta(days=1)


@pytest.fixture
def part(in_store: Store) -> Part:
    part = make_asset(make_part(make_product(title="Sewing"), kind="epub")).part
    PartText.objects.update_or_create(part=part, defaults={"word_count": 24_000})
    return part


def life(customer: Customer, part: Part) -> reading_life.Life:
    return reading_life.lives({customer.pk}, [part])[customer.pk, part.pk]


def at(fraction: float, seconds: int = 0, **over: Any) -> Place:
    return Place({"cfi": "epubcfi(/6/2)", "chapter": "Cutting"}, fraction, seconds=seconds, **over)


def test_without_a_pace_of_ones_own_the_usual_one_is_taken(part: Part, charlie: Customer) -> None:
    keep_place(charlie, part, at(0.5, 60), NOW)
    assert life(charlie, part).seconds_left == 3_600


def test_ones_own_pace_is_learned_from_seconds_and_words(part: Part, charlie: Customer) -> None:
    keep_place(charlie, part, at(0.25, 1_800), NOW)
    keep_place(charlie, part, at(0.5, 5_400 - 1_800), NOW)
    # 12,000 words in 90 minutes are 133 a minute.
    assert life(charlie, part).seconds_left == pytest.approx(5_400, abs=60)
    assert Progress.objects.get().seconds_read == 5_400


def test_a_pace_nobody_reads_at_is_not_believed(part: Part, charlie: Customer) -> None:
    keep_place(charlie, part, at(0.9, 601), NOW)
    assert life(charlie, part).seconds_left == round(2_400 / 500 * 60)


def test_where_the_text_is_not_known_nothing_is_said_of_time(part: Part, charlie: Customer) -> None:
    PartText.objects.update(word_count=0)
    keep_place(charlie, part, at(0.5), NOW)
    assert life(charlie, part).seconds_left is None


@pytest.mark.parametrize(
    ("seconds", "english", "hebrew"),
    [
        (100, "a few minutes left", "נשארו כמה דקות"),
        (1_500, "about 25 min left", "נשארו בערך 25 דקות"),
        (3_590, "about 1 h left", "נשארו בערך שעה"),
        (7_800, "about 2 h 10 min left", "נשארו בערך שעתיים ו־10 דקות"),
    ],
)
def test_time_is_said_as_roughly_as_it_is_known(seconds: int, english: str, hebrew: str) -> None:
    with translation.override("en"):
        assert reading_life.left_in_words(seconds) == english
    with translation.override("he"):
        assert reading_life.left_in_words(seconds) == hebrew


def test_the_place_is_the_chapter_the_page_or_how_much(part: Part, charlie: Customer) -> None:
    keep_place(charlie, part, at(0.5), NOW)
    with translation.override("en"):
        assert reading_life.where_in_words(life(charlie, part)) == "Cutting"
        keep_place(charlie, part, Place({"page": 12}, 0.5), NOW)
        assert reading_life.where_in_words(life(charlie, part)) == "Page 12"
        keep_place(charlie, part, Place({"cfi": "x"}, 0.5), NOW)
        assert reading_life.where_in_words(life(charlie, part)) == "50% read"


def test_beginning_again_keeps_that_and_when_it_was_finished(part: Part, charlie: Customer) -> None:
    keep_place(charlie, part, at(0.4), NOW)
    keep_place(charlie, part, at(0.4, is_again=True), NOW)
    assert not life(charlie, part).is_again
    keep_place(charlie, part, at(1), NOW)
    keep_place(charlie, part, at(0.9), LATER)
    assert life(charlie, part).is_finished
    keep_place(charlie, part, at(0.01, is_again=True), LATER)
    keep_place(charlie, part, at(0.02), LATER)
    again = life(charlie, part)
    assert (again.is_again, again.finished_at, again.is_finished) == (True, NOW, False)
    assert finished_parts(charlie, {part.pk}) == {part.pk}
    keep_place(charlie, part, at(1), LATER)
    assert life(charlie, part).is_finished
    assert life(charlie, part).finished_at == NOW


@pytest.mark.parametrize("seconds", [-1, "5", 1.5, True, None])
def test_seconds_that_are_none_are_refused(seconds: Any) -> None:
    with pytest.raises(BadPlace):
        parse_place(json.dumps({"place": {}, "fraction": 0, "seconds": seconds}).encode())


def test_more_than_an_hour_between_two_places_is_not_believed() -> None:
    sent = json.dumps({"place": {}, "fraction": 0, "seconds": 10**9, "again": True}).encode()
    assert parse_place(sent) == Place({}, 0, seconds=3_600, is_again=True)


def test_time_is_exported_and_forgotten(part: Part, charlie: Customer) -> None:
    keep_place(charlie, part, at(0.5, 60), NOW)
    (row,) = ReadingData().export(charlie)["reading"]
    assert row["seconds_read"] == 60
    ReadingData().erase(charlie)
    assert not Progress.objects.exists()


def test_a_place_with_time_costs_no_more_queries(
    part: Part, charlie: Customer, django_assert_max_num_queries: Any
) -> None:
    for place in (at(0.1, 5), at(1, 5), at(0, 5, is_again=True)):
        with django_assert_max_num_queries(2):
            keep_place(charlie, part, place, NOW)


def test_opened_to_be_read_again_the_reader_begins_at_the_beginning(
    part: Part, charlie: Customer, store: Store, browse: Any
) -> None:
    grant(charlie, product=part.product, source=Source("hand", "1"), starts_at=NOW, now=NOW)
    keep_place(charlie, part, at(1), NOW)
    client: Client = browse(store, charlie.user)
    url = reverse("content:read", args=[part.public_id])
    shown = client.get(f"{url}?again=1")
    assert shown.context["fraction"] == 0
    assert b'data-again="1"' in shown.content
    assert client.get(url).context["fraction"] == 1
    assert life(charlie, part).is_finished
