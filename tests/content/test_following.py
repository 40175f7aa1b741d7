"""A reader in Chromium whose book has a new file: their marks stand at their words."""

import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from content.models import Note
from content.services.carrying import moving
from content.services.carrying.cfi import read
from content.services.editions import making
from content.services.files import keep_file, open_file
from content.services.judge import judge
from content.services.places import place_in
from core import clock
from tests.content.reading import inside, place_of, turn
from tests.content.test_epub_reader import book, saved, select

__all__ = ["book"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BEFORE = (
    "<h1>Cutting</h1><p>A word <em>to the readers</em> of this 𝄞 edition.</p><p>And one more.</p>"
)


def renew(part, into: Path, content: bytes) -> None:
    """Put another file in the place of the part's, and let its readers follow."""
    into.mkdir()
    (into / "came").write_bytes(content)
    now = clock.now()
    asset = keep_file(part, judge(into / "came", into=into), original_name="book", now=now)
    making.carry([asset], due_at=now, now=now)
    moving.work(clock.now(), batches=5)


def second(part, change) -> bytes:
    """The part's file with its first chapter changed."""
    out, asset = io.BytesIO(), part.assets.get()
    with (
        open_file(asset) as opened,
        zipfile.ZipFile(opened) as old,
        zipfile.ZipFile(out, "w") as new,
    ):
        for name in old.namelist():
            page = old.read(name)
            new.writestr(name, change(page.decode()) if name == "E/one.xhtml" else page)
    return out.getvalue()


def test_a_mark_stands_where_the_reader_itself_would_put_it(reading, book, tmp_path):
    tab = reading.open(book)
    select(tab, "#first", 4, 19)
    tab.get_by_role("button", name="Mark in blue").click()
    saved(tab, 1)

    renew(book, tmp_path / "2", second(book, lambda page: page.replace("<h1>Cutting</h1>", BEFORE)))
    moved = Note.objects.get()
    tab.reload()
    tab.wait_for_selector("html[data-reader=ready]")
    select(tab, "#first", 4, 19)
    tab.get_by_role("button", name="Mark in green").click()

    theirs = next(each for each in saved(tab, 2) if each.colour == "green")
    assert read(moved.anchor["cfi"]) == read(theirs.anchor["cfi"])
    assert moved.chapter == theirs.chapter
    assert moved.fraction == pytest.approx(theirs.fraction, abs=0.02)


def test_a_mark_whose_words_are_gone_stays_in_the_list_and_says_so(reading, book, tmp_path):
    tab = reading.open(book)
    select(tab, "#first", 4, 19)
    tab.get_by_role("button", name="Mark in blue").click()
    saved(tab, 1)

    gone = "Cut along the grain, never across it."
    renew(book, tmp_path / "2", second(book, lambda page: page.replace(gone, "Cut.")))
    tab.reload()
    tab.wait_for_selector("html[data-reader=ready]")
    tab.click("#open-contents")
    tab.locator("#contents").get_by_role("button", name="My notes").click()

    expect(tab.locator("#notes-list")).to_contain_text("From an earlier edition")
    expect(tab.locator("#notes-list .note-line")).to_be_disabled()


def test_the_place_goes_on_with_the_same_words(reading, book, tmp_path):
    tab = reading.open(book)
    tab.keyboard.press("End")
    tab.wait_for_timeout(200)
    turn(tab, "PageDown", 3)
    place_of(tab, book, lambda row: row.fraction > 0.3)
    before = place_in(reading.charlie, book)

    renew(book, tmp_path / "2", second(book, lambda page: page.replace("<h1>Cutting</h1>", BEFORE)))

    after = place_in(reading.charlie, book)
    assert read(after.place["cfi"])[0].package == read(before.place["cfi"])[0].package
    assert after.file != before.file
    tab.reload()
    tab.wait_for_selector("html[data-reader=ready]")
    assert not reading.troubles
    assert inside(tab)
