"""Chromium for the tests marked browser, and axe to judge what it shows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.plugins.tools import find_browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a process; each test opens its own context or page."""
    executable = find_browser()
    if executable is None:
        pytest.skip("Chromium is missing")
    # Playwright keeps an event loop in this thread, which Django would take for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=QUIET)
        yield chromium
        chromium.close()


@cache
def _axe() -> str:
    return AXE.read_text()


def axe_violations(page: Page) -> list[str]:
    """Return what axe finds wrong with the page as it stands, one line per rule and element."""
    page.evaluate(_axe())
    found = page.evaluate("axe.run().then(found => found.violations)")
    return [f"{rule['id']}: {' '.join(node['target'])}" for rule in found for node in rule["nodes"]]
