"""What charlie owns, on a Kindle, on a computer, and in one zip."""

import io
import zipfile

import boto3
import pytest
from django.core import mail as postbox
from moto import mock_aws

from access.services.granting import revoke
from accounts.services.leaving import erase_customer
from content.models import KindleAddress, StampedCopy
from content.services import kindles
from content.services.feeds import make_feed, token_of
from content.services.listening.album import recordings_of
from content.views import taking
from core import clock
from core.limits import Limit
from core.storages import s3_storages
from mail.models import Message
from mail.services import sending
from mail.services.sending import send_for_store
from tests.conftest import NOW, make_product
from tests.content.heard import give, make_album
from tests.content.library import BYTES, make_asset, make_part

pytestmark = pytest.mark.usefixtures("in_store")
KINDLE = "charlie_22@kindle.com"


@pytest.fixture
def book(charlie):
    product = make_product()
    product.asset = make_asset(make_part(product))
    product.access = give(charlie, product)
    return product


@pytest.fixture
def charlie_at(browse, store, charlie):
    return browse(store, charlie.user)


def at(product, end: str = "") -> str:
    return f"/take/{product.public_id}/{end}"


def kindle_url(product) -> str:
    return at(product, f"kindle/{product.asset.public_id}/")


# -- the page


def test_the_page_lists_each_file_with_its_kind_and_size(charlie_at, book):
    page = charlie_at.get(at(book)).content.decode()
    assert "EPUB" in page
    assert "256.0" in page
    assert "Send to my computer" in page


def test_a_stranger_learns_nothing(browse, store, other_store, book, charlie):
    assert browse(store).get(at(book)).status_code == 404
    assert browse(other_store, charlie.user).get(at(book)).status_code == 404


def test_after_a_refund_nothing_can_be_taken(charlie_at, book):
    revoke(book.access, now=clock.now(), because="refund")
    for end in ("", "all.zip"):
        assert charlie_at.get(at(book, end)).status_code == 404
    for end in ("computer/", "kindle/", f"kindle/{book.asset.public_id}/"):
        assert charlie_at.post(at(book, end)).status_code == 404


def test_the_reader_leads_to_the_page(charlie_at, book):
    page = charlie_at.get(f"/read/{book.asset.part.public_id}/").content.decode()
    assert at(book) in page


def test_a_book_that_is_only_heard_is_not_offered_to_a_kindle(charlie_at, charlie):
    album = make_album()
    give(charlie, album)
    page = charlie_at.get(at(album)).content.decode()
    assert "On a Kindle" not in page
    assert "As a podcast" in page


# -- a Kindle


@pytest.mark.parametrize(
    "typed", ["charlie@gmail.com", "x@kindle.com.evil.com", "kindle", "a@b@kindle.com"]
)
def test_only_a_kindle_is_taken_for_one(charlie_at, book, typed):
    answer = charlie_at.post(at(book, "kindle/"), {"address": typed})
    assert answer.status_code == 422
    assert typed in answer.content.decode()
    assert not KindleAddress.objects.exists()


def test_a_book_is_mailed_to_the_kindle(charlie_at, book):
    charlie_at.post(at(book, "kindle/"), {"address": f" {KINDLE.upper()} "})
    charlie_at.post(kindle_url(book))
    assert "on its way" in charlie_at.get(at(book)).content.decode()
    send_for_store()
    letter = postbox.outbox[0]
    assert letter.to == [f"Charlie <{KINDLE}>"]
    name, content, kind = letter.attachments[0]
    assert (name, kind) == ("The First Stitch.epub", "application/epub+zip")
    assert len(content) == book.asset.size
    assert "handed to Amazon" in charlie_at.get(at(book)).content.decode()


def test_the_outbox_holds_no_book(charlie_at, book):
    charlie_at.post(at(book, "kindle/"), {"address": KINDLE})
    charlie_at.post(kindle_url(book))
    assert len(str(Message.objects.get().context)) < 1000


