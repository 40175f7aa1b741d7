"""Films of the creator's own: who may have them, what they no longer say, when they go."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from content.models import Upload
from content.services.files import private
from content.services.uploads import checking
from content.views import files
from storefront.errors import NoCaptions
from storefront.models import Captions, Film, Page, PageVersion, Picture
from storefront.services.films import forgetting, keeping, posters
from storefront.services.films.captions import captions_of
from storefront.services.films.showing import captions_path, film_path
from storefront.services.pages import drafts
from storefront.services.pages.making import create_page, delete_page
from storefront.services.pages.publishing import publish, unpublish
from storefront.services.pages.showing import draft_blocks
from stores.models import Staff, Store
from tests.conftest import NOW, make_product
from tests.content.test_judge_film import PLACE
from tests.content.test_judge_film import film as written

SAID = b"WEBVTT\n\nNOTE by hand\n\n00:01.000 --> 00:02.500 align:start\nHello there\n"
SCRIPT = {"HTTP_X_EDITOR": "1"}
LATER = NOW + timedelta(days=8)


@pytest.fixture
def client(in_store: Store, alice: User, browse) -> Client:
    return browse(in_store, alice)


@pytest.fixture
def visitor(in_store: Store, browse) -> Client:
    return browse(in_store)


@pytest.fixture
def film(in_store: Store, tmp_path: Path) -> Film:
    came = written(tmp_path / "trailer.mp4", brand=b"isom").read_bytes()
    return keeping.keep_plain(SimpleUploadedFile("trailer.mp4", came), NOW)


@pytest.fixture
def said(in_store: Store) -> Captions:
    return keeping.keep_captions(*captions_of(SAID), NOW)


def page_with(film: Film | None, said: Captions | None = None, **over: Any) -> Page:
    kept = {
        "film_id": film.public_id if film else "",
        "captions_id": said.public_id if said else "",
        "language": "he",
    }
    block = drafts.new_block("video", {"heading": "A look inside", "film": kept})
    wanted = {"title": "Slow", "language": "en", "now": NOW, "blocks": [block], **over}
    return create_page(wanted.pop("kind", "free"), **wanted)


def block_url(page: Page) -> str:
    return reverse("admin:storefront_page_block", args=[page.pk, draft_blocks(page)[0]["id"]])


# -- who may have it


def test_a_published_film_is_everybodys_and_may_be_kept(visitor: Client, film: Film) -> None:
    publish(page_with(film), staff=None, now=NOW)
    answer = visitor.get(film_path(film))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Set-Cookie" not in answer.headers
    assert len(b"".join(answer.streaming_content)) == film.size


def test_a_player_gets_the_piece_it_asks_for(visitor: Client, film: Film) -> None:
    publish(page_with(film), staff=None, now=NOW)
    answer = visitor.get(film_path(film), HTTP_RANGE="bytes=4-7")
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes 4-7/{film.size}"
    assert b"".join(answer.streaming_content) == b"ftyp"
    beyond = visitor.get(film_path(film), HTTP_RANGE=f"bytes={film.size}-")
    assert beyond.status_code == 416


@pytest.mark.parametrize("where", ["in a draft", "in a hidden block"])
def test_a_drafts_film_is_the_teams_alone(
    client: Client, visitor: Client, film: Film, said: Captions, where: str
) -> None:
    page = page_with(film, said)
    if where == "in a hidden block":
        block = draft_blocks(page)[0]["id"]
        drafts.hide_block(page, block, is_hidden=True, staff=Staff.objects.get(), now=NOW)
        publish(page, staff=None, now=NOW)
    for path in (film_path(film), captions_path(said)):
        assert visitor.get(path).status_code == 404
        answer = client.get(path)
        assert answer.status_code == 200
        assert "public" not in answer.headers["Cache-Control"]


def test_what_is_taken_off_the_shop_is_not_given_any_more(visitor: Client, film: Film) -> None:
    page = page_with(film)
    publish(page, staff=None, now=NOW)
    assert visitor.get(film_path(film)).status_code == 200
    unpublish(page)
    assert visitor.get(film_path(film)).status_code == 404
    publish(page, staff=None, now=NOW)
    delete_page(page, now=NOW)
    assert visitor.get(film_path(film)).status_code == 404


def test_the_film_of_a_product_that_is_a_draft_is_not_shown(visitor: Client, film: Film) -> None:
    product = make_product("toy", status="draft")
    publish(page_with(film, kind="product", product=product), staff=None, now=NOW)
    assert visitor.get(film_path(film)).status_code == 404
    product.status = "published"
    product.save(update_fields=["status"])
    assert visitor.get(film_path(film)).status_code == 200


def test_an_address_names_these_bytes_and_no_others(visitor: Client, film: Film) -> None:
    publish(page_with(film), staff=None, now=NOW)
    assert visitor.get(film_path(film).replace(film.digest, "0" * 16)).status_code == 404


def test_another_sites_page_cannot_show_it(visitor: Client, film: Film) -> None:
    publish(page_with(film), staff=None, now=NOW)
    asked = {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_SEC_FETCH_DEST": "video"}
    assert visitor.get(film_path(film), **asked).status_code == 403


def test_nginx_sends_it_where_it_does(visitor: Client, film: Film, settings: Any) -> None:
    settings.X_ACCEL_PREFIX = "/protected/"
    publish(page_with(film), staff=None, now=NOW)
    answer = visitor.get(film_path(film))
    assert answer.headers["X-Accel-Redirect"] == f"/protected/{film.name}"
    assert answer.headers["Cache-Control"].startswith("public")


def test_an_address_at_the_storage_is_never_kept_for_long(
    visitor: Client, film: Film, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STORAGE_URL, settings.STORAGE_ORIGIN = "s3://x", "https://files.example.com"
    signed: list[int] = []

    def url(self: Any, name: str, parameters: Any = None, expire: int = 0) -> str:
        signed.append(expire)
        return f"https://files.example.com/{name}?signed"

    monkeypatch.setattr(files, "private", lambda: SimpleNamespace(url=partial(url, None)))
    page = page_with(film)
    publish(page, staff=None, now=NOW)
    answer = visitor.get(film_path(film))
    assert answer.status_code == 302
    assert "public" not in answer.headers["Cache-Control"]
    assert signed[0] > 3600, "who pauses goes on"
    policy = visitor.get(f"/pages/{page.slug}/").headers["Content-Security-Policy"]
    assert "media-src 'self' https://files.example.com" in policy
    assert "media-src" not in visitor.get("/").headers["Content-Security-Policy"]


# -- the page


def test_the_page_plays_it_by_itself(visitor: Client, film: Film, said: Captions) -> None:
    page = page_with(film, said)
    publish(page, staff=None, now=NOW)
    for _kept in range(2):
        answer = visitor.get(f"/pages/{page.slug}/")
        body = answer.content.decode()
        assert f'src="{film_path(film)}"' in body
        assert 'preload="none"' in body
        assert 'width="640"' in body
        assert f'src="{captions_path(said)}"' in body
        assert 'srclang="he"' in body
        assert "blocks.js" not in body, "a browser plays it without a script of ours"
        assert "frame-src" not in answer.headers["Content-Security-Policy"]


def test_it_stands_on_the_products_page_and_is_told_to_machines(
    visitor: Client, film: Film
) -> None:
    product = make_product("toy", status="published", slug="toy")
    publish(page_with(film, kind="product", product=product), staff=None, now=NOW)
    body = visitor.get("/p/toy/").content.decode()
    assert f'src="{film_path(film)}"' in body
    assert "VideoObject" not in body, "machines are told of a film with a picture only"
    film.poster = Picture.objects.create(
        width=640, height=360, colour="#000000", files=[{"name": "x", "kind": "webp", "width": 640}]
    )
    film.save(update_fields=["poster"])
    publish(Page.objects.get(), staff=None, now=NOW)
    body = visitor.get("/p/toy/").content.decode()
    assert '"@type": "VideoObject"' in body
    assert '"duration": "PT12S"' in body
    assert 'poster="/media/x"' in body


def test_captions_are_given_as_what_they_are(visitor: Client, film: Film, said: Captions) -> None:
    publish(page_with(film, said), staff=None, now=NOW)
    answer = visitor.get(captions_path(said))
    assert answer.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert answer.content.decode() == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500 align:start\nHello there\n"
    )


# -- the form


def test_a_film_comes_with_the_form_and_says_no_place(client: Client, tmp_path: Path) -> None:
    page = page_with(None)
    came = written(tmp_path / "trailer.mp4", brand=b"isom").read_bytes()
    assert PLACE in came
    files = {
        "film-file": SimpleUploadedFile("trailer.mp4", came),
        "film-captions-file": SimpleUploadedFile("he.vtt", SAID),
    }
    answer = client.post(block_url(page), {"heading": "Inside", "film-language": "he", **files})
    assert answer.status_code == 302
    film, said = Film.objects.get(), Captions.objects.get()
    assert draft_blocks(page)[0]["fields"]["film"] == {
        "film_id": film.public_id,
        "captions_id": said.public_id,
        "language": "he",
    }
    with private().open(film.name) as kept:
        assert PLACE not in kept.read()
    assert film.name.startswith(f"{page.store.public_id}/")
    shown = client.get(block_url(page)).content.decode()
    assert "trailer.mp4" in shown
    assert "1 caption stands" in shown


def test_a_film_that_came_in_parts_is_kept_once_and_stays(
    client: Client, in_store: Store, tmp_path: Path
) -> None:
    page = page_with(None)
    upload = sent(client, written(tmp_path / "a.mp4", brand=b"isom").read_bytes())
    wanted = {"heading": "Inside", "film-file-upload": upload.public_id}
    for _again in range(2):
        answer = client.post(block_url(page), wanted, **SCRIPT)
        assert answer.status_code == 200, answer.json()
    film = Film.objects.get()
    assert draft_blocks(page)[0]["fields"]["film"]["film_id"] == film.public_id
    checking.forget(LATER + timedelta(days=30))
    assert not Upload.objects.exists()
    assert private().exists(film.name), "its upload went, and it stays"


def test_nobody_names_another_persons_film(client: Client, in_store: Store, tmp_path: Path) -> None:
    page = page_with(None)
    upload = sent(client, written(tmp_path / "a.mp4", brand=b"isom").read_bytes())
    eve = Staff.objects.create(name="Eve", role="owner", user=User.objects.create(email="e@x.com"))
    Upload.objects.update(staff=eve)
    answer = client.post(
        block_url(page), {"heading": "Inside", "film-file-upload": upload.public_id}, **SCRIPT
    )
    assert answer.status_code == 422
    assert "film" in answer.json()["errors"]
    assert not Film.objects.exists()


@pytest.mark.parametrize(
    ("came", "said"),
    [
        ({"film-file": b"%PDF-1.7 no film"}, "not a film"),
        ({"film-captions-file": b"nothing said"}, "no captions"),
        ({"film-captions-file": b"WEBVTT\n\n00:01.000 --> 00:02.000\n\xff\xfe"}, "no captions"),
    ],
)
def test_what_is_none_is_refused_in_a_sentence(
    client: Client, in_store: Store, came: dict[str, bytes], said: str
) -> None:
    page = page_with(None)
    sent_along = {name: SimpleUploadedFile("x.mp4", each) for name, each in came.items()}
    answer = client.post(block_url(page), {"heading": "Inside", **sent_along}, **SCRIPT)
    assert answer.status_code == 422
    assert said in answer.json()["errors"]["film"][0]["message"]


def test_a_film_that_is_too_large_is_refused_before_it_is_sent(client: Client) -> None:
    wish = {"purpose": "trailer", "name": "a.mp4", "size": 301 * 1024**2, "fingerprint": "0" * 64}
    answer = client.post(reverse("admin:storefront_page_uploads"), wish)
    assert answer.status_code == 413
    assert "up to 300 MB" in answer.json()["said"]


def test_a_film_is_taken_off_and_its_captions(client: Client, film: Film, said: Captions) -> None:
    page = page_with(film, said)
    kept = {"heading": "Inside", "film": film.public_id, "film-captions": said.public_id}
    client.post(block_url(page), {**kept, "film-captions-gone": "on"})
    assert draft_blocks(page)[0]["fields"]["film"]["captions_id"] == ""
    client.post(block_url(page), {**kept, "film-gone": "on"})
    assert draft_blocks(page)[0]["fields"]["film"]["film_id"] == ""


def test_what_is_typed_beside_a_new_film_is_shown_without_it(client: Client, film: Film) -> None:
    page = page_with(film)
    typed = client.post(
        f"{block_url(page)}typed/", {"heading": "Typed", "film": film.public_id}, **SCRIPT
    )
    assert "Typed" in typed.content.decode()
    assert film_path(film) in typed.content.decode()


# -- its first picture


@pytest.fixture
def real(tmp_path: Path) -> bytes:
    """Two seconds of ffmpeg's own test picture."""
    target = tmp_path / "real.mp4"
    source = ["-f", "lavfi", "-i", "testsrc=size=320x180:rate=10:duration=2"]
    program = shutil.which("ffmpeg") or ""
    subprocess.run([program, "-v", "error", *source, "-c:v", "libx264", target], check=True)
    return target.read_bytes()


