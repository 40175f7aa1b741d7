"""Leaving, coming back, another price, a moved charge, and a rest."""

from __future__ import annotations

import pytest
import stripe

from tests.sandbox.making import club_item, invoices_of, join, period

DAY = 86_400
MONTH, YEAR = {"interval": "month"}, {"interval": "year"}


@pytest.fixture
def member(client, sandbox):
    sandbox.set_clock(1_798_761_600)  # 1 January 2027: a month of 31 days
    return join(client, sandbox, line_items=[club_item(3100)])


def now(client, subscription):
    expanded = {"expand": ["latest_invoice"]}
    return client.v1.subscriptions.retrieve(subscription.id, expanded)


def price(client, amount, rhythm=MONTH):
    product = client.v1.products.create({"name": "Club"}).id
    params = {"product": product, "currency": "ils", "unit_amount": amount, "recurring": rhythm}
    return client.v1.prices.create(params).id


def other_price(client, member, amount, rhythm=MONTH, **over):
    item = {"id": member["items"].data[0].id, "price": price(client, amount, rhythm)}
    return client.v1.subscriptions.update(member.id, {"items": [item], **over})


def test_who_leaves_at_the_end_may_think_again(client, sandbox, member):
    leaving = client.v1.subscriptions.update(
        member.id,
        {"cancel_at_period_end": True, "cancellation_details": {"feedback": "unused"}},
    )
    assert (leaving.status, leaving.cancel_at) == ("active", period(leaving)[1])
    assert leaving.cancellation_details.feedback == "unused"
    stays = client.v1.subscriptions.update(member.id, {"cancel_at_period_end": False})
    assert (stays.cancel_at, stays.canceled_at) == (None, None)
    client.v1.subscriptions.update(member.id, {"cancel_at_period_end": True})
    sandbox.advance(months=1, hours=2)
    gone = now(client, member)
    assert (gone.status, gone.ended_at) == ("canceled", period(member)[1])
    assert len(invoices_of(client, member.id)) == 1
    with pytest.raises(stripe.InvalidRequestError, match="canceled"):
        client.v1.subscriptions.update(member.id, {"cancel_at_period_end": False})


def test_an_end_on_a_day_may_be_set_and_taken_back(client, sandbox, member):
    day = period(member)[0] + 5 * 24 * 3600
    wanted = {"cancel_at": day, "proration_behavior": "none"}
    leaving = client.v1.subscriptions.update(member.id, wanted)
    assert (leaving.cancel_at, leaving.cancel_at_period_end) == (day, False)
    stays = client.v1.subscriptions.update(member.id, {"cancel_at": ""})
    assert (stays.cancel_at, stays.canceled_at) == (None, None)
    sandbox.advance(days=6)
    assert now(client, member).status == "active"
    later = period(member)[0] + 9 * 24 * 3600
    client.v1.subscriptions.update(member.id, {**wanted, "cancel_at": later})
    sandbox.advance(days=6)
    gone = now(client, member)
    assert (gone.status, gone.ended_at) == ("canceled", later)
    assert len(invoices_of(client, member.id)) == 1


def test_who_leaves_today_gets_nothing_back_unless_asked(client, sandbox, member):
    sandbox.advance(days=10)
    gone = client.v1.subscriptions.cancel(member.id)
    assert (gone.status, gone.cancellation_details.reason) == ("canceled", "cancellation_requested")
    assert len(invoices_of(client, member.id)) == 1
    assert len(sandbox.events("customer.subscription.deleted")) == 1
    assert client.v1.subscriptions.list({"customer": member.customer}).data == []
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.subscriptions.cancel(member.id)


def test_leaving_today_with_proration_is_a_credit(client, sandbox, member):
    sandbox.set_clock(period(member)[0] + 10 * DAY)
    client.v1.subscriptions.cancel(member.id, {"prorate": True, "invoice_now": True})
    credit = invoices_of(client, member.id)[-1]
    assert (credit.total, credit.amount_due, credit.status) == (-2100, 0, "paid")
    assert credit.ending_balance == -2100
    assert client.v1.customers.retrieve(member.customer).balance == -2100


