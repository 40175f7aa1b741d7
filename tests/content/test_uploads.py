"""Files in parts: the same steps to the disk and to S3, and every way in which they go wrong."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.files.storage import storages
from django.test import Client
from moto import mock_aws
from PIL import Image

from accounts.models import Customer, User
from content import tasks
from content.errors import BadUpload
from content.models import Upload, UploadPart
from content.services.uploads import checking, sending, sizes
from content.services.uploads.disk import OnDisk, raw_name
from core import clock
from core.storages import s3_storages
from stores.models import Staff, Store
from stores.roles import Role
from stores.scope import store_scope
from tests.content.files import epub, flood, opf, pdf, picture
from tests.content.parts import PART, Sender, sha256
from tests.content.test_judge_film import film

pytestmark = pytest.mark.postgres

BUCKET = "books"


@pytest.fixture
def owner(in_store: Store, alice: User, browse: Any) -> Client:
    client: Client = browse(in_store, alice)
    return client


@pytest.fixture
def book() -> bytes:
    """Three parts of something."""
    return os.urandom(2 * PART + 1234)


@pytest.fixture
def large(tmp_path: Path) -> bytes:
    """An EPUB of three parts: what makes it large is a picture that does not pack."""
    noise = io.BytesIO()
    Image.frombytes("RGB", (2000, 2000), os.urandom(12_000_000)).save(noise, "PNG")
    item = '<item id="p" href="p.png" media-type="image/png"/>'
    return epub(tmp_path / "b", {"E/p.png": noise.getvalue()}, opf=opf(items=item)).read_bytes()


@pytest.fixture
def small(tmp_path: Path) -> bytes:
    return epub(tmp_path / "small").read_bytes()


@pytest.fixture
def bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        settings.STORAGE_URL = f"s3://{BUCKET}?region=eu-west-1"
        settings.STORAGES = settings.STORAGES | s3_storages(settings.STORAGE_URL)
        client = boto3.client("s3", region_name="eu-west-1")
        where = {"LocationConstraint": "eu-west-1"}
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        yield client


@pytest.fixture(params=["disk", "s3"])
def anywhere(request: Any) -> str:
    """Both storages: the steps are the same, and so is what comes of them."""
    if request.param == "s3":
        request.getfixturevalue("bucket")
    return str(request.param)


def said(answer: Any) -> str:
    return str(answer.json()["code"])


# -- the way through


def test_a_book_arrives_in_parts_and_is_judged(
    anywhere: str, owner: Client, large: bytes, django_capture_on_commit_callbacks: Any
) -> None:
    sender = Sender(owner, large)
    assert sender.begin().json()["count"] == 3
    for number in (3, 1, 2):  # the order is the network's
        assert sender.send(number).status_code == 200

    with django_capture_on_commit_callbacks(execute=True):
        assert sender.finish().json()["state"] == "arrived"

    assert sender.status()["state"] == "ready"
    upload = Upload.objects.get()
    with storages["private"].open(upload.name) as kept:
        assert kept.read(2) == b"PK"
    assert not storages["private"].exists(raw_name(upload))


def test_a_film_is_taken_where_one_is_asked_for_and_nowhere_else(
    anywhere: str, owner: Client, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    content = film(tmp_path / "IMG_1.MOV").read_bytes()
    for purpose, state in (("film", "ready"), ("book", "refused")):
        sender = Sender(owner, content, purpose=purpose, name="IMG_1.MOV")
        sender.begin()
        sender.send(1)
        with django_capture_on_commit_callbacks(execute=True):
            sender.finish()
        assert sender.status()["state"] == state
    assert "video file, not a book" in sender.status()["said"]


def test_the_same_file_chosen_again_goes_on(anywhere: str, owner: Client, book: bytes) -> None:
    first = Sender(owner, book)
    first.begin()
    first.send(2)

    again = Sender(owner, book, name="renamed by the phone.epub").begin().json()

    assert (again["id"], again["here"]) == (first.id, {"2": sha256(first.part(2))})
    assert Sender(owner, book[:-1] + b"x").begin().json()["id"] != first.id


def test_what_is_missing_is_named(anywhere: str, owner: Client, book: bytes) -> None:
    sender = Sender(owner, book)
    sender.begin()
    sender.send(2)

    answer = sender.finish()

    assert (answer.status_code, said(answer), answer.json()["again"]) == (409, "missing", [1, 3])


def test_finishing_twice_is_finishing_once(anywhere: str, owner: Client, small: bytes) -> None:
    sender = Sender(owner, small)
    sender.whole()

    assert sender.finish().status_code == 200
    assert said(sender.announce(1)) == "closed"


def test_removing_lets_go_of_everything(anywhere: str, owner: Client, small: bytes) -> None:
    sender = Sender(owner, small)
    sender.begin()
    sender.send(1)
    upload = Upload.objects.get()

    assert owner.post(sender.at("drop/")).status_code == 204

    assert not Upload.objects.exists()
    assert not storages["private"].exists(raw_name(upload))


# -- parts that are wrong


def test_a_part_that_does_not_exist_is_said_so(anywhere: str, owner: Client, book: bytes) -> None:
    sender = Sender(owner, book)
    sender.begin()

    for number in (0, 4, 10_001):
        answer = sender.announce(number, size=PART, sha256="0" * 64)
        assert (answer.status_code, said(answer)) == (404, "no_such_part")
        assert "3 parts" in answer.json()["said"]


@pytest.mark.parametrize("over", [{"size": 1}, {"size": "many"}, {"size": 10**14}])
def test_a_part_announced_with_a_wrong_size_is_refused(
    owner: Client, book: bytes, over: dict[str, Any]
) -> None:
    sender = Sender(owner, book)
    sender.begin()

    assert said(sender.announce(1, **over)) == "wrong_size"
    assert not UploadPart.objects.exists()


@pytest.mark.parametrize(
    ("content", "code", "status"),
    [(b"short", "wrong_size", 400), (bytes(PART), "wrong_hash", 422), (b"", "wrong_size", 400)],
)
def test_bytes_that_are_not_what_was_announced_do_not_count(
    owner: Client, book: bytes, content: bytes, code: str, status: int
) -> None:
    sender = Sender(owner, book)
    sender.begin()
    sender.announce(1)

    answer = sender.put(1, content)

    assert (answer.status_code, said(answer), answer.json()["again"]) == (status, code, [1])
    assert not UploadPart.objects.filter(received_at__isnull=False).exists()
    assert sender.put(1).status_code == 200, "the right ones may follow"


def test_a_part_nobody_announced_is_refused(owner: Client, book: bytes) -> None:
    sender = Sender(owner, book)
    sender.begin()

    assert said(sender.put(1)) == "not_announced"


def test_a_replayed_part_changes_nothing(owner: Client, book: bytes) -> None:
    sender = Sender(owner, book)
    sender.begin()
    sender.send(1)

    answer = sender.put(1, bytes(PART))

    assert (answer.status_code, said(answer)) == (409, "here")
    assert sender.announce(1).json() == {"is_here": True}
    assert OnDisk(storages["private"]).path(Upload.objects.get()).read_bytes() == sender.part(1)


def test_a_part_of_another_file_is_told(anywhere: str, owner: Client, book: bytes) -> None:
    sender = Sender(owner, book)
    sender.begin()
    sender.send(1)

    answer = sender.announce(1, sha256="0" * 64)

    assert (answer.status_code, said(answer)) == (409, "changed")


def test_s3_gets_no_bytes_through_us(bucket: Any, owner: Client, small: bytes) -> None:
    sender = Sender(owner, small)
    sender.begin()
    where = sender.announce(1).json()

    assert where["url"].startswith(f"https://{BUCKET}.s3.")
    assert "content-length%3Bhost%3Bx-amz-checksum-sha256" in where["url"]
    assert set(where["headers"]) == {"x-amz-checksum-sha256"}
    assert said(sender.put(1)) == "elsewhere"


def test_a_part_cut_short_at_s3_is_asked_for_again(bucket: Any, owner: Client, book: bytes) -> None:
    import requests

    sender = Sender(owner, book)
    sender.begin()
    where = sender.announce(1).json()
    requests.put(where["url"], data=b"short", headers=where["headers"], timeout=20)
    sender.send(2)
    sender.send(3)

    assert sender.finish().json()["again"] == [1]


def test_a_part_changed_at_the_storage_is_found_before_it_is_judged(
    owner: Client, book: bytes
) -> None:
    sender = Sender(owner, book)
    sender.whole()
    path = OnDisk(storages["private"]).path(Upload.objects.get())
    with path.open("r+b") as file:
        file.seek(PART + 7)
        file.write(b"another")

    checking.check_next(clock.now())

    again = Sender(owner, book).begin().json()
    assert (again["state"], sorted(again["here"])) == ("coming", ["1", "3"])


def test_bytes_changed_at_s3_make_the_file_come_again(
    bucket: Any, owner: Client, small: bytes
) -> None:
    sender = Sender(owner, small)
    sender.whole()
    key = f"private/{raw_name(Upload.objects.get())}"
    bucket.put_object(Bucket=BUCKET, Key=key, Body=small[:-1] + b"x")

    checking.check_next(clock.now())

    again = Sender(owner, small).begin().json()
    assert (again["state"], again["here"]) == ("coming", {})
    assert sender.whole().json()["state"] == "arrived"


def test_a_storage_that_does_not_answer_is_asked_again_later(
    bucket: Any, owner: Client, small: bytes
) -> None:
    bucket.delete_bucket(Bucket=BUCKET)

    answer = Sender(owner, small).begin()

    assert (answer.status_code, said(answer)) == (503, "storage")
    assert not Upload.objects.exists()


def test_a_lost_answer_of_s3_is_no_lost_file(bucket: Any, owner: Client, small: bytes) -> None:
    sender = Sender(owner, small)
    sender.begin()
    sender.send(1)
    upload = Upload.objects.get()
    UploadPart.objects.update(received_at=clock.now())
    sending.receiver().gather(upload)  # and then the worker was killed

    assert sender.finish().json()["state"] == "arrived"


# -- who may


def test_only_those_who_change_products_may_send(
    in_store: Store, browse: Any, bob: User, charlie: Customer, dana: User, small: bytes
) -> None:
    assert Sender(browse(in_store, bob), small).begin().status_code == 403
    assert Sender(browse(in_store, charlie.user), small).begin().status_code == 404
    assert Sender(browse(in_store, dana), small).begin().status_code == 404
    assert Sender(browse(in_store), small).begin().status_code == 302
    assert not Upload.objects.exists()


def test_a_file_is_found_by_who_sends_it_alone(
    owner: Client, in_store: Store, browse: Any, small: bytes
) -> None:
    mine = Sender(owner, small)
    mine.begin()
    other = User.objects.create_user("author@example.com")
    Staff.objects.create(user=other, name="Author", role=Role.AUTHOR)
    theirs = Sender(browse(in_store, other), small, id=mine.id)

    for answer in (theirs.announce(1), theirs.put(1), theirs.finish()):
        assert answer.status_code == 404
    assert theirs.client.post(theirs.at("drop/")).status_code == 404
    assert theirs.begin().json()["id"] != mine.id


def test_a_part_cannot_be_sent_from_another_page(in_store: Store, browse: Any, alice: User) -> None:
    client = browse(in_store, alice, enforce_csrf_checks=True)
    assert Sender(client, b"x").begin().status_code == 403
    assert Sender(client, b"x", id="any").put(1).status_code == 403


# -- how much


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"size": 0}, "empty"),
        ({"size": -5}, "empty"),
        ({"size": 700 * 1024**2}, "too_large"),
        ({"size": 3 * 1024**3, "purpose": "pdf"}, "too_large"),
        ({"size": 61 * 1024**2, "purpose": "picture"}, "too_large"),
        ({"purpose": "program"}, "nonsense"),
        ({"fingerprint": "../../etc"}, "nonsense"),
    ],
)
def test_what_cannot_be_taken_is_told_before_a_byte_is_sent(
    owner: Client, over: dict[str, Any], code: str
) -> None:
    answer = Sender(owner, b"x").begin(**over)

    assert said(answer) == code
    assert not Upload.objects.exists()


def test_a_store_has_so_many_files_and_bytes_on_their_way(
    owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MOST_WAITING", 2)
    monkeypatch.setattr(sending, "MOST_BYTES", 10)
    Sender(owner, b"12345", place="a").begin()

    assert said(Sender(owner, b"123456", place="b").begin()) == "too_much"
    Sender(owner, b"1234", place="c").begin()
    assert said(Sender(owner, b"1", place="d").begin()) == "too_many"


def test_the_other_file_of_a_field_makes_room(owner: Client) -> None:
    first, second = Sender(owner, b"first"), Sender(owner, b"second")
    first.begin()
    second.begin()

    assert Upload.objects.get().public_id == second.id


def test_one_file_in_two_fields_is_two_files(owner: Client) -> None:
    page = "/admin/ebooks/ebook/add/#"
    one = Sender(owner, b"x", place=f"{page}pdf_file", purpose="pdf")
    two = Sender(owner, b"x", place=f"{page}sample_file", purpose="pdf")
    one.begin()
    two.begin()
    assert one.id != two.id


def test_a_full_disk_is_told(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("content.services.uploads.disk.ROOM_LEFT", 1 << 60)
    answer = Sender(owner, b"x").begin()
    assert (answer.status_code, said(answer)) == (507, "no_room")
    assert not Upload.objects.exists()


# -- what becomes of it


def judged(owner: Client, content: bytes, **over: Any) -> dict[str, Any]:
    sender = Sender(owner, content, **over)
    sender.whole()
    while checking.check_next(clock.now()):
        pass
    status: dict[str, Any] = sender.status()
    return status


def test_a_refusal_says_why_in_both_languages(owner: Client, in_store: Store) -> None:
    Store.objects.filter(pk=in_store.pk).update(languages=["en", "he"])
    sender = Sender(owner, b"MZ\x90\x00")
    sender.whole()
    checking.check_next(clock.now())

    assert sender.status()["said"].startswith("This is a program, not a book.")
    hebrew = owner.get(f"/he{sender.at()}").json()["said"]
    assert any("\u05d0" <= letter <= "\u05ea" for letter in hebrew)
    assert not storages["private"].exists(raw_name(Upload.objects.get()))


@pytest.mark.parametrize(
    ("make", "over", "state"),
    [
        (picture, {"purpose": "picture"}, "ready"),
        (flood, {"purpose": "picture"}, "refused"),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", {"purpose": "picture"}, "refused"),
        (picture, {"purpose": "book"}, "refused"),
    ],
)
def test_pictures_are_looked_at_where_a_picture_is_wanted(
    owner: Client, make: Callable[[], bytes], over: dict[str, Any], state: str
) -> None:
    assert judged(owner, make(), **over)["state"] == state


def test_a_pdf_where_an_epub_is_wanted_is_told(owner: Client, tmp_path: Path) -> None:
    status = judged(owner, pdf(tmp_path / "a").read_bytes())
    assert status["said"] == "This is a PDF, and an EPUB is needed here. Export the book as EPUB."


def test_a_file_that_takes_its_workers_with_it_is_given_up(owner: Client, small: bytes) -> None:
    Sender(owner, small).whole()
    Upload.objects.update(tries=checking.MOST_TRIES, claimed_at=clock.now() - timedelta(hours=1))

    checking.check_next(clock.now())

    assert Upload.objects.get().refusal["code"] == "too_heavy"


@pytest.mark.parametrize("when", ["before", "while"])
def test_a_file_removed_while_it_is_judged_leaves_nothing(
    owner: Client, small: bytes, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Sender(owner, small).whole()
    upload = Upload.objects.get()
    step = {"before": "_damaged", "while": "facts_of"}[when]
    go_on = getattr(checking, step)

    def removed(*args: Any) -> Any:
        sending.drop(Upload.objects.get(pk=upload.pk))
        return go_on(*args)

    monkeypatch.setattr(checking, step, removed)
    checking.check_next(clock.now())

    assert not Upload.objects.exists()
    folder = Path(storages["private"].location) / upload.store.public_id
    assert not list(folder.rglob(f"*{upload.public_id}*/*"))


def test_one_worker_at_a_time_looks_at_a_file(owner: Client, small: bytes) -> None:
    Sender(owner, small).whole()
    Upload.objects.update(claimed_at=clock.now())
    assert not checking.check_next(clock.now())
    assert checking.check_next(clock.now() + timedelta(hours=1)), "a killed one frees it"


def test_the_sweep_finds_what_a_lost_broker_forgot(
    owner: Client, store: Store, small: bytes
) -> None:
    sender = Sender(owner, small)
    sender.whole()
    tasks.check_uploads()
    with store_scope(store):
        assert sender.status()["state"] == "ready"


def test_parts_nobody_came_back_for_are_let_go(
    anywhere: str, owner: Client, store: Store, book: bytes, small: bytes
) -> None:
    left = Sender(owner, book, place="a")
    left.begin()
    left.send(1)
    old = clock.now() - timedelta(days=8)
    Upload.objects.update(changed_at=old)
    fresh = Sender(owner, small, place="b")
    fresh.begin()

    tasks.forget_uploads()

    assert Upload.objects.get().public_id == fresh.id
    if anywhere == "disk":
        assert not list(Path(storages["private"].location).glob(f"*/uploads/{left.id}"))


def test_what_s3_began_and_no_row_names_is_aborted(bucket: Any, in_store: Store) -> None:
    for key in ("private/x/uploads/lost", "elsewhere/not-ours"):
        bucket.create_multipart_upload(Bucket=BUCKET, Key=key)

    initiated = bucket.list_multipart_uploads(Bucket=BUCKET)["Uploads"][0]["Initiated"]
    checking.forget_orphans(initiated + timedelta(days=7))
    begun = bucket.list_multipart_uploads(Bucket=BUCKET)["Uploads"]
    assert len(begun) == 2, "young ones may still be going on"
    checking.forget_orphans(initiated + timedelta(days=9))

    left = bucket.list_multipart_uploads(Bucket=BUCKET)["Uploads"]
    assert [each["Key"] for each in left] == ["elsewhere/not-ours"]


def test_parts_add_up_to_the_whole() -> None:
    for size in (1, PART - 1, PART, PART + 1, 2 * 1024**3):
        upload = Upload(size=size, part_size=PART, store_id=1)
        count = sizes.count_of(upload)
        assert sum(sizes.length_of(upload, n) for n in range(1, count + 1)) == size
        with pytest.raises(BadUpload):
            sizes.length_of(upload, count + 1)


class Stream(io.RawIOBase):
    """Bytes that are made as they are read, so that only the reader could hold them."""

    def __init__(self, length: int) -> None:
        self.left, self.most = length, 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "never all at once"
        self.most = max(self.most, size)
        chunk = bytes(min(size, self.left))
        self.left -= len(chunk)
        return chunk


def test_a_part_is_written_in_pieces_wherever_in_two_gigabytes_it_stands(
    owner: Client, in_store: Store
) -> None:
    sender = Sender(owner, b"x", purpose="pdf")
    count = sender.begin(size=2048 * 1024**2).json()["count"]
    upload = Upload.objects.get()
    digest, stream = sha256(bytes(PART)), Stream(PART)
    assert sender.announce(count - 1, size=PART, sha256=digest).status_code == 200

    sending.receive(upload, count - 1, stream, size=PART, now=clock.now())

    assert stream.most <= 256 * 1024
    path = OnDisk(storages["private"]).path(upload)
    assert path.stat().st_size == (count - 1) * PART
    assert path.stat().st_blocks * 512 < 2 * PART, "what has not come takes no room"


def test_more_bytes_than_announced_are_never_read(owner: Client, book: bytes) -> None:
    sender = Sender(owner, book)
    sender.begin()
    sender.announce(1)
    stream = Stream(PART * 10)

    with pytest.raises(BadUpload):
        sending.receive(Upload.objects.get(), 1, stream, size=PART, now=clock.now())

    assert stream.left == PART * 9
