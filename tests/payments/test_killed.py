"""``kill -9`` at every named step of buying and refunding: nothing lost, nothing doubled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from access.models import Access
from core import clock
from mail.models import Message
from payments.models import Document, Extra, Order, Payment, Refund, StripeEvent
from payments.models.documents import FIRST_NUMBER
from payments.services import inbox, reconciling
from payments.services.documents.working import issue_due
from payments.services.steps import STEPS
from products.models import Hold, Price
from sandbox.testing import LiveSandbox
from stores.models import Business, Store
from stores.scope import store_scope
from tests.conftest import make_store, make_user
from tests.payments.buying import Shop, make_book
from tests.payments.killing import Nursery

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

CALL = ["call.sending", "call.answered", "call.recorded"]
SYNC = ["sync.fetched", "sync.locked", "sync.written", "sync.committed"]
AT_BUYING = ["order.placed", "order.committed", *CALL]
AT_HEARING = ["event.stored", *SYNC, "event.worked"]
AT_REFUNDING = ["refund.written", "refund.committed", *CALL, *SYNC]


def test_every_named_step_is_killed_at_here() -> None:
    assert {*AT_BUYING, *AT_HEARING, *AT_REFUNDING, "document.written"} == set(STEPS)


@pytest.fixture
def kill(nursery: Nursery) -> Callable[..., None]:
    """Do something in a process of its own that dies at a step."""
    return nursery.kill


@pytest.fixture
def shop(sandbox: LiveSandbox, browse: Callable[..., Client], db: None) -> Any:
    """As everywhere, with rows that another process can see."""
    store = make_store("thread", make_user("alice@example.com"), name="Thread")
    with store_scope(store):
        price: Price = make_book(title="The First Stitch").prices.get()
        yield Shop(sandbox, store, price, browse(store))


def reconcile(store: Store, now: datetime) -> None:
    """Do what beat does every five minutes."""
    reconciling.read_events(now)
    with store_scope(store):
        reconciling.reconcile_store(now)
    inbox.work(now)


def minutes(count: int) -> datetime:
    return clock.now() + timedelta(minutes=count)


def assert_sold_once(shop: Shop) -> None:
    order = Order.objects.get()
    assert order.status == Order.Status.PAID
    assert (Payment.objects.get().amount, Payment.objects.get().refunded_amount) == (4900, 0)
    assert Access.objects.standing().count() == Access.objects.count() == 1
    assert Hold.objects.get().sold_at is not None
    kinds = sorted(Message.objects.values_list("kind", flat=True))
    assert kinds == ["first_sale", "receipt"]
    world = shop.sandbox.sandbox.world
    assert len(world.storage.select("type = ?", "checkout.session")) == 1
    assert len(shop.sandbox.events("charge.succeeded")) == 1


@pytest.mark.parametrize("step", AT_BUYING)
def test_killed_while_ordering_the_buyer_sends_the_page_again(
    shop: Shop, kill: Callable[..., None], step: str
) -> None:
    typed = {"email": "charlie@example.com", "name": "Charlie", "terms": "on"}
    typed["attempt"] = shop.attempt()
    kill(step, "buy", path=shop.url, typed=typed)
    reconcile(shop.store, minutes(3))
    order = shop.begin(**typed)
    shop.pay(order)
    reconcile(shop.store, minutes(15))
    assert_sold_once(shop)


@pytest.mark.parametrize("step", SYNC)
def test_killed_on_the_return_page_the_reconciler_opens_the_book(
    shop: Shop, kill: Callable[..., None], step: str
) -> None:
    order = shop.begin()
    shop.pay(order)
    kill(step, "come_back", path=f"/orders/{order.public_id}/return/")
    reconcile(shop.store, minutes(11))
    assert_sold_once(shop)


@pytest.mark.parametrize("step", AT_HEARING)
def test_killed_while_hearing_of_a_payment_the_reconciler_opens_the_book(
    shop: Shop, kill: Callable[..., None], step: str
) -> None:
    shop.pay(shop.begin())
    event = shop.sandbox.events("checkout.session.completed")[0]
    kill(step, "hear", event=event)
    reconcile(shop.store, minutes(11))
    assert_sold_once(shop)
    assert not StripeEvent.objects.filter(state="pending", object_type="checkout.session").exists()


def assert_returned_once(shop: Shop) -> None:
    assert Order.objects.get().status == Order.Status.REFUNDED
    assert Refund.objects.get().state == Refund.State.SUCCEEDED
    assert Payment.objects.get().refunded_amount == 4900
    assert not Access.objects.standing().exists()
    assert Message.objects.filter(kind="refunded").count() == 1
    assert len(shop.sandbox.events("refund.created")) == 1


@pytest.mark.parametrize("step", AT_REFUNDING)
def test_killed_while_refunding_the_reconciler_gives_it_back_once(
    shop: Shop, kill: Callable[..., None], step: str
) -> None:
    order = shop.buy()
    kill(step, "refund", order=order.public_id)
    reconcile(shop.store, minutes(11))
    if step == "refund.written":  # never committed: nobody was told that it would happen
        assert not Refund.objects.exists()
        assert_sold_once(shop)
    else:
        assert_returned_once(shop)


@pytest.mark.parametrize("step", AT_HEARING)
def test_killed_while_hearing_of_a_refund_made_at_stripe_the_book_closes(
    shop: Shop, kill: Callable[..., None], step: str
) -> None:
    shop.buy()
    shop.sandbox.refund(payment_intent=Payment.objects.get().payment_intent)
    kill(step, "hear", event=shop.sandbox.events("refund.created")[0])
    reconcile(shop.store, minutes(11))
    assert_returned_once(shop)


@pytest.mark.parametrize("step", CALL)
def test_killed_while_charging_the_kept_card_it_is_charged_once(
    shop: Shop, kill: Callable[..., None], step: str
) -> None:
    Extra.objects.create(kind="upsell", price=make_book(title="Two", amount=1900).prices.get())
    order = shop.buy()
    kill(step, "one_more", order=order.public_id)
    for later in (3, 14, 25):
        reconcile(shop.store, minutes(later))
    follower = Order.objects.exclude(pk=order.pk).get()
    assert follower.status == Order.Status.PAID
    assert len(shop.sandbox.events("charge.succeeded")) == 2


def test_killed_while_issuing_a_document_no_number_is_lost(
    shop: Shop, kill: Callable[..., None]
) -> None:
    shop.buy()  # what is due waits until there is somebody who issues it
    Business.objects.create(legal_name="Alice", kind=Business.Kind.EXEMPT, country="IL")
    kill("document.written", "issue", at=minutes(2).isoformat())
    assert not Document.objects.exists()
    issue_due(minutes(20))
    assert [document.number for document in Document.objects.all()] == [FIRST_NUMBER]