def test_an_upgrade_charges_the_difference_at_once(client, sandbox, member):
    sandbox.set_clock(period(member)[0] + 10 * DAY)
    at = sandbox.now()
    details = {
        "items": [{"id": member["items"].data[0].id, "price": price(client, 6200)}],
        "proration_behavior": "always_invoice",
        "proration_date": at,
    }
    preview = client.v1.invoices.create_preview(
        {"subscription": member.id, "subscription_details": details}
    )
    assert [line.amount for line in preview.lines.data] == [-2100, 4200]
    assert (preview.amount_due, preview.billing_reason) == (2100, "upcoming")
    changed = client.v1.subscriptions.update(
        member.id, {**details, "payment_behavior": "pending_if_incomplete"}
    )
    assert changed["items"].data[0].price.unit_amount == 6200
    assert (changed.pending_update, period(changed)) == (None, period(member))
    invoice = now(client, member).latest_invoice
    assert (invoice.status, invoice.amount_paid, invoice.billing_reason) == (
        "paid",
        2100,
        "subscription_update",
    )
    assert {line.parent.subscription_item_details.proration for line in invoice.lines.data} == {
        True
    }
    sandbox.advance(months=1)
    assert now(client, member).latest_invoice.amount_due == 6200


def test_an_upgrade_that_is_not_paid_waits_a_day_and_is_forgotten(client, sandbox, member):
    sandbox.refuse(member.default_payment_method, "insufficient_funds")
    paths = {"proration_behavior": "always_invoice", "payment_behavior": "pending_if_incomplete"}
    held = other_price(client, member, 6200, **paths)
    assert (held.status, held["items"].data[0].price.unit_amount) == ("active", 3100)
    assert held.pending_update.subscription_items[0].price.unit_amount == 6200
    sandbox.advance(days=1)
    after = now(client, member)
    assert (after.pending_update, after.status) == (None, "active")
    assert after.latest_invoice.status == "void"
    assert len(sandbox.events("customer.subscription.pending_update_expired")) == 1


def test_an_upgrade_paid_later_by_hand_is_made_then(client, sandbox, member):
    sandbox.refuse(member.default_payment_method, "insufficient_funds")
    paths = {"proration_behavior": "always_invoice", "payment_behavior": "pending_if_incomplete"}
    other_price(client, member, 6200, **paths)
    sandbox.pay_invoice(now(client, member).latest_invoice.id)
    after = now(client, member)
    assert (after.pending_update, after["items"].data[0].price.unit_amount) == (None, 6200)
    assert len(sandbox.events("customer.subscription.pending_update_applied")) == 1


def test_without_patience_a_refused_upgrade_leaves_no_trace(client, sandbox, member):
    sandbox.refuse(member.default_payment_method, "insufficient_funds")
    paths = {"proration_behavior": "always_invoice", "payment_behavior": "error_if_incomplete"}
    with pytest.raises(stripe.CardError):
        other_price(client, member, 6200, **paths)
    assert now(client, member)["items"].data[0].price.unit_amount == 3100
    assert len(invoices_of(client, member.id)) == 1


def test_prorations_wait_for_the_next_invoice(client, sandbox, member):
    sandbox.set_clock(period(member)[0] + 10 * DAY)
    other_price(client, member, 6200)
    assert len(invoices_of(client, member.id)) == 1
    waiting = client.v1.invoice_items.list({"customer": member.customer, "pending": True}).data
    assert sorted(one.amount for one in waiting) == [-2100, 4200]
    sandbox.advance(months=1)
    assert now(client, member).latest_invoice.amount_due == 6200 + 2100
    assert client.v1.invoice_items.list({"pending": True}).data == []


def test_another_price_without_proration_counts_from_the_next_period(client, sandbox, member):
    sandbox.advance(days=10)
    other_price(client, member, 1000, proration_behavior="none")
    sandbox.advance(months=1)
    assert [one.amount_due for one in invoices_of(client, member.id)] == [3100, 1000]


def test_a_downgrade_at_once_is_a_credit_for_what_comes(client, sandbox, member):
    sandbox.set_clock(period(member)[0] + 10 * DAY)
    other_price(client, member, 1550, proration_behavior="always_invoice")
    assert now(client, member).latest_invoice.total == -1050
    sandbox.advance(months=1, hours=2)
    assert now(client, member).latest_invoice.amount_paid == 500


