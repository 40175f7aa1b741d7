"""Samples made and asked for by several at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from content.models import Asset, Excerpt, SampleRequest
from content.services.excerpts import asking, giving, making
from content.services.files import keep_file
from content.services.judge import judge
from mail.models import Message
from products.models import Part
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_product
from tests.content.excerpts.books import three_chapters
from tests.content.library import make_part
from tests.payments.together import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def parts(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Part, Part]:
    """The part of a sample that is not there yet, and of the book it is made of."""
    monkeypatch.setattr(asking, "wake", lambda *_named: None)
    with store_scope(store):
        product = make_product()
        book = make_part(product, kind="epub")
        verdict = judge(three_chapters(tmp_path / "book.epub"), into=tmp_path)
        keep_file(book, verdict, original_name="book.epub", now=NOW)
        return make_part(product, kind="sample", published_at=None), book


def at_once(store: Store, *acts: Callable[[], Any]) -> None:
    """Do these in the store, all at the same time; none of them may fail."""

    def act(number: int) -> None:
        with store_scope(store):
            acts[number]()

    assert together(len(acts), act) == [None] * len(acts)


def test_a_sample_is_made_once_by_four_workers(store: Store, parts: tuple[Part, Part]) -> None:
    sample, book = parts
    with store_scope(store):
        asking.pick_chapters(sample, book, ["E/one.xhtml"], NOW)
    at_once(store, *[lambda: making.work_due(NOW, most=3)] * 4)

    with store_scope(store):
        assert Excerpt.objects.get().tries == 1
        assert Asset.objects.filter(part=sample).count() == 1


def test_what_is_picked_twice_at_once_is_one_row(store: Store, parts: tuple[Part, Part]) -> None:
    sample, book = parts

    def picking(path: str) -> Callable[[], Any]:
        return lambda: asking.pick_chapters(sample, book, [path], NOW)

    at_once(store, picking("E/one.xhtml"), picking("E/two.xhtml"))

    with store_scope(store):
        assert Excerpt.objects.count() == 1


def test_an_address_that_asks_twice_at_once_is_one_row(
    store: Store, parts: tuple[Part, Part]
) -> None:
    sample, _book = parts

    def ask() -> None:
        giving.ask_by_mail(sample, email="r@example.com", language="en", wants_news=False, now=NOW)

    at_once(store, *[ask] * 4)

    with store_scope(store):
        assert SampleRequest.objects.get().asks == 4
        assert Message.objects.filter(kind="sample_link").count() == 4
