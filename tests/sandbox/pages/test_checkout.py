from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.sandbox.making import ASKS, CANCEL, DECLINED, NO_FUNDS, item, make_session
from tests.sandbox.pages.conftest import text_of

GOOD = {"email": "charlie@example.com", "card": "4242 4242 4242 4242", "name": "Charlie"}
THANKS = "http://thread.localhost:8000/paid/?session="


@pytest.fixture
def session(client):
    return make_session(client, line_items=[item(name="Knots & ropes", quantity=2)])


def test_the_page_shows_what_is_bought_and_that_it_is_pretend(browser, session):
    page = browser.get(session.url)
    assert page.status_code == 200
    for words in ("Pretend money", "Knots & ropes × 2", "₪98.00", "4242 4242 4242 4242"):
        assert words in text_of(page).replace("\xa0", "")
    assert CANCEL in page.text


def test_a_good_card_pays_and_leads_to_the_store(browser, session, client):
    answer = browser.post(session.url, **GOOD)
    assert (answer.status_code, answer.headers["Location"]) == (303, THANKS + session.id)
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_pressing_twice_pays_once(browser, session, client):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: browser.post(session.url, **GOOD), range(8)))
    assert {answer.headers["Location"] for answer in answers} == {THANKS + session.id}
    assert len(client.v1.charges.list().data) == 1


@pytest.mark.parametrize(("card", "words"), [(DECLINED, "declined"), (NO_FUNDS, "too little")])
def test_a_refused_card_says_why_and_may_be_changed(browser, session, card, words):
    answer = browser.post(session.url, **GOOD | {"card": card})
    assert answer.status_code == 402
    assert words in text_of(answer)
    assert browser.post(session.url, **GOOD).status_code == 303


def test_what_was_refused_is_still_said_after_a_reload(browser, session):
    browser.post(session.url, **GOOD | {"card": DECLINED})
    assert "The card was declined" in text_of(browser.get(session.url))


@pytest.mark.parametrize("card", ["4111111111111111", "", "x" * 9000, "\u202e4242"])
def test_other_cards_are_not_taken(browser, session, client, card):
    answer = browser.post(session.url, **GOOD | {"card": card})
    assert "not a test card" in text_of(answer)
    assert client.v1.payment_intents.list().data == []


@pytest.mark.parametrize("email", ["", "charlie", "a b@c.d", "a@b"])
def test_an_email_address_is_needed(browser, session, email):
    answer = browser.post(session.url, **GOOD | {"email": email})
    assert "email address" in text_of(answer)


def test_a_test_card_is_filled_in_and_the_rest_kept(browser, session):
    page = browser.post(session.url, fill=DECLINED, email="charlie@example.com")
    assert 'value="4000 0000 0000 0002"' in page.text
    assert 'value="charlie@example.com"' in page.text


def test_the_first_button_pays_so_enter_pays(browser, session):
    first = browser.get(session.url).text.split("<button")[1]
    assert "Pay " in first


def test_the_bank_is_asked(browser, session):
    answer = browser.post(session.url, **GOOD | {"card": ASKS})
    assert answer.headers["Location"].startswith("/3ds/pi_")


def test_a_known_address_cannot_be_changed(browser, client):
    session = make_session(client, customer_email="charlie@example.com")
    assert 'name="email"' not in browser.get(session.url).text
    browser.post(session.url, **GOOD | {"email": "dana@example.com"})
    paid = client.v1.checkout.sessions.retrieve(session.id)
    assert paid.customer_details.email == "charlie@example.com"


def test_hebrew_goods_make_a_hebrew_page(browser, client):
    page = browser.get(make_session(client, line_items=[item(name="קשרים")]).url)
    assert '<html lang="he" dir="rtl">' in page.text
    assert "כסף בכאילו" in page.text


@pytest.mark.parametrize(
    ("locale", "accepts", "language"),
    [("auto", "he-IL,he", "he"), ("auto", "en", "en"), ("en", "he", "en"), ("fr", "he", "en")],
)
def test_the_language_follows_session_and_browser(browser, client, locale, accepts, language):
    browser.headers["Accept-Language"] = accepts
    page = browser.get(make_session(client, locale=locale).url)
    assert f'lang="{language}"' in page.text


def test_the_language_can_be_chosen_and_stays(browser, session):
    answer = browser.post(f"{session.url}?lang=he", **GOOD | {"card": DECLINED})
    assert "הכרטיס נדחה" in answer.text


def test_a_paid_page_leads_to_the_store(browser, session, sandbox):
    sandbox.pay(session.id)
    assert browser.get(session.url).headers["Location"] == THANKS + session.id


