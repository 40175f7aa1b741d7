import pytest

from tests.sandbox.making import ASKS, make_payment, make_session
from tests.sandbox.pages.conftest import text_of

ALWAYS_ASKS = "pm_card_authenticationRequired"


@pytest.fixture
def asked(client, sandbox):
    """A session whose card made the bank ask."""
    return sandbox.pay(make_session(client).id, ASKS)


def test_the_bank_asks_about_the_amount(browser, asked):
    page = browser.get(f"/3ds/{asked['payment_intent']}")
    assert "₪49.00" in text_of(page)
    assert "form-action 'self' http://thread.localhost" in page.headers["Content-Security-Policy"]


def test_yes_pays_and_leads_to_the_store(browser, asked, client):
    answer = browser.post(f"/3ds/{asked['payment_intent']}", answer="yes")
    assert answer.headers["Location"].endswith(f"/paid/?session={asked['id']}")
    assert client.v1.checkout.sessions.retrieve(asked["id"]).status == "complete"


def test_no_leads_back_to_the_page_that_says_why(browser, asked, client):
    answer = browser.post(f"/3ds/{asked['payment_intent']}", answer="no")
    assert answer.headers["Location"] == f"/c/pay/{asked['id']}"
    assert "The bank did not confirm" in text_of(browser.get(answer.headers["Location"]))
    assert client.v1.checkout.sessions.retrieve(asked["id"]).status == "open"


def test_an_answered_question_is_not_asked_again(browser, asked, client):
    path = f"/3ds/{asked['payment_intent']}"
    browser.post(path, answer="yes")
    browser.post(path, answer="no")
    assert "answered already" in text_of(browser.get(path))
    assert client.v1.checkout.sessions.retrieve(asked["id"]).payment_status == "paid"


@pytest.mark.parametrize(("word", "status"), [("yes", "succeeded"), ("no", "failed")])
def test_an_intent_of_its_own_leads_to_its_return_url(browser, client, word, status):
    intent = make_payment(
        client,
        ALWAYS_ASKS,
        automatic_payment_methods={"enabled": True},
        return_url="http://localhost:8000/back/?a=1",
    )
    where = browser.post(intent.next_action.redirect_to_url.url, answer=word).headers["Location"]
    assert where.startswith(f"http://localhost:8000/back/?a=1&payment_intent={intent.id}")
    assert where.endswith(f"redirect_status={status}")


def test_there_is_no_other_question(browser):
    assert browser.get("/3ds/pi_x").status_code == 404
