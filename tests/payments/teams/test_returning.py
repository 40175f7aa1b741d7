"""A team that pays every month: all its places follow its charges, and their number changes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access.models import Access, Owed
from access.services.granting import owe
from access.services.paid_time import paid_time
from core import clock
from payments.errors import CannotChange, CannotGive
from payments.models import OutboundCall, PlanChange, Refund, TeamPlace
from payments.services.dunning import sweeping
from payments.services.nightly.ours import compare_orders, order_alone
from payments.services.subscriptions.changing import undo
from payments.services.subscriptions.leaving import leave_at_end, leave_today
from payments.services.subscriptions.owing import settle_owed
from payments.services.subscriptions.resting import come_back, rest
from payments.services.teams.claiming import claim
from payments.services.teams.inviting import invite
from payments.services.teams.resizing import preview, resize_to
from payments.services.teams.standing import counts_of
from tests.payments.subscriptions.member import Member
from tests.payments.teams.crew import customer, monthly, open_for, seat


def test_it_pays_for_all_places_each_time(member: Member) -> None:
    team = monthly(member, 5)
    subscription = member.subscription
    assert (subscription.seats, subscription.amount) == (5, 5 * 5900)
    assert subscription.order.total == 5 * 5900
    member.months(2)
    assert [order.total for order in member.orders] == [5 * 5900] * 3
    with member.there():
        assert [order.lines.get().quantity for order in member.orders] == [5, 5, 5]
        assert team.places.count() == 5
        assert not compare_orders(order_alone(subscription.order_id), member.now)


def test_all_are_open_while_it_is_paid_and_count_what_was_paid_from_joining_on(
    member: Member,
) -> None:
    team = monthly(member)
    with member.there():
        dan = customer("dan")
        seat(team, dan, member.now)
    member.months(2)
    with member.there():
        mona = customer("mona")
        seat(team, mona, member.now)
        first, second = (Access.objects.get(customer=each) for each in (dan, mona))
        assert first.ends_at is None
        spans = paid_time([first, second], member.now)
        assert len(spans[second.pk]) == 1
        assert spans[second.pk][0].start == second.starts_at
        assert spans[first.pk][0].start == first.starts_at
        assert spans[first.pk][-1].end == spans[second.pk][-1].end
    member.months(1)
    with member.there():
        spans = paid_time([second], member.now)
        assert spans[second.pk][0].end > second.starts_at + timedelta(days=31)


def test_who_leaves_ends_all(member: Member) -> None:
    team = monthly(member)
    with member.there():
        people = [customer("dan"), customer("mona")]
        for each in people:
            seat(team, each, member.now)
        leave_at_end(member.subscription, now=member.now)
        assert all(open_for(each, member.now) for each in people)
        ends = {access.ends_at for access in Access.objects.all()}
        assert ends == {member.subscription.ends_at}
    member.months(1)
    with member.there():
        assert not any(open_for(each, member.now) for each in people)
        with pytest.raises(CannotGive, match="ended"):
            invite(team, "late@example.com", now=member.now)


def test_stopped_today_closes_all_at_once(member: Member) -> None:
    team = monthly(member)
    with member.there():
        dan = customer("dan")
        seat(team, dan, member.now)
        leave_today(member.subscription, now=member.now)
        assert not open_for(dan, member.now + timedelta(seconds=2))


def test_a_rest_is_a_rest_for_all(member: Member) -> None:
    team = monthly(member)
    with member.there():
        dan = customer("dan")
        seat(team, dan, member.now)
        (offered,) = invite(team, "mona@example.com", now=member.now).places
        rest(member.subscription, 1, now=member.now)
    member.later(days=40)
    with member.there():
        assert not open_for(dan, member.now)
        with pytest.raises(CannotGive, match="rests"):
            claim(offered, customer("mona"), now=member.now)
        come_back(member.subscription, now=member.now)
        assert open_for(dan, member.now)
        assert claim(offered, customer("nina"), now=member.now)


def test_a_failed_charge_holds_all_and_paid_they_are_open_again(member: Member) -> None:
    team = monthly(member)
    with member.there():
        dan, mona = customer("dan"), customer("mona")
        seat(team, dan, member.now)
        seat(team, mona, member.now)
    member.shop.sandbox.fail_next_renewal(
        member.subscription.stripe_id, code="insufficient_funds", times=2
    )
    member.months(1)
    with member.there():
        assert open_for(dan, member.now)
        assert open_for(mona, member.now)
        bill = member.subscription.bills.latest("pk")
    member.shop.sandbox.after_last_retry("past_due")
    closes = bill.failed_at + timedelta(days=7)
    with member.there():
        assert not open_for(dan, closes)
        assert not open_for(mona, closes)
    member.later(days=10)
    with member.there():
        sweeping.work_on(member.now)
        assert member.subscription.bills.latest("pk").status == "paid"
        assert open_for(dan, member.now)
        assert open_for(mona, member.now)


def test_what_is_owed_to_all_moves_the_teams_charge_once(member: Member) -> None:
    team = monthly(member)
    before = member.subscription.next_charge_at
    assert before is not None
    with member.there():
        for name in ("dan", "mona"):
            place = seat(team, customer(name), member.now)
            owe(Access.objects.get(source_id=place.source), 1, "period", "March")
        for _sweep in range(3):
            settle_owed(member.now)
        store = member.shop.store
        month = clock.add_period(before, "month", 1, store.zone)
        assert member.subscription.next_charge_at == month
        assert not Owed.objects.filter(settled_at=None).exists()
        assert OutboundCall.objects.filter(key__startswith="owed-").count() == 1


def test_more_places_wait_for_a_charge_that_was_moved(member: Member) -> None:
    monthly(member, 3)
    with member.there():
        rest(member.subscription, 1, now=member.now)
        come_back(member.subscription, now=member.now)
        shown = preview(member.subscription, 4, member.now)
        assert (shown.is_now, shown.today) == (False, 0)
        resize_to(member.subscription, 4, now=member.now, at=shown.at)
    assert member.subscription.seats == 3
    member.months(1)
    assert member.subscription.seats == 4


def test_more_places_are_paid_for_at_once_and_there_then(member: Member) -> None:
    team = monthly(member, 2)
    member.later(days=10)
    with member.there():
        shown = preview(member.subscription, 4, member.now)
        assert 0 < shown.today < 2 * 5900
        assert shown.then == 4 * 5900
        resize_to(member.subscription, 4, now=member.now, at=shown.at)
    member.hear()
    with member.there():
        assert (member.subscription.seats, member.subscription.amount) == (4, 4 * 5900)
        assert counts_of(team).all == 4
        assert member.orders[-1].total == shown.today
    member.months(1)
    assert member.orders[-1].total == 4 * 5900


def test_fewer_come_with_the_next_charge_and_can_be_undone(member: Member) -> None:
    team = monthly(member, 4)
    with member.there():
        change = resize_to(member.subscription, 2, now=member.now)
        assert not change.is_up
        counts = counts_of(team)
        assert (counts.all, counts.free) == (4, 2), "no more are given out than will be there"
        undo(member.subscription, now=member.now)
        assert counts_of(team).free == 4
        resize_to(member.subscription, 2, now=member.now)
    member.months(1)
    with member.there():
        assert member.subscription.seats == 2
        assert counts_of(team).all == 2
        assert member.orders[-1].total == 2 * 5900
        assert PlanChange.objects.open().count() == 0


def test_not_under_the_number_of_taken_places(member: Member) -> None:
    team = monthly(member, 4)
    with member.there():
        for name in ("dan", "mona", "nina"):
            seat(team, customer(name), member.now)
        with pytest.raises(CannotChange, match="3 places are taken"):
            resize_to(member.subscription, 2, now=member.now)
        with pytest.raises(CannotChange, match="From 2 to 10"):
            resize_to(member.subscription, 11, now=member.now)
        resize_to(member.subscription, 3, now=member.now)
    member.months(1)
    with member.there():
        assert TeamPlace.objects.standing().filter(claimed_by__isnull=False).count() == 3
        assert len(Access.objects.live(member.now)) == 3


def test_what_was_owed_to_all_goes_back_once_when_the_team_leaves(member: Member) -> None:
    team = monthly(member, 3)
    member.months(2)
    with member.there():
        for name in ("dan", "mona"):
            place = seat(team, customer(name), member.now)
            owe(Access.objects.get(source_id=place.source), 1, "period", "March")
        leave_at_end(member.subscription, now=member.now)
        for _sweep in range(3):
            settle_owed(member.now)
        back = Refund.objects.filter(reason="What was owed")
        assert [refund.amount for refund in back] == [3 * 5900]
        assert not Owed.objects.filter(returned_at=None).exists()