@pytest.mark.ffmpeg
def test_a_picture_out_of_the_film_stands_before_it(visitor: Client, real: bytes) -> None:
    film = keeping.keep_plain(SimpleUploadedFile("real.mp4", real), NOW)
    page = page_with(film)
    publish(page, staff=None, now=NOW)
    before = visitor.get(f"/pages/{page.slug}/").content.decode()
    assert "poster=" not in before
    assert posters.make_due(NOW) == 1
    assert posters.make_due(LATER) == 0, "made once"
    film.refresh_from_db()
    assert film.poster is not None
    assert (film.poster.width, film.poster.height) == (320, 180)
    assert 'poster="/media/' in visitor.get(f"/pages/{page.slug}/").content.decode()


def test_a_film_of_which_no_picture_can_be_taken_is_shown_without(film: Film) -> None:
    posters.make_due(NOW)
    film.refresh_from_db()
    assert (film.poster, film.poster_due_at) == (None, None)


def test_what_kills_the_worker_is_tried_again_and_then_given_up(
    film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_args: object, **_more: object) -> None:
        raise posters.TooHeavyError

    monkeypatch.setattr(posters, "program", lambda: "/bin/false")
    monkeypatch.setattr(posters, "run_limited", die)
    now, tries = NOW, 0
    while posters.make_due(now):
        now, tries = now + timedelta(hours=1), tries + 1
    assert tries == posters.MOST_TRIES + 1
    film.refresh_from_db()
    assert film.poster_due_at is None


