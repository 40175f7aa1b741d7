"""A book that is heard: on the shelf, on sale, and in the demo stores."""

import tomllib
from collections import Counter

import pytest

from content.rules import Place
from content.services.bookmaking.tunes import RATE, make_tune
from content.services.listening import parse_chapters
from content.services.places import keep_place
from core import clock
from ebooks.services.demo import TEXTS
from tests.content.heard import album_of, give, make_album
from tests.content.sounds import m4a, wav

OFFERS = tomllib.loads((TEXTS / "shop.toml").read_text())


@pytest.mark.usefixtures("in_store")
@pytest.mark.parametrize(
    ("fraction", "verb"),
    [(None, "Start listening"), (0.25, "Continue listening"), (1, "Listen again")],
)
def test_the_shelf_says_how_far_it_was_heard(charlie, fraction, verb):
    product = make_album()
    access = give(charlie, product)
    if fraction is not None:
        keep_place(charlie, album_of(product), Place({"seconds": 1}, fraction), clock.now())
    card = product.contract.shelf_cards([access], clock.now())[access]
    assert verb in str(card.next_step)
    assert card.next_url.endswith(f"/read/{album_of(product).public_id}/")
    assert product.contract.open_urls([access])[access] == card.next_url


def test_each_demo_store_has_one_book_to_hear():
    heard = Counter(each["language"] for each in OFFERS.values() if "recordings" in each)
    assert heard == {"he": 1, "en": 1}


@pytest.mark.parametrize("name", [name for name, each in OFFERS.items() if "recordings" in each])
def test_its_tunes_can_be_played_and_have_chapters_within_them(name):
    for each in OFFERS[name]["recordings"]:
        seconds = (len(make_tune(each["notes"])) - 44) / 2 / RATE
        assert 20 < seconds < 40
        parse_chapters(each["chapters"], seconds=seconds)


@pytest.mark.usefixtures("in_store")
def test_what_a_book_that_is_only_heard_holds_is_listed():
    product = make_album(m4a(90, chapters=[(0, "Begin"), (30, "On")]), wav(20))
    rows = [(row.title, row.detail, row.depth) for row in product.contract.outline(product)]
    assert rows == [("One", "1:30", 0), ("Begin", "", 1), ("On", "", 1), ("Two", "0:20", 0)]
