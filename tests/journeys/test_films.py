"""A creator's own film: chosen in the editor, judged, shown in the shop, played by a visitor."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page as Browser
from playwright.sync_api import expect

from content.services.uploads import checking
from core import clock
from products.models import Product
from storefront.models import Film, Page
from storefront.services.films import posters
from storefront.services.pages.drafts import new_block
from storefront.services.pages.making import create_page
from storefront.services.pages.showing import draft_blocks
from stores.scope import store_scope
from tests.journeys.conftest import PHONE, World, assert_sound

pytestmark = [
    *(pytest.mark.django_db, pytest.mark.browser, pytest.mark.ffmpeg),
    pytest.mark.timeout(300),
]
OWNERS = {"thread": "alice@example.com", "crumb": "dana@example.com"}
SAID = "WEBVTT\n\n00:00.000 --> 00:03.000\nהתפר הראשון\n"
CAPTIONS = """
async () => {
  const { track } = document.querySelector('track')
  track.mode = 'showing'
  for (let tries = 0; !track.cues?.length && tries < 80; tries++) {
    await new Promise(done => setTimeout(done, 100))
  }
  return [track.language, track.cues[0].text]
}
"""
PLAYED = """
async () => {
  const film = document.querySelector('video')
  for (let tries = 0; film.currentTime < 0.5 && tries < 200; tries++) {
    await new Promise(done => setTimeout(done, 100))
  }
  return film.currentTime >= 0.5
}
"""


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Three seconds with sound, in what every Chromium plays."""
    target = tmp_path / "הקדימון.mp4"
    picture = ["-f", "lavfi", "-i", "testsrc=size=640x360:rate=12:duration=3"]
    sound = ["-f", "lavfi", "-i", "sine=frequency=440:duration=3", "-c:a", "libopus"]
    coded = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-strict", "experimental"]
    program = shutil.which("ffmpeg") or ""
    subprocess.run([program, "-v", "error", *picture, *sound, *coded, target], check=True)
    return target


def shot(page: Browser, name: str) -> None:
    """Keep a picture of the page, where somebody wants to look at it."""
    folder = os.environ.get("PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def page_of_film(world: World, label: str) -> tuple[Page, Product]:
    """A page under a product's, with a block for a film that is not there yet."""
    with store_scope(world.stores[label]):
        product = Product.objects.listed().filter(window_pages=None).earliest("pk")
        made = create_page(
            Page.Kind.PRODUCT,
            title=product.title,
            language=world.stores[label].language,
            product=product,
            now=clock.now(),
            blocks=[new_block("video", {"heading": "הצצה"})],
        )
    return made, product


def arrived(world: World, label: str, desk: Browser) -> None:
    """Wait until the film was sent, judged as the workers would, and kept by the form."""
    field = desk.locator("[data-panel] [data-upload]")
    expect(field).to_have_attribute("data-state", "checking", timeout=30_000)
    with store_scope(world.stores[label]):
        assert checking.check_next(clock.now())
    expect(desk.locator("[data-panel] [name=film-gone]")).to_be_attached(timeout=30_000)


@pytest.mark.parametrize("label", ["thread", "crumb"])
def test_a_film_of_ones_own_is_put_in_and_played(
    world: World, film: Path, tmp_path: Path, label: str
) -> None:
    page, product = page_of_film(world, label)
    desk = world.person().new_page()
    world.sign_in(desk, label, OWNERS[label])
    desk.goto(world.at(label, f"/admin/storefront/page/{page.pk}/blocks/"))
    desk.locator("[data-open]").first.click()
    expect(desk.locator("[data-panel] [data-upload]")).to_be_visible()
    assert_sound(desk)
    desk.set_input_files("[data-panel] [name=film-file]", film)
    arrived(world, label, desk)
    (tmp_path / "said.vtt").write_text(SAID)
    desk.set_input_files("[data-panel] [name=film-captions-file]", tmp_path / "said.vtt")
    expect(desk.locator("[data-panel] [name=film-captions-gone]")).to_be_attached()
    posters.make_due(clock.now())
    preview = desk.frame_locator("iframe[data-preview]")
    expect(preview.locator("video track")).to_be_attached()
    shot(desk, f"film-editor-{label}")
    assert_sound(desk)
    with store_scope(world.stores[label]):
        kept = draft_blocks(page)[0]["fields"]["film"]
        row = Film.objects.get(public_id=kept["film_id"])
        assert row.poster is not None
        assert kept["captions_id"]

    visitor = world.person(viewport=PHONE).new_page()
    there = world.at(label, f"/p/{product.slug}/")
    visitor.goto(there)
    expect(visitor.locator("video")).to_have_count(0)
    desk.click(".head a.btn")
    desk.click("form.confirm button[type=submit]")
    desk.wait_for_load_state()

    assert plays(visitor, there, label) == [world.stores[label].language, "התפר הראשון"]


def plays(visitor: Browser, there: str, label: str) -> list[str]:
    """Play the film of a page by keyboard; return the language of its captions, and the first."""
    hosts: set[str] = set()
    asked: list[str] = []
    visitor.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    visitor.on("request", lambda request: asked.append(request.url))
    visitor.goto(there)
    player = visitor.locator("video.own-film")
    player.scroll_into_view_if_needed()
    expect(player).to_have_attribute("poster", re.compile(r"^/media/"))
    visitor.wait_for_load_state("networkidle")
    assert not [each for each in asked if "/films/" in each], "it loads when it is pressed"
    shot(visitor, f"film-phone-{label}")
    assert_sound(visitor)
    place = player.bounding_box()
    assert place
    assert place["width"] / place["height"] == pytest.approx(16 / 9, rel=0.01), (
        "before it is loaded"
    )
    player.focus()
    visitor.keyboard.press("Space")
    assert visitor.evaluate(PLAYED), "it plays"
    assert player.bounding_box() == place, "nothing moves when it plays"
    said: list[str] = visitor.evaluate(CAPTIONS)
    assert len(hosts) == 1, "nobody else is asked"
    return said
