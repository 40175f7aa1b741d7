"""Schedules: instalments that end by themselves, and a cheaper price from the next period."""

from __future__ import annotations

import pytest
import stripe

from tests.sandbox.making import club_item, invoices_of, item, join, period

DAY = 86_400


@pytest.fixture
def member(client, sandbox):
    sandbox.set_clock(1_801_440_000)  # 1 February 2027
    return join(client, sandbox)


def retrieved(client, subscription):
    return client.v1.subscriptions.retrieve(subscription.id)


def price_of(subscription):
    return subscription["items"].data[0].price


def instalments(client, subscription, months, **over):
    """A schedule that ends the subscription so many months after it began."""
    made = client.v1.subscription_schedules.create({"from_subscription": subscription.id})
    phase = {
        "items": [{"price": price_of(subscription).id, "quantity": 1}],
        "start_date": made.phases[0].start_date,
        "duration": {"interval": "month", "interval_count": months},
        **over,
    }
    return client.v1.subscription_schedules.update(
        made.id, {"phases": [phase], "end_behavior": "cancel"}
    )


def test_a_schedule_of_a_subscription_goes_on_as_it_is(client, sandbox, member):
    made = client.v1.subscription_schedules.create({"from_subscription": member.id})
    assert (made.status, made.end_behavior, made.subscription) == ("active", "release", member.id)
    (phase,) = made.phases
    assert (phase.start_date, phase.end_date) == period(member)
    assert phase["items"][0].price == price_of(member).id
    assert retrieved(client, member).schedule == made.id
    sandbox.advance(months=1, hours=2)
    after = client.v1.subscription_schedules.retrieve(made.id)
    assert (after.status, after.released_subscription) == ("released", member.id)
    body = retrieved(client, member)
    assert (body.schedule, body.status) == (None, "active")
    assert len(invoices_of(client, member.id)) == 2


@pytest.mark.parametrize("months", [2, 3, 6])
def test_instalments_end_by_themselves(client, sandbox, member, months):
    schedule = instalments(client, member, months)
    assert retrieved(client, member).cancel_at == schedule.phases[0].end_date
    sandbox.advance(months=months + 2)
    assert [one.status for one in invoices_of(client, member.id)] == ["paid"] * months
    body = retrieved(client, member)
    assert (body.status, body.ended_at) == ("canceled", schedule.phases[0].end_date)
    assert client.v1.subscription_schedules.retrieve(schedule.id).status == "completed"
    kinds = [event["type"] for event in sandbox.events()]
    assert kinds.count("subscription_schedule.completed") == 1
    assert kinds.count("customer.subscription.deleted") == 1


def test_instalments_from_the_end_of_january_are_as_many(client, sandbox):
    sandbox.set_clock(1_801_353_600)  # 31 January 2027
    remainder = [club_item(3333), item(1, "Rest of the division")]
    member = join(client, sandbox, line_items=remainder)
    instalments(client, member, 3)
    sandbox.advance(months=6)
    paid = [one.amount_paid for one in invoices_of(client, member.id)]
    assert (paid, sum(paid)) == ([3334, 3333, 3333], 10000)


def test_another_price_from_the_next_period(client, sandbox, member):
    made = client.v1.subscription_schedules.create({"from_subscription": member.id})
    product = client.v1.products.create({"name": "Small club"}).id
    cheaper = {
        "product": product,
        "currency": "ils",
        "unit_amount": 1900,
        "recurring": {"interval": "month"},
    }
    start, end = period(member)
    now = {"items": [{"price": price_of(member).id}], "start_date": start, "end_date": end}
    then = {"items": [{"price_data": cheaper}], "duration": {"interval": "month"}}
    client.v1.subscription_schedules.update(
        made.id, {"phases": [now, then], "end_behavior": "release"}
    )
    assert price_of(retrieved(client, member)).unit_amount == 4900
    sandbox.advance(months=2, hours=2)
    body = retrieved(client, member)
    assert (price_of(body).unit_amount, body.schedule, body.status) == (1900, None, "active")
    assert [one.amount_paid for one in invoices_of(client, member.id)] == [4900, 1900, 1900]


