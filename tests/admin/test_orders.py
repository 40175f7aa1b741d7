# ruff: noqa: F811 -- fixtures are imported and then named again as parameters
from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from access.models import Access
from accounts.models import User
from core import clock
from payments.errors import Unanswered
from payments.models import Order, Refund
from payments.services import stripe_api
from stores.models import LogEntry
from stores.scope import store_scope
from tests.admin.conftest import Scene
from tests.payments.buying import Shop
from tests.payments.conftest import (  # noqa: F401 -- fixtures
    _stripe_settings,
    book,
    price,
    running_sandbox,
    sandbox,
    shop,
    stripe_sandbox,
)


@pytest.fixture
def order(shop: Shop) -> Order:
    """An order that was bought through the sandbox."""
    return shop.buy()


@pytest.fixture
def owner(shop: Shop, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(shop.store, alice)


def page(order: Order, name: str = "change") -> str:
    return f"/admin/payments/order/{order.pk}/{name}/"


def preview(client: Client, order: Order, **typed: str) -> dict[str, str]:
    """Ask what a refund would do, and return what its button would send."""
    body = client.post(page(order, "refund"), {"what": "all"} | typed).content.decode()
    hidden = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', body)
    return {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}


def rows(shop: Shop) -> tuple[Order, list[Refund], list[Access]]:
    with store_scope(shop.store):
        return shop.order(), list(Refund.objects.all()), list(Access.objects.live(clock.now()))


def test_the_order_stands_in_the_list_and_has_its_page(owner: Client, order: Order) -> None:
    assert str(order.number) in owner.get("/admin/payments/order/").content.decode()
    body = owner.get(page(order)).content.decode()
    assert "charlie@example.com" in body
    assert "Give money back" in body


def test_a_refund_is_seen_before_it_is_done(shop: Shop, owner: Client, order: Order) -> None:
    body = owner.post(page(order, "refund"), {"what": "all", "reason": "Sorry"}).content.decode()

    assert "₪49 go back to the card of Charlie" in body
    assert "Closes: The First Stitch." in body
    assert rows(shop)[1] == []


def test_all_of_it_goes_back_and_the_book_closes(shop: Shop, owner: Client, order: Order) -> None:
    sure = preview(owner, order, reason="Sorry")
    owner.post(page(order, "refund"), sure)

    after, refunds, live = rows(shop)
    assert (after.status, live) == ("refunded", [])
    assert [(each.amount, each.reason, each.by) for each in refunds] == [(4900, "Sorry", "Thread")]
    with store_scope(shop.store):
        assert LogEntry.objects.filter(what="refund").exists()


def test_a_part_goes_back_and_the_book_stays_open(shop: Shop, owner: Client, order: Order) -> None:
    sure = preview(owner, order, what="amount", amount_text="9.90")
    owner.post(page(order, "refund"), sure)

    after, refunds, live = rows(shop)
    assert after.status == "partly_refunded"
    assert [each.amount for each in refunds] == [990]
    assert len(live) == 1


def test_the_button_pressed_twice_gives_back_once(shop: Shop, owner: Client, order: Order) -> None:
    sure = preview(owner, order, what="amount", amount_text="10")
    for _time in range(2):
        owner.post(page(order, "refund"), sure)

    assert [each.amount for each in rows(shop)[1]] == [1000]


def test_money_goes_back_while_redis_is_away(
    shop: Shop, owner: Client, order: Order, redis_gone: None
) -> None:
    sure = preview(owner, order, what="amount", amount_text="10")
    for _time in range(2):
        assert owner.post(page(order, "refund"), sure).status_code < 500

    assert [each.amount for each in rows(shop)[1]] == [1000]


@pytest.mark.parametrize("typed", ["50", "0", "-1", "abc", "", "1e9", "4900000000000000"])
def test_more_than_was_paid_is_refused(
    shop: Shop,
    owner: Client,
    order: Order,
    typed: str,
) -> None:
    posted = {"what": "amount", "amount_text": typed, "sure": "1"}
    response = owner.post(page(order, "refund"), posted)

    assert response.status_code == 200
    assert rows(shop)[1] == []


def test_without_an_answer_it_is_written_down_and_said(
    shop: Shop,
    owner: Client,
    order: Order,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sure = preview(owner, order)

    def silence(*args: Any, **kwargs: Any) -> Any:
        raise Unanswered("no answer")

    monkeypatch.setattr(stripe_api, "create", silence, raising=False)
    monkeypatch.setattr("payments.services.outbound.make", silence)
    response = owner.post(page(order, "refund"), sure, follow=True)

    assert "sent again by itself" in response.content.decode()
    assert [each.state for each in rows(shop)[1]] == ["requested"]


def test_asking_stripe_again_finds_what_was_lost(shop: Shop, owner: Client) -> None:
    order = shop.begin()
    shop.pay(order)
    owner.post(page(order, "sync"))

    assert rows(shop)[0].status == "paid"


def test_an_order_in_review_is_opened_by_a_person(scene: Scene, alice_at: Client) -> None:
    with store_scope(scene.store):
        Order.objects.update(
            status="review", paid_at=None, review_reason="The amount differs from the order's."
        )
    url = page(scene.order)
    assert "The amount differs" in alice_at.get(url).content.decode()
    alice_at.post(page(scene.order, "accept"))

    with store_scope(scene.store):
        assert Order.objects.get().is_paid


def test_a_refund_made_at_stripe_is_given_its_line(scene: Scene, alice_at: Client) -> None:
    assert "What was it for?" in alice_at.get(page(scene.order)).content.decode()
    url = page(scene.order, f"refund/{scene.refund.public_id}/line")
    alice_at.post(url, {"line": str(scene.line.pk)})

    with store_scope(scene.store):
        refund = Refund.objects.get()
        assert (refund.line_id, refund.asks_line) == (scene.line.pk, False)


def test_another_orders_line_cannot_be_named(scene: Scene, alice_at: Client) -> None:
    url = page(scene.order, f"refund/{scene.refund.public_id}/line")

    assert alice_at.post(url, {"line": "999999"}).status_code == 200
    with store_scope(scene.store):
        assert Refund.objects.get().asks_line
