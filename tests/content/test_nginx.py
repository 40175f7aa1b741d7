"""Debian's nginx with the configuration of deploy/: what it sends, and what it never does."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from access.contract import Source
from access.models import Access
from access.services.granting import grant, revoke
from content.models import Asset
from content.services.uploads.sizes import PART_SIZE
from stores.models import Store
from tests.conftest import NOW, make_product
from tests.content.library import BYTES, make_asset, make_part
from tests.content.webserver import Nginx, nginx_before

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.nginx]
SIZE = len(BYTES)


@pytest.fixture
def asset(in_store: Store) -> Asset:
    return make_asset(make_part(make_product()))


@pytest.fixture
def bought(asset: Asset, charlie: Any) -> Access:
    product = asset.part.product
    return grant(charlie, product=product, source=Source("order_line", "1"), starts_at=NOW, now=NOW)


@pytest.fixture
def nginx(live_server: Any, settings: Any, store: Store, tmp_path: Path) -> Iterator[Nginx]:
    """Nginx before our server, as a stranger sees it."""
    settings.X_ACCEL_PREFIX = "/protected/"
    running = nginx_before(live_server.url, settings.PRIVATE_ROOT, tmp_path, "thread.localhost")
    running.server.start()
    yield running
    running.server.kill()


@pytest.fixture
def charlies(nginx: Nginx, bought: Access, store: Store, browse: Any, charlie: Any) -> Nginx:
    """Nginx as charlie sees it, who bought the book."""
    cookie = browse(store, charlie.user).cookies[django_settings.SESSION_COOKIE_NAME]
    nginx.cookie = f"{cookie.key}={cookie.value}"
    return nginx


def url(asset: Asset, name: str = "book.epub") -> str:
    return reverse("content:file", args=[asset.public_id, name])


def test_the_file_comes_whole_with_every_header_of_ours(charlies: Nginx, asset: Asset) -> None:
    Asset.objects.filter(pk=asset.pk).update(original_name="התפר הראשון.epub")
    answer = charlies.ask(url(asset))
    assert (answer.status, answer.body) == (200, BYTES)
    said = answer.headers
    assert said["content-type"] == "application/epub+zip"
    assert quote("התפר הראשון") in said["content-disposition"]
    assert said["cache-control"] == "private, no-store"
    assert said["content-security-policy"] == "sandbox; default-src 'none'"
    assert said["cross-origin-resource-policy"] == "same-origin"
    assert said["x-content-type-options"] == "nosniff"
    assert said["x-frame-options"] == "DENY"
    assert said["referrer-policy"] == "same-origin"
    assert said["server"] == "nginx", "not which one"


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=-5", SIZE - 5, SIZE),
        (f"bytes={SIZE - 3}-", SIZE - 3, SIZE),
        (f"bytes=5-{10**15}", 5, SIZE),
    ],
)
def test_a_range_is_sent_as_asked(
    charlies: Nginx, asset: Asset, asked: str, start: int, stop: int
) -> None:
    answer = charlies.ask(url(asset), Range=asked)
    assert answer.status == 206
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert answer.body == BYTES[start:stop]


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=" + ",".join(["0-"] * 1000)])
def test_several_ranges_at_once_get_the_whole_file_once(
    charlies: Nginx, asset: Asset, asked: str
) -> None:
    answer = charlies.ask(url(asset), Range=asked)
    assert (answer.status, answer.body) == (200, BYTES)


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={10**17}-"])
def test_a_range_beyond_the_end_says_how_long_the_file_is(
    charlies: Nginx, asset: Asset, asked: str
) -> None:
    answer = charlies.ask(url(asset), Range=asked)
    assert answer.status == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


def test_if_range_goes_on_only_with_the_same_file(charlies: Nginx, asset: Asset) -> None:
    etag = charlies.ask(url(asset), "HEAD").headers["etag"]
    assert charlies.ask(url(asset), Range="bytes=5-9", If_Range=etag).status == 206
    again = charlies.ask(url(asset), Range="bytes=5-9", If_Range='"another"')
    assert (again.status, again.body) == (200, BYTES)
    assert charlies.ask(url(asset), If_None_Match=etag).status == 304


def test_head_says_how_long_it_is(charlies: Nginx, asset: Asset) -> None:
    answer = charlies.ask(url(asset), "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    "name",
    [
        quote("התפר הראשון.epub"),
        "a%20b.epub",
        "100%25.epub",
        "..%2f..%2f..%2fetc%2fpasswd",
        "..%252f..%252fetc%252fpasswd",
        "%2e%2e",
        "x%00y",
    ],
)
def test_the_name_in_the_address_chooses_nothing(charlies: Nginx, asset: Asset, name: str) -> None:
    answer = charlies.ask(f"/files/{asset.public_id}/{name}")
    assert answer.body == BYTES if answer.status == 200 else answer.status in {400, 404}
    assert b"root:" not in answer.body


@pytest.mark.parametrize(
    "path",
    [
        "/protected/{name}",
        "//protected/{name}",
        "/x/../protected/{name}",
        "/x/%2e%2e/protected/{name}",
        "/%70rotected/{name}",
        "/protected%2f{name}",
        "/protected/../protected/{name}",
        "/protected/%2e%2e/%2e%2e/etc/passwd",
        "/he/protected/{name}",
        "/files/../protected/{name}",
    ],
)
def test_nobody_walks_into_the_folder_not_even_who_bought(
    charlies: Nginx, asset: Asset, path: str
) -> None:
    answer = charlies.ask(path.format(name=asset.name))
    assert answer.status in {400, 404}
    assert BYTES[:256] not in answer.body


def test_a_header_of_the_visitors_own_leads_nowhere(nginx: Nginx, asset: Asset) -> None:
    answer = nginx.ask("/", X_Accel_Redirect=f"/protected/{asset.name}")
    assert BYTES[:256] not in answer.body


def test_a_copied_link_gets_the_page_that_says_why(nginx: Nginx, asset: Asset) -> None:
    answer = nginx.ask(url(asset), Range="bytes=0-9")
    assert answer.status == 403
    assert BYTES[:10] not in answer.body
    assert answer.headers["content-type"].startswith("text/html")


def test_a_refund_closes_the_very_next_request(
    charlies: Nginx, bought: Access, asset: Asset
) -> None:
    assert charlies.ask(url(asset), Range="bytes=0-9").status == 206
    revoke(bought, now=NOW, by="Alice", because="refund")
    assert charlies.ask(url(asset), Range="bytes=10-19").status == 403


def test_a_file_that_is_gone_from_the_disk_is_not_found(
    charlies: Nginx, asset: Asset, settings: Any
) -> None:
    (settings.PRIVATE_ROOT / asset.name).unlink()
    assert charlies.ask(url(asset)).status == 404


def test_a_part_of_an_upload_fits_and_a_larger_body_is_refused_at_the_door(nginx: Nginx) -> None:
    path = "/admin/ebooks/ebook/uploads/x/parts/1/bytes/"
    assert nginx.ask(path, "PUT", bytes(PART_SIZE)).status != 413
    assert nginx.ask(path, "PUT", bytes(PART_SIZE + 2 * 1024 * 1024)).status == 413
    assert nginx.ask("/", "POST", bytes(PART_SIZE + 2 * 1024 * 1024)).status == 413
    assert nginx.ask("/admin/ebooks/ebook/add/", "POST", bytes(8 * 1024 * 1024)).status != 413


def test_our_server_learns_that_it_is_asked_by_tls_and_by_whom(nginx: Nginx, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert nginx.ask("/").status == 200


def test_static_files_are_kept_for_good_and_sent_packed(nginx: Nginx) -> None:
    folder = nginx.place / "static" / "css"
    folder.mkdir(parents=True)
    (folder / "base.0123456789ab.css").write_text("body{}")
    (folder / "base.0123456789ab.css.gz").write_bytes(gzip.compress(b"body{}"))
    answer = nginx.ask("/static/css/base.0123456789ab.css")
    assert (answer.status, answer.body) == (200, b"body{}")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    packed = nginx.ask("/static/css/base.0123456789ab.css", Accept_Encoding="gzip")
    assert gzip.decompress(packed.body) == b"body{}"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("base.css", "text/css"), ("pdf.mjs", "application/javascript"), ("a.woff2", "font/woff2")],
)
def test_static_files_are_said_to_be_what_they_are(nginx: Nginx, name: str, kind: str) -> None:
    stem, _dot, ending = name.partition(".")
    folder = nginx.place / "static"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{stem}.0123456789ab.{ending}").write_text("x")
    answer = nginx.ask(f"/static/{stem}.0123456789ab.{ending}")
    assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (200, kind)


def test_what_a_visitor_claims_of_itself_ends_at_nginx(nginx: Nginx, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    claimed = "0123456789abcdef"
    answer = nginx.ask("/", X_Request_ID=claimed, X_Forwarded_For="127.0.0.1")
    assert answer.headers["x-request-id"] != claimed
    assert len(answer.headers["x-request-id"]) == 32
    seen = nginx.ask("/readyz", X_Forwarded_For="127.0.0.1")
    assert set(json.loads(seen.body)) == {"ok"}, "numbers are not for who comes by nginx"


def test_a_code_is_not_asked_for_without_end(nginx: Nginx) -> None:
    answers = [nginx.ask("/sign-in/", "POST", b"x=1").status for _ in range(40)]
    assert answers[0] != 429
    assert answers[-1] == 429
    assert nginx.ask("/sign-in/").status == 200, "who only looks is let in"


def test_without_tls_there_is_only_the_way_to_it_and_to_a_certificate(nginx: Nginx) -> None:
    def ask(path: str) -> Any:
        way = HTTPConnection("127.0.0.1", nginx.plain_port, timeout=10)
        way.request("GET", path, headers={"Host": nginx.host})
        return way.getresponse()

    challenge = nginx.place / "acme" / ".well-known" / "acme-challenge"
    challenge.mkdir(parents=True)
    (challenge / "word").write_text("proof")
    assert ask("/.well-known/acme-challenge/word").read() == b"proof"
    assert ask("/p/x/").getheader("Location") == "https://thread.localhost/p/x/"
