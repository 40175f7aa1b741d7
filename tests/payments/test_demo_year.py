"""The demo shops' year, lived through with the sandbox's clock set back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from memberships.models import Member
from payments.models import (
    Bill,
    CancelNotice,
    Dispute,
    Document,
    DocumentDue,
    Gift,
    LeavingReason,
    Order,
    Payment,
    Subscription,
)
from payments.services import nightly
from payments.services.demo.members import MEMBERS
from payments.services.demo.stores import make_demo_stores
from payments.services.demo.year import YEAR, make_demo_year
from shipping.models import Parcel
from stores.models import Store
from stores.scope import store_scope

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(1200)]


def test_a_year_was_lived_through_in_order_and_only_once(sandbox) -> None:
    thread, crumb = make_demo_stores()
    assert make_demo_year() > 2 * len(YEAR)
    assert make_demo_year() == 0
    for store in (thread, crumb):
        with store_scope(store):
            lived_by_members(store)
            orders = list(Order.objects.filter(subscription=None).order_by("number"))
            assert [each.placed_at for each in orders] == sorted(each.placed_at for each in orders)
            assert len(orders) == len(YEAR) + len(MEMBERS[store.language])
            assert len({(each.placed_at.year, each.placed_at.month) for each in orders}) >= 12
            assert orders[0].placed_at < clock.now() - timedelta(days=350)
            assert all(each.paid_at < clock.now() for each in orders if each.paid_at)
            statuses = {each.status for each in orders}
            assert statuses >= {"paid", "refunded", "partly_refunded", "expired", "pending"}
            papers = list(Document.objects.order_by("kind", "number"))
            for kind in {each.kind for each in papers}:
                of_kind = [each for each in papers if each.kind == kind]
                first = of_kind[0].number
                assert [each.number - first for each in of_kind] == list(range(len(of_kind)))
                days = [each.issued_at for each in of_kind]
                assert days == sorted(days)
            assert not DocumentDue.objects.waiting().exists()
            assert {each.status for each in Dispute.objects.all()} >= {"won", "lost"}
            assert Dispute.objects.exclude(status__in=("won", "lost")).count() == 1
            asked = CancelNotice.objects.filter(state="request").count()
            assert asked == {"IL": 1, "US": 2}[store.business.country]  # no law there gives a right
            assert Gift.objects.filter(claimed_at=None).count() == 1
            states = sorted(Parcel.objects.values_list("state", flat=True))
            assert states == [
                *("arrived", "arrived", "arrived", "lost", "packed", "sent", "sent", "to_pack")
            ]
    assert abs(sandbox.now() - clock.now().timestamp()) < 60
    assert nightly.check_everything(clock.now()) == []


def lived_by_members(store: Store) -> None:
    """The club's members are subscriptions in every state, each charge with payment and paper."""
    now = clock.now()
    rows = list(Subscription.objects.filter(instalments=None))
    assert Subscription.objects.exclude(instalments=None).count() == 1
    states = [each.state(now) for each in rows]
    assert {"active", "resting", "on_hold", "ended"} <= set(states)
    assert len(rows) == len(MEMBERS[store.language])
    assert {each.price.interval for each in rows} == {"month", "quarter", "year"}
    assert LeavingReason.objects.exclude(words="").count() == 1
    back = [each for each in rows if each.state(now) == "active"]
    left = [each for each in rows if each.state(now) == "ended"]
    assert {each.customer_id for each in back} & {each.customer_id for each in left}
    paid = Bill.objects.filter(status="paid", amount__gt=0)  # a rest has an invoice of nothing
    assert max(paid.filter(subscription=each).count() for each in rows) in {13, 14}
    for bill in paid.select_related("order"):
        assert bill.order is not None
        assert Payment.objects.get(order=bill.order).amount == bill.amount
        assert Document.objects.filter(source=f"paid:{bill.order.public_id}").count() == 1
    assert set(Member.objects.values_list("told_number", flat=True)) == {14}
