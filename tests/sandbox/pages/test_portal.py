"""The customer portal: what is paid for, another card, leaving and staying."""

from __future__ import annotations

import pytest
import stripe

from tests.sandbox.making import ALWAYS_ASKS, DECLINED, invoices_of, join
from tests.sandbox.pages.conftest import text_of

BACK = "http://thread.localhost:8000/account/"
OTHER = {"card": "5555 5555 5555 4444", "name": "Charlie"}


@pytest.fixture
def member(client, sandbox):
    return join(client, sandbox)


def portal(client, member, **over):
    params = {"customer": member.customer, "return_url": BACK, **over}
    return client.v1.billing_portal.sessions.create(params)


def test_the_portal_shows_what_is_paid_for_and_the_way_back(browser, client, member):
    page = browser.get(portal(client, member).url)
    text = text_of(page).replace("\xa0", "")
    for words in ("Pretend money", "Club", "Next charge: ₪49.00 on", "Every month", "Cancel at"):
        assert words in text
    (invoice,) = invoices_of(client, member.id)
    assert (BACK in page.text, invoice.number in text) == (True, True)
    assert 'dir="rtl"' in browser.get(f"{portal(client, member).url}?lang=he").text


def test_who_leaves_may_stay_after_all(browser, client, member):
    url = portal(client, member).url
    assert browser.post(url, leave=member.id).status_code == 303
    assert client.v1.subscriptions.retrieve(member.id).cancel_at_period_end
    assert "Ends on" in text_of(browser.get(url))
    browser.post(url, stay=member.id)
    assert not client.v1.subscriptions.retrieve(member.id).cancel_at_period_end


def test_another_card_pays_from_now_on(browser, client, sandbox, member):
    browser.post(portal(client, member).url, **OTHER)
    body = client.v1.subscriptions.retrieve(member.id, {"expand": ["default_payment_method"]})
    assert body.default_payment_method.card.last4 == "4444"
    customer = client.v1.customers.retrieve(member.customer)
    assert customer.invoice_settings.default_payment_method == body.default_payment_method.id
    sandbox.advance(months=1, hours=2)
    assert [one.status for one in invoices_of(client, member.id)] == ["paid", "paid"]


def test_a_card_that_the_bank_asks_about_is_kept_when_it_agrees(browser, client, member):
    asked = browser.post(portal(client, member).url, card=ALWAYS_ASKS).headers["Location"]
    before = client.v1.subscriptions.retrieve(member.id).default_payment_method
    assert before == member.default_payment_method
    assert "/p/" in browser.post(asked, answer="yes").headers["Location"]
    assert client.v1.subscriptions.retrieve(member.id).default_payment_method != before


def test_a_refused_card_changes_nothing(browser, client, member):
    answer = browser.post(portal(client, member).url, card=DECLINED)
    assert (answer.status_code, "declined" in text_of(answer)) == (402, True)
    after = client.v1.subscriptions.retrieve(member.id)
    assert after.default_payment_method == member.default_payment_method


def test_nobody_cancels_for_another_customer(browser, client, sandbox, member):
    other = join(client, sandbox)
    browser.post(portal(client, other).url, leave=member.id)
    assert not client.v1.subscriptions.retrieve(member.id).cancel_at_period_end


def test_a_flow_shows_its_own_part_and_leads_on(browser, client, member):
    flow = {
        "type": "subscription_cancel",
        "subscription_cancel": {"subscription": member.id},
        "after_completion": {"type": "redirect", "redirect": {"return_url": BACK}},
    }
    session = portal(client, member, flow_data=flow)
    assert "Card number" not in text_of(browser.get(session.url))
    assert browser.post(session.url, leave=member.id).headers["Location"] == BACK
    card = portal(client, member, flow_data={"type": "payment_method_update"})
    assert "Invoices" not in text_of(browser.get(card.url))


def test_other_flows_are_not_here(client, member):
    with pytest.raises(stripe.InvalidRequestError, match="not in the sandbox"):
        portal(client, member, flow_data={"type": "customer_update"})


def test_no_portal_is_no_page(browser):
    assert browser.get("/p/bps_none").status_code == 404
