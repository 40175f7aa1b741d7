"""Stripe's door: only what Stripe signed just now comes in, and only as a hint."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from core.prepared import Missing
from payments.models import StripeEvent
from tests.payments.buying import TOKEN

pytestmark = pytest.mark.django_db
SECRET = "whsec_sandbox"
EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "checkout.session.completed",
    "created": 1_790_000_000,
    "livemode": False,
    "data": {"object": {"id": "cs_1", "object": "checkout.session", "payment_status": "paid"}},
}


def sign(body: bytes, at: int | None = None, secret: str = SECRET) -> str:
    at = int(time.time()) if at is None else at
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


def send(body: bytes, signature: str | None, token: str = TOKEN, **extra: Any) -> int:
    headers = {} if signature is None else {"Stripe-Signature": signature}
    return (
        Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
        .post(f"/stripe/{token}/", body, "application/json", headers=headers, **extra)
        .status_code
    )


def body_of(**over: Any) -> bytes:
    return json.dumps(EVENT | over).encode()


def test_a_signed_event_is_kept_as_a_hint_and_answered() -> None:
    assert send(body_of(), sign(body_of())) == 200
    kept = StripeEvent.objects.get()
    assert (kept.object_type, kept.object_id, kept.state) == ("checkout.session", "cs_1", "pending")


def test_the_same_event_again_is_answered_and_kept_once() -> None:
    for _again in range(3):
        assert send(body_of(), sign(body_of())) == 200
    assert StripeEvent.objects.count() == 1


def test_the_same_id_of_another_account_is_another_event() -> None:
    send(body_of(), sign(body_of()))
    other = body_of(account="acct_2")
    assert send(other, sign(other)) == 200
    assert StripeEvent.objects.count() == 2


def test_an_unknown_type_is_answered_and_ignored() -> None:
    body = body_of(type="tea.brewed", data={"object": {"id": "tea_1", "object": "tea"}})
    assert send(body, sign(body)) == 200
    assert StripeEvent.objects.get().state == StripeEvent.State.IGNORED


def test_live_money_is_ignored_where_test_money_is_taken() -> None:
    body = body_of(livemode=True)
    assert send(body, sign(body)) == 200
    assert StripeEvent.objects.get().state == StripeEvent.State.IGNORED


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "nonsense",
        "t=,v1=",
        "t=abc,v1=abc",
        "v1=" + "0" * 64,
        sign(body_of(), secret="whsec_forged"),
        sign(b"another body"),
    ],
    ids=["none", "empty", "nonsense", "no values", "no time", "no time given", "forged", "other"],
)
def test_what_stripe_did_not_sign_is_refused(signature: str | None) -> None:
    assert send(body_of(), signature) == 400
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize("seconds", [-301, -3600, 302, 3600])
def test_what_was_not_signed_now_is_refused(seconds: int) -> None:
    assert send(body_of(), sign(body_of(), at=int(time.time()) + seconds)) == 400
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize("seconds", [-290, 290])
def test_a_clock_that_is_a_little_off_is_forgiven(seconds: int) -> None:
    assert send(body_of(), sign(body_of(), at=int(time.time()) + seconds)) == 200


def test_a_second_timestamp_does_not_hide_the_first() -> None:
    old = sign(body_of(), at=int(time.time()) - 4000)
    assert send(body_of(), f"{old},t={int(time.time())}") == 400
    assert send(body_of(), f"t={int(time.time())},{old}") == 400


def test_a_body_over_512_kilobytes_is_too_large() -> None:
    body = body_of(padding="x" * 520_000)
    assert send(body, sign(body)) == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b"\xff\xfe",
        b'{"id": "evt_1"}',
        body_of(data={}),
        body_of(data={"object": "text"}),
        body_of(created="soon"),
        body_of(created=10**30),
        b"[" * 50_000,
    ],
)
def test_a_signed_body_that_is_no_event_is_refused_without_an_error(body: bytes) -> None:
    assert send(body, sign(body)) == 400


def test_absurdly_long_names_are_cut_and_not_an_error() -> None:
    body = body_of(id="e" * 5000, type="t" * 5000)
    assert send(body, sign(body)) == 200


def test_without_a_secret_there_is_no_such_page(settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRET = " , "
    assert send(body_of(), sign(body_of())) == 404


def test_without_a_token_there_is_no_such_page(settings: Any) -> None:
    settings.STRIPE_WEBHOOK_TOKEN = ""
    assert send(body_of(), sign(body_of())) == 404


def test_a_wrong_token_is_no_such_page() -> None:
    assert send(body_of(), sign(body_of()), token="guessed") == 404


def test_both_secrets_are_good_while_one_takes_the_others_place(settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRET = "whsec_new,whsec_sandbox"
    assert send(body_of(), sign(body_of())) == 200


def test_only_post_is_taken() -> None:
    assert Client(SERVER_NAME="localhost").get(f"/stripe/{TOKEN}/").status_code == 405


def test_a_stores_host_has_no_such_door(store: Any) -> None:
    client = Client(SERVER_NAME="thread.localhost")
    response = client.post(f"/stripe/{TOKEN}/", body_of(), "application/json")
    assert response.status_code == 404


def test_a_hint_is_one_statement(django_assert_num_queries: Any) -> None:
    send(body_of(id="evt_0"), sign(body_of(id="evt_0")))
    with django_assert_num_queries(1):
        assert send(body_of(), sign(body_of())) == 200


def test_who_comes_over_an_unsafe_connection_is_led_to_the_safe_one(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert send(body_of(), sign(body_of())) == 301
    assert send(body_of(), sign(body_of()), secure=True) == 200


def test_nothing_is_taken_in_while_nobody_is_served(settings: Any) -> None:
    settings.MAINTENANCE = True
    assert send(body_of(), sign(body_of())) == 503
    assert not StripeEvent.objects.exists()


def test_stripe_is_told_to_come_again_while_the_database_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(*_args: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(Missing, "write", gone)
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    signed = {"Stripe-Signature": sign(body_of())}
    answer = client.post(f"/stripe/{TOKEN}/", body_of(), "application/json", headers=signed)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")


@pytest.mark.parametrize("path", ["/stripe/", "/stripe//", f"/stripe/{TOKEN}/more/"])
def test_only_the_very_address_is_a_door(path: str) -> None:
    signed = {"Stripe-Signature": sign(body_of())}
    client = Client(SERVER_NAME="localhost")
    assert client.post(path, body_of(), "application/json", headers=signed).status_code == 404
    assert not StripeEvent.objects.exists()
