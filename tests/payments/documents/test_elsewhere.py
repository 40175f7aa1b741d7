"""Documents issued elsewhere: another system hears of each payment, signed, safely, until heard."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
from datetime import timedelta
from typing import Any

import pytest

from payments.models import Bookkeeping, Document, DocumentDue, HookDelivery
from payments.services.documents import elsewhere, posting
from payments.services.documents.owing import owe_for_payment, owe_for_refunds
from payments.services.documents.posting import NotDelivered
from payments.services.documents.working import issue_due, stores_with_due
from stores.models import Store
from tests.conftest import NOW
from tests.payments.documents.papers import make_business, make_order, make_refund

URL = "https://books.example/hook"


@pytest.fixture
def secret(in_store: Store) -> str:
    Bookkeeping.objects.create(store=in_store, is_elsewhere=True, hook_url=URL)
    return elsewhere.new_secret(now=NOW)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the other system hears; while ``[0]`` of it is an error it refuses."""
    calls: list[Any] = []

    def post(url: str, body: bytes, headers: dict[str, str]) -> int:
        if calls and isinstance(calls[0], Exception):
            raise calls[0]
        calls.append((url, body, headers))
        return 200

    monkeypatch.setattr(posting, "post", post)
    return calls


def test_a_payment_is_told_signed_and_no_document_is_issued(secret: str, heard: list[Any]) -> None:
    make_business()
    order = make_order()
    owe_for_payment(order, NOW)
    assert issue_due(NOW) == 1
    assert elsewhere.send_due(NOW) == 1
    assert not Document.objects.exists()

    url, body, headers = heard[0]
    stamp, signed = headers["Sevenfold-Signature"].split(",")
    seconds = stamp.removeprefix("t=")
    expected = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    assert signed == f"v1={expected.hexdigest()}"
    assert url == URL
    told = json.loads(body)
    assert (told["event"], told["amount"], told["currency"]) == ("payment.received", 4900, "ILS")
    assert elsewhere.send_due(NOW + timedelta(days=1)) == 0


def test_a_refund_is_told_with_what_it_was_for(secret: str, heard: list[Any]) -> None:
    order = make_order()
    owe_for_payment(order, NOW)
    make_refund(order, 900, reason="late")
    owe_for_refunds(order, NOW)
    issue_due(NOW)
    elsewhere.send_due(NOW)
    told = json.loads(heard[1][1])
    assert (told["event"], told["amount"], told["refund"]["reason"]) == (
        "payment.refunded",
        900,
        "late",
    )


def test_a_refusal_is_tried_again_later_then_shown_and_sent_by_hand(
    secret: str, heard: list[Any]
) -> None:
    owe_for_payment(make_order(), NOW)
    issue_due(NOW)
    heard.append(NotDelivered("answered 500"))
    now = NOW
    for _try in range(elsewhere.GIVE_UP_AFTER):
        assert elsewhere.send_due(now) == 0
        assert elsewhere.send_due(now) == 0  # not at once again
        now += timedelta(hours=7)
    call = HookDelivery.objects.get()
    assert (call.state, call.attempts, call.error) == ("failed", 14, "answered 500")
    heard.clear()
    elsewhere.send_again(call, now=now)
    assert elsewhere.send_due(now) == 1
    assert HookDelivery.objects.get().state == "done"


def test_without_a_secret_nothing_is_sent(in_store: Store, heard: list[Any]) -> None:
    Bookkeeping.objects.create(store=in_store, is_elsewhere=True, hook_url=URL)
    owe_for_payment(make_order(), NOW)
    assert stores_with_due(NOW) == [in_store.pk]
    issue_due(NOW)
    assert elsewhere.send_due(NOW) == 0
    assert not heard


def test_without_an_address_the_tables_are_all(in_store: Store) -> None:
    Bookkeeping.objects.create(store=in_store, is_elsewhere=True)
    owe_for_payment(make_order(), NOW)
    assert issue_due(NOW) == 1
    assert not DocumentDue.objects.waiting().exists()
    assert not HookDelivery.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://books.example/",
        "https://user:pass@books.example/",
        "https://books.example:8443/",
        "https:///x",
        "ftp://books.example/",
        "https://[::1",
    ],
)
def test_only_plain_https_addresses_are_called(url: str) -> None:
    with pytest.raises(NotDelivered):
        posting.post(url, b"{}", {})


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.7"],
        ["169.254.169.254"],
        ["::1"],
        ["fe80::1%eth0"],
        ["::ffff:10.0.0.1"],
        ["2002:7f00:1::"],
        ["0.0.0.0"],  # noqa: S104 -- an address to be refused
        ["100.64.0.1"],
        ["224.0.0.1"],
        ["93.184.215.14", "192.168.1.1"],
        [],
    ],
)
def test_a_host_with_any_address_inside_is_never_called(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: found)
    with pytest.raises(NotDelivered):
        posting.post(URL, b"{}", {})


def test_the_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []

    def look_up(*_args: Any, **_kwargs: Any) -> list[Any]:
        address = "10.0.0.1" if asked else "93.184.215.14"  # another answer the second time
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]

    def connect(address: Any, timeout: float) -> Any:
        asked.append(address)
        raise OSError("no network in tests")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(NotDelivered):
        posting.post(URL, b"{}", {})
    assert asked == [("93.184.215.14", 443)]
