import pytest

from tests.sandbox.making import make_payment, make_session
from tests.sandbox.pages.conftest import text_of


def test_the_console_shows_what_there_is(browser, client, sandbox, receiver):
    session = make_session(client)
    payment = make_payment(client)
    page = browser.get("/_console")
    for words in ("Pretend money", session.id, payment.id, "charge.succeeded", "pending"):
        assert words in text_of(page)


def test_an_event_is_resent_by_a_button(browser, client, sandbox, receiver):
    client.v1.customers.create({"name": "Charlie"})
    sandbox.deliver()
    answer = browser.post("/_console/deliver", events=sandbox.events()[0]["id"])
    assert answer.headers["Location"] == "/_console"
    assert receiver.types == ["customer.created"] * 2


@pytest.mark.parametrize(("amount", "given"), [("", 4900), ("900", 900)])
def test_money_is_given_back_by_a_button(browser, client, amount, given):
    charge = make_payment(client).latest_charge
    browser.post("/_console/refund", charge=charge, amount=amount)
    assert client.v1.charges.retrieve(charge).amount_refunded == given


def test_what_cannot_be_done_says_why(browser, client):
    charge = make_payment(client).latest_charge
    answer = browser.post("/_console/refund", charge=charge, amount="9999")
    assert answer.status_code == 400
    assert "greater than unrefunded" in text_of(answer)


def test_a_dispute_is_opened_and_decided_by_buttons(browser, client):
    charge = make_payment(client).latest_charge
    browser.post("/_console/dispute", charge=charge)
    dispute = client.v1.disputes.list().data[0]
    browser.post("/_console/decide-dispute", dispute=dispute.id, won="no")
    assert client.v1.disputes.retrieve(dispute.id).status == "lost"


def test_a_refund_fails_by_a_button(browser, client):
    refund = client.v1.refunds.create({"payment_intent": make_payment(client).id})
    browser.post("/_console/settle-refund", refund=refund.id, fail="yes")
    assert client.v1.refunds.retrieve(refund.id).status == "failed"


def test_the_clock_goes_forward_by_a_button(browser, sandbox):
    before = sandbox.lever("state")["now"]
    browser.post("/_console/clock", forward="3600")
    assert sandbox.lever("state")["now"] >= before + 3600


def test_switches_are_set_in_a_form(browser, sandbox):
    browser.post("/_console/chaos", duplicate="2", delay="", drop="0", fail="0", hold="yes")
    chaos = sandbox.lever("state")["chaos"]
    assert (chaos["duplicate"], chaos["delay"], chaos["hold"]) == (2, 0, True)


def test_there_is_no_other_button(browser):
    assert browser.post("/_console/nonsense").status_code == 404


@pytest.mark.parametrize("amount", ["lots", "1e999", "٣"])
def test_nonsense_in_a_form_is_no_crash(browser, client, amount, sandbox):
    charge = make_payment(client).latest_charge
    assert browser.post("/_console/refund", charge=charge, amount=amount).status_code < 500
    assert sandbox.violations == []