def test_a_credit_is_of_what_was_paid_with_the_discount(client, sandbox):
    sandbox.set_clock(1_798_761_600)
    coupon = client.v1.coupons.create({"percent_off": 50, "duration": "once"}).id
    member = join(client, sandbox, line_items=[club_item(3100)], discounts=[{"coupon": coupon}])
    sandbox.set_clock(period(member)[0] + 10 * DAY)
    client.v1.subscriptions.cancel(member.id, {"prorate": True, "invoice_now": True})
    assert invoices_of(client, member.id)[-1].total == -1050


def test_from_months_to_years_a_new_period_begins_at_once(client, sandbox, member):
    sandbox.set_clock(period(member)[0] + 10 * DAY)
    changed = other_price(client, member, 31000, YEAR)
    start, end = period(changed)
    assert (start - period(member)[0], end - start) == (10 * DAY, 365 * DAY)
    assert now(client, member).latest_invoice.amount_paid == 31000 - 2100


def test_more_of_it_costs_more(client, member):
    item = {"id": member["items"].data[0].id, "quantity": 3}
    client.v1.subscriptions.update(
        member.id, {"items": [item], "proration_behavior": "always_invoice"}
    )
    latest = now(client, member)
    assert (latest["items"].data[0].quantity, latest.latest_invoice.amount_paid) == (3, 6200)


def test_a_moved_charge_is_a_zero_invoice_and_comes_later(client, sandbox, member):
    sandbox.advance(days=10)
    later = period(member)[1] + 14 * DAY
    moved = client.v1.subscriptions.update(
        member.id, {"trial_end": later, "proration_behavior": "none"}
    )
    assert (moved.status, moved.trial_end, period(moved)[1]) == ("trialing", later, later)
    latest = now(client, member).latest_invoice
    assert (latest.amount_due, latest.status, latest.billing_reason) == (
        0,
        "paid",
        "subscription_update",
    )
    sandbox.set_clock(period(member)[1] + DAY)
    assert len(invoices_of(client, member.id)) == 2
    sandbox.set_clock(later + 7200)
    after = now(client, member)
    assert (after.status, after.latest_invoice.amount_paid) == ("active", 3100)
    assert after.billing_cycle_anchor == later


def test_a_trial_may_end_now(client, sandbox):
    member = join(client, sandbox, subscription_data={"trial_period_days": 30})
    sandbox.advance(days=2)
    ended = client.v1.subscriptions.update(member.id, {"trial_end": "now"})
    assert ended.status == "active"
    assert now(client, member).latest_invoice.amount_paid == 4900


@pytest.mark.parametrize(
    ("behavior", "state"),
    [("void", "void"), ("mark_uncollectible", "uncollectible"), ("keep_as_draft", "draft")],
)
def test_collecting_rests_until_its_day(client, sandbox, member, behavior, state):
    until = period(member)[1] + 10 * DAY
    rest = {"behavior": behavior, "resumes_at": until}
    client.v1.subscriptions.update(member.id, {"pause_collection": rest})
    sandbox.advance(months=1, hours=2)
    resting = now(client, member)
    assert (resting.status, resting.latest_invoice.status) == ("active", state)
    sandbox.advance(months=1)
    back = now(client, member)
    assert (back.pause_collection, back.latest_invoice.amount_paid) == (None, 3100)


def test_a_paused_subscription_bills_nothing_until_it_is_resumed(client, sandbox, member):
    sandbox.advance(days=10)
    unbilled = {"bill_for": {"unused_time_from": {"type": "none"}}}
    assert client.v1.subscriptions.pause(member.id, unbilled).status == "paused"
    sandbox.advance(months=3)
    assert len(invoices_of(client, member.id)) == 1
    before = sandbox.now()
    resumed = client.v1.subscriptions.resume(member.id)
    assert resumed.status == "active"
    assert before <= period(resumed)[0] <= sandbox.now()
    assert now(client, member).latest_invoice.amount_paid == 3100
    kinds = [event["type"] for event in sandbox.events()]
    assert [kinds.count(f"customer.subscription.{one}") for one in ("paused", "resumed")] == [1, 1]
    sandbox.advance(months=1, hours=2)
    assert now(client, member).latest_invoice.amount_paid == 3100