def test_an_expired_page_says_so_and_leads_back(browser, session, client):
    client.v1.checkout.sessions.expire(session.id)
    for answer in (browser.get(session.url), browser.post(session.url, **GOOD)):
        assert answer.status_code == 410
        assert "Nothing was charged" in text_of(answer)
        assert CANCEL in answer.text
    assert client.v1.charges.list().data == []


def test_a_page_expires_when_its_time_comes(browser, session, sandbox):
    sandbox.forward(25 * 3600)
    assert browser.get(session.url).status_code == 410


@pytest.mark.parametrize("path", ["/c/pay/cs_test_x", "/c/pay/", "/c/pay/..%2f", "/nonsense"])
def test_there_is_no_other_page(browser, path):
    assert browser.get(path).status_code == 404


def test_names_are_escaped(browser, client):
    page = browser.get(make_session(client, line_items=[item(name="<script>x</script>")]).url)
    assert "<script>" not in page.text


def test_what_was_typed_is_escaped(browser, session):
    page = browser.post(session.url, **GOOD | {"email": '"><script>', "name": '"><script>'})
    assert "<script>" not in page.text


def test_the_policy_allows_no_script_and_leads_to_the_store(browser, session):
    policy = browser.get(session.url).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://thread.localhost:8000" in policy
    assert "unsafe" not in policy


def test_a_form_of_another_site_is_refused(sandbox, session, browser):
    browser.headers["Origin"] = "http://evil.example"
    answer = requests.post(session.url, data=GOOD, headers=browser.headers, timeout=10)
    assert answer.status_code == 403


def test_a_total_of_nothing_asks_for_no_card(browser, client):
    session = make_session(client, line_items=[item(0)])
    assert 'name="card"' not in browser.get(session.url).text
    assert browser.post(session.url, **GOOD).headers["Location"] == THANKS + session.id


@pytest.fixture
def asks_for_codes(client):
    coupon = client.v1.coupons.create({"percent_off": 20, "max_redemptions": 1}).id
    promotion = {"type": "coupon", "coupon": coupon}
    client.v1.promotion_codes.create({"promotion": promotion, "code": "SPRING20"})
    return make_session(client, allow_promotion_codes=True)


def test_a_code_is_typed_seen_and_taken_away(browser, asks_for_codes):
    page = text_of(browser.post(asks_for_codes.url, use="1", code="spring20"))
    assert "₪39.20" in page.replace("\xa0", "")
    assert "Discount" in page
    again = text_of(browser.post(asks_for_codes.url, drop="1"))
    assert "Pay ₪49.00" in again.replace("\xa0", "")


def test_a_wrong_code_changes_nothing(browser, asks_for_codes, client):
    for code in ("WRONG", "", "\u202e", "x" * 9000):
        answer = browser.post(asks_for_codes.url, use="1", code=code)
        assert "<script" not in answer.text
        assert answer.status_code < 500
    assert client.v1.checkout.sessions.retrieve(asks_for_codes.id).amount_total == 4900


def test_a_code_used_up_meanwhile_is_said_before_paying(browser, asks_for_codes, client, sandbox):
    browser.post(asks_for_codes.url, use="1", code="SPRING20")
    other = make_session(client, allow_promotion_codes=True)
    sandbox.pay(other.id, promotion_code="SPRING20")
    answer = browser.post(asks_for_codes.url, **GOOD)
    assert "no longer valid" in text_of(answer)
    assert "Pay ₪49.00" in text_of(answer).replace("\xa0", "")
    assert browser.post(asks_for_codes.url, **GOOD).status_code == 303


def test_no_code_is_taken_where_none_is_asked_for(browser, session):
    assert 'name="code"' not in browser.get(session.url).text
    assert browser.post(session.url, use="1", code="SPRING20").status_code == 200


def test_a_page_that_keeps_a_card_charges_nothing(browser, client):
    params = {"mode": "setup", "currency": "ils", "success_url": THANKS}
    session = client.v1.checkout.sessions.create(params | {"customer_creation": "always"})
    page = text_of(browser.get(session.url))
    assert "Nothing is charged now" in page
    asked = browser.post(session.url, **GOOD | {"card": ASKS}).headers["Location"]
    assert "saves this card" in text_of(browser.get(asked))
    browser.post(asked, answer="no")
    assert "The bank did not confirm" in text_of(browser.get(session.url))
    assert browser.post(session.url, **GOOD).headers["Location"].startswith(THANKS)
    assert client.v1.charges.list().data == []
