"""The facts a cancelling is judged by: who opened what, what was kept, what a bank holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from access.models import Access
from accounts.models import Customer
from core import clock
from mail.models import Message
from payments.models import (
    CancelledLine,
    CancelNotice,
    CancelPolicy,
    Order,
    OrderLine,
    OtherWay,
    Payment,
    Refund,
)
from payments.services import by_hand
from payments.services.cancelling import effect, noticing, slots
from payments.services.cancelling.judging import document_sent_at, judge
from payments.services.cancelling.noticing import Said
from payments.services.deciding import decide
from payments.services.gifts.claiming import claim
from payments.services.moving import mend_address
from payments.services.refunding import refund
from products.models import Price
from stores.models import Store
from stores.scope import store_scope
from tests.payments.buying import Shop

DAY, LATER = timedelta(days=1), timedelta(hours=2)


@pytest.fixture
def inside(shop: Shop) -> Iterator[Store]:
    with store_scope(shop.store):
        yield shop.store


@pytest.fixture
def large(in_store: Store, price: Price, charlie: Customer) -> Order:
    """A paid order of three things, 3,000 shekels each, in a store that keeps the lawful fee."""
    CancelPolicy.objects.create(charges_fee=True)
    now = clock.now()
    order = Order.objects.create(
        number=1,
        attempt="a",
        customer=charlie,
        email="charlie@example.com",
        language="en",
        status="paid",
        currency="ILS",
        total=900_000,
        provider="transfer",
        way=OtherWay.objects.create(kind="cash", name="Cash", instructions="x"),
        terms_accepted_at=now,
        placed_at=now,
        paid_at=now,
    )
    for _each in range(3):
        OrderLine.objects.create(
            order=order,
            product=price.product,
            price=price,
            title="A thing",
            amount=300_000,
            length="for_good",
        )
    Payment.objects.create(
        order=order,
        provider="transfer",
        payment_intent="x",
        status="succeeded",
        amount=900_000,
        currency="ILS",
        paid_at=now,
    )
    return order


def cancel(order: Order, **over: Any) -> CancelNotice:
    said = Said(language="en")
    return noticing.cancel(order, proof="browser", said=said, now=clock.now(), **over)


def duties(store: Store) -> list[str]:
    return [each.sentence for each in slots.duties(store, clock.now())]


def test_the_most_that_may_be_kept_is_kept_once_for_the_whole_deal(large: Order) -> None:
    assert [each.right.fee for each in judge(large, clock.now())] == [10_000, 0, 0]
    first, second, _third = large.lines.all()
    cancel(large, line=second)
    cancel(large)
    assert sum(CancelledLine.objects.values_list("fee", flat=True)) == 10_000
    assert sum(CancelledLine.objects.values_list("amount", flat=True)) == 890_000
    assert CancelledLine.objects.get(line=first).fee == 0


def test_money_to_be_paid_by_hand_is_due_by_the_day_the_notice_promised(large: Order) -> None:
    cancel(large, line=large.lines.all()[0])
    effect.send_money(clock.now() + LATER)
    promised = clock.now() + 2 * DAY
    CancelNotice.objects.update(refund_due_by=promised)
    assert [each.due_at for each in by_hand.duties()] == [promised]


def test_a_gift_that_its_receiver_opened_was_opened(
    shop: Shop, inside: Store, charlie: Customer
) -> None:
    order = shop.buy(email="giver@example.com", is_gift="on", gift_to_name="Charlie")
    claim(order.lines.get().gift, charlie, now=clock.now())
    Access.objects.update(first_opened_at=clock.now())
    notice = cancel(order)
    assert (notice.state, notice.because) == ("request", "opened")


def test_a_banks_hold_delays_the_money_and_does_not_swallow_it(shop: Shop, inside: Store) -> None:
    order = shop.buy()
    dispute = shop.sandbox.dispute(Payment.objects.get().charge)
    shop.hear()
    cancel(order)
    assert CancelledLine.objects.get().amount == 4900
    effect.send_money(clock.now() + LATER)
    assert not Refund.objects.exists()
    shop.sandbox.decide_dispute(dispute["id"], won=True)
    shop.hear()
    effect.send_money(clock.now() + LATER + 2 * DAY)
    assert Refund.objects.get().amount == 4900


@pytest.mark.parametrize("way", ["again", "elsewhere"])
def test_a_refund_that_failed_is_owed_until_it_is_settled(
    shop: Shop, inside: Store, way: str
) -> None:
    order = shop.buy()
    cancel(order)
    assert duties(inside)
    effect.send_money(clock.now() + LATER)
    assert duties(inside) == []
    failed = Refund.objects.get()
    shop.sandbox.settle_refund(str(failed.stripe_id), fail=True)
    shop.hear()
    assert len(duties(inside)) == 1
    assert not Access.objects.live(clock.now()).exists()
    assert "stays cancelled" in Message.objects.get(kind="order_question").context["about"]
    if way == "again":
        refund(order, by="Alice", lines=[order.lines.get()], now=clock.now() + LATER)
    else:
        key = f"failed:{failed.public_id}"
        decide(order, key, verdict="elsewhere", by="Alice", now=clock.now())
    assert duties(inside) == []


def test_the_days_begin_with_the_receipt_that_reached_its_buyer(shop: Shop, inside: Store) -> None:
    order = mend_address(shop.buy(), "charlotte@example.com", now=clock.now())
    now = clock.now()
    receipts = Message.objects.filter(kind="receipt")
    receipts.filter(to_address="charlie@example.com").update(state="sent", sent_at=now - 30 * DAY)
    assert document_sent_at(order) is None
    receipts.filter(to_address="charlotte@example.com").update(state="sent", sent_at=now)
    assert document_sent_at(order) == now


def test_proved_weeks_later_its_money_is_promised_for_tomorrow(shop: Shop, inside: Store) -> None:
    order = shop.buy()
    said_at = clock.now() - 30 * DAY
    Order.objects.update(paid_at=said_at - DAY, placed_at=said_at - DAY)
    notice = noticing.give_notice(Said(language="en", email=order.email), now=said_at)
    order.refresh_from_db()
    noticing.confirm(notice, order, proof="mailbox", now=clock.now())
    notice.refresh_from_db()
    assert (notice.state, notice.said_at) == ("done", said_at)
    assert notice.refund_due_by is not None
    assert notice.refund_due_by > clock.now()