# -- it goes


def test_a_film_goes_when_no_version_names_it(
    in_store: Store, film: Film, said: Captions, django_capture_on_commit_callbacks: Callable
) -> None:
    film.poster = Picture.objects.create(
        width=1, height=1, colour="#000000", files=[{"name": "posters/x", "kind": "webp"}]
    )
    film.save(update_fields=["poster"])
    storages["default"].save("posters/x", SimpleUploadedFile("x", b"x"))
    page = page_with(film, said)
    publish(page, staff=None, now=NOW)
    block = draft_blocks(page)[0]["id"]
    drafts.delete_block(page, block, staff=Staff.objects.get(), now=NOW)
    publish(page, staff=None, now=NOW)
    assert forgetting.forget_unnamed(LATER) == 0, "an older version can come back"
    PageVersion.objects.exclude(pk=Page.objects.get().shown_id).delete()
    assert forgetting.forget_unnamed(NOW + timedelta(days=1)) == 0, "not in its first week"
    with django_capture_on_commit_callbacks(execute=True):
        assert forgetting.forget_unnamed(LATER) == 2
    assert not Film.objects.exists()
    assert not Captions.objects.exists()
    assert not Picture.objects.exists()
    assert not private().exists(film.name)
    assert not storages["default"].exists("posters/x")


