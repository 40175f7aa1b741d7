"""The pretend Stripe's levers, over HTTP: paying as a customer, deciding as a bank, its clock."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings

ALL = 1_000_000


def pay(session_id: str) -> None:
    """Pay a checkout session with a card that works."""
    _pull("pay", {"session": session_id})


def dispute(payment_intent: str) -> str:
    """Let the customer's bank ask a payment back; return the dispute's id."""
    return str(_pull("dispute", {"payment_intent": payment_intent})["id"])


def decide(dispute_id: str, *, is_won: bool) -> None:
    """Let the bank decide."""
    _pull("decide-dispute", {"dispute": dispute_id, "won": is_won})


def expire(session_id: str) -> None:
    """Let a payment page run out."""
    _pull("expire", {"session": session_id})


def fail_renewals(subscription: str, times: int) -> None:
    """Let the next charges of a subscription be refused by its card."""
    wanted = {"subscription": subscription, "times": times, "code": "insufficient_funds"}
    _pull("fail-renewal", wanted)


def keep_past_due() -> None:
    """Let what no retry could charge stay past due, as a store's own days on hold want it."""
    _pull("after-last-retry", {"state": "past_due"})


def set_clock(moment: datetime) -> None:
    """Let the sandbox's objects be made at ``moment``."""
    _pull("clock", {"to": int(moment.timestamp())})


@contextmanager
def in_the_past() -> Iterator[None]:
    """Let the sandbox live in the past without telling anybody; afterwards it is today again."""
    _pull("chaos", {"drop": ALL})
    try:
        yield
    finally:
        _pull("clock", {"to": None})
        _pull("chaos", {"clear": True})


def _pull(name: str, wanted: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 -- the sandbox's own address, from our settings
        f"{settings.STRIPE_API_BASE}/_control/{name}",
        data=json.dumps(wanted).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 -- as above
        answered: dict[str, Any] = json.load(answer)
    return answered