def test_a_pause_gives_back_the_rest_and_the_old_day_may_stay(client, sandbox, member):
    sandbox.set_clock(period(member)[0] + 10 * DAY)
    client.v1.subscriptions.pause(member.id)
    (waiting,) = client.v1.invoice_items.list({"pending": True}).data
    assert waiting.amount == -2100
    sandbox.set_clock(period(member)[0] + 20 * DAY)
    resumed = client.v1.subscriptions.resume(
        member.id,
        {"billing_cycle_anchor": {"type": "unchanged"}, "proration_behavior": "always_invoice"},
    )
    assert period(resumed) == period(member)
    assert now(client, member).latest_invoice.total == 1100 - 2100


def test_the_next_invoice_is_foreseen(client, sandbox, member):
    preview = client.v1.invoices.create_preview({"subscription": member.id})
    assert (preview.amount_due, preview.lines.data[0].period.start) == (3100, period(member)[1])
    client.v1.subscriptions.update(member.id, {"cancel_at_period_end": True})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.invoices.create_preview({"subscription": member.id})
    assert caught.value.code == "invoice_upcoming_none"
    assert len(invoices_of(client, member.id)) == 1


def test_a_discount_that_is_over_by_then_is_not_foreseen(client, sandbox):
    coupon = {"percent_off": 50, "duration": "repeating", "duration_in_months": 2}
    named = [{"coupon": client.v1.coupons.create(coupon).id}]
    member = join(client, sandbox, discounts=named)
    foreseen = []
    for _ in range(2):
        found = client.v1.invoices.create_preview({"subscription": member.id})
        foreseen.append(found.amount_due)
        sandbox.advance(months=1, hours=2)
    assert foreseen == [one.amount_paid for one in invoices_of(client, member.id)[1:]]
    assert foreseen == [2450, 4900]


def test_a_discount_that_is_over_lowers_no_change_either(client, sandbox):
    coupon = {"percent_off": 50, "duration": "repeating", "duration_in_months": 2}
    named = [{"coupon": client.v1.coupons.create(coupon).id}]
    yearly = [club_item(36500, **YEAR)]
    member = join(client, sandbox, line_items=yearly, discounts=named)
    sandbox.set_clock(period(member)[0] + 65 * DAY)
    other_price(client, member, 73000, YEAR, proration_behavior="always_invoice")
    assert now(client, member).latest_invoice.total == 300 * 200 - 300 * 50


def test_a_customer_who_is_deleted_is_charged_no_more(client, sandbox, member):
    sandbox.set_clock(period(member)[1] + 60)
    client.v1.customers.delete(member.customer)
    sandbox.advance(months=3)
    assert now(client, member).status == "canceled"
    assert [one.status for one in invoices_of(client, member.id)] == ["paid", "draft"]


def test_another_card_may_pay_from_now_on(client, sandbox, member):
    card = client.v1.payment_methods.attach("pm_card_mastercard", {"customer": member.customer}).id
    changed = client.v1.subscriptions.update(member.id, {"default_payment_method": card})
    assert changed.default_payment_method == card
    with pytest.raises(stripe.InvalidRequestError, match="attached to the customer"):
        client.v1.subscriptions.update(member.id, {"default_payment_method": "pm_card_visa"})


def test_a_discount_may_come_and_go(client, sandbox, member):
    coupon = client.v1.coupons.create({"percent_off": 50, "duration": "forever"}).id
    client.v1.subscriptions.update(member.id, {"discounts": [{"coupon": coupon}]})
    sandbox.advance(months=1, hours=2)
    client.v1.subscriptions.update(member.id, {"discounts": ""})
    sandbox.advance(months=1, hours=2)
    assert [one.amount_paid for one in invoices_of(client, member.id)] == [3100, 1550, 3100]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"cancel_at": 2_000_000_000}, "not in the sandbox"),
        ({"cancel_at": 1, "proration_behavior": "none"}, "in the future"),
        ({"cancel_at": 2_000_000_000, "cancel_at_period_end": True}, "only specify one"),
        ({"payment_behavior": "default_incomplete"}, "not in the sandbox"),
        (
            {"payment_behavior": "pending_if_incomplete", "metadata": {"a": "b"}},
            "cannot be passed",
        ),
        ({"items": [{"id": "si_none"}]}, "No such subscription_item"),
        ({"trial_end": 1}, "in the future"),
        ({"proration_date": 1, "trial_end": 2_000_000_000}, "inside the current period"),
    ],
)
def test_what_cannot_be_changed_says_why(client, member, params, words):
    with pytest.raises(stripe.InvalidRequestError, match=words):
        client.v1.subscriptions.update(member.id, params)