def test_a_refund_before_it_leaves_keeps_the_book_here(charlie_at, book):
    charlie_at.post(at(book, "kindle/"), {"address": KINDLE})
    charlie_at.post(kindle_url(book))
    revoke(book.access, now=clock.now(), because="refund")
    send_for_store()
    assert not postbox.outbox
    row = Message.objects.get(kind="to_kindle")
    assert row.state == Message.State.FAILED
    assert "no longer open" in row.error


def test_what_the_kindle_gets_is_the_copy_of_its_buyer(charlie_at, charlie, monkeypatch):
    product = make_product(stamps_files=True)
    product.asset = make_asset(make_part(product))
    give(charlie, product)
    StampedCopy.objects.all().delete()
    charlie_at.post(at(product, "kindle/"), {"address": KINDLE})
    charlie_at.post(f"/take/{product.public_id}/kindle/{product.asset.public_id}/")
    send_for_store()
    row = Message.objects.get(kind="to_kindle")
    assert row.state == Message.State.WAITING  # the copy is still being made: asked again later
    assert not postbox.outbox
    assert StampedCopy.objects.filter(due_at__isnull=False).exists()


def test_what_is_too_large_for_a_mail_is_not_mailed(charlie_at, book, monkeypatch):
    charlie_at.post(at(book, "kindle/"), {"address": KINDLE})
    monkeypatch.setattr(kindles, "LARGEST", 1000)
    page = charlie_at.post(kindle_url(book), follow=True).content.decode()
    assert "too large for a mail" in page
    assert not Message.objects.filter(kind="to_kindle").exists()


def test_a_mail_with_a_book_lets_a_code_go_first(charlie_at, book):
    charlie_at.post(at(book, "kindle/"), {"address": KINDLE})
    charlie_at.post(kindle_url(book))
    assert Message.objects.get(kind="to_kindle").priority >= 8


def test_between_two_books_a_mailing_looks_whether_something_urgent_waits(
    charlie_at, book, monkeypatch
):
    charlie_at.post(at(book, "kindle/"), {"address": KINDLE})
    for _ in range(2):
        charlie_at.post(kindle_url(book))
    asked = []
    monkeypatch.setattr(
        sending, "_must_step_aside", lambda priority: asked.append(priority) or True
    )
    assert send_for_store() == 1
    assert Message.objects.filter(kind="to_kindle", state=Message.State.WAITING).count() == 1
    assert asked == [9, 9]  # before the second book, and when only books were left to claim


def test_a_kindle_is_not_filled_without_end(charlie_at, book, monkeypatch):
    monkeypatch.setattr(kindles, "BY_DAY", Limit("test-kindle", 1, 3600))
    charlie_at.post(at(book, "kindle/"), {"address": KINDLE})
    for _ in range(3):
        charlie_at.post(kindle_url(book))
    assert Message.objects.filter(kind="to_kindle").count() == 1


def test_whoever_leaves_takes_the_kindle_along(charlie_at, book, charlie):
    charlie_at.post(at(book, "kindle/"), {"address": KINDLE})
    charlie_at.post(kindle_url(book))
    erase_customer(charlie, now=NOW)
    assert not KindleAddress.objects.exists()
    assert not Message.objects.filter(to_address=KINDLE).exists()


# -- a computer


def test_a_link_in_a_mail_opens_it_on_another_device_for_an_hour(charlie_at, book, browse, store):
    import datetime as dt

    import time_machine

    charlie_at.post(at(book, "computer/"))
    send_for_store()
    letter = postbox.outbox[-1]
    assert letter.to == ["Charlie <charlie@example.com>"]
    url = next(line for line in letter.body.splitlines() if "/k/" in line)
    path = "/k/" + url.partition("/k/")[2]
    computer = browse(store)
    assert computer.get(path).headers["Location"].endswith(f"/read/{book.asset.part.public_id}/")
    assert computer.get(at(book)).status_code == 200
    with time_machine.travel(clock.now() + dt.timedelta(hours=2)):
        assert browse(store).get(path).status_code == 410


def test_recordings_have_one_link_together(charlie_at, charlie):
    album = make_album()
    give(charlie, album)
    charlie_at.post(at(album, "computer/"))
    assert len(Message.objects.get(kind="to_computer").context["links"]) == 1


# -- a zip


