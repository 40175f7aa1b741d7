"""Another plan: up at once, down with the next charge."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from access.models import Access
from payments.errors import CannotChange, TryLater
from payments.models import Order, PlanChange, Refund, Subscription
from payments.services import reconciling, stripe_api
from payments.services.subscriptions.changing import downgrade, plans, preview, undo, upgrade
from payments.services.subscriptions.leaving import leave_at_end, leave_today, unused
from payments.services.subscriptions.resting import come_back, rest
from products.models import Price
from products.services.bundles import include
from tests.conftest import make_price, make_product
from tests.payments.subscriptions.member import Member

pytestmark = pytest.mark.django_db
State = Subscription.State


def another(member: Member, amount: int, interval: str = "month", **over: Any) -> Price:
    product = member.shop.price.product
    return make_price(product, kind="subscription", amount=amount, interval=interval, **over)


def no_questions() -> bool:
    return not Order.objects.filter(status=Order.Status.REVIEW).exists()


def test_up_charges_exactly_what_was_shown_and_holds_at_once(member: Member) -> None:
    subscription = member.join()
    gold = another(member, 9900)
    member.later(days=10)
    with member.there():
        assert plans(subscription, member.now) == [gold]
        shown = preview(subscription, gold, member.now)
        assert shown.is_now
        assert 0 < shown.today < 4000
        assert (shown.then, shown.next_at) == (9900, subscription.next_charge_at)
        change = upgrade(subscription, gold, now=member.now, at=shown.at)
    member.hear()
    assert change.applied_at is not None
    assert (member.subscription.price, member.subscription.amount) == (gold, 9900)
    assert member.access.price == gold
    assert [order.total for order in member.orders] == [5900, shown.today]
    member.months(1)
    assert [order.total for order in member.orders] == [5900, shown.today, 9900]
    assert member.access.paid_spans.count() == 2
    assert no_questions()


def test_up_to_another_rhythm_begins_a_whole_period(member: Member) -> None:
    subscription = member.join()
    yearly = another(member, 90000, "year")
    member.later(days=10)
    with member.there():
        shown = preview(subscription, yearly, member.now)
        upgrade(subscription, yearly, now=member.now, at=shown.at)
    member.hear()
    assert [order.total for order in member.orders] == [5900, shown.today]
    assert 85000 < shown.today < 90000
    subscription = member.subscription
    assert subscription.price == yearly
    assert subscription.next_charge_at == member.access.paid_through
    assert no_questions()
    with member.there():
        assert unused(subscription, member.now) in range(89990, 90001)


def test_a_refused_card_leaves_all_as_it_was(member: Member) -> None:
    subscription = member.join()
    gold = another(member, 9900)
    with stripe_api._asking() as client:
        found = client.v1.subscriptions.retrieve(subscription.stripe_id)
    member.shop.sandbox.refuse(found.default_payment_method, "generic_decline")
    with member.there():
        change = upgrade(subscription, gold, now=member.now)
    member.hear()
    assert (change.applied_at, change.dropped_at) == (None, None)
    assert member.subscription.amount == 5900
    assert member.subscription.state(member.now) == State.ACTIVE
    member.later(days=1, hours=1)
    change.refresh_from_db()
    assert change.dropped_at is not None
    member.shop.sandbox.refuse(found.default_payment_method, "")
    assert member.subscription.state(member.now) == State.ACTIVE
    member.months(1)
    assert [order.total for order in member.orders] == [5900, 5900]


def test_up_in_the_free_days_costs_nothing_today(member: Member) -> None:
    member.shop.price.trial_days = 14
    member.shop.price.save()
    subscription = member.join()
    gold = another(member, 9900)
    with member.there():
        assert preview(subscription, gold, member.now).today == 0
        upgrade(subscription, gold, now=member.now)
    assert member.subscription.price == gold
    member.later(days=14, hours=2)
    assert [order.total for order in member.orders] == [0, 9900]
    assert no_questions()


@pytest.mark.parametrize(("amount", "interval"), [(2900, "month"), (30000, "year")])
def test_down_comes_with_the_next_charge(member: Member, amount: int, interval: str) -> None:
    subscription = member.join()
    paid_until = subscription.next_charge_at
    silver = another(member, amount, interval)
    member.later(days=10)
    with member.there():
        shown = preview(subscription, silver, member.now)
        assert (shown.is_now, shown.today, shown.then) == (False, 0, amount)
        assert shown.next_at == paid_until
        downgrade(subscription, silver, now=member.now)
    member.hear()
    assert member.subscription.amount == 5900
    assert member.subscription.next_charge_at == paid_until
    assert member.access.price != silver
    member.later(days=22, hours=2)
    assert (member.subscription.price, member.subscription.amount) == (silver, amount)
    assert member.access.price == silver
    assert [order.total for order in member.orders] == [5900, amount]
    assert no_questions()


@pytest.mark.parametrize(("amount", "interval"), [(2900, "month"), (30000, "year")])
def test_down_can_be_undone_until_then(member: Member, amount: int, interval: str) -> None:
    subscription = member.join()
    silver = another(member, amount, interval)
    with member.there():
        downgrade(subscription, silver, now=member.now)
        with pytest.raises(CannotChange):
            downgrade(subscription, silver, now=member.now)
        undo(subscription, now=member.now)
        with pytest.raises(CannotChange):
            undo(subscription, now=member.now)
    member.months(2)
    assert [order.total for order in member.orders] == [5900, 5900, 5900]
    assert PlanChange.objects.get().dropped_at is not None
    assert no_questions()


def test_who_set_a_cheaper_plan_may_still_leave(member: Member) -> None:
    subscription = member.join()
    with member.there():
        downgrade(subscription, another(member, 2900), now=member.now)
        leave_at_end(subscription, now=member.now)
    member.months(1)
    assert member.subscription.state(member.now) == State.ENDED
    assert len(member.orders) == 1


def test_a_lost_answer_is_asked_for_again_and_charged_once(member: Member) -> None:
    subscription = member.join()
    gold = another(member, 9900)
    path = f"/v1/subscriptions/{subscription.stripe_id}"
    member.shop.sandbox.fault("drop", when="after", times=1, method="POST", path=path)
    with member.there():
        with pytest.raises(TryLater):
            upgrade(subscription, gold, now=member.now)
        reconciling.reconcile_store(member.now + timedelta(minutes=15))
    member.hear()
    assert member.subscription.price == gold
    assert [order.total for order in member.orders] == [5900, 4000]


def test_up_waits_for_a_charge_that_was_moved(member: Member) -> None:
    """Who takes a rest back has paid until then; Stripe would charge nothing for the change."""
    subscription = member.join()
    gold = another(member, 9900)
    with member.there():
        rest(subscription, 1, now=member.now)
        subscription = come_back(member.subscription, now=member.now)
        assert subscription.status == "trialing"
        shown = preview(subscription, gold, member.now)
        assert (shown.is_now, shown.today, shown.then) == (False, 0, 9900)
        with pytest.raises(CannotChange):
            upgrade(subscription, gold, now=member.now)
        downgrade(subscription, gold, now=member.now)
    assert member.subscription.price == member.shop.price
    member.months(1)
    assert member.subscription.price == gold
    assert [order.total for order in member.orders] == [5900, 9900]


def test_up_to_a_shorter_rhythm_waits_where_the_days_left_cost_more(member: Member) -> None:
    """Stripe would credit nine months of the year to its customer, and keep it if they leave."""
    monthly = member.shop.price
    yearly = another(member, 59000, "year")
    member.shop.price = yearly
    subscription = member.join()
    member.later(days=90)
    with member.there():
        shown = preview(subscription, monthly, member.now)
        assert (shown.is_now, shown.today, shown.then) == (False, 0, 5900)
        with pytest.raises(CannotChange):
            upgrade(subscription, monthly, now=member.now)
    member.later(days=260)
    with member.there():
        # What is left is worth less than a month: the change is paid for at once.
        shown = preview(member.subscription, monthly, member.now)
        assert (shown.is_now, shown.today > 0) == (True, True)
        upgrade(member.subscription, monthly, now=member.now, at=shown.at)
    member.hear()
    assert member.subscription.price == monthly
    assert sum(order.total for order in member.orders) == 59000 + shown.today
    with member.there():
        back = unused(member.subscription, member.now)
    assert 0 < 5900 - back < 20


def test_what_a_plan_includes_comes_and_goes_with_it(member: Member) -> None:
    pattern, video = make_product(title="Pattern"), make_product(title="Video")
    product = member.shop.price.product
    gold = another(member, 9900)
    include(product, pattern, price=member.shop.price)
    include(product, video, price=gold)
    subscription = member.join()
    open_now = Access.objects.live(member.now).filter(parent=member.access)
    assert [each.product_id for each in open_now] == [pattern.pk]
    with member.there():
        upgrade(subscription, gold, now=member.now)
        open_now = Access.objects.live(member.now).filter(parent=member.access)
        assert [each.product_id for each in open_now] == [video.pk]
        downgrade(member.subscription, member.shop.price, now=member.now)
    member.months(1)
    open_now = Access.objects.live(member.now).filter(parent=member.access)
    assert [each.product_id for each in open_now] == [pattern.pk]


def test_leaving_today_after_a_change_gives_back_all_that_was_paid(member: Member) -> None:
    subscription = member.join()
    with member.there():
        upgrade(subscription, another(member, 9900), now=member.now)
    member.hear()
    with member.there():
        leave_today(member.subscription, now=member.now)
    part, whole = sorted(Refund.objects.values_list("amount", flat=True))
    assert part in range(3990, 4001)
    assert whole in range(5890, 5901)


def test_no_change_in_a_rest_nor_to_what_is_not_offered(member: Member) -> None:
    subscription = member.join()
    gold, hidden = another(member, 9900), another(member, 9900, is_active=False)
    other = make_price(make_product(amount=None), kind="subscription", amount=100, interval="year")
    with member.there():
        for price in (hidden, other, member.shop.price):
            with pytest.raises(CannotChange):
                upgrade(subscription, price, now=member.now)
        with pytest.raises(CannotChange):
            downgrade(subscription, gold, now=member.now)
        rest(subscription, 1, now=member.now)
        with pytest.raises(CannotChange):
            upgrade(subscription, gold, now=member.now)
    assert not PlanChange.objects.exists()
