"""Editions: told of once to whoever had the book, taken back in time, kept by who had them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.contract import Source, Viewer
from access.models import Access
from access.services.granting import grant, revoke, suspend
from accounts.models import Customer
from content.errors import CannotSendOut
from content.models import Asset, Carry, Edition, Excerpt
from content.services.editions import making, telling
from content.services.excerpts.asking import file_read
from content.services.files import current_file
from content.services.taking import files_of
from mail.models import Message
from products.models import Part, Product
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_product, make_user
from tests.content.library import make_asset, make_part

SOON = timedelta(minutes=1)
OUT = NOW + making.UNDO_LASTS
AFTER = OUT + making.SETTLES


@pytest.fixture
def part(in_store: Store) -> Part:
    """A part whose first edition is out."""
    part = make_part(make_product())
    first = making.first_edition(part.product, NOW - timedelta(days=9))
    make_asset(part, edition=first)
    return part


def give(customer: Customer, product: Product, source: str = "1", **over: Any) -> Access:
    moments = {"starts_at": NOW - timedelta(days=1), "now": NOW - timedelta(days=1)} | over
    return grant(customer, product=product, source=Source("order_line", source), **moments)


def second(part: Part, *, news: str = "A chapter on zips.") -> Edition:
    """A second edition with its file, ready to go out."""
    edition = making.prepare(part.product, NOW)
    make_asset(part, edition=edition, content=b"second")
    return making.describe(edition, name="revised", news=news)


def work(now: datetime = AFTER) -> None:
    while telling.tell(now, batches=5):
        pass


def told() -> list[str]:
    return sorted(Message.objects.filter(kind="new_edition").values_list("to_address", flat=True))


def test_what_is_prepared_is_not_read_until_it_is_out(part: Part) -> None:
    edition = second(part)
    new = edition.assets.get()

    assert current_file(part, AFTER) != new
    making.send_out(edition, NOW)

    assert current_file(part, OUT - SOON) != new
    assert current_file(part, OUT) == new


def test_a_correction_made_meanwhile_does_not_hide_the_new_edition(part: Part) -> None:
    edition = second(part)
    making.send_out(edition, NOW)
    mended = make_asset(part, edition=making.first_edition(part.product, NOW), content=b"mended")

    assert current_file(part, NOW) == mended
    assert current_file(part, OUT) == edition.assets.get()


@pytest.mark.parametrize("lacks", ["files", "news"])
def test_nothing_goes_out_without_a_file_and_what_is_new(part: Part, lacks: str) -> None:
    edition = second(part, news="" if lacks == "news" else "Zips.")
    if lacks == "files":
        edition.assets.all().delete()

    with pytest.raises(CannotSendOut):
        making.send_out(edition, NOW)


def test_everybody_with_the_book_is_told_once_with_a_link_that_opens_it(
    part: Part, charlie: Any
) -> None:
    give(charlie, part.product)
    give(charlie, part.product, "twice")
    making.send_out(second(part, news="Zips.\n\nAnd buttons."), NOW)

    telling.tell(OUT - SOON, batches=5)
    assert told() == []
    work(OUT)
    work()
    work(AFTER + SOON)

    message = Message.objects.get(kind="new_edition")
    assert message.to_address == "charlie@example.com"
    assert "Zips.\nAnd buttons.\n" in message.mailing.text
    assert "new edition: revised" in message.mailing.text
    assert "/key/" in message.context["open_url"] or "/k/" in message.context["open_url"]
    assert Edition.objects.get(number=2).told_at == AFTER


def test_who_was_given_it_is_told_and_who_lost_it_or_came_later_is_not(
    part: Part, charlie: Any
) -> None:
    people = {
        name: Customer.objects.create(user=make_user(f"{name}@example.com"), name=name)
        for name in ("gift", "refunded", "held", "later", "ended")
    }
    give(people["gift"], part.product)
    Access.objects.update(source_kind="gift")
    revoke(give(people["refunded"], part.product), now=NOW)
    suspend(give(people["held"], part.product), now=NOW)
    give(people["ended"], part.product, ends_at=NOW)
    making.send_out(second(part), NOW)
    give(people["later"], part.product, now=OUT + SOON, starts_at=OUT + SOON)

    work(OUT + 2 * SOON)
    work()

    assert told() == ["gift@example.com"]


def test_whoever_was_paying_while_it_went_out_is_told_at_the_second_look(
    part: Part, charlie: Any
) -> None:
    making.send_out(second(part), NOW)
    work(OUT)
    give(charlie, part.product, now=OUT - SOON, starts_at=OUT - SOON)

    work(AFTER)

    assert told() == ["charlie@example.com"]


@pytest.mark.postgres
def test_a_worker_killed_in_the_middle_tells_nobody_twice(
    part: Part, store: Store, monkeypatch: Any
) -> None:
    for number in range(5):
        user = make_user(f"reader{number}@example.com")
        give(Customer.objects.create(user=user, name="R"), part.product)
    monkeypatch.setattr(telling, "BATCH", 2)
    making.send_out(second(part), NOW)
    edition = Edition.objects.get(number=2)
    assert telling.tell_batch(edition.pk, OUT)

    def die(*args: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(telling, "touch", die)
        killed.setattr(Edition, "save", die)
        with pytest.raises(KeyboardInterrupt):
            telling.tell_batch(edition.pk, OUT)
    assert len(told()) == 2, "the batch that died wrote nothing"
    work(OUT)
    work()

    assert told() == [f"reader{number}@example.com" for number in range(5)]


def test_taken_back_in_time_nobody_is_told(part: Part, charlie: Any) -> None:
    give(charlie, part.product)
    edition = making.send_out(second(part), NOW)

    making.take_back(edition, OUT - SOON)
    work()

    assert told() == []
    assert not Carry.objects.exists()
    assert making.edition_ahead(part.product, AFTER) == edition


def test_what_is_out_cannot_be_taken_back_nor_thrown_away(part: Part) -> None:
    edition = making.send_out(second(part), NOW)

    with pytest.raises(CannotSendOut):
        making.take_back(edition, OUT)
    with pytest.raises(CannotSendOut):
        making.throw_away(edition)


def test_one_edition_is_on_its_way_at_a_time(part: Part) -> None:
    assert making.prepare(part.product, NOW) == making.prepare(part.product, NOW)
    making.send_out(second(part), NOW)

    with pytest.raises(CannotSendOut):
        making.prepare(part.product, NOW)


def test_thrown_away_its_files_go_with_it(part: Part) -> None:
    edition = second(part)

    making.throw_away(edition)

    assert Asset.objects.count() == 1
    assert not Edition.objects.filter(number=2).exists()


@pytest.mark.parametrize(("readers", "count"), [(1, 24), (50, 24)])
def test_fifty_readers_are_told_at_as_many_queries_as_one(
    part: Part, readers: int, count: int
) -> None:
    for number in range(readers):
        user = make_user(f"reader{number}@example.com")
        give(Customer.objects.create(user=user, name="R"), part.product)
    edition = making.send_out(second(part), NOW)

    with CaptureQueriesContext(connection) as queries:
        telling.tell_batch(edition.pk, OUT)

    assert len(told()) == readers
    assert len(queries) == count


# -- who may have which file


def get(client: Any, asset: Asset) -> int:
    url = reverse("content:file", args=[asset.public_id, "book.epub"])
    return int(client.get(url).status_code)


def test_who_had_the_old_edition_keeps_it_and_who_comes_later_does_not(
    part: Part, charlie: Any, store: Store, browse: Any
) -> None:
    long_ago = NOW - timedelta(days=3)
    old = part.assets.get()
    later = Customer.objects.create(user=make_user("later@example.com"), name="Later")
    before = NOW - timedelta(days=4)
    give(charlie, part.product, starts_at=before, now=before)
    edition = making.send_out(second(part), long_ago)
    new = edition.assets.get()
    give(later, part.product, starts_at=NOW, now=NOW)

    with store_scope(store):
        assert [get(browse(store, charlie.user), each) for each in (old, new)] == [200, 200]
        assert [get(browse(store, later.user), each) for each in (old, new)] == [404, 200]


def test_what_is_prepared_is_nobodys_but_the_teams(
    part: Part, charlie: Any, alice: Any, store: Store, browse: Any
) -> None:
    give(charlie, part.product)
    draft = second(part).assets.get()

    assert get(browse(store, charlie.user), draft) == 404
    assert get(browse(store, alice), draft) in {200, 403}


def test_a_reader_who_is_inside_a_corrected_file_reads_on(
    part: Part, charlie: Any, store: Store, browse: Any
) -> None:
    give(charlie, part.product)
    old = part.assets.get()
    make_asset(part, edition=making.first_edition(part.product, NOW), content=b"mended")

    assert get(browse(store, charlie.user), old) == 200


# -- the page of somebody's editions


def listed(client: Any, part: Part) -> Any:
    return client.get(reverse("content:editions", args=[part.public_id]))


def test_who_had_both_editions_finds_both_with_what_is_new(
    part: Part, charlie: Any, store: Store, browse: Any
) -> None:
    before = NOW - timedelta(days=4)
    give(charlie, part.product, starts_at=before, now=before)
    making.send_out(second(part, news="A chapter on zips."), NOW - timedelta(days=3))

    shown = listed(browse(store, charlie.user), part).content.decode()

    assert "A chapter on zips." in shown
    assert shown.count("download") >= 2
    assert "It stays yours" in shown


def test_who_came_later_finds_the_one_sold_then(
    part: Part, charlie: Any, store: Store, browse: Any
) -> None:
    making.send_out(second(part), NOW - timedelta(days=3))
    give(charlie, part.product, starts_at=NOW, now=NOW)

    shown = listed(browse(store, charlie.user), part).content.decode()

    assert "revised" in shown
    assert "It stays yours" not in shown


def test_a_stranger_is_told_why_it_is_locked(part: Part, store: Store, browse: Any) -> None:
    assert listed(browse(store), part).status_code == 403


def test_the_shelf_says_there_is_a_new_edition_until_it_is_opened(part: Part, charlie: Any) -> None:
    access = give(charlie, part.product)
    Part.objects.update(kind="epub")
    making.send_out(second(part), NOW)
    contract = part.product.contract

    def news() -> str:
        access.refresh_from_db()
        return str(contract.shelf_cards([access], OUT)[access].news)

    assert news() == "A new edition"
    Access.objects.update(last_opened_at=OUT + SOON)
    assert news() == ""


def test_what_is_being_prepared_is_in_no_list_no_zip_and_no_sample(
    part: Part, charlie: Customer, browse: Any
) -> None:
    give(charlie, part.product)
    second(part)
    found = files_of(Viewer(customer=charlie), [part.product], NOW)
    assert [each.asset.edition.number for each in found] == [1]
    assert file_read(part, NOW).edition.number == 1
    zipped = browse(part.store, charlie.user).get(f"/take/{part.product.public_id}/all.zip")
    assert b"second" not in b"".join(zipped.streaming_content)


def test_the_sample_follows_when_an_edition_goes_out_and_not_before(part: Part) -> None:
    sample = make_part(part.product, kind="sample", preview=True)
    Excerpt.objects.create(part=sample, source=part, chosen={"pages": [[1, 2]]}, asked_at=NOW)
    edition = second(part)
    making.send_out(edition, NOW)
    assert Excerpt.objects.get().due_at is None
    work()
    assert Excerpt.objects.get().due_at == AFTER
