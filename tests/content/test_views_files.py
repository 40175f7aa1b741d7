"""Serving private files: who gets them, ranges, names, and the tricks that open nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import boto3
import pytest
import requests
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from moto import mock_aws

from access.contract import Source
from access.models import Access
from access.services.granting import grant, revoke, suspend
from accounts.models import Customer
from content.models import Asset
from content.services.files import open_file
from core.storages import s3_origin, s3_storages
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_product
from tests.content.library import BYTES, make_asset, make_part

SIZE = len(BYTES)


@pytest.fixture
def asset(in_store: Store) -> Asset:
    return make_asset(make_part(make_product()))


@pytest.fixture
def bought(asset: Asset, charlie: Any) -> Access:
    product = asset.part.product
    return grant(charlie, product=product, source=Source("order_line", "1"), starts_at=NOW, now=NOW)


@pytest.fixture
def reader(bought: Access, store: Store, browse: Any, charlie: Any) -> Client:
    return browse(store, charlie.user)


def url(asset: Asset, name: str = "book.epub") -> str:
    return reverse("content:file", args=[asset.public_id, name])


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_charlie_gets_the_file_he_bought(reader: Client, asset: Asset) -> None:
    response = reader.get(url(asset))
    assert response.status_code == 200
    assert body(response) == BYTES
    assert response["Content-Length"] == str(SIZE)
    assert response["Content-Type"] == "application/epub+zip"


def test_a_file_is_never_cached_sniffed_framed_or_run(reader: Client, asset: Asset) -> None:
    response = reader.get(url(asset))
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Content-Disposition"].startswith("attachment")


def test_a_visitor_without_access_gets_a_page_that_says_why(
    asset: Asset, store: Store, browse: Any
) -> None:
    response = browse(store).get(url(asset), HTTP_REFERER="https://elsewhere.example/")
    assert response.status_code == 403
    assert reverse("access:why", args=[asset.part.public_id]) in response.content.decode()
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("site", "dest", "status"),
    [
        ("cross-site", "image", 403),
        ("cross-site", "iframe", 403),
        ("cross-site", "embed", 403),
        ("cross-site", "empty", 403),
        ("same-site", "audio", 403),
        ("cross-site", "document", 200),
        ("same-origin", "empty", 200),
        ("none", "document", 200),
    ],
)
def test_another_sites_page_may_lead_to_a_file_but_not_show_it_as_its_own(
    in_store: Store, store: Store, browse: Any, site: str, dest: str, status: int
) -> None:
    sample = make_asset(make_part(make_product(), preview=True))
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Dest": dest}
    assert browse(store).get(url(sample), headers=headers).status_code == status


def test_another_customer_gets_nothing(
    bought: Access, asset: Asset, store: Store, browse: Any, dana: Any
) -> None:
    Customer.objects.create(user=dana, name="Dana")
    assert browse(store, dana).get(url(asset)).status_code == 403


@pytest.mark.parametrize("close", [revoke, suspend])
def test_a_file_closes_with_its_access(
    reader: Client, bought: Access, asset: Asset, close: Any
) -> None:
    close(bought, now=NOW, by="Alice", because="refund")
    assert reader.get(url(asset)).status_code == 403


def test_another_stores_asset_is_not_found(reader: Client, other_store: Store) -> None:
    with store_scope(other_store):
        theirs = make_asset(make_part(make_product(), preview=True))
    assert reader.get(url(theirs)).status_code == 404


def test_a_preview_is_open_to_anybody(in_store: Store, store: Store, browse: Any) -> None:
    sample = make_asset(make_part(make_product(), preview=True))
    assert browse(store).get(url(sample)).status_code == 200


def test_a_guest_pass_opens_its_file(
    bought: Access, asset: Asset, store: Store, browse: Any
) -> None:
    guest = browse(store)
    session = guest.session
    session["guest_pass"] = {str(bought.pk): "2099-01-01T00:00:00+00:00"}
    session["store"] = store.public_id
    session.save()
    guest.cookies["sessionid"] = session.session_key
    assert guest.get(url(asset)).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/files/../../etc/passwd",
        "/files/%2e%2e%2f%2e%2e%2fetc%2fpasswd/x",
        "/files/..%5c..%5cetc/x",
        "/files/nothing/../../x",
        "/files/%00/x",
        "/files//x",
    ],
)
def test_paths_lead_nowhere(reader: Client, path: str) -> None:
    assert reader.get(path).status_code == 404


def test_the_name_in_the_address_chooses_nothing(reader: Client, asset: Asset) -> None:
    response = reader.get(url(asset, "..%2f..%2fetc%2fpasswd"))
    assert body(response) == BYTES


def test_a_hebrew_name_reaches_the_disk(reader: Client, asset: Asset) -> None:
    Asset.objects.filter(pk=asset.pk).update(original_name="התפר הראשון.epub")
    header = reader.get(url(asset))["Content-Disposition"]
    assert header.startswith("attachment; filename*=utf-8''")
    assert unquote(header).endswith("התפר הראשון.epub")


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=1000-1999", 1000, 2000),
        ("bytes=-5", SIZE - 5, SIZE),
        (f"bytes={SIZE - 3}-", SIZE - 3, SIZE),
    ],
)
def test_a_range_is_sent_as_asked(
    reader: Client, asset: Asset, asked: str, start: int, stop: int
) -> None:
    response = reader.get(url(asset), headers={"Range": asked})
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert response["Content-Length"] == str(stop - start)
    assert body(response) == BYTES[start:stop]


def test_several_ranges_at_once_get_the_whole_file(reader: Client, asset: Asset) -> None:
    response = reader.get(url(asset), headers={"Range": "bytes=0-1,5-6"})
    assert response.status_code == 200
    assert body(response) == BYTES


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=" + ",".join(["0-"] * 10_000),
        "bytes=0-,0-,0-",
        "bytes=9-3",
        "bytes=-",
        "bytes=1-2-3",
        "bytes=--5",
        "bytes=\u0665-\u0669",
        "bytes=" + "9" * 5_000 + "-",
        "items=0-5",
        "bytes 0-5",
    ],
)
def test_what_is_no_single_range_gets_the_whole_file_once(
    reader: Client, asset: Asset, asked: str
) -> None:
    response = reader.get(url(asset), headers={"Range": asked})
    assert (response.status_code, response["Content-Length"]) == (200, str(SIZE))


def test_a_range_beyond_the_end_says_how_long_the_file_is(reader: Client, asset: Asset) -> None:
    response = reader.get(url(asset), headers={"Range": f"bytes={SIZE}-"})
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{SIZE}"


def test_if_range_of_the_same_file_goes_on(reader: Client, asset: Asset) -> None:
    etag = reader.get(url(asset))["ETag"]
    response = reader.get(url(asset), headers={"Range": "bytes=5-9", "If-Range": etag})
    assert response.status_code == 206


@pytest.mark.parametrize("condition", ['"another"', 'W/"weak"', "Mon, 01 Jan 2001 00:00:00 GMT"])
def test_if_range_of_another_file_begins_again(
    reader: Client, asset: Asset, condition: str
) -> None:
    headers = {"Range": "bytes=5-9", "If-Range": condition}
    response = reader.get(url(asset), headers=headers)
    assert response.status_code == 200
    assert body(response) == BYTES


def test_what_the_browser_has_is_not_sent_again(reader: Client, asset: Asset) -> None:
    etag = reader.get(url(asset))["ETag"]
    assert reader.get(url(asset), headers={"If-None-Match": etag}).status_code == 304


def test_head_says_everything_and_opens_nothing(reader: Client, asset: Asset) -> None:
    storages["private"].delete(asset.name)
    response = reader.head(url(asset))
    assert response.status_code == 200
    assert response["Content-Length"] == str(SIZE)
    assert response["Accept-Ranges"] == "bytes"
    assert response.content == b""


def test_a_file_that_vanished_from_the_disk_is_not_found(reader: Client, asset: Asset) -> None:
    storages["private"].delete(asset.name)
    assert reader.get(url(asset)).status_code == 404


def test_a_large_file_is_sent_in_small_pieces_and_closed(
    reader: Client, asset: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    monkeypatch.setattr(
        "content.views.files.open_file",
        lambda wanted: opened.append(open_file(wanted)) or opened[-1],
    )
    response = reader.get(url(asset))
    pieces = [len(piece) for piece in response.streaming_content]
    response.close()
    assert max(pieces) <= 64 * 1024
    assert sum(pieces) == SIZE
    assert opened[0].closed


def test_only_get_and_head_are_answered(reader: Client, asset: Asset) -> None:
    assert reader.post(url(asset)).status_code == 405


def test_the_first_opening_is_recorded_and_kept(
    reader: Client, bought: Access, asset: Asset
) -> None:
    reader.get(url(asset))
    bought.refresh_from_db()
    first = bought.first_opened_at
    assert first is not None
    Access.objects.update(last_opened_at=first - timedelta(days=1))
    reader.get(url(asset))
    bought.refresh_from_db()
    assert bought.first_opened_at == first
    assert bought.last_opened_at > first - timedelta(days=1)


@pytest.mark.parametrize("headers", [{"Range": "bytes=100-200"}])
def test_a_later_piece_is_no_new_opening(
    reader: Client, bought: Access, asset: Asset, headers: Any
) -> None:
    reader.get(url(asset), headers=headers)
    bought.refresh_from_db()
    assert bought.first_opened_at is None


def test_staff_who_look_do_not_open_it_for_the_customer(
    bought: Access, asset: Asset, store: Store, browse: Any, bob: Any
) -> None:
    assert browse(store, bob).get(url(asset)).status_code == 200
    bought.refresh_from_db()
    assert bought.first_opened_at is None


def test_nginx_sends_it_where_there_is_one(reader: Client, asset: Asset, settings: Any) -> None:
    settings.X_ACCEL_PREFIX = "/protected/"
    response = reader.get(url(asset))
    assert response["X-Accel-Redirect"] == f"/protected/{asset.name}"
    assert response["Content-Type"] == "application/epub+zip"
    assert response.content == b""


def test_locked_files_are_locked_for_nginx_too(
    asset: Asset, store: Store, browse: Any, settings: Any
) -> None:
    settings.X_ACCEL_PREFIX = "/protected/"
    response = browse(store).get(url(asset))
    assert response.status_code == 403
    assert "X-Accel-Redirect" not in response


@pytest.fixture
def bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        settings.STORAGE_URL = "s3://books?region=eu-west-1"
        settings.STORAGES = settings.STORAGES | s3_storages(settings.STORAGE_URL)
        boto3.client("s3", region_name="eu-west-1").create_bucket(
            Bucket="books", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        yield


def test_from_s3_it_goes_by_an_address_that_lives_a_minute(
    bucket: Any, asset: Asset, reader: Client
) -> None:
    response = reader.get(url(asset))
    assert response.status_code == 302
    assert response["Location"].startswith("https://books.s3")
    assert f"/private/{asset.name}?" in response["Location"]
    assert "X-Amz-Expires=60" in response["Location"]
    assert "response-content-disposition=attachment" in response["Location"]
    with storages["private"].open(asset.name) as opened:
        assert opened.read() == BYTES


def test_the_signed_address_gives_the_file_under_its_own_name(
    bucket: Any, asset: Asset, reader: Client
) -> None:
    Asset.objects.filter(pk=asset.pk).update(original_name="התפר הראשון.epub")
    answer = requests.get(
        reader.get(url(asset))["Location"], headers={"Range": "bytes=5-9"}, timeout=9
    )
    assert (answer.status_code, answer.content) == (206, BYTES[5:10])
    assert answer.headers["Content-Type"] == "application/epub+zip"
    assert quote("התפר הראשון.epub") in answer.headers["Content-Disposition"]


def test_a_leaked_address_dies_a_minute_after_it_was_given(
    bucket: Any, asset: Asset, reader: Client
) -> None:
    asked = datetime.now(UTC)
    signed = dict(parse_qsl(urlsplit(reader.get(url(asset))["Location"]).query))
    given = datetime.strptime(signed["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    ends = given + timedelta(seconds=int(signed["X-Amz-Expires"]))
    assert asked < ends <= datetime.now(UTC) + timedelta(seconds=60)
    assert "x-id" not in signed or signed["x-id"] == "GetObject"


def test_from_s3_no_new_address_is_signed_once_the_money_went_back(
    bucket: Any, bought: Access, asset: Asset, reader: Client
) -> None:
    assert reader.get(url(asset)).status_code == 302
    revoke(bought, now=NOW, by="Alice", because="refund")
    answer = reader.get(url(asset))
    assert (answer.status_code, "Location" in answer) == (403, False)


def test_from_s3_too_only_for_whom_it_is_open(
    bucket: Any, asset: Asset, store: Store, browse: Any
) -> None:
    assert browse(store).get(url(asset)).status_code == 403


def test_the_readers_policy_lets_it_fetch_from_the_bucket() -> None:
    assert s3_origin("s3://books?endpoint=http://minio:9000/") == "http://minio:9000"
    assert s3_origin("s3://books?region=eu-west-1") == "https://books.s3.eu-west-1.amazonaws.com"
