"""What was lost on the way is asked for again, and every night all is compared."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from payments.models import Bill, Difference, Subscription
from payments.services import alarming, nightly, reconciling
from payments.services.nightly.mending import mend
from payments.services.subscriptions import looking
from payments.services.subscriptions.changing import downgrade
from stores.scope import all_stores
from tests.conftest import make_price
from tests.payments.subscriptions.member import Member
from tests.payments.subscriptions.test_unpaid import refuse

pytestmark = pytest.mark.django_db
State = Subscription.State


def reconcile(member: Member) -> None:
    with member.there():
        reconciling.reconcile_store(clock.now())


def test_a_renewal_nobody_told_us_of_is_found(member: Member) -> None:
    member.join()
    member.shop.sandbox.advance(months=1, hours=1)
    assert not looking.unheard(member.now).exists()
    member.shop.sandbox.advance(hours=2)
    with all_stores():
        assert looking.unheard(member.now).count() == 1
    assert reconciling.stores_with_due(member.now) == [member.shop.store.pk]
    reconcile(member)
    assert len(member.orders) == 2
    assert member.subscription.next_charge_at == Bill.objects.latest("id").ends_at
    assert not looking.unheard(member.now + timedelta(hours=2)).exists()


def test_a_failure_and_its_end_nobody_told_us_of_are_found(member: Member) -> None:
    subscription = member.join()
    member.shop.sandbox.after_last_retry("past_due")
    member.shop.sandbox.fail_next_renewal(
        subscription.stripe_id, code="insufficient_funds", times=1
    )
    member.shop.sandbox.advance(months=1, hours=4)
    reconcile(member)
    assert member.subscription.state(member.now) == State.TO_FIX
    member.shop.sandbox.advance(days=4)
    reconcile(member)
    assert member.subscription.state(member.now) == State.ACTIVE
    assert len(member.orders) == 2


def test_one_is_asked_about_once_an_hour(member: Member) -> None:
    refuse(member)
    reconcile(member)
    assert not looking.unheard(member.now).exists()
    assert looking.unheard(member.now + looking.BETWEEN).count() == 1


@pytest.mark.differs
@pytest.mark.parametrize(
    ("spoilt", "kind"),
    [
        ({"status": "past_due"}, "subscription_state"),
        ({"next_charge_at": None}, "subscription_state"),
        ({"amount": 4900}, "subscription_amount"),
    ],
)
def test_the_night_finds_what_differs(member: Member, spoilt: dict[str, object], kind: str) -> None:
    member.join()
    member.hear()
    assert nightly.check_everything(clock.now()) == []
    Subscription.objects.update(**spoilt)
    (found,) = nightly.check_everything(clock.now())
    assert found.kind == kind
    if kind == "subscription_state":
        assert mend(found, clock.now())
        assert nightly.check_everything(clock.now()) == []


def test_a_cheaper_plan_set_for_later_is_no_difference(member: Member) -> None:
    subscription = member.join()
    silver = make_price(subscription.product, kind="subscription", amount=3900, interval="month")
    with member.there():
        downgrade(subscription, silver, now=member.now)
    member.hear()
    assert member.subscription.amount == 5900
    assert nightly.check_everything(clock.now()) == []


@pytest.mark.differs
def test_one_we_do_not_know_is_found_and_begun(member: Member) -> None:
    subscription = member.join()
    member.hear()
    Subscription.objects.filter(pk=subscription.pk).update(
        stripe_id="sub_else", ended_at=clock.now()
    )
    found = nightly.check_everything(clock.now())
    assert [each.kind for each in found] == ["subscription_unknown"]
    Subscription.objects.filter(pk=subscription.pk).update(
        stripe_id=subscription.stripe_id, ended_at=None
    )
    assert mend(found[0], clock.now())


@pytest.mark.differs
def test_one_that_ended_at_stripe_is_found(member: Member) -> None:
    subscription = member.join()
    member.hear()
    member.shop.sandbox.after_last_retry("canceled")
    member.shop.sandbox.fail_next_renewal(
        subscription.stripe_id, code="insufficient_funds", times=20
    )
    member.shop.sandbox.advance(months=1, days=20)
    kinds = {each.kind for each in nightly.check_everything(member.now)}
    assert "subscription_state" in kinds
    difference = Difference.objects.get(kind="subscription_state")
    with member.there():
        assert mend(difference, clock.now())
    assert member.subscription.ended_at is not None


def test_what_is_stuck_has_a_name(member: Member) -> None:
    bill = refuse(member)
    assert {each.key for each in alarming.alarms(member.now)}.isdisjoint(
        {"subscriptions-late", "bills-left", "holds-late"}
    )
    keys = {each.key for each in alarming.alarms(member.now + timedelta(days=90))}
    assert {"subscriptions-late", "holds-late"} <= keys
    Subscription.objects.update(ended_at=member.now)
    later = alarming.alarms(member.now + timedelta(days=1))
    assert "bills-left" in {each.key for each in later}
    Subscription.objects.filter(pk=bill.subscription_id).update(ended_at=None)
