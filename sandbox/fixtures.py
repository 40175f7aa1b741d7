"""The sandbox as pytest fixtures: one server for a run, emptied before each test.

Name this module in `pytest_plugins`, or import the fixtures into a conftest.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.testing import LiveSandbox, live_sandbox


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[LiveSandbox]:
    """Run a sandbox in a thread of this process."""
    with live_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def stripe_sandbox(running_sandbox: LiveSandbox) -> Iterator[LiveSandbox]:
    """Give the test an empty sandbox; what breaks Stripe's schema fails the test.

    A test that breaks it on purpose ends with `stripe_sandbox.violations.clear()`.
    """
    running_sandbox.reset()
    yield running_sandbox
    broken = [str(one) for one in running_sandbox.violations]
    running_sandbox.reset()
    assert not broken, "\n".join(broken)  # noqa: S101  a fixture is part of a test
