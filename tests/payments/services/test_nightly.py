"""Everything against everything: what differs is a row, and goes when it is mended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import Access
from accounts.services.leaving import erase_customer
from core import clock
from payments.errors import CannotMend
from payments.models import Difference, Dispute, NightlyCheck, Order, OrderLine, Payment, Refund
from payments.services import nightly
from payments.services.moving import move_access
from payments.services.nightly import ours, pages, walking
from payments.services.nightly.mending import look_again, mend
from payments.services.refunding import refund
from products.models import Hold
from products.services.bundles import include
from tests.conftest import make_product
from tests.payments.buying import Shop, make_book
from tests.payments.services.test_refunding_lines import paid

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    return sorted(each.kind for each in nightly.check_everything(clock.now()))


def test_a_sale_a_refund_and_a_dispute_leave_no_difference(shop: Shop) -> None:
    refund(shop.buy(), by="alice", amount=1000, now=clock.now())
    refund(shop.buy(again="on"), by="alice", now=clock.now())
    shop.buy(again="on")
    made = shop.sandbox.dispute(Payment.objects.latest("id").charge)
    shop.hear()
    assert kinds() == []
    shop.sandbox.decide_dispute(made["id"], won=False)
    shop.hear()
    assert kinds() == []


def test_money_nobody_heard_of_is_a_difference_until_it_is_mended(shop: Shop) -> None:
    shop.pay(shop.begin())
    assert "payment_unknown" in kinds()
    unknown = Difference.objects.get(kind="payment_unknown")
    assert unknown.store_id == shop.store.pk
    assert mend(unknown, clock.now())
    assert Order.objects.get().is_paid
    assert kinds() == []


def test_a_refund_and_a_dispute_nobody_heard_of_are_mended_too(shop: Shop) -> None:
    shop.buy()
    shop.sandbox.refund(payment_intent=Payment.objects.get().payment_intent, amount=1000)
    shop.sandbox.dispute(Payment.objects.get().charge)
    assert kinds() == ["dispute_unknown", "refund_unknown"]
    for each in Difference.objects.all():
        assert mend(each, clock.now())
    assert Dispute.objects.count() == Refund.objects.count() == 1
    assert kinds() == []


def test_what_vanished_is_closed_by_the_next_look(shop: Shop) -> None:
    shop.buy()
    Order.objects.update(status=Order.Status.REFUNDED)
    assert kinds() == ["order_status"]
    Order.objects.update(status=Order.Status.PAID)
    assert kinds() == []
    assert Difference.objects.get().gone_at is not None


@pytest.mark.differs
@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lambda: Payment.objects.update(amount=9900), "payment_amount"),
        (lambda: Payment.objects.update(amount=9900), "movement_amount"),
        (lambda: Payment.objects.update(amount=9900), "order_paid"),
        (lambda: Payment.objects.update(payment_intent="pi_none", charge=""), "payment_gone"),
        (lambda: Order.objects.update(status="cancelled", paid_at=None), "order_kept_money"),
        (lambda: Order.objects.update(total=1), "order_lines"),
    ],
)
def test_each_spoilt_row_is_seen(shop: Shop, spoil: Any, kind: str) -> None:
    shop.buy()
    spoil()
    assert kind in kinds()


SPOILT = [
    (lambda: Order.objects.update(status=Order.Status.REFUNDED), "order_status"),
    (lambda: Payment.objects.update(refunded_amount=10), "payment_refunds"),
    (lambda: OrderLine.objects.update(closed_at=clock.now()), "line_closed"),
    (lambda: OrderLine.objects.update(held_at=clock.now()), "line_held"),
    (lambda: Access.objects.update(source_id="0"), "access_missing"),
    (lambda: Access.objects.update(revoked_at=clock.now()), "access_closed"),
    (lambda: Access.objects.update(suspended_at=clock.now()), "access_held"),
    (lambda: Hold.objects.update(sold_at=None), "hold_unsold"),
    (lambda: Refund.objects.update(state="pending"), "refund_state"),
    (lambda: Dispute.objects.update(status="won"), "dispute_state"),
]


@pytest.mark.parametrize(("spoil", "kind"), SPOILT, ids=[kind for _spoil, kind in SPOILT])
def test_what_follows_from_the_money_is_mended_by_a_button(
    shop: Shop, spoil: Any, kind: str
) -> None:
    order = shop.buy()
    if kind in {"refund_state", "dispute_state"}:
        refund(order, by="alice", amount=1000, now=clock.now())
        shop.sandbox.dispute(Payment.objects.get().charge)
        shop.hear()
    spoil()
    assert kind in kinds()
    mend(Difference.objects.get(kind=kind), clock.now())
    assert kinds() == []
    assert Difference.objects.get(kind=kind).gone_at is not None


def test_what_stands_inside_a_bundle_that_was_returned_is_seen_and_closed(shop: Shop) -> None:
    bundle, book = make_product("bundle", title="Both", amount=7000), make_book(title="One")
    include(bundle, book)
    order = paid(shop, bundle.prices.get())
    refund(order, by="alice", now=clock.now())
    Access.objects.filter(product_id=book.pk).update(revoked_at=None)
    assert kinds() == ["access_left"]
    assert mend(Difference.objects.get(), clock.now())
    assert not Access.objects.standing().exists()


def test_a_missing_gift_and_a_moved_access_are_never_given_to_the_buyer(shop: Shop) -> None:
    shop.buy()
    move_access(Access.objects.get(), "erin@example.com", by="Bob", now=clock.now())
    Access.objects.update(revoked_at=clock.now())
    assert kinds() == ["access_closed"]
    assert mend(Difference.objects.get(), clock.now())
    assert [each.customer.user.email for each in Access.objects.standing()] == ["erin@example.com"]


@pytest.mark.differs
def test_what_no_function_can_mend_says_who_must_act_and_is_looked_at_again(shop: Shop) -> None:
    shop.buy()
    Payment.objects.update(payment_intent="pi_none", charge="")
    kinds()
    gone = Difference.objects.get(kind="payment_gone")
    with pytest.raises(CannotMend, match="by hand"):
        mend(gone, clock.now())
    assert not look_again(gone, clock.now())
    intent = Difference.objects.get(kind="payment_unknown").subject
    Payment.objects.update(payment_intent=intent)
    assert kinds() == []


def test_who_was_forgotten_leaves_no_difference(shop: Shop) -> None:
    order = shop.buy()
    assert order.customer is not None
    erase_customer(order.customer, now=clock.now())
    assert not Access.objects.standing().exists()
    assert kinds() == []


def test_a_page_of_orders_is_compared_with_the_same_few_queries(
    shop: Shop, django_assert_num_queries: Any
) -> None:
    for again in ({}, {"again": "on"}, {"again": "on"}):
        refund(shop.buy(**again), by="alice", amount=100, now=clock.now())
    with CaptureQueriesContext(connection) as one:
        ours.compare_orders(ours.orders_after("")[:1], clock.now())
    with django_assert_num_queries(len(one)):
        ours.compare_orders(ours.orders_after(""), clock.now())


def test_what_staff_took_back_by_hand_is_no_difference(shop: Shop) -> None:
    from access.services import granting

    shop.buy()
    granting.revoke(Access.objects.get(), now=clock.now(), by="alice")
    assert kinds() == []


def test_a_night_is_walked_page_by_page_and_goes_on_where_it_stopped(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _each in range(3):
        shop.buy(again="on") if Order.objects.exists() else shop.buy()
    Order.objects.update(status=Order.Status.REFUNDED)
    monkeypatch.setattr(pages, "SIZE", 1)
    monkeypatch.setattr("payments.services.nightly.ours.SIZE", 1)
    now = clock.now() + timedelta(hours=2)
    walking.begin_night(now.date(), now)
    walking.begin_night(now.date(), now)
    assert NightlyCheck.objects.count() == 7
    for _page in range(40):
        walking.work_due(now, pages_at_once=1)
        now += timedelta(minutes=2)
    assert not NightlyCheck.objects.filter(state="due").exists()
    assert Difference.objects.filter(kind="order_status").count() == 3


def test_when_stripe_is_silent_the_part_waits(shop: Shop) -> None:
    shop.buy()
    now = clock.now()
    shop.sandbox.fault("error", path="/v1/charges", times=9)
    walking.begin_night(now.date(), now)
    walking.work_due(now)
    waiting = NightlyCheck.objects.get(part="charges")
    assert (waiting.state, bool(waiting.error)) == ("due", True)
    assert NightlyCheck.objects.get(part="unseen").state == "due"
    shop.sandbox.fault("error", path="/none", clear=True)
    walking.work_due(now + timedelta(minutes=10))
    walking.work_due(now + timedelta(minutes=20))
    assert not NightlyCheck.objects.filter(state="due").exists()
