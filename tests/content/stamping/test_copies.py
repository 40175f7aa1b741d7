"""Who is given a copy with their name, when it is made, and when it is let go of."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import pikepdf
import pytest
from django.core.files.storage import storages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.contract import NOBODY, Open, Viewer
from access.models import Access
from access.services.granting import restore, revoke
from accounts.models import Customer
from content import tasks
from content.models import Asset, StampedCopy
from content.rules import Place
from content.services.archive import whole_store
from content.services.files import delete_file, open_file
from content.services.places import keep_place
from content.services.stamping import copies, dropping, making
from content.services.stamping.personal import CopiesData
from content.services.stamping.tracing import trace
from content.services.stamping.troubles import duties_of_copies, try_again
from core import clock
from core.limited import TooHeavyError
from products.models import Price, Product
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_price
from tests.content.stamping.conftest import give

pytestmark = pytest.mark.postgres

LATER = NOW + timedelta(days=90)


@pytest.fixture
def access(asset: Asset, charlie: Customer, book: Product) -> Access:
    given = give(charlie, book)
    StampedCopy.objects.update(due_at=NOW, created_at=NOW)
    return given


def ask(access: Access, asset: Asset, **over: Any) -> Any:
    """Return what Charlie is given."""
    viewer, answer = Viewer(customer=access.customer), Open("access", access_id=access.pk)
    return copies.file_for(viewer, asset, answer, NOW, **over)


def work(moment: Any = NOW) -> None:
    making.work_due(moment, is_small=True, most=10)


def bytes_of(given: Asset | StampedCopy) -> bytes:
    with open_file(given) as opened:
        return opened.read()


def test_charlies_copy_says_his_name_in_the_books_language(
    access: Access, asset: Asset, book: Product
) -> None:
    assert not ask(access, asset).is_ready
    work()
    copy = ask(access, asset)
    content = bytes_of(copy)
    with zipfile.ZipFile(BytesIO(content)) as made:
        assert "This copy belongs to" in made.read("E/one.xhtml").decode()
        assert "Charlie" in made.read("E/one.xhtml").decode()
    assert (copy.size, copy.sha256 != asset.sha256) == (len(content), True)


def test_a_hebrew_book_says_it_in_hebrew_on_paper_too(
    pdf_asset: Asset, charlie: Customer, book: Product
) -> None:
    Product.objects.filter(pk=book.pk).update(language="he")
    access = give(charlie, Product.objects.get(pk=book.pk))
    StampedCopy.objects.update(due_at=NOW)
    work()
    with pikepdf.open(BytesIO(bytes_of(ask(access, pdf_asset)))) as made:
        assert made.docinfo["/SevenfoldCopyOf"] == "העותק הזה שייך אל Charlie"


def test_it_is_made_once_however_often_it_is_asked_for(access: Access, asset: Asset) -> None:
    first = ask(access, asset)
    assert ask(access, asset) == first
    work()
    work()
    assert StampedCopy.objects.count() == 1
    assert ask(access, asset).made_at == NOW


def test_what_was_just_bought_is_asked_for_ahead(
    asset: Asset, pdf_asset: Asset, access: Access
) -> None:
    assert {copy.asset for copy in StampedCopy.objects.all()} == {asset, pdf_asset}


def test_what_is_given_by_the_hundred_waits_until_it_is_opened(
    asset: Asset, access: Access
) -> None:
    StampedCopy.objects.all().delete()
    copies.prepare([access] * 11, NOW, stamped={access.product_id})
    assert not StampedCopy.objects.exists()


@pytest.mark.parametrize("who", ["nobody", "staff"])
def test_samples_and_what_staff_look_at_stay_as_they_are(asset: Asset, who: str) -> None:
    viewer = NOBODY if who == "nobody" else Viewer(is_staff=True)
    because = "preview" if who == "nobody" else "staff"
    assert copies.file_for(viewer, asset, Open(because), NOW) == asset  # type: ignore[arg-type]


def test_free_ones_stay_as_they_are(asset: Asset, charlie: Customer, book: Product) -> None:
    free = make_price(book, amount=0)
    access = give(charlie, book, price=free)
    assert ask(access, asset) == asset
    Price.objects.exclude(pk=free.pk).delete()
    assert ask(give(charlie, book, id="2"), asset) == asset
    assert not StampedCopy.objects.exists()


def test_the_switch_turns_it_off(access: Access, asset: Asset, book: Product) -> None:
    type(book.ebook).objects.filter(pk=book.pk).update(stamps_files=False)
    assert ask(access, asset) == asset


def test_a_new_name_makes_a_new_copy_and_the_old_one_is_given_meanwhile(
    access: Access, asset: Asset
) -> None:
    ask(access, asset)
    work()
    old = ask(access, asset)
    Customer.objects.filter(pk=access.customer_id).update(name="Charles")
    access.refresh_from_db()
    assert ask(access, asset, looks_again=True) == old
    work()
    new = ask(access, asset, looks_again=True)
    assert (new != old, new.is_ready) == (True, True)
    dropping.drop_old(NOW, most=10)
    assert [copy.name != "" for copy in StampedCopy.objects.order_by("id")] == [False, True]


def test_giving_a_ready_copy_costs_few_queries(access: Access, asset: Asset) -> None:
    ask(access, asset)
    work()
    with CaptureQueriesContext(connection) as queries:
        assert ask(access, asset).is_ready
    assert len(queries) <= 4


def test_the_file_goes_with_the_access_and_the_mark_stays(access: Access, asset: Asset) -> None:
    ask(access, asset)
    work()
    copy = ask(access, asset)
    revoke(access, now=NOW)
    assert dropping.stores_with_old(NOW) == [asset.store_id]
    tasks.drop_copies()
    assert not storages["private"].exists(copy.name)
    copy.refresh_from_db()
    assert (copy.name, copy.is_ready) == ("", False)
    assert dropping.stores_with_old(NOW) == []


def test_who_comes_back_gets_the_same_mark_again(access: Access, asset: Asset) -> None:
    ask(access, asset)
    work()
    mark = ask(access, asset).public_id
    revoke(access, now=NOW)
    dropping.drop_old(NOW, most=10)
    restore(access, now=NOW)
    assert not ask(access, asset).is_ready
    work()
    again = ask(access, asset)
    assert (again.public_id, again.is_ready) == (mark, True)
    assert bytes_of(again)


def test_a_copy_nobody_opens_for_long_is_let_go_of(access: Access, asset: Asset) -> None:
    ask(access, asset)
    work()
    assert dropping.stores_with_old(NOW) == []
    assert dropping.stores_with_old(LATER) == [asset.store_id]
    Access.objects.filter(pk=access.pk).update(last_opened_at=LATER)
    assert dropping.stores_with_old(LATER) == []


def test_a_deleted_file_takes_its_copies_along(
    access: Access, asset: Asset, django_capture_on_commit_callbacks: Any
) -> None:
    ask(access, asset)
    work()
    name = ask(access, asset).name
    with django_capture_on_commit_callbacks(execute=True):
        delete_file(asset)
    assert not storages["private"].exists(name)


def test_a_claimed_copy_is_nobody_elses_until_its_worker_is_given_up(
    access: Access, asset: Asset
) -> None:
    copy = ask(access, asset)
    StampedCopy.objects.filter(pk=copy.pk).update(claimed_until=NOW + timedelta(minutes=5))
    work()
    assert not ask(access, asset).is_ready
    work(NOW + timedelta(minutes=6))
    assert ask(access, asset).is_ready


def test_what_cannot_be_made_keeps_nobody_from_reading_and_is_told(
    access: Access, asset: Asset, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_heavy(*_args: Any, **_over: Any) -> Any:
        raise TooHeavyError("worker")

    with monkeypatch.context() as patch:
        patch.setattr(making, "run_limited", too_heavy)
        ask(access, asset)
        for day in range(5):
            work(NOW + timedelta(days=day))
    assert ask(access, asset) == asset
    (duty,) = duties_of_copies(store, NOW)
    assert "could not be stamped" in str(duty.sentence)
    try_again(StampedCopy.objects.get(), NOW)
    work()
    assert ask(access, asset).is_ready
    assert duties_of_copies(store, NOW) == ()


def test_a_worker_killed_again_and_again_is_not_sent_again(access: Access, asset: Asset) -> None:
    copy = ask(access, asset)
    StampedCopy.objects.filter(pk=copy.pk).update(tries=3)
    work()
    assert ask(access, asset) == asset


def test_the_sweep_makes_what_no_message_came_for(access: Access, asset: Asset) -> None:
    ask(access, asset)
    StampedCopy.objects.update(due_at=clock.now())
    tasks.stamp()
    assert ask(access, asset).is_ready


def test_small_files_never_wait_behind_large_ones(
    access: Access, asset: Asset, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    routes = settings.CELERY_TASK_ROUTES
    assert next(iter(routes[copies.WORK_SMALL].values())) == "default"
    monkeypatch.setattr(making, "SMALL", asset.size - 1)
    ask(access, asset)
    assert making.stores_with_due(NOW, is_small=True) == []
    assert making.stores_with_due(NOW, is_small=False) == [asset.store_id]


def test_a_copy_is_recognised_in_its_own_store_only(
    access: Access, asset: Asset, other_store: Store, tmp_path: Path
) -> None:
    ask(access, asset)
    work()
    found = tmp_path / "found.bin"
    found.write_bytes(bytes_of(ask(access, asset)))
    assert [each.copy.access for each in trace(found)] == [access]
    with store_scope(other_store):
        assert trace(found) == []


def test_who_is_forgotten_leaves_no_file_with_their_name(
    access: Access, asset: Asset, charlie: Customer
) -> None:
    ask(access, asset)
    work()
    name = ask(access, asset).name
    assert CopiesData().export(charlie)["stamped_copies"][0]["file"] == "book.epub"
    for _twice in range(2):
        CopiesData().erase(charlie)
    assert not storages["private"].exists(name)


def test_a_file_far_away_is_brought_near(
    access: Access, asset: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def far(_name: str) -> str:
        raise NotImplementedError

    monkeypatch.setattr(storages["private"], "path", far)
    # the disk's own save needs a path, so only writing is tried
    from content.services.stamping.line import line_of

    with monkeypatch.context() as patch:
        patch.setattr("content.services.files.open_file", lambda _asset: Far(asset))
        target = Path(storages["private"].base_location) / "far.epub"
        making.write_copy(asset, target, line_of(access), mark="2" * 14, room=target.parent)
    assert zipfile.is_zipfile(target)


class Far:
    """A file in a storage without paths."""

    def __init__(self, asset: Asset) -> None:
        self.here = Path(storages["private"].base_location) / asset.name

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def chunks(self, _size: int) -> Any:
        yield self.here.read_bytes()


def test_the_archive_of_the_store_keeps_whose_mark_is_in_which_copy_and_where_readers_are(
    access: Access, asset: Asset, charlie: Customer
) -> None:
    work()
    copy = ask(access, asset)
    keep_place(charlie, asset.part, Place({"cfi": "x"}, 0.5), NOW)
    archived = whole_store(charlie.store)
    assert {"mark": copy.public_id, "asset": asset.public_id}.items() <= archived["stamped_copies"][
        0
    ].items()
    assert archived["places"][0]["customer"] == charlie.public_id
    assert archived["places"][0]["fraction"] == 0.5
