"""A deployment that takes money has its keys and its secrets."""

from __future__ import annotations

from typing import Any

import pytest

from payments.services.checks import check_stripe


@pytest.fixture(autouse=True)
def _complete(settings: Any) -> None:
    settings.STRIPE_API_KEY = "sk_live_x"
    settings.STRIPE_LIVEMODE = True
    settings.STRIPE_WEBHOOK_SECRET = "whsec_x"
    settings.STRIPE_WEBHOOK_TOKEN = "x" * 32


def ids() -> list[str | None]:
    return [problem.id for problem in check_stripe()]


def test_with_everything_set_there_is_nothing_to_say() -> None:
    assert ids() == []


@pytest.mark.parametrize(
    ("name", "number"),
    [("STRIPE_API_KEY", 1), ("STRIPE_WEBHOOK_SECRET", 2), ("STRIPE_WEBHOOK_TOKEN", 3)],
)
def test_an_empty_key_or_secret_is_refused(settings: Any, name: str, number: int) -> None:
    setattr(settings, name, "")
    assert ids() == [f"payments.E00{number}"]


def test_a_secret_of_commas_is_empty(settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRET = " , "
    assert ids() == ["payments.E002"]


def test_a_short_token_is_no_secret(settings: Any) -> None:
    settings.STRIPE_WEBHOOK_TOKEN = "short"
    assert ids() == ["payments.E004"]


def test_test_keys_do_not_take_real_money(settings: Any) -> None:
    settings.STRIPE_API_KEY = "sk_test_x"
    assert ids() == ["payments.E005"]
