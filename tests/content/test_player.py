"""Charlie listens: on a phone and a desktop, by hand and by keyboard."""

import math
import struct

import pytest
from django.urls import reverse

from access.services.granting import revoke
from content.models import Note, Progress
from content.services.feeds import make_feed
from content.services.kindles import save_kindle
from content.services.listening import tracks_of
from content.services.uploads.checking import check_next
from core import clock
from tests.content.heard import album_of, give, make_album
from tests.content.library import make_asset, make_part
from tests.content.reading import DESK, PHONE, kept, place_of
from tests.content.sounds import mp3, wav
from tests.plugins.browser import axe_violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RATE = 8000
DOUGH = ".chapters li:nth-child(2) button"


def tone(seconds: float) -> bytes:
    """A tone that is heard; browsers may end silence early."""
    wave = (int(128 + 60 * math.sin(n * 0.3)) for n in range(int(seconds * RATE)))
    return wav(rate=RATE, sound=struct.pack(f"{int(seconds * RATE)}B", *wave))


@pytest.fixture
def album(in_store, charlie):
    made = make_album(tone(60), tone(40))
    made.access = give(charlie, made)
    first = made.parts.get(title="One").assets.get()
    first.facts["contents"] = [
        {"title": "פתיחה", "target": "0.000", "depth": 0},
        {"title": "The dough", "target": "30.000", "depth": 0},
    ]
    first.save()
    return made


@pytest.fixture
def part(album):
    return album_of(album)


def until(tab, true: str) -> None:
    """Wait until an expression is true; a page that allows no eval cannot be asked otherwise."""
    for _ in range(200):
        if tab.evaluate(true):
            return
        tab.wait_for_timeout(100)
    raise AssertionError(f"never: {true}; it says {tab.locator('main').inner_text()[-700:]!r}")


def second(tab) -> float:
    return tab.locator("#sound").evaluate("sound => sound.currentTime")


def plays(tab) -> None:
    until(
        tab, "(sound => !sound.paused && sound.currentTime > 0)(document.getElementById('sound'))"
    )


def still(tab) -> None:
    until(tab, "document.getElementById('sound').paused")


def loaded(tab) -> None:
    until(tab, "document.getElementById('sound').readyState >= 1")


def test_what_was_heard_on_the_phone_goes_on_at_the_desk(reading, part):
    phone = reading.open(part, size=PHONE)
    loaded(phone)
    kept(phone, lambda: phone.locator(DOUGH).click())
    plays(phone)
    kept(phone, lambda: phone.locator("#play").click())
    row = place_of(phone, part, lambda row: row.place["seconds"] >= 30)
    assert 0.3 <= row.fraction < 0.35
    desk = reading.open(part, size=DESK)
    loaded(desk)
    assert abs(second(desk) - row.place["seconds"]) < 1
    assert desk.locator("#now-chapter").inner_text() == "The dough"
    assert not reading.troubles


def test_the_next_recording_follows_and_the_end_is_known(reading, part):
    tab = reading.open(part)
    loaded(tab)
    tab.locator("#play").click()
    plays(tab)
    tab.locator("#sound").evaluate("sound => { sound.currentTime = 59.5 }")
    until(tab, "document.getElementById('now-track').textContent === 'Two'")
    plays(tab)
    tab.locator("#sound").evaluate("sound => { sound.currentTime = 39.5 }")
    until(tab, "document.getElementById('said').textContent === 'Heard to the end.'")
    row = place_of(tab, part, lambda row: row.finished_at is not None)
    assert row.fraction == 1
    again = reading.open(part)  # whoever was at the end begins anew
    loaded(again)
    assert again.locator("#now-track").inner_text() == "One"
    assert second(again) == 0


def test_speed_is_remembered_and_skips_are_15_and_30(reading, part):
    tab = reading.open(part)
    loaded(tab)
    tab.locator("#on").click()
    assert round(second(tab)) == 30
    tab.locator("#back").click()
    assert round(second(tab)) == 15
    tab.locator("#speed").select_option("1.5")
    tab.reload()
    loaded(tab)
    assert tab.locator("#sound").evaluate("sound => sound.playbackRate") == 1.5


def test_sleep_at_the_end_of_the_chapter(reading, part):
    tab = reading.open(part)
    loaded(tab)
    tab.locator("#play").click()
    plays(tab)
    tab.locator("#sleep").select_option("chapter")
    tab.locator("#sound").evaluate("sound => { sound.currentTime = 29.3 }")
    still(tab)
    assert 29 < second(tab) < 32
    assert "Press play" in tab.locator("#said").inner_text()


def test_sleep_in_five_minutes(reading, part):
    tab = reading.device()
    tab.clock.install()
    tab.goto(reading.origin + reverse("content:read", args=[part.public_id]))
    loaded(tab)
    tab.locator("#play").click()
    plays(tab)
    tab.locator("#sleep").select_option("5")
    tab.clock.fast_forward(301_000)
    still(tab)
    assert tab.locator("#sleep").input_value() == ""


def test_it_is_played_by_keyboard(reading, part):
    tab = reading.open(part, size=DESK)
    loaded(tab)
    tab.locator("h1").click()
    tab.keyboard.press("Space")
    plays(tab)
    assert tab.locator("#play").inner_text().strip() == "Pause"
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("k")
    still(tab)
    assert second(tab) >= 30


