"""The copy in the reader and as a download, and the page that waits for it."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import requests
from django.test import Client
from django.urls import reverse
from moto import mock_aws

from access.models import Access
from content.models import Asset, StampedCopy
from content.services.stamping import making
from core import clock
from core.storages import s3_storages
from stores.models import Store
from tests.content.stamping.conftest import give


@pytest.fixture
def access(asset: Asset, charlie: Any, book: Any) -> Access:
    return give(charlie, book)


@pytest.fixture
def reader(access: Access, store: Store, browse: Any, charlie: Any) -> Client:
    client: Client = browse(store, charlie.user)
    return client


def read_url(asset: Asset) -> str:
    return reverse("content:read", args=[asset.part.public_id])


def file_url(asset: Asset) -> str:
    return reverse("content:file", args=[asset.public_id, "book.epub"])


def work() -> None:
    making.work_due(clock.now(), is_small=True, most=10)


def test_the_reader_opens_the_copy_that_was_made_at_the_purchase(
    reader: Client, asset: Asset
) -> None:
    work()
    page = reader.get(read_url(asset))
    copy = StampedCopy.objects.get()
    assert (page.status_code, f'data-size="{copy.size}"' in page.content.decode()) == (200, True)
    response = reader.get(file_url(asset))
    assert b"".join(response.streaming_content) != b""
    assert int(response["Content-Length"]) == copy.size
    assert response["ETag"] == f'"{copy.sha256[:32]}"'
    part = reader.get(file_url(asset), headers={"range": "bytes=0-9"})
    assert part["Content-Range"] == f"bytes 0-9/{copy.size}"


def test_from_s3_the_copy_is_given_and_not_the_file_it_was_made_from(
    settings: Any, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        settings.STORAGE_URL = "s3://books?region=us-east-1"
        settings.STORAGES = settings.STORAGES | s3_storages(settings.STORAGE_URL)
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="books")
        asset, reader = request.getfixturevalue("asset"), request.getfixturevalue("reader")
        work()
        signed = reader.get(file_url(asset))["Location"]
        copy = StampedCopy.objects.get()
        assert f"/private/{copy.name}?" in signed
        assert copy.name != asset.name
        assert len(requests.get(signed, timeout=9).content) == copy.size


def test_a_copy_that_is_not_ready_is_waited_for_on_a_page(
    reader: Client, asset: Asset, access: Access
) -> None:
    page = reader.get(read_url(asset))
    assert (page.status_code, page["Refresh"]) == (202, "2")
    assert page["Cache-Control"] == "private, no-store"
    assert "<progress" in page.content.decode()
    access.refresh_from_db()
    assert access.first_opened_at is None, "nothing was opened yet"


def test_no_program_takes_that_page_for_the_file(reader: Client, asset: Asset) -> None:
    response = reader.get(file_url(asset))
    assert (response.status_code, response["Retry-After"]) == (409, "2")


def test_the_page_says_how_many_stand_before(reader: Client, asset: Asset, access: Access) -> None:
    reader.get(read_url(asset))
    earlier = clock.now().replace(year=2020)
    for version in ("a", "b"):
        StampedCopy.objects.create(access=access, asset=asset, version=version, due_at=earlier)
    StampedCopy.objects.filter(version__in="ab").update(failed_at=None)
    mine = StampedCopy.objects.get(version="")
    assert mine.due_at > earlier
    StampedCopy.objects.filter(pk=mine.pk).delete()
    StampedCopy.objects.create(access=access, asset=asset, due_at=clock.now())
    assert "2 are made before it" in reader.get(read_url(asset)).content.decode()


def test_the_waiting_page_speaks_hebrew(reader: Client, asset: Asset, store: Store) -> None:
    Store.objects.filter(pk=store.pk).update(language="he", languages=["he"])
    assert "העותק שלך בהכנה" in reader.get(read_url(asset)).content.decode()


def test_a_guest_who_just_paid_reads_their_own_copy(
    access: Access, asset: Asset, store: Store, browse: Any
) -> None:
    work()
    guest = browse(store)
    session = guest.session
    session["guest_pass"] = {str(access.pk): "2099-01-01T00:00:00+00:00"}
    session["store"] = store.public_id
    session.save()
    response = guest.get(file_url(asset))
    assert int(response["Content-Length"]) == StampedCopy.objects.get().size
