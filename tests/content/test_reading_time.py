"""Time, chapter and beginning again, as the EPUB reader sends them."""

import pytest
from django.urls import reverse

from content.models import Progress
from content.rules import Place
from content.services.places import keep_place
from tests.conftest import NOW
from tests.content.reading import kept, place_of, turn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_time_a_page_was_seen_comes_with_the_place_and_its_chapter(reading, english_epub):
    part = reading.book(english_epub)
    tab = reading.open(part)
    tab.wait_for_timeout(5_500)
    kept(tab, lambda: turn(tab, "ArrowRight", 6))
    row = place_of(tab, part, lambda row: row.seconds_read >= 5)
    assert row.place["chapter"]
    assert row.place["cfi"].startswith("epubcfi(")
    assert reading.troubles == []


def test_a_finished_book_is_begun_again_and_stays_finished(reading, english_epub, charlie):
    part = reading.book(english_epub)
    first = reading.open(part)
    kept(first, lambda: turn(first, "ArrowRight", 8))
    there = place_of(first, part, lambda row: row.fraction > 0)
    keep_place(charlie, part, Place(there.place, 1), NOW)
    tab = reading.device()
    tab.goto(reading.origin + reverse("content:read", args=[part.public_id]) + "?again=1")
    tab.wait_for_selector("html[data-reader=ready]", timeout=20_000)
    assert tab.locator("#along").evaluate("input => Number(input.value)") < there.fraction
    kept(tab, lambda: turn(tab, "ArrowRight", 2))
    row = Progress.objects.get(part=part)
    assert row.again_at is not None
    assert row.finished_at == NOW
    assert row.fraction < 0.9
