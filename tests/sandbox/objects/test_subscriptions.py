"""Subscriptions: joined on the hosted page, renewed by the clock, for months in seconds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import stripe

from tests.sandbox.making import (
    ASKS,
    DECLINED,
    club_item,
    club_params,
    invoices_of,
    item,
    join,
    period,
)

DAY = 86_400


def at(year, month, day, hour=12):
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp())


def test_who_pays_on_the_page_is_subscribed(client, sandbox):
    session = client.v1.checkout.sessions.create(
        club_params(subscription_data={"metadata": {"order": "7"}})
    )
    assert (session.payment_status, session.subscription) == ("unpaid", None)
    paid = sandbox.pay(session.id)
    assert (paid["status"], paid["payment_status"], paid["payment_intent"]) == (
        "complete",
        "paid",
        None,
    )
    body = client.v1.subscriptions.retrieve(
        paid["subscription"], {"expand": ["latest_invoice.payments", "default_payment_method"]}
    )
    assert (body.status, body.billing_mode.type, body.metadata["order"]) == (
        "active",
        "flexible",
        "7",
    )
    assert body.default_payment_method.card.last4 == "4242"
    invoice = body.latest_invoice
    assert (invoice.id, invoice.status, invoice.amount_paid, invoice.billing_reason) == (
        paid["invoice"],
        "paid",
        4900,
        "subscription_create",
    )
    assert invoice.parent.subscription_details.subscription == body.id
    assert invoice.parent.subscription_details.metadata["order"] == "7"
    (payment,) = invoice.payments.data
    intent = client.v1.payment_intents.retrieve(payment.payment.payment_intent)
    assert (payment.status, intent.status, intent.amount) == ("paid", "succeeded", 4900)
    (line,) = client.v1.invoices.line_items.list(invoice.id).data
    assert (line.amount, (line.period.start, line.period.end)) == (4900, period(body))
    assert line.parent.subscription_item_details.subscription == body.id


def test_events_come_in_stripes_order(client, sandbox):
    join(client, sandbox)
    kinds = [event["type"] for event in sandbox.events()]
    wanted = [
        "payment_intent.succeeded",
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
        "checkout.session.completed",
    ]
    assert [kind for kind in kinds if kind in wanted] == wanted


def test_a_declined_card_makes_no_subscription(client, sandbox):
    session = client.v1.checkout.sessions.create(club_params())
    assert sandbox.pay(session.id, DECLINED)["status"] == "open"
    assert client.v1.subscriptions.list({"status": "all"}).data == []
    assert sandbox.pay(session.id)["status"] == "complete"
    assert len(client.v1.subscriptions.list().data) == 1


def test_the_bank_may_ask_first(client, sandbox):
    session = client.v1.checkout.sessions.create(club_params())
    assert sandbox.pay(session.id, ASKS)["status"] == "open"
    sandbox.authenticate(session.id)
    done = client.v1.checkout.sessions.retrieve(session.id)
    assert (done.status, done.payment_status) == ("complete", "paid")
    sandbox.advance(months=1, hours=2)
    assert [one.status for one in invoices_of(client, done.subscription)] == ["paid", "paid"]


def test_thirteen_months_are_fourteen_invoices(client, sandbox):
    sandbox.set_clock(at(2026, 1, 31))
    body = join(client, sandbox)
    sandbox.set_clock(at(2027, 2, 28, 14))
    found = invoices_of(client, body.id)
    assert len(found) == 14
    assert {(one.status, one.amount_paid) for one in found} == {("paid", 4900)}
    starts = [one.lines.data[0].period.start for one in found]
    days = [datetime.fromtimestamp(one, UTC).strftime("%m-%d") for one in starts[:4]]
    assert days == ["01-31", "02-28", "03-31", "04-30"]
    assert {one.billing_reason for one in found[1:]} == {"subscription_cycle"}
    assert len({one.number for one in found}) == 14
    moved = [one.net for one in client.v1.balance_transactions.list({"limit": 100}).data]
    assert len(moved) == 14


@pytest.mark.parametrize(
    ("rhythm", "ends"),
    [
        ({"interval": "day"}, (2028, 3, 1)),
        ({"interval": "week"}, (2028, 3, 7)),
        ({"interval": "month"}, (2028, 3, 29)),
        ({"interval": "month", "interval_count": 3}, (2028, 5, 29)),
        ({"interval": "year"}, (2029, 2, 28)),
    ],
)
def test_each_rhythm_has_its_period(client, sandbox, rhythm, ends):
    sandbox.set_clock(at(2028, 2, 29))
    start, end = period(join(client, sandbox, rhythm=rhythm))
    assert abs(end - at(*ends)) < 60
    assert end % DAY == start % DAY


def test_a_renewal_is_a_draft_for_an_hour(client, sandbox):
    body = join(client, sandbox)
    _, end = period(body)
    sandbox.set_clock(end + 60)
    renewed = client.v1.subscriptions.retrieve(body.id, {"expand": ["latest_invoice"]})
    assert period(renewed)[0] == end
    assert (renewed.status, renewed.latest_invoice.status) == ("active", "draft")
    sandbox.advance(hours=1)
    assert client.v1.invoices.retrieve(renewed.latest_invoice.id).status == "paid"


def test_a_trial_charges_nothing_until_it_ends(client, sandbox):
    body = join(client, sandbox, subscription_data={"trial_period_days": 14})
    assert (body.status, body.trial_end) == ("trialing", period(body)[1])
    assert body.trial_end - body.trial_start == 14 * DAY
    (first,) = invoices_of(client, body.id)
    assert (first.amount_due, first.status, first.lines.data[0].amount) == (0, "paid", 0)
    sandbox.advance(days=11, hours=1)
    assert len(sandbox.events("customer.subscription.trial_will_end")) == 1
    sandbox.advance(days=3, hours=2)
    assert client.v1.subscriptions.retrieve(body.id).status == "active"
    assert [one.amount_paid for one in invoices_of(client, body.id)] == [0, 4900]


def test_a_trial_may_begin_without_a_card_and_end_with_it(client, sandbox):
    ending = {"end_behavior": {"missing_payment_method": "cancel"}}
    terms = {"trial_period_days": 3, "trial_settings": ending}
    session = sandbox.pay(
        client.v1.checkout.sessions.create(
            club_params(subscription_data=terms, payment_method_collection="if_required")
        ).id
    )
    assert session["payment_status"] == "no_payment_required"
    body = client.v1.subscriptions.retrieve(session["subscription"])
    assert body.default_payment_method is None
    sandbox.advance(days=3)
    assert client.v1.subscriptions.retrieve(body.id).status == "canceled"


def test_what_is_sold_once_is_on_the_first_invoice_alone(client, sandbox):
    body = join(client, sandbox, line_items=[club_item(), item(100, "Welcome parcel")])
    sandbox.advance(months=1, hours=2)
    assert [one.amount_paid for one in invoices_of(client, body.id)] == [5000, 4900]


@pytest.mark.parametrize(
    ("coupon", "amounts"),
    [
        ({"duration": "once"}, [2450, 4900, 4900, 4900]),
        ({"duration": "repeating", "duration_in_months": 2}, [2450, 2450, 4900, 4900]),
        ({"duration": "forever"}, [2450] * 4),
    ],
)
def test_a_discount_lasts_as_its_coupon_says(client, sandbox, coupon, amounts):
    made = client.v1.coupons.create({"percent_off": 50, **coupon})
    body = join(client, sandbox, discounts=[{"coupon": made.id}])
    sandbox.advance(months=3, hours=2)
    found = invoices_of(client, body.id)
    assert [one.amount_paid for one in found] == amounts
    assert found[0].total_discount_amounts[0].amount == 2450
    left = client.v1.subscriptions.retrieve(body.id, {"expand": ["discounts"]}).discounts
    assert [one.source.coupon for one in left] == ([made.id] if amounts[-1] == 2450 else [])


def test_a_once_coupon_waits_for_the_end_of_the_trial(client, sandbox):
    made = client.v1.coupons.create({"percent_off": 50, "duration": "once"})
    terms = {"trial_period_days": 7}
    body = join(client, sandbox, discounts=[{"coupon": made.id}], subscription_data=terms)
    sandbox.advance(days=7, hours=2)
    sandbox.advance(months=1, hours=2)
    assert [one.amount_paid for one in invoices_of(client, body.id)] == [0, 2450, 4900]


def test_the_api_subscribes_a_customer_with_a_card(client):
    customer = client.v1.customers.create({"name": "Charlie"}).id
    card = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    product = client.v1.products.create({"name": "Club"}).id
    price = client.v1.prices.create(
        {
            "product": product,
            "currency": "ils",
            "unit_amount": 4900,
            "recurring": {"interval": "month"},
        }
    ).id
    params = {"customer": customer, "items": [{"price": price}]}
    without = client.v1.subscriptions.create(params)
    assert without.status == "incomplete"
    client.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": card}})
    body = client.v1.subscriptions.create(params)
    assert body.status == "active"
    listed = client.v1.subscriptions.list({"customer": customer, "status": "active"}).data
    assert [one.id for one in listed] == [body.id]
    items = client.v1.subscription_items.list({"subscription": body.id}).data
    assert [one.price.id for one in items] == [price]


def test_an_incomplete_subscription_expires_after_a_day(client, sandbox):
    customer = client.v1.customers.create({"name": "Charlie"}).id
    product = client.v1.products.create({"name": "Club"}).id
    data = {
        "product": product,
        "currency": "ils",
        "unit_amount": 4900,
        "recurring": {"interval": "month"},
    }
    params = {"customer": customer, "items": [{"price_data": data}]}
    body = client.v1.subscriptions.create(params)
    sandbox.advance(days=1)
    assert client.v1.subscriptions.retrieve(body.id).status == "incomplete_expired"
    assert [one.status for one in invoices_of(client, body.id)] == ["void"]


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"line_items": [item()]}, "at least one recurring price"),
        ({"subscription_data": {"trial_end": 1}}, "2 days"),
        ({"subscription_data": {"trial_period_days": 0}}, "from 1 to 730"),
        ({"subscription_data": {"default_tax_rates": ["txr_1"]}}, "not in the sandbox"),
        ({"payment_intent_data": {"description": "x"}}, "subscription"),
        ({"line_items": [club_item(), club_item(interval="year")]}, "not in the sandbox"),
        ({"mode": "payment"}, "recurring price"),
    ],
)
def test_what_cannot_be_subscribed_to_says_why(client, over, words):
    with pytest.raises(stripe.InvalidRequestError, match=words):
        client.v1.checkout.sessions.create(club_params(**over))