def test_the_lock_screen_is_told(reading, part):
    tab = reading.open(part)
    loaded(tab)
    tab.locator(DOUGH).click()
    plays(tab)
    until(tab, "navigator.mediaSession.playbackState === 'playing'")
    told = tab.evaluate(
        "(({ metadata }) => [metadata.title, metadata.album])(navigator.mediaSession)"
    )
    assert told == ["The dough", "The First Stitch"]


def test_a_moment_is_marked_and_found_again(reading, part):
    tab = reading.open(part)
    loaded(tab)
    tab.locator("#on").click()
    tab.locator("[name=words]").fill("like this")
    tab.locator("#mark button").click()
    tab.wait_for_selector(".mark")
    note = Note.objects.get()
    assert (note.kind, note.text, note.chapter) == ("note", "like this", "The dough")
    assert note.anchor["seconds"] == 30
    other = reading.open(part, size=DESK)
    other.locator(".mark .track").click()
    plays(other)
    assert second(other) >= 30
    other.locator(".mark-out").click()
    other.wait_for_selector(".mark", state="detached")
    assert not Note.objects.exists()


def test_a_refund_stops_it_within_a_minute(reading, part, album):
    tab = reading.open(part)
    loaded(tab)
    revoke(album.access, now=clock.now(), because="refund")
    with tab.expect_response(lambda answer: answer.url.endswith("/place/")) as sent:
        tab.locator("#on").click()
    assert sent.value.status == 403
    until(tab, "document.getElementById('said').textContent.includes('no longer open')")
    assert not Progress.objects.exists()


@pytest.mark.parametrize("content", [mp3(8), tone(8)], ids=["mp3", "wav"])
def test_each_kind_is_measured_as_the_judge_did(reading, in_store, charlie, content):
    product = make_album(content)
    give(charlie, product)
    tab = reading.open(album_of(product))
    loaded(tab)
    assert abs(tab.locator("#sound").evaluate("sound => sound.duration") - 8) < 0.2


def test_without_a_script_the_browsers_own_player_is_there(reading, part):
    tab = reading.device(java_script_enabled=False)
    tab.goto(reading.origin + reverse("content:read", args=[part.public_id]))
    assert tab.locator("audio[controls]").count() == 2
    assert tab.locator("#board").is_hidden()


def test_the_time_runs_left_to_right_in_hebrew_and_fits_a_phone(reading, part, store):
    type(store).objects.filter(pk=store.pk).update(language="he")
    tab = reading.open(part, size=PHONE)
    loaded(tab)
    assert tab.locator("html").get_attribute("dir") == "rtl"
    back, on = (tab.locator(each).bounding_box()["x"] for each in ("#back", "#on"))
    assert back < on
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_is_locked_says_so_in_the_list(reading, album, part, charlie):
    track = album.parts.get(title="Two")
    track.release, track.release_days = "after_days", 3000
    track.save()
    tab = reading.open(part)
    assert tab.locator("p.track.closed").count() == 1
    assert tab.locator("button.track[data-id]").count() == 1


@pytest.mark.parametrize(
    ("language", "scheme", "size"), [("he", "dark", PHONE), ("en", "light", DESK)]
)
def test_its_pages_are_sound(
    reading, album, part, store, charlie, browse, alice, language, scheme, size
):
    type(store).objects.filter(pk=store.pk).update(language=language)
    make_asset(make_part(album, kind="epub"))
    save_kindle(charlie, "charlie@kindle.com", clock.now())
    make_feed(charlie, album, clock.now())
    tab = reading.device(size=size, color_scheme=scheme)
    for path in (f"/read/{part.public_id}/", f"/take/{album.public_id}/", "/account/podcasts/"):
        tab.goto(reading.origin + path)
        assert axe_violations(tab) == [], path
        assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"], path
    reading.client = browse(store, alice)
    admin = reading.device(size=size, color_scheme=scheme)
    admin.goto(f"{reading.origin}/admin/ebooks/ebook/{album.pk}/audio/")
    assert axe_violations(admin) == []
    assert not reading.troubles


def test_alice_chooses_many_files_and_orders_them_by_keyboard(reading, album, store, browse, alice):
    reading.client = browse(store, alice)
    tab = reading.device(size=DESK)
    tab.goto(f"{reading.origin}/admin/ebooks/ebook/{album.pk}/audio/")
    tab.locator("[data-order-row]").nth(1).locator("[data-way=up]").focus()
    tab.keyboard.press("Enter")
    assert "place 1" in tab.locator("[data-order-said]").inner_text()
    files = [{"name": f"part {n}.wav", "mimeType": "audio/wav", "buffer": tone(n)} for n in (10, 2)]
    tab.locator("input[type=file]").first.set_input_files(files)
    until(tab, "document.querySelectorAll('[data-one]').length === 2")
    for _ in range(100):
        check_next(clock.now())
        if tab.evaluate("document.querySelectorAll('[data-one][data-state=ready]').length") == 2:
            break
        tab.wait_for_timeout(200)
    tab.locator(".save-row button").click()
    until(tab, "document.querySelectorAll('[data-order-row]').length === 4")
    heard = [track.title for track in tracks_of(album_of(album))]
    assert heard == ["Two", "One", "part 2", "part 10"]