def test_what_can_still_be_undone_stays(film: Film) -> None:
    page = page_with(film)
    block = draft_blocks(page)[0]["id"]
    drafts.delete_block(page, block, staff=Staff.objects.get(), now=NOW)
    assert forgetting.forget_unnamed(LATER) == 0
    drafts.undo_delete(page, staff=Staff.objects.get(), now=NOW)
    assert draft_blocks(page)[0]["fields"]["film"]["film_id"] == film.public_id


# -- captions


def test_subrip_becomes_webvtt() -> None:
    came = "\ufeff1\r\n00:00:01,5 --> 00:01:02,250\r\nשלום\r\nוברכה\r\n\r\n2\r\n0:03 --> 0:04\r\n"
    text, count = captions_of(came.encode())
    assert count == 1
    assert text == "WEBVTT\n\n00:00:01.500 --> 00:01:02.250\nשלום\nוברכה\n"


def test_what_programs_write_around_captions_goes() -> None:
    came = b"WEBVTT\nX-PLACE: 32.08,34.78\n\nSTYLE\n::cue { color: red }\n\n" + SAID[8:]
    text, count = captions_of(came)
    assert count == 1
    assert "32.08" not in text
    assert "STYLE" not in text
    assert "by hand" not in text


@pytest.mark.parametrize("came", [b"", b"WEBVTT\n", b"\xff\xfe1\x00", b"00:01.000 --> 00:02.000\n"])
def test_what_has_no_words_is_none(came: bytes) -> None:
    with pytest.raises(NoCaptions):
        captions_of(came)


def sent(client: Client, came: bytes) -> Upload:
    """A film that came in parts through the editor's addresses, and was judged."""
    wish = {
        "purpose": "trailer",
        "name": "a.mp4",
        "size": len(came),
        "fingerprint": "0" * 64,
        "place": "/x/#film-file",
    }
    begun = client.post(reverse("admin:storefront_page_uploads"), wish).json()
    at = f"{reverse('admin:storefront_page_uploads')}{begun['id']}/"
    part = {"size": len(came), "sha256": sha256(came).hexdigest()}
    where = client.post(f"{at}parts/1/", part).json()["url"]
    assert client.put(where, came, content_type="application/octet-stream").status_code == 200
    assert client.post(f"{at}finish/").json()["state"] == "arrived"
    assert checking.check_next(NOW)
    upload = Upload.objects.get()
    assert upload.state == Upload.State.READY, upload.refusal
    return upload
