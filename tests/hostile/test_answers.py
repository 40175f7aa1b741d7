"""What every answer carries, pages of what went wrong, uploads without end, and log lines."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from stores.models import Store
from tests.hostile.conftest import World
from tests.hostile.payloads import PAYLOADS

SECURE = {
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
}
KINDS = {
    "page": ("/", 200),
    "theme": ("/theme/x.css", 302),
    "lost": ("/no/such/page/", 404),
    "robots": ("/robots.txt", 200),
    "health": ("/healthz", 200),
    "door": ("/sign-in/", 200),
    "wrong method": ("/sign-out/", 405),
    "redirect": ("/account/", 302),
}


def look_at(answer: Any, *, promised: str = "max-age=31536000") -> None:
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert promised in answer.headers["Strict-Transport-Security"]
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_carries_the_headers(
    kind: str, store: Store, browse: Any, settings: Any
) -> None:
    for name, value in SECURE.items():
        setattr(settings, name, value)
    path, status = KINDS[kind]
    answer = browse(store).get(path, secure=True)
    assert answer.status_code == status
    look_at(answer)


@pytest.mark.parametrize("host", ["evil.example", "thread.localhost:x", "a b"])
def test_refused_hosts_carry_the_headers_too(host: str, store: Store, settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    answer = Client().get("/", HTTP_HOST=host, secure=True)
    assert answer.status_code in {400, 404}
    look_at(answer, promised="max-age=")  # of what is nobody's little is promised


def test_cookies_travel_encrypted_and_scripts_cannot_read_the_session(
    store: Store, browse: Any, settings: Any, charlie: Any
) -> None:
    for name, value in SECURE.items():
        setattr(settings, name, value)
    client = browse(store, charlie.user)
    client.get("/account/", secure=True)
    client.post("/account/", {"name": "Charlie", "time_zone": ""}, secure=True)
    assert {"sessionid", "csrftoken"} <= set(client.cookies)
    answer = client.post("/sign-out/", secure=True)
    assert answer.status_code == 302
    client.post("/sign-in/", {"email": "charlie@example.com"}, secure=True)
    token = client.get("/sign-in/", secure=True).cookies["csrftoken"]
    assert token["secure"]
    assert token["samesite"] == "Lax"
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"


@pytest.fixture
def broken(browse: Any, store: Store, other_store: Store, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A browser in a store whose front page breaks with a secret in its mouth."""

    def breaks(*_args: Any, **_options: Any) -> None:
        message = "secret of the stack"
        raise ZeroDivisionError(message)

    monkeypatch.setattr("storefront.views.home.window", breaks)
    return browse(store, raise_request_exception=False)


def test_a_broken_page_shows_no_stack_and_no_store(broken: Client) -> None:
    answer = broken.get("/")
    body = answer.content.decode()
    assert answer.status_code == 500
    assert "Something broke on our side" in body
    assert "Number of this request" in body
    for told in ("Traceback", "ZeroDivisionError", "secret of the stack", "Crumb", "settings"):
        assert told not in body
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("language", ["en", "he"])
def test_pages_of_what_went_wrong_speak_the_stores_language_and_tell_nothing(
    language: str, world: World, other_store: Store
) -> None:
    Store.objects.filter(pk=world.store.pk).update(language=language, languages=["en", "he"])
    client = world.browse(world.store, enforce_csrf_checks=True)
    for answer, status in (
        (client.get("/no/such/"), 404),
        (client.post("/sign-in/"), 403),
        (world.browse(world.store, world.users["charlie"]).get("/admin/"), 404),
        (world.browse(world.store, world.users["charlie"]).get("/p/crumb/"), 404),
    ):
        body = answer.content.decode()
        assert answer.status_code == status
        assert f'<html lang="{language}"' in body
        assert "Crumb" not in body
        assert "Traceback" not in body


@pytest.mark.parametrize("path", ["/healthz", "/no/such/", "/robots.txt", "/"])
def test_what_visitors_see_writes_no_session(path: str, world: World) -> None:
    answer = world.browse(world.store).get(path)
    assert not answer.cookies


# -- too much of everything


def refused(answer: Any) -> None:
    assert answer.status_code in {400, 413}
    assert "This request could not be read" in answer.content.decode()


def test_a_body_beyond_the_limit_is_refused_with_a_sentence(world: World) -> None:
    body = b"email=" + b"x" * 3_000_000
    form = "application/x-www-form-urlencoded"
    refused(world.browse(world.store).post("/sign-in/", body, content_type=form))
    refused(world.browse(world.store).post("/sign-in/", {"email": "x" * 3_000_000}))


def test_thousands_of_fields_are_refused_with_a_sentence(world: World) -> None:
    many = "&".join(f"f{number}=1" for number in range(3_000)).encode()
    form = "application/x-www-form-urlencoded"
    refused(world.browse(world.store).post("/sign-in/", many, content_type=form))
    refused(world.browse(world.store).post("/sign-in/", {f"f{n}": "1" for n in range(3_000)}))


