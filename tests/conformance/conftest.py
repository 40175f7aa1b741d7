"""The real SDK against the sandbox; with STRIPE_CONFORMANCE_KEY, against Stripe's test mode."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import stripe

from sandbox.fixtures import running_sandbox, stripe_sandbox  # noqa: F401  fixtures

STRIPE_KEY = os.environ.get("STRIPE_CONFORMANCE_KEY", "")


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
