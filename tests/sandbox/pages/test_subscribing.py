"""What the hosted pages say of a subscription, and how an invoice is paid there."""

from __future__ import annotations

import pytest

from tests.sandbox.making import ASKS, DECLINED, club_item, club_params, invoices_of, join
from tests.sandbox.pages.conftest import text_of

GOOD = {"email": "charlie@example.com", "card": "4242 4242 4242 4242", "name": "Charlie"}


def page_of(browser, client, language="en", **over):
    session = client.v1.checkout.sessions.create(club_params(**over))
    return session, text_of(browser.get(f"{session.url}?lang={language}")).replace("\xa0", "")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Subscribe and pay ₪49.00", "Next charge: ₪49.00 on March 31", "Every quarter")),
        ("he", ("להצטרף ולשלם", "החיוב הבא:", "31 במרץ", "בכל רבעון, עד שמבטלים")),
    ],
)
def test_the_page_says_how_often_and_when_next(browser, client, sandbox, language, words):
    sandbox.set_clock(1_798_718_400)  # 31 December 2026
    rhythm = {"interval": "month", "interval_count": 3}
    _, text = page_of(browser, client, language, rhythm=rhythm)
    for one in words:
        assert one in text


def test_a_trial_says_until_when_it_is_free_and_keeps_the_card(browser, client, sandbox):
    terms = {"trial_period_days": 7}
    session, text = page_of(browser, client, subscription_data=terms)
    assert "Free until" in text
    assert "Card number" in text
    assert browser.post(session.url, **GOOD).status_code == 303
    (body,) = client.v1.subscriptions.list().data
    assert (body.status, bool(body.default_payment_method)) == ("trialing", True)


@pytest.mark.parametrize(("duration", "amount"), [("once", "₪49.00"), ("forever", "₪24.50")])
def test_the_next_charge_knows_how_long_a_discount_lasts(browser, client, duration, amount):
    coupon = client.v1.coupons.create({"percent_off": 50, "duration": duration})
    _, text = page_of(browser, client, discounts=[{"coupon": coupon.id}])
    assert "Subscribe and pay ₪24.50" in text
    assert f"Next charge: {amount} on" in text


def test_a_discount_of_three_months_is_over_with_the_quarter(browser, client):
    coupon = client.v1.coupons.create(
        {"percent_off": 50, "duration": "repeating", "duration_in_months": 3}
    )
    quarter = {"interval": "month", "interval_count": 3}
    found = [{"coupon": coupon.id}]
    _, text = page_of(browser, client, rhythm=quarter, discounts=found)
    assert "Next charge: ₪49.00 on" in text
    _, text = page_of(browser, client, discounts=found)
    assert "Next charge: ₪24.50 on" in text


@pytest.mark.parametrize("item", [club_item(), club_item(interval="week", interval_count=2)])
def test_a_good_card_subscribes_and_leads_to_the_store(browser, client, item):
    session = client.v1.checkout.sessions.create(club_params(line_items=[item]))
    answer = browser.post(session.url, **GOOD)
    assert (answer.status_code, session.id in answer.headers["Location"]) == (303, True)
    assert [one.status for one in client.v1.subscriptions.list().data] == ["active"]


@pytest.fixture
def owed(client, sandbox):
    """The open invoice of a renewal that failed."""
    body = join(client, sandbox)
    sandbox.fail_next_renewal(body.id, times=4)
    sandbox.advance(months=1, hours=2)
    return invoices_of(client, body.id)[-1]


def test_an_invoice_is_paid_by_whoever_has_its_address(browser, client, owed):
    page = browser.get(owed.hosted_invoice_url)
    assert "Pay ₪49.00" in text_of(page).replace("\xa0", "")
    answer = browser.post(owed.hosted_invoice_url, **GOOD)
    assert answer.status_code == 303
    assert "This invoice is paid" in text_of(browser.get(answer.headers["Location"]))
    assert client.v1.invoices.retrieve(owed.id).status == "paid"
    (body,) = client.v1.subscriptions.list().data
    assert body.status == "active"


def test_a_refused_card_on_an_invoice_says_why(browser, client, owed):
    answer = browser.post(owed.hosted_invoice_url, **GOOD | {"card": DECLINED})
    assert (answer.status_code, "The card was declined" in text_of(answer)) == (402, True)
    assert client.v1.invoices.retrieve(owed.id).status == "open"


def test_the_bank_may_ask_about_an_invoice(browser, client, owed):
    asked = browser.post(owed.hosted_invoice_url, **GOOD | {"card": ASKS})
    assert "/3ds/" in asked.headers["Location"]
    back = browser.post(asked.headers["Location"], answer="yes").headers["Location"]
    assert f"/i/{owed.id}" in back
    assert "This invoice is paid" in text_of(browser.get(back))
    assert client.v1.invoices.retrieve(owed.id).status == "paid"


def test_an_invoice_speaks_hebrew(browser, owed):
    page = browser.get(f"{owed.hosted_invoice_url}?lang=he")
    assert 'dir="rtl"' in page.text
    assert "חשבון לתשלום" in text_of(page)


def test_no_invoice_is_no_page(browser):
    assert browser.get("/i/in_none").status_code == 404


def test_the_console_fails_the_next_renewal(browser, client, sandbox):
    member = join(client, sandbox)
    page = browser.get(f"/_console/object/{member.id}")
    assert "Fail the next renewal" in page.text
    browser.post("/_console/fail-renewal", subscription=member.id, times="1")
    sandbox.advance(months=1, hours=2)
    body = client.v1.subscriptions.retrieve(member.id)
    assert body.status == "past_due"
    browser.post("/_console/pay-invoice", invoice=body.latest_invoice)
    assert client.v1.subscriptions.retrieve(member.id).status == "active"
    browser.post("/_console/after-last-retry", state="unpaid")
    assert sandbox.lever("state")["after_last_retry"] == "unpaid"