def test_hundreds_of_files_are_refused_with_a_sentence(world: World) -> None:
    files = {f"f{number}": io.BytesIO(b"x") for number in range(150)}
    refused(world.browse(world.store).post("/sign-in/", files))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"----"),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\n\r\n--b"),
        (
            "multipart/form-data; boundary=b",
            b"--b\r\nContent-Transfer-Encoding: base64\r\n\r\n=\r\n--b--",
        ),
        ("multipart/form-data; boundary=" + "b" * 300, b"--b"),
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"A: b\r\n" * 3_000 + b"\r\nx\r\n--b--"),
        ("application/json", b"[" * 100_000),
        ("text/plain", b"\x00"),
        ("", b"email=a"),
        ("\u00ff/\u00ff; charset", b"a"),
    ],
)
def test_bodies_of_broken_programs_are_answered(
    world: World, send: Any, kind: str, body: bytes
) -> None:
    for path in ("/sign-in/", "/account/", f"/read/{world.parts['part_id']}/place/"):
        client = world.browse(world.store, world.users["charlie"])
        send(client, "POST", path, body, content_type=kind.encode().decode("latin-1"))
    admin = world.browse(world.store, world.users["alice"])
    send(admin, "POST", "/admin/ebooks/ebook/add/", body, content_type=kind)


def test_the_last_of_a_doubled_parameter_counts_and_nothing_breaks(world: World) -> None:
    form = "application/x-www-form-urlencoded"
    body = b"email=a%40example.com&email[]=x&email=b%40example.com&next=/a&next=//evil.example"
    answer = world.browse(world.store).post("/sign-in/", body, content_type=form)
    assert answer.status_code == 302
    assert "b@example.com" in world.browse(world.store).get(answer.url).content.decode()


def test_a_files_name_is_only_a_name(world: World, send: Any) -> None:
    alice = world.browse(world.store, world.users["alice"])
    names = ["../../../etc/passwd", "..\\..\\x.epub", "x" * 5_000 + ".epub", "\u202egpj.epub"]
    names += ["<img src=x onerror=alert(1)>.epub", "a\0b.epub", ".", "", "con.pdf", "=cmd().pdf"]
    for name in names:
        upload = SimpleUploadedFile("x", b"%PDF-1.4 nothing")
        upload._name = name
        answer = alice.post(
            "/admin/ebooks/ebook/add/", {"title": "T", "file": upload, "upload": upload}
        )
        assert answer.status_code < 500, name
        assert b"<img src=x onerror" not in answer.content, name


# -- lines in the log


def test_no_request_writes_a_line_of_its_own_into_the_log(
    world: World, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    client = world.browse(world.store)
    forged = "%0a2026-11-22 10:00:00 INFO accounts alice signed in%0d%1b[31m"
    client.get(f"/no/{forged}", HTTP_USER_AGENT="x\nINFO forged", HTTP_REFERER="x\rINFO forged")
    client.get("/", HTTP_HOST="evil\n2026 INFO forged")
    client.get("/", HTTP_HOST="thread.localhost:\n2026 INFO forged")
    client.post(f"/sign-out/?{forged}", HTTP_ORIGIN="x\n2026 INFO forged")
    strict = world.browse(world.store, enforce_csrf_checks=True)
    strict.post("/sign-in/", HTTP_ORIGIN="http://x\n2026 INFO forged")
    lines = [record.getMessage() for record in caplog.records]
    assert lines, "nothing was logged, so nothing was tried"
    assert not [line for line in lines if set(line) & {"\n", "\r", "\x1b"}]


def test_codes_keys_and_addresses_are_never_logged(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr("core.tokens.sign_in_code", lambda: "482913")
    client = world.browse(world.store)
    where = client.post("/sign-in/", {"email": "charlie@example.com"}).url
    client.post(where, {"code": "482913"})
    client.get(f"/k/{world.parts['secret']}/")
    for told in ("482913", world.parts["secret"], "charlie@example.com"):
        assert told not in caplog.text


@pytest.mark.postgres
@pytest.mark.parametrize("payload", PAYLOADS[:10])
def test_the_other_database_takes_it_too(world: World, send: Any, payload: bytes) -> None:
    from tests.hostile.payloads import quoted

    text = quoted(payload)
    form = f"email={text}&name={text}&next={text}&code={text}".encode()
    send(world.browse(world.store), "POST", "/sign-in/", form)
    send(world.browse(world.store, world.users["charlie"]), "POST", "/account/", form)
    alice = world.browse(world.store, world.users["alice"])
    for path in ("accounts/customer", "products/product", "payments/order", "mail/message"):
        send(alice, "GET", f"/admin/{path}/?q={text[:500]}&state={text[:500]}&p={text[:500]}")
    octal = '"\\000aaaaaaaaaaaa"'
    send(world.browse(world.store), "GET", "/account/", HTTP_COOKIE=f"sessionid={octal}")
