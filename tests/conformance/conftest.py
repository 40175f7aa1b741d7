"""The real SDK against the sandbox; with STRIPE_CONFORMANCE_KEY, against Stripe's test mode."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe

from sandbox.fixtures import running_sandbox, stripe_sandbox  # noqa: F401  fixtures

STRIPE_KEY = os.environ.get("STRIPE_CONFORMANCE_KEY", "")
PATIENCE = 120
A_MINUTE = 61


@pytest.fixture
def forgiven(request: pytest.FixtureRequest) -> Iterator[None]:
    """For a test that asks for what Stripe refuses: the sandbox does not hold it against us."""
    yield
    if not STRIPE_KEY:
        request.getfixturevalue("stripe_sandbox").violations.clear()


@pytest.fixture
def client(request: pytest.FixtureRequest) -> stripe.StripeClient:
    """A client of whatever is to conform; never with a live key."""
    if STRIPE_KEY:
        assert STRIPE_KEY.startswith(("sk_test_", "rk_test_")), "This is no test key."
        return stripe.StripeClient(STRIPE_KEY, max_network_retries=2)
    sandbox = request.getfixturevalue("stripe_sandbox")
    return stripe.StripeClient(
        sandbox.key, base_addresses={"api": sandbox.url}, max_network_retries=2
    )


@pytest.fixture
def eventually(request: pytest.FixtureRequest) -> Callable[[Callable[[], Any]], Any]:
    """For what happens by itself: Stripe is asked until it has, the sandbox's clock moves on."""

    def wait(look: Callable[[], Any]) -> Any:
        if not STRIPE_KEY:
            request.getfixturevalue("stripe_sandbox").forward(A_MINUTE)
            return look()
        end = time.monotonic() + PATIENCE
        while not (found := look()) and time.monotonic() < end:
            time.sleep(2)
        return found

    return wait
