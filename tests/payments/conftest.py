"""A store that sells one book through the sandbox, and a buyer with a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from core import clock
from payments.services import nightly, reconciling, steps
from products.models import Price, Product
from sandbox.fixtures import running_sandbox, stripe_sandbox  # noqa: F401 -- fixtures
from sandbox.testing import LiveSandbox
from stores.models import Store
from stores.scope import store_scope
from tests.payments.buying import TOKEN, Shop, make_book
from tests.payments.killing import Nursery, running_nursery


@pytest.fixture(autouse=True)
def _stripe_settings(settings: Any, request: pytest.FixtureRequest) -> None:
    """Point the platform at the sandbox where a test has one, and nowhere otherwise."""
    settings.STRIPE_NETWORK_RETRIES = 0
    settings.STRIPE_WEBHOOK_TOKEN = TOKEN
    settings.STRIPE_LIVEMODE = False
    settings.STRIPE_API_KEY = "sk_test_sandbox"
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    settings.STRIPE_WEBHOOK_SECRET = "whsec_sandbox"


@pytest.fixture
def sandbox(stripe_sandbox: LiveSandbox, settings: Any) -> LiveSandbox:  # noqa: F811 -- the fixture
    """The sandbox our calls reach."""
    settings.STRIPE_API_BASE = stripe_sandbox.url
    settings.STRIPE_API_KEY = stripe_sandbox.key
    settings.STRIPE_WEBHOOK_SECRET = stripe_sandbox.webhook_secret
    return stripe_sandbox


@pytest.fixture
def book(in_store: Store) -> Product:
    """A published ebook at 49.00 with one part that can be read."""
    return make_book()


@pytest.fixture
def price(book: Product) -> Price:
    return book.prices.get()


@pytest.fixture
def shop(sandbox: LiveSandbox, store: Store, price: Price, browse: Callable[..., Client]) -> Shop:
    """Everything a purchase needs."""
    return Shop(sandbox, store, price, browse(store))


@pytest.fixture(scope="module")
def nursery(
    running_sandbox: LiveSandbox,  # noqa: F811 -- the fixture
    django_db_setup: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Nursery]:
    """Run the process whose children are killed."""
    with running_nursery(running_sandbox, tmp_path_factory.mktemp("queue")) as running:
        yield running


@pytest.fixture(autouse=True)
def _all_agrees(_stripe_settings: None, request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test did, hear of it all in the end, and find that every coin is accounted for.

    What spoils rows or leaves Stripe unheard on purpose is marked `differs`.
    """
    if "shop" not in request.fixturenames:
        yield
        return
    shop: Shop = request.getfixturevalue("shop")
    yield
    if request.node.get_closest_marker("differs"):
        return
    steps.watch(None)
    shop.sandbox.lever("faults", {"clear": True})
    shop.hear()
    with store_scope(shop.store):
        reconciling.reconcile_store(clock.now() + timedelta(minutes=15))
    found = nightly.check_everything(clock.now())
    assert [(each.kind, each.subject, each.ours, each.theirs) for each in found] == []
