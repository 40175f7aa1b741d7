"""What Sevenfold relies on when money returns: periods, invoices, changes, ends."""

from __future__ import annotations

import pytest
import stripe

MONTH = {"interval": "month"}
YEAR = {"interval": "year"}


@pytest.fixture
def product(client):
    return client.v1.products.create({"name": "Club"}).id


@pytest.fixture
def customer(client):
    """A customer whose card is on file."""
    identity = client.v1.customers.create({"name": "Charlie", "email": "c@example.com"}).id
    card = client.v1.payment_methods.attach("pm_card_visa", {"customer": identity}).id
    settings = {"invoice_settings": {"default_payment_method": card}}
    client.v1.customers.update(identity, settings)
    return identity


@pytest.fixture
def price(client, product):
    def make(amount=4900, rhythm=MONTH):
        params = {"currency": "usd", "unit_amount": amount, "recurring": rhythm}
        return client.v1.prices.create({**params, "product": product}).id

    return make


@pytest.fixture
def member(client, customer, price):
    params = {"customer": customer, "items": [{"price": price()}], "metadata": {"order": "7"}}
    return client.v1.subscriptions.create({**params, "expand": ["latest_invoice.payments"]})


def first(subscription):
    return subscription["items"].data[0]


def test_the_period_is_the_items(member):
    item = first(member)
    assert 28 * 86_400 <= item.current_period_end - item.current_period_start <= 31 * 86_400
    assert "current_period_end" not in member
    assert (member.status, member.billing_mode.type) == ("active", "flexible")


def test_an_invoice_names_its_subscription_and_its_payment(client, member):
    invoice = member.latest_invoice
    assert (invoice.status, invoice.amount_paid) == ("paid", 4900)
    assert invoice.billing_reason == "subscription_create"
    details = invoice.parent.subscription_details
    assert (details.subscription, details.metadata["order"]) == (member.id, "7")
    (payment,) = invoice.payments.data
    assert (payment.status, payment.payment.type) == ("paid", "payment_intent")
    intent = client.v1.payment_intents.retrieve(payment.payment.payment_intent)
    assert (intent.status, intent.amount) == ("succeeded", 4900)
    by = {"type": "payment_intent", "payment_intent": intent.id}
    listed = client.v1.invoice_payments.list({"payment": by}).data
    assert [one.invoice for one in listed] == [invoice.id]
    (line,) = invoice.lines.data
    assert line.parent.subscription_item_details.subscription_item == first(member).id


def test_a_checkout_of_mode_subscription_is_open_without_one(client, product):
    data = {"currency": "usd", "unit_amount": 4900, "recurring": MONTH, "product": product}
    session = client.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "ui_mode": "hosted_page",
            "line_items": [{"quantity": 1, "price_data": data}],
            "success_url": "https://example.com/paid/",
            "subscription_data": {"metadata": {"order": "7"}, "trial_period_days": 7},
        }
    )
    assert (session.subscription, session.invoice, session.amount_total) == (None, None, 0)
    assert session.payment_method_collection == "always"


def test_leaving_at_the_end_can_be_undone(client, member):
    leaving = client.v1.subscriptions.update(member.id, {"cancel_at_period_end": True})
    assert (leaving.status, leaving.cancel_at) == ("active", first(leaving).current_period_end)
    stays = client.v1.subscriptions.update(member.id, {"cancel_at_period_end": False})
    assert (stays.cancel_at_period_end, stays.cancel_at) == (False, None)


def test_leaving_on_a_day_can_be_undone(client, member):
    day = first(member).current_period_end - 3600
    wanted = {"cancel_at": day, "proration_behavior": "none"}
    leaving = client.v1.subscriptions.update(member.id, wanted)
    assert (leaving.cancel_at, leaving.cancel_at_period_end) == (day, False)
    assert client.v1.subscriptions.update(member.id, {"cancel_at": ""}).cancel_at is None


def test_canceled_is_for_good(client, member):
    assert client.v1.subscriptions.cancel(member.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.subscriptions.update(member.id, {"cancel_at_period_end": False})


def test_an_upgrade_is_previewed_and_charged_at_once(client, member, price):
    details = {
        "items": [{"id": first(member).id, "price": price(9800)}],
        "proration_behavior": "always_invoice",
        "proration_date": first(member).current_period_start,
    }
    preview = client.v1.invoices.create_preview(
        {"subscription": member.id, "subscription_details": details}
    )
    assert (preview.amount_due, preview.total) == (4900, 4900)
    changed = client.v1.subscriptions.update(
        member.id,
        {
            **details,
            "payment_behavior": "pending_if_incomplete",
            "expand": ["latest_invoice"],
        },
    )
    assert (changed.pending_update, changed.latest_invoice.amount_paid) == (None, 4900)
    assert changed.latest_invoice.billing_reason == "subscription_update"


def test_a_moved_charge_makes_a_zero_invoice(client, member):
    later = first(member).current_period_end + 14 * 86_400
    moved = client.v1.subscriptions.update(
        member.id,
        {"trial_end": later, "proration_behavior": "none", "expand": ["latest_invoice"]},
    )
    assert (moved.status, first(moved).current_period_end) == ("trialing", later)
    assert (moved.latest_invoice.amount_due, moved.latest_invoice.status) == (0, "paid")


def test_a_schedule_ends_a_subscription_and_forbids_a_pause(client, member):
    schedule = client.v1.subscription_schedules.create({"from_subscription": member.id})
    phase = {
        "items": [{"price": first(member).price.id, "quantity": 1}],
        "start_date": schedule.phases[0].start_date,
        "duration": {"interval": "month", "interval_count": 3},
    }
    updated = client.v1.subscription_schedules.update(
        schedule.id, {"phases": [phase], "end_behavior": "cancel"}
    )
    assert (updated.status, len(updated.phases), updated.end_behavior) == ("active", 1, "cancel")
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.subscriptions.pause(member.id)
    released = client.v1.subscription_schedules.release(schedule.id)
    assert (released.status, released.released_subscription) == ("released", member.id)


def test_a_rest_from_collecting_has_its_day(client, member):
    until = first(member).current_period_end + 86_400
    rest = {"behavior": "void", "resumes_at": until}
    resting = client.v1.subscriptions.update(member.id, {"pause_collection": rest})
    assert (resting.status, resting.pause_collection.resumes_at) == ("active", until)
    back = client.v1.subscriptions.update(member.id, {"pause_collection": ""})
    assert back.pause_collection is None


def test_ended_subscriptions_are_listed_when_asked_for(client, customer, member):
    client.v1.subscriptions.cancel(member.id)
    assert client.v1.subscriptions.list({"customer": customer}).data == []
    found = client.v1.subscriptions.list({"customer": customer, "status": "all"}).data
    assert [one.id for one in found] == [member.id]


def test_a_refund_of_an_invoice_is_one_of_its_payment(client, member):
    intent = member.latest_invoice.payments.data[0].payment.payment_intent
    refund = client.v1.refunds.create({"payment_intent": intent, "amount": 900})
    assert (refund.amount, refund.payment_intent) == (900, intent)
    assert client.v1.invoices.retrieve(member.latest_invoice.id).status == "paid"
