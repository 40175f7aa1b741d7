import pytest

from tests.sandbox.making import ASKS, make_payment, make_session
from tests.sandbox.pages.conftest import text_of

PLACES = ("", "/objects", "/events", "/deliveries", "/calls")


@pytest.mark.parametrize("place", [*PLACES, "/objects/charge", "/object/none", "/nonsense"])
def test_every_page_says_that_the_money_is_pretend(browser, client, place):
    make_payment(client)
    page = browser.get(f"/_console{place}")
    assert "Pretend money: this is no bank." in text_of(page)
    assert page.status_code == (404 if "non" in place else 200)
    assert "script" not in page.headers["Content-Security-Policy"]


def test_the_console_shows_what_there_is(browser, client, sandbox, receiver):
    session, payment = make_session(client), make_payment(client)
    overview = text_of(browser.get("/_console"))
    for words in ("checkout.session", "charge.succeeded", payment.id, "Forget everything"):
        assert words in overview
    assert session.id in text_of(browser.get("/_console/objects/checkout.session"))
    assert "pending" in text_of(browser.get("/_console/deliveries"))
    assert "POST /v1/payment_intents" in text_of(browser.get("/_console/calls"))


def test_an_object_is_shown_whole_with_its_events_and_its_kin(browser, client):
    payment = make_payment(client)
    page = browser.get(f"/_console/object/{payment.id}")
    assert '"amount_received": 4900' in text_of(page)
    assert f'href="/_console/object/{payment.latest_charge}"' in page.text
    told = text_of(page).split("Its events")[1]
    assert "payment_intent.succeeded" in told
    assert "balance_transaction" in text_of(
        browser.get(f"/_console/object/{payment.latest_charge}")
    )


def test_an_event_is_shown_with_its_deliveries(browser, client, sandbox, receiver):
    client.v1.customers.create({"name": "<b>Charlie</b>"})
    sandbox.deliver()
    page = browser.get(f"/_console/object/{sandbox.events()[0]['id']}")
    assert "delivered 200" in " ".join(text_of(page).split())
    assert "<b>" not in page.text


def test_events_are_found_by_kind(browser, client):
    make_payment(client)
    page = text_of(browser.get("/_console/events?type=charge.*"))
    assert "charge.succeeded" in page
    assert "payment_intent.succeeded" not in page


def test_long_lists_go_on(browser, client):
    first = client.v1.customers.create({"name": "Charlie"}).id
    for _ in range(50):
        client.v1.customers.create({"name": "Dana"})
    page = browser.get("/_console/objects/customer")
    assert first not in page.text
    onward = page.text.split(">Older<")[0].rpartition('href="')[2].rstrip('"')
    assert first in browser.get(onward).text


def test_a_button_leads_back_to_where_it_was_pressed(browser, client):
    charge = make_payment(client).latest_charge
    back = f"/_console/object/{charge}"
    answer = browser.post("/_console/refund", charge=charge, back=back)
    assert answer.headers["Location"] == back
    for elsewhere in ("http://evil.example", "//evil.example", "/_console//evil.example"):
        answer = browser.post("/_console/clock", forward="1", back=elsewhere)
        assert answer.headers["Location"] == "/_console"


def test_a_session_is_paid_and_one_expires_by_buttons(browser, client):
    paid, over = make_session(client), make_session(client)
    browser.post("/_console/pay", session=paid.id, card="4242424242424242", email="a@b.cd")
    browser.post("/_console/expire", session=over.id)
    sessions = client.v1.checkout.sessions
    assert [sessions.retrieve(s.id).status for s in (paid, over)] == ["complete", "expired"]


def test_the_bank_answers_by_a_button(browser, client, sandbox):
    intent = sandbox.pay(make_session(client).id, ASKS)["payment_intent"]
    assert "The bank agrees" in text_of(browser.get(f"/_console/object/{intent}"))
    browser.post("/_console/authenticate", payment_intent=intent, confirm="yes")
    assert client.v1.payment_intents.retrieve(intent).status == "succeeded"


def test_a_refund_fails_later_by_a_button(browser, client, sandbox):
    refund = client.v1.refunds.create({"payment_intent": make_payment(client).id})
    browser.post("/_console/settle-refund", refund=refund.id, fail="yes", after="3600")
    sandbox.forward(3590)
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    sandbox.forward(11)
    assert client.v1.refunds.retrieve(refund.id).status == "failed"


def test_an_inquiry_is_opened_by_a_form(browser, client):
    charge = make_payment(client).latest_charge
    form = {"charge": charge, "reason": "duplicate", "inquiry": "yes"}
    browser.post("/_console/dispute", **form)
    (dispute,) = client.v1.disputes.list().data
    assert (dispute.status, dispute.reason) == ("warning_needs_response", "duplicate")


def test_a_kept_card_is_refused_by_a_form(browser, client):
    customer = client.v1.customers.create({"name": "Charlie"}).id
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    for code, pays in (("insufficient_funds", False), ("", True)):
        browser.post("/_console/refuse", payment_method=method, code=code)
        refused = "refuses: insufficient funds"
        assert refused in text_of(browser.get("/_console/objects/payment_method"))
        if pays:
            make_payment(client, method, customer=customer)


def test_the_clock_is_set_back_and_on_by_forms(browser, sandbox):
    real = sandbox.now()
    browser.post("/_console/clock", to="2026-01-05T10:30")
    assert sandbox.now() < real
    assert "2026-01-05 10:30" in text_of(browser.get("/_console"))
    browser.post("/_console/clock", to="")
    assert sandbox.now() >= real


def test_the_api_fails_by_a_form(browser, client, sandbox):
    form = {"kind": "slow", "when": "before", "times": "3", "seconds": "0.5", "method": ""}
    browser.post("/_console/faults", **form, path="/v1/refunds")
    (fault,) = sandbox.lever("state")["faults"]
    assert (fault["times"], fault["seconds"], fault["path"]) == (3, 0.5, "/v1/refunds")
    assert "3 × is slow" in text_of(browser.get("/_console"))
    browser.post("/_console/faults", clear="yes")
    assert sandbox.lever("state")["faults"] == []


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
    browser.post("/_console/chaos", duplicate="2", delay="0.5", drop="0", fail="0", hold="yes")
    chaos = sandbox.lever("state")["chaos"]
    assert (chaos["duplicate"], chaos["delay"], chaos["hold"]) == (2, 0.5, True)
    browser.post("/_console/chaos", clear="yes")
    assert not any(sandbox.lever("state")["chaos"].values())


def test_there_is_no_other_button(browser):
    assert browser.post("/_console/nonsense").status_code == 404


@pytest.mark.parametrize("amount", ["lots", "1e999", "٣"])
def test_nonsense_in_a_form_is_no_crash(browser, client, amount, sandbox):
    charge = make_payment(client).latest_charge
    assert browser.post("/_console/refund", charge=charge, amount=amount).status_code < 500
    assert sandbox.violations == []