def test_years_from_the_next_month_count_from_there(client, sandbox, member):
    sandbox.advance(months=1, hours=2)
    made = client.v1.subscription_schedules.create({"from_subscription": member.id})
    product = client.v1.products.create({"name": "Club"}).id
    params = {"currency": "ils", "unit_amount": 49000, "recurring": {"interval": "year"}}
    yearly = client.v1.prices.create({**params, "product": product}).id
    (phase,) = made.phases
    now = {
        "items": [{"price": price_of(member).id}],
        "start_date": phase.start_date,
        "end_date": phase.end_date,
    }
    then = {"items": [{"price": yearly}], "duration": {"interval": "year"}}
    client.v1.subscription_schedules.update(made.id, {"phases": [now, then]})
    sandbox.advance(months=1, hours=2)
    start, end = period(retrieved(client, member))
    assert (start, (end - start) // DAY) == (phase.end_date, 366)
    assert [one.amount_paid for one in invoices_of(client, member.id)] == [4900, 4900, 49000]


def test_a_phase_may_begin_in_the_middle_of_a_period(client, sandbox, member):
    made = client.v1.subscription_schedules.create({"from_subscription": member.id})
    product = client.v1.products.create({"name": "Club"}).id
    params = {"currency": "ils", "unit_amount": 9800, "recurring": {"interval": "month"}}
    dearer = client.v1.prices.create({**params, "product": product}).id
    start, _ = period(member)
    now = {
        "items": [{"price": price_of(member).id}],
        "start_date": start,
        "end_date": start + 14 * DAY,
    }
    then = {
        "items": [{"price": dearer}],
        "duration": {"interval": "year"},
        "proration_behavior": "always_invoice",
    }
    client.v1.subscription_schedules.update(made.id, {"phases": [now, then]})
    sandbox.advance(days=15)
    assert [one.amount_paid for one in invoices_of(client, member.id)] == [4900, 2450]


def test_a_released_subscription_goes_on(client, sandbox, member):
    schedule = instalments(client, member, 2)
    assert client.v1.subscription_schedules.release(schedule.id).status == "released"
    sandbox.advance(months=3, hours=2)
    body = retrieved(client, member)
    assert (body.status, body.cancel_at) == ("active", None)
    assert len(invoices_of(client, member.id)) == 4
    with pytest.raises(stripe.InvalidRequestError, match="released"):
        client.v1.subscription_schedules.release(schedule.id)


def test_who_pays_off_early_ends_both(client, sandbox, member):
    schedule = instalments(client, member, 3)
    client.v1.subscriptions.cancel(member.id)
    assert client.v1.subscription_schedules.retrieve(schedule.id).status == "canceled"
    sandbox.advance(months=4)
    assert len(invoices_of(client, member.id)) == 1


def test_a_canceled_schedule_ends_its_subscription(client, member):
    schedule = instalments(client, member, 3)
    stopped = client.v1.subscription_schedules.cancel(schedule.id, {"prorate": False})
    assert (stopped.status, retrieved(client, member).status) == ("canceled", "canceled")


def test_a_schedule_keeps_hands_off_its_subscription(client, member):
    client.v1.subscription_schedules.create({"from_subscription": member.id})
    for change in ({"cancel_at_period_end": True}, {"trial_end": 2_000_000_000}):
        with pytest.raises(stripe.InvalidRequestError, match="managed by the subscription sch"):
            client.v1.subscriptions.update(member.id, change)
    with pytest.raises(stripe.InvalidRequestError, match="cannot be paused"):
        client.v1.subscriptions.pause(member.id)
    with pytest.raises(stripe.InvalidRequestError, match="already attached"):
        client.v1.subscription_schedules.create({"from_subscription": member.id})


def test_a_schedule_from_nothing_is_not_here(client, member):
    with pytest.raises(stripe.InvalidRequestError, match="not in the sandbox"):
        client.v1.subscription_schedules.create({"customer": member.customer})


def test_a_discount_stays_where_its_phase_names_it(client, sandbox):
    coupon = client.v1.coupons.create({"percent_off": 50, "duration": "forever"}).id
    member = join(client, sandbox, discounts=[{"coupon": coupon}])
    kept = [{"discount": member.discounts[0]}]
    instalments(client, member, 2, discounts=kept)
    sandbox.advance(months=1, hours=2)
    assert [one.amount_paid for one in invoices_of(client, member.id)] == [2450, 2450]
