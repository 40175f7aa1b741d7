"""Shop window → Look: pictures, the preview, and the way back."""

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from products.forms.products import in_text, questions_in
from stores.admin.look import colour_notes, moved_colours
from stores.models import Look, Store

CHOICES = {
    "colour": "#34506B",
    "type_pair": "clear",
    "corner": "0",
    "mark_line": "none",
    "scheme": "dark",
    "hero_focal": "50 50",
}


@pytest.fixture
def owner(in_store: Store, browse: Any, alice: Any) -> Client:
    client: Client = browse(in_store, alice)
    return client


def url(store: Store) -> str:
    return f"/admin/stores/look/{store.look.pk}/change/"


def upload(kind: str = "PNG") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (300, 100), "#123456").save(out, kind)
    return SimpleUploadedFile("logo.png", out.getvalue())


def test_the_preview_shows_choices_nobody_saved(owner: Client, in_store: Store) -> None:
    page = owner.get("/admin/stores/look/preview/", {"colour": "#123456"})
    assert page.status_code == 200
    assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert "preview.css?colour=%23123456" in page.content.decode()
    css = owner.get("/admin/stores/look/preview.css", {"colour": "#123456", "scheme": "dark"})
    assert b"--brand:light-dark(#123456" in css.content or b"--brand:#123456" in css.content
    assert b"color-scheme:dark" in css.content
    assert Look.objects.get(store=in_store).colour == "#A8412C"


def test_the_preview_is_there_in_every_language(owner: Client, in_store: Store) -> None:
    Store.objects.filter(pk=in_store.pk).update(languages=["en", "he"])
    assert owner.get("/he/admin/stores/look/preview/").status_code == 200


def test_a_colour_that_is_none_is_not_tried(owner: Client) -> None:
    assert owner.get("/admin/stores/look/preview/", {"colour": "red;}"}).status_code == 400


def test_the_look_before_comes_back(owner: Client, in_store: Store) -> None:
    owner.post(url(in_store), CHOICES)
    assert Look.objects.get(store=in_store).scheme == "dark"
    owner.post("/admin/stores/look/back/")
    look = Look.objects.get(store=in_store)
    assert (look.colour, look.scheme) == ("#A8412C", "light dark")
    assert look.before["colour"] == "#34506B"


def test_a_logo_is_kept_shown_and_taken_off(owner: Client, in_store: Store, browse: Any) -> None:
    owner.post(url(in_store), {**CHOICES, "logo_file": upload(), "logo_alt": "A needle"})
    shown = browse(in_store).get("/").content.decode()
    assert 'alt="A needle"' in shown
    assert 'type="image/webp"' in shown
    owner.post(url(in_store), {**CHOICES, "logo_off": "on"})
    assert Look.objects.get(store=in_store).logo == ""


def test_a_drawing_that_can_carry_programs_is_refused(owner: Client, in_store: Store) -> None:
    svg = SimpleUploadedFile("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    answer = owner.post(url(in_store), {**CHOICES, "logo_file": svg}, follow=True)
    assert "SVG drawings can carry programs" in answer.content.decode()
    assert Look.objects.get(store=in_store).colour == "#34506B"


def test_a_ready_look_speaks_for_its_choices(owner: Client, in_store: Store) -> None:
    owner.post(url(in_store), {**CHOICES, "ready": "garden"})
    assert Look.objects.get(store=in_store).colour == "#2F5D50"


def test_what_was_moved_is_said_and_shown() -> None:
    assert any("4.5:1" in note for note in colour_notes("#FFF3B0"))
    assert "buttons by day" not in [each[0] for each in moved_colours("#A8412C")]
    assert ("links by day", "#FFF3B0") in [each[:2] for each in moved_colours("#FFF3B0")]


def test_the_living_style_guide_opens_for_staff(
    owner: Client, in_store: Store, browse: Any
) -> None:
    page = owner.get("/admin/stores/look/pattern/")
    assert page.content.decode().count('class="thing"') > 150
    assert browse(in_store).get("/admin/stores/look/pattern/").status_code != 200


def test_questions_are_typed_as_text() -> None:
    typed = "Why?\nSo.\nAnd so.\n\nWhen?\nNow."
    assert in_text(questions_in(typed)) == typed
    assert questions_in("Alone?") == [{"question": "Alone?", "answer": ""}]


def test_the_shops_picture_and_the_makers_face_are_kept_said_and_taken_off(
    owner: Client, in_store: Store, browse: Any
) -> None:
    Store.objects.filter(pk=in_store.pk).update(about="I sew.")
    pictures = {
        "hero_file": upload(),
        "hero_alt": "A bench",
        "hero_focal": "50 80",
        "maker_file": upload(),
        "maker_alt": "Alice",
    }
    owner.post(url(in_store), {**CHOICES, **pictures})
    shown = browse(in_store).get("/").content.decode()
    assert 'alt="A bench"' in shown
    assert 'data-focus="bottom"' in shown
    assert 'alt="Alice"' in shown
    hero = Look.objects.get(store=in_store).hero
    assert hero, "shared pictures are made of it"

    owner.post(url(in_store), {**CHOICES, "hero_alt": "A long bench", "maker_off": "on"})
    shown = browse(in_store).get("/").content.decode()
    assert 'alt="A long bench"' in shown
    assert 'alt="Alice"' not in shown
    assert Look.objects.get(store=in_store).hero == hero


def test_every_format_has_an_object_of_its_own_in_the_pattern_page(owner: Client) -> None:
    page = owner.get("/admin/stores/look/pattern/").content.decode()
    names = ("Ebook", "Magazine", "Course", "Club", "Mastermind", "Library", "Program", "Bundle")
    assert re.findall(r"<h2>([^<]+)</h2>", page)[: len(names)] == [*names]
    assert len(set(re.findall(r'data-kind="(\w+)"', page))) == len(names)
