"""A renewal that fails: past due, tried again, paid or over."""

from __future__ import annotations

import pytest
import stripe

from sandbox.testing import ControlFailed
from tests.sandbox.making import ASKS, DECLINED, FAILS_LATER, invoices_of, join, period

DAY = 86_400


@pytest.fixture
def member(client, sandbox):
    return join(client, sandbox)


def latest(client, subscription):
    return client.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})


def test_a_refused_renewal_is_past_due_and_tried_again(client, sandbox, member):
    sandbox.fail_next_renewal(member.id, "insufficient_funds")
    sandbox.advance(months=1, hours=2)
    body = latest(client, member)
    invoice = body.latest_invoice
    assert (body.status, invoice.status, invoice.attempt_count) == ("past_due", "open", 1)
    tried = period(body)[0] + 3600
    assert invoice.next_payment_attempt == tried + 3 * DAY
    assert len(sandbox.events("invoice.payment_failed")) == 1
    states = [
        e["data"]["object"]["status"] for e in sandbox.events("customer.subscription.updated")
    ]
    assert states[-1] == "past_due"
    sandbox.advance(days=3)
    body = latest(client, member)
    assert (body.status, body.latest_invoice.status) == ("active", "paid")
    assert body.latest_invoice.attempt_count == 2
    intents = client.v1.payment_intents.list({"limit": 10}).data
    assert [one.status for one in intents] == ["succeeded", "succeeded"]


def test_retries_come_after_three_five_and_seven_days_and_then_it_is_over(client, sandbox, member):
    sandbox.fail_next_renewal(member.id, times=9)
    sandbox.advance(months=1, hours=2)
    sandbox.advance(days=15)
    failed = sandbox.events("invoice.payment_failed")
    days = [(e["created"] - failed[0]["created"]) // DAY for e in failed]
    assert days == [0, 3, 8, 15]
    body = latest(client, member)
    assert (body.status, body.cancellation_details.reason) == ("canceled", "payment_failed")
    assert (body.latest_invoice.status, body.latest_invoice.next_payment_attempt) == ("open", None)
    assert len(sandbox.events("customer.subscription.deleted")) == 1
    sandbox.advance(months=2)
    assert len(invoices_of(client, member.id)) == 2


def test_with_the_switch_it_is_unpaid_and_its_invoices_stay_drafts(client, sandbox, member):
    sandbox.after_last_retry("unpaid")
    sandbox.fail_next_renewal(member.id, times=4)
    sandbox.advance(months=1, hours=2)
    sandbox.advance(days=15)
    assert latest(client, member).status == "unpaid"
    sandbox.advance(months=1)
    body = latest(client, member)
    assert (body.status, body.latest_invoice.status) == ("unpaid", "draft")
    client.v1.invoices.pay(body.latest_invoice.id)
    assert latest(client, member).status == "active"


def test_the_switch_knows_its_words(sandbox):
    with pytest.raises(ControlFailed, match="past_due"):
        sandbox.after_last_retry("forgiven")


def test_paid_by_hand_with_another_card_it_is_active_and_keeps_that_card(client, sandbox, member):
    sandbox.refuse(member.default_payment_method, "expired_card")
    sandbox.advance(months=1, hours=2)
    body = latest(client, member)
    assert sandbox.pay_invoice(body.latest_invoice.id, DECLINED)["status"] == "open"
    assert sandbox.pay_invoice(body.latest_invoice.id)["status"] == "paid"
    body = latest(client, member)
    assert body.status == "active"
    assert body.default_payment_method != member.default_payment_method
    sandbox.advance(months=1, hours=2)
    assert latest(client, member).latest_invoice.status == "paid"


def test_whoever_presses_twice_pays_once(client, sandbox, member):
    sandbox.fail_next_renewal(member.id)
    sandbox.advance(months=1, hours=2)
    invoice = latest(client, member).latest_invoice.id
    for _ in range(2):
        sandbox.pay_invoice(invoice)
    paid = [one for one in client.v1.charges.list().data if one.paid]
    assert len(paid) == 2


def test_the_bank_may_ask_who_pays_by_hand(client, sandbox, member):
    sandbox.fail_next_renewal(member.id)
    sandbox.advance(months=1, hours=2)
    invoice = latest(client, member).latest_invoice.id
    assert sandbox.pay_invoice(invoice, ASKS)["status"] == "open"
    sandbox.authenticate(invoice)
    assert client.v1.invoices.retrieve(invoice).status == "paid"


def test_a_renewal_that_the_bank_wants_to_ask_about_says_so(client, sandbox, member):
    sandbox.fail_next_renewal(member.id, "authentication_required")
    sandbox.advance(months=1, hours=2)
    assert len(sandbox.events("invoice.payment_action_required")) == 1
    assert latest(client, member).status == "past_due"


def test_a_card_that_fails_later_never_pays_a_renewal(client, sandbox):
    terms = {"trial_period_days": 7}
    member = join(client, sandbox, FAILS_LATER, subscription_data=terms)
    assert member.status == "trialing"
    sandbox.advance(days=7, hours=2)
    assert latest(client, member).status == "past_due"


def test_an_invoice_paid_by_the_api_says_when_the_card_refuses(client, sandbox, member):
    sandbox.refuse(member.default_payment_method, "insufficient_funds")
    sandbox.advance(months=1, hours=2)
    invoice = latest(client, member).latest_invoice.id
    with pytest.raises(stripe.CardError) as caught:
        client.v1.invoices.pay(invoice)
    assert caught.value.code == "card_declined"
    other = client.v1.payment_methods.attach("pm_card_visa", {"customer": member.customer}).id
    assert client.v1.invoices.pay(invoice, {"payment_method": other}).status == "paid"


def test_what_is_given_up_can_still_be_paid_and_what_is_void_cannot(client, sandbox, member):
    sandbox.fail_next_renewal(member.id, times=2)
    sandbox.advance(months=1, hours=2)
    invoice = latest(client, member).latest_invoice.id
    assert client.v1.invoices.mark_uncollectible(invoice).status == "uncollectible"
    assert sandbox.pay_invoice(invoice)["status"] == "paid"
    sandbox.advance(months=1, hours=2)
    invoice = latest(client, member).latest_invoice
    assert client.v1.invoices.void_invoice(invoice.id).status == "void"
    with pytest.raises(stripe.InvalidRequestError, match="Voided"):
        client.v1.invoices.pay(invoice.id)
    assert client.v1.payment_intents.list({"limit": 1}).data[0].status == "canceled"