def unzipped(answer) -> zipfile.ZipFile:
    content = b"".join(answer.streaming_content)
    assert len(content) == int(answer.headers["Content-Length"])
    return zipfile.ZipFile(io.BytesIO(content))


def test_all_files_of_a_product_come_as_one_zip(charlie_at, charlie, book):
    make_asset(make_part(book, kind="pdf"), original_name="ספר.pdf")
    with unzipped(charlie_at.get(at(book, "all.zip"))) as box:
        assert box.namelist() == ["The First Stitch.epub", "ספר.pdf"]
        assert box.testzip() is None


def test_recordings_are_numbered_in_the_zip(charlie_at, charlie):
    album = make_album()
    give(charlie, album)
    with unzipped(charlie_at.get(at(album, "all.zip"))) as box:
        assert box.namelist() == ["01 One.wav", "02 Two.wav"]


def test_everything_comes_in_folders(charlie_at, charlie, book):
    album = make_album(title="A/B: heard", slug="heard")
    give(charlie, album)
    with unzipped(charlie_at.get("/take/everything.zip")) as box:
        names = box.namelist()
    assert "The First Stitch/The First Stitch.epub" in names
    assert not any(name.startswith("/") or ".." in name for name in names)
    assert sum("01 One.wav" in name for name in names) == 1


def test_a_sample_is_no_part_of_it(charlie_at, book):
    make_asset(make_part(book, kind="sample", preview=True), original_name="sample.epub")
    with unzipped(charlie_at.get(at(book, "all.zip"))) as box:
        assert box.namelist() == ["The First Stitch.epub"]


def test_a_head_says_how_long_it_is(charlie_at, book):
    head = charlie_at.head(at(book, "all.zip"))
    assert int(head.headers["Content-Length"]) > book.asset.size
    assert not b"".join(head.streaming_content if head.streaming else [head.content])


def test_a_refund_while_it_is_sent_ends_it(charlie_at, book, charlie):
    make_asset(make_part(book, kind="pdf"), original_name="two.pdf", content=b"two" * 99)
    answer = charlie_at.get(at(book, "all.zip"))
    body = iter(answer.streaming_content)
    next(body)
    revoke(book.access, now=clock.now(), because="refund")
    from content.errors import NotWhole

    with pytest.raises(NotWhole):
        list(body)


def test_copies_that_are_not_made_yet_are_waited_for(charlie_at, charlie):
    product = make_product(stamps_files=True)
    make_asset(make_part(product))
    give(charlie, product)
    answer = charlie_at.get(at(product, "all.zip"))
    assert answer.status_code == 202
    assert "Refresh" in answer.headers


def test_zips_are_not_asked_for_without_end(charlie_at, book, monkeypatch):
    monkeypatch.setattr(taking, "ZIPS", Limit("test-zips", 1, 3600))
    b"".join(charlie_at.get(at(book, "all.zip")).streaming_content)
    assert charlie_at.get(at(book, "all.zip")).status_code == 429


@pytest.fixture
def bucket(settings, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        settings.STORAGE_URL = "s3://books?region=eu-west-1"
        settings.STORAGES = settings.STORAGES | s3_storages(settings.STORAGE_URL)
        where = {"LocationConstraint": "eu-west-1"}
        boto3.client("s3", region_name="eu-west-1").create_bucket(
            Bucket="books", CreateBucketConfiguration=where
        )
        yield


def test_the_zip_comes_from_s3_piece_by_piece(bucket, charlie_at, book):
    with unzipped(charlie_at.get(at(book, "all.zip"))) as box:
        assert box.read("The First Stitch.epub") == BYTES


def test_at_s3_a_podcast_app_learns_the_length_and_is_sent_on(bucket, charlie, browse, store):
    album = make_album()
    give(charlie, album)
    feed = make_feed(charlie, album, NOW)
    asset = recordings_of(album)[0]
    url = f"/podcasts/{token_of(feed)}/{asset.public_id}/x.wav"
    head = browse(store).head(url)
    assert head.headers["Content-Length"] == str(asset.size)
    sent_on = browse(store).get(url)
    assert sent_on.status_code == 302
    assert "X-Amz-Expires=60" in sent_on.headers["Location"]
