"""Closing a store: the clock says what it does, rows say what was done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import Customer
from accounts.services import closing
from content.models import SampleRequest, Thread
from conversations.models import Conversation
from mail.models import Message
from payments.models import Order
from products.errors import NotSellable
from products.models import ListEntry
from products.services.sales import check_sale
from storefront.models import SignUp
from stores.models import Closing, Staff, Store
from stores.scope import store_scope
from stores.services.closing import steps
from stores.services.closing.phases import Phase, phase_of
from tests.admin.conftest import make_scene
from tests.conftest import NOW, make_product, make_user

DAY = timedelta(days=1)
BEGIN, KEEP = "/admin/stores/closing/begin/", "/admin/stores/closing/keep/"


def begin() -> Closing:
    return steps.begin(Staff.objects.get(role="owner"), now=NOW)


@pytest.mark.parametrize(
    ("days", "phase"),
    [
        (0, Phase.NOTICE),
        (89, Phase.NOTICE),
        (90, Phase.READ_ONLY),
        (454, Phase.READ_ONLY),
        (455, Phase.CLOSED),
    ],
)
def test_the_clock_alone_says_the_phase(days: int, phase: Phase) -> None:
    assert phase_of(NOW, NOW + days * DAY) is phase
    assert phase_of(None, NOW + days * DAY) is Phase.OPEN


def test_nothing_new_is_sold_from_that_moment(in_store: Store, browse: Any) -> None:
    product = make_product()
    price = product.prices.get()
    check_sale(None, price, answers={}, now=NOW)
    begin()
    with pytest.raises(NotSellable):
        check_sale(None, price, answers={}, now=NOW)
    with time_machine.travel(NOW + DAY):
        page = browse(in_store).get(f"/p/{product.slug}/").content.decode()
    assert "sells nothing new" in page
    assert f"/buy/{price.public_id}" not in page


def test_all_customers_are_told_once_and_reminded(in_store: Store, charlie: Customer) -> None:
    begin()
    closing.work_due(NOW)
    closing.work_due(NOW)
    assert Message.objects.filter(kind="store_closes").count() == 1
    assert "everything.zip" in Message.objects.get(kind="store_closes").context["everything_url"]
    closing.work_due(NOW + 76 * DAY)
    assert Message.objects.filter(kind="store_closes").count() == 2


def test_a_killed_worker_leaves_nobody_untold_or_told_twice(
    in_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "BATCH", 2)
    for number in range(5):
        Customer.objects.create(user=make_user(f"c{number}@example.com"))
    begin()
    real = closing.go_on
    closing.work_once(NOW)
    closing.work_once(NOW)
    monkeypatch.setattr(closing, "go_on", lambda row: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        closing.work_once(NOW)
    monkeypatch.setattr(closing, "go_on", real)
    closing.work_due(NOW)
    assert Message.objects.filter(kind="store_closes").count() == 5


def test_it_can_be_taken_back_within_the_notice_and_who_was_told_hears(
    in_store: Store, charlie: Customer
) -> None:
    begin()
    closing.work_due(NOW)
    steps.take_back(now=NOW + 89 * DAY)
    closing.work_due(NOW + 89 * DAY)
    assert Message.objects.filter(kind="store_stays").count() == 1
    assert Store.objects.get(pk=in_store.pk).closing_since is None
    assert not steps.due_stores(NOW + 900 * DAY)


def test_after_the_notice_it_is_too_late(in_store: Store) -> None:
    begin()
    with pytest.raises(steps.TooLate):
        steps.take_back(now=NOW + 90 * DAY)


def test_beginning_twice_is_one_closing(in_store: Store) -> None:
    assert begin().pk == begin().pk


def test_in_the_year_of_reading_the_admin_only_reads(
    in_store: Store, browse: Any, alice: Any
) -> None:
    begin()
    closing.work_due(NOW)
    with time_machine.travel(NOW + 100 * DAY):
        at = browse(in_store, alice)
        assert at.get("/admin/").status_code == 200
        assert at.post("/admin/stores/look/1/change/", {}).status_code == 403
        assert at.post("/admin/stores/archive/ask/", {}).status_code == 302
        assert browse(in_store).get("/").status_code == 200


def test_in_the_year_of_reading_the_shops_forms_refuse_in_words_and_reading_works(
    in_store: Store, browse: Any, alice: Any, charlie: Customer
) -> None:
    scene = make_scene(in_store, "charlie@example.com", "Linen")
    page, part = scene.page(), scene.product.parts.get()
    begin()
    sent = {"email": "a@example.com", "name": "A", "text": "Hello", "terms": "on"}
    slug, title = scene.product.slug, scene.product.title
    with time_machine.travel(NOW + 100 * DAY):
        client = browse(in_store, charlie.user)
        before = _counted()
        for path in (
            f"/p/{slug}/list/",
            f"/p/{slug}/sample/",
            f"/join/{page.public_id}/{scene.block_id}/",
            "/ask/",
            "/contact/",
            f"/questions/{part.public_id}/ask/",
        ):
            answer = client.post(path, sent)
            assert answer.status_code == 403, path
            assert "takes in nothing new" in answer.content.decode(), path
        answer = client.post(f"/buy/{scene.price.public_id}/", sent)
        assert "sells nothing new" in answer.content.decode()
        assert _counted() == before
        assert title in client.get("/account/").content.decode()
        assert client.get(f"/read/{part.public_id}/").status_code == 200
        assert client.get("/contact/").status_code == 200


def _counted() -> list[int]:
    models = (Order, ListEntry, SignUp, SampleRequest, Conversation, Thread, Message)
    return [model.objects.count() for model in models]


def test_nobody_signs_up_in_the_year_of_reading(in_store: Store) -> None:
    from accounts.services.customers import come_in

    begin()
    come_in(make_user("eve@example.com"), language="en", now=NOW + 100 * DAY)
    assert not Customer.objects.exists()


def test_at_the_end_the_door_is_closed(in_store: Store, browse: Any, alice: Any) -> None:
    begin()
    closing.work_due(NOW + 500 * DAY)
    with time_machine.travel(NOW + 500 * DAY):
        assert browse(in_store).get("/").status_code == 410
        assert browse(in_store, alice).get("/admin/").status_code == 200
    assert Closing.objects.get().step == "done"


def test_only_an_owner_with_a_fresh_sign_in_closes(
    browse: Any, store: Store, alice: Any, bob: Any
) -> None:
    assert browse(store, bob).get(BEGIN).status_code == 403
    assert "/account/sure/" in browse(store, alice).get(BEGIN)["Location"]
    with store_scope(store):
        assert not Closing.objects.exists()


def test_an_owner_who_is_sure_closes_and_keeps(
    browse: Any, store: Store, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.views.here.is_fresh", lambda request: True)
    at = browse(store, alice)
    assert b"nothing new is sold" in at.get(BEGIN).content
    assert at.post(BEGIN, {"name": "Other"}).status_code == 200
    assert at.post(BEGIN, {"name": "Thread"}).status_code == 302
    assert Store.objects.get(pk=store.pk).closing_since is not None
    at.post(KEEP)
    assert Store.objects.get(pk=store.pk).closing_since is None
