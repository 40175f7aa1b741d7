"""The whole of Sevenfold as a person meets it: a server, the pretend Stripe, and Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from access.services import presales
from accounts.models import User
from config import celery_app
from content.services.bookmaking.fonts import FOLDER
from core import clock
from mail.tasks import send_due
from payments.services import inbox, nightly, reconciling
from products.contract import formats
from products.models import Product
from sandbox.fixtures import running_sandbox  # noqa: F401 -- the fixture
from sandbox.testing import LiveSandbox
from stores.models import Staff, Store
from stores.roles import Role
from stores.scope import store_scope
from tests.conftest import make_store, make_user
from tests.plugins.browser import axe_violations

TOKEN = "a-token-for-journeys"
CODE = re.compile(r"\b(\d{3})\s?(\d{3})\b")
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}


@dataclass
class World:
    """Two stores with the demo's books on a live server, and a browser for each person."""

    origin_port: int
    sandbox: LiveSandbox
    browser: Browser
    stores: dict[str, Store]
    people: dict[str, User]

    def at(self, label: str, path: str = "/") -> str:
        """Return the address of a path in a store, or on the platform's host for ``""``."""
        host = f"{label}.localhost" if label else "localhost"
        return f"http://{host}:{self.origin_port}{path}"

    def person(self, **options: Any) -> BrowserContext:
        """Return a new browser with nothing in it."""
        context = self.browser.new_context(**{"viewport": DESK} | options)
        context.set_default_timeout(60_000)
        return context

    def work(self) -> None:
        """Do what the workers would, and nothing does by itself here: the inbox, and the mails."""
        with eager():
            inbox.work(clock.now())
            send_due()

    def tell_of_openings(self, label: str) -> None:
        """Do what the sweep of presales does: write to who waits for what has moved."""
        with store_scope(self.stores[label]), eager():
            presales.work(clock.now(), batches=9)

    def mails(self, to: str) -> list[Any]:
        """Send what waits, and return the mails of one person, newest first."""
        self.work()
        return [each for each in reversed(mail.outbox) if to in str(each.to)]

    def code_for(self, email: str) -> str:
        """Return the code in the newest mail to this address."""
        codes = (CODE.search(each.subject) for each in self.mails(email))
        found = next(filter(None, codes), None)
        assert found, "no code in a subject"
        return "".join(found.groups())

    def sign_in(self, page: Page, label: str, email: str) -> None:
        """Sign in as a person does: address, mail, code."""
        page.goto(self.at(label, "/sign-in/"))
        page.fill("input[name=email]", email)
        page.click("main form button:not([name])")
        page.wait_for_url(re.compile(r"/sign-in/\w+/"))
        page.fill("input[name=code]", self.code_for(email))
        page.click("main form:has(input[name=code]) button")
        page.wait_for_url(lambda url: "/sign-in/" not in url)


@contextmanager
def eager(*, is_eager: bool = True) -> Iterator[None]:
    """Run tasks where they are asked for, or (in the web's threads, as in life) not at all."""
    before = celery_app.conf.task_always_eager
    celery_app.conf.task_always_eager = is_eager
    try:
        yield
    finally:
        celery_app.conf.task_always_eager = before


@pytest.fixture(scope="module")
def world(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    running_sandbox: LiveSandbox,  # noqa: F811 -- the fixture
    browser: Browser,
) -> Iterator[World]:
    """Set the world up once for a module; each test brings people and addresses of its own."""
    if not (FOLDER / "assistant-hebrew.woff2").exists():
        pytest.fail("the fonts are not built: bin/build")
    running_sandbox.reset()
    with django_db_blocker.unblock(), eager(is_eager=False):
        server = LiveServer("localhost")
        port = int(server.url.rpartition(":")[2])
        with override_settings(
            PLATFORM_ORIGIN=f"http://localhost:{port}",
            STRIPE_API_BASE=running_sandbox.url,
            STRIPE_API_KEY=running_sandbox.key,
            STRIPE_WEBHOOK_SECRET=running_sandbox.webhook_secret,
            STRIPE_WEBHOOK_TOKEN=TOKEN,
            EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        ):
            mail.outbox = []
            running_sandbox.listen(f"http://127.0.0.1:{port}/stripe/{TOKEN}/")
            world = _make_world(port, running_sandbox, browser)
            yield world
            reconciling.read_events(clock.now())
            world.work()
            found = nightly.check_everything(clock.now())
        differs = [(each.kind, each.subject, each.ours, each.theirs) for each in found]
        server.stop()
        broken = [str(each) for each in running_sandbox.violations]
        running_sandbox.reset()
        call_command("flush", interactive=False, verbosity=0)
    assert not broken, "\n".join(broken)
    assert not differs


@pytest.fixture
def _django_db_helper(django_db_setup: None) -> None:
    """Leave the rows alone between tests: the marker only says that there is a database."""


@pytest.fixture(autouse=True)
def _fresh_browsers(world: World) -> Iterator[None]:
    yield
    for context in world.browser.contexts:
        context.close()


def _make_world(port: int, sandbox: LiveSandbox, browser: Browser) -> World:
    people = {name: make_user(f"{name}@example.com") for name in ("alice", "bob", "dana")}
    thread = make_store("thread", people["alice"], name="חוט ומחט", language="he")
    crumb = make_store("crumb", people["dana"], name="Crumb", currency="USD")
    Store.objects.filter(pk=thread.pk).update(languages=["he", "en"], tagline="לתפור לבד")
    with store_scope(thread):
        Staff.objects.create(user=people["bob"], name="Bob", role=Role.SUPPORT)
    for store in (thread, crumb):
        with store_scope(store):
            formats["ebook"].demo(store, store.language)
    return World(port, sandbox, browser, {"thread": thread, "crumb": crumb}, people)


def product_at(world: World, label: str, slug: str) -> Product:
    with store_scope(world.stores[label]):
        found: Product = Product.objects.get(slug=slug)
        return found


ICONS_AS_WORDS = """() => {
    const icons = (element, pseudo) => {
        const style = getComputedStyle(element, pseudo);
        const drawn = pseudo === null || !["none", "normal"].includes(style.content);
        const shown = drawn && element.checkVisibility();
        return shown && style.fontFamily.includes("Material Symbols");
    };
    return [...document.querySelectorAll("body *")].filter((element) =>
        [null, "::before", "::after"].some((pseudo) => icons(element, pseudo)),
    ).map((element) => element.outerHTML.slice(0, 200));
}"""
"""Where Unfold would draw from its icon font, which is not sent: its name would stand there."""


def assert_sound(page: Page) -> None:
    """No accessibility violation, nothing wider than the screen, no icon's name as a word."""
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    assert page.evaluate(ICONS_AS_WORDS) == [], page.url


def today() -> datetime:
    return datetime.now(tz=UTC)
