"""The cast, as in every test: alice owns a store, bob is her staff, charlie her customer;
dana owns the other store and is a stranger here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import caches
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from hypothesis import settings

from accounts.models import Customer, User
from config.celery import app
from products.models import Price, Product
from stores.models import Staff, Store
from stores.roles import Role
from stores.scope import store_scope
from stores.services.opening import open_store

pytest_plugins = ["tests.plugins.tools", "tests.plugins.browser", "pytester"]

# Nothing is asserted of time here; a busy machine is no failure.
settings.register_profile("sevenfold", deadline=None)
settings.load_profile("sevenfold")

# A wake finds its task whichever tests are chosen: it runs at once, on the real clock.
app.loader.import_default_modules()

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _empty_caches() -> Iterator[None]:
    yield
    for cache in caches.all():  # be it that the test had others in their place
        cache.clear()


@pytest.fixture
def redis_gone(settings: Any) -> None:
    """Nobody answers where limits are counted and pages are kept."""
    gone = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:9/0",
    }
    settings.CACHES = {**settings.CACHES, "pages": gone, "shared": gone}


@pytest.fixture(scope="module")
def kept_rows(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Keep what is made from here on for all tests of a module; each undoes only its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def short_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say in a word that something is not found: for walks that ask for it a thousand times."""
    monkeypatch.setattr("config.urls.handler404", _not_found)


def _not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse("Not found", status=404)


def make_user(email: str, **over: Any) -> User:
    return User.objects.create_user(email, **over)


def make_store(label: str, owner: User, **over: Any) -> Store:
    fields = {
        "name": label.title(),
        "language": "en",
        "currency": "ILS",
        "colour": "#A8412C",
    } | over
    return open_store(owner, label=label, **fields)


@pytest.fixture
def alice(db: None) -> User:
    return make_user("alice@example.com")


@pytest.fixture
def store(alice: User) -> Store:
    """Alice's store, at thread.localhost."""
    return make_store("thread", alice, name="Thread")


@pytest.fixture
def in_store(store: Store) -> Iterator[Store]:
    """Run the test inside alice's store."""
    with store_scope(store):
        yield store


@pytest.fixture
def bob(store: Store) -> User:
    user = make_user("bob@example.com")
    with store_scope(store):
        Staff.objects.create(user=user, name="Bob", role=Role.SUPPORT)
    return user


@pytest.fixture
def charlie(store: Store) -> Customer:
    user = make_user("charlie@example.com")
    with store_scope(store):
        return Customer.objects.create(user=user, name="Charlie")


@pytest.fixture
def dana(db: None) -> User:
    return make_user("dana@example.com")


@pytest.fixture
def other_store(dana: User) -> Store:
    """Dana's store, at crumb.localhost."""
    return make_store("crumb", dana, name="Crumb")


def make_product(kind: str = "ebook", **over: Any) -> Product:
    """A published product with a price of 49.00, in the store in scope."""
    from products.services.catalogue import create_product

    amount = over.pop("amount", 4900)
    status = over.pop("status", Product.Status.PUBLISHED)
    if kind == "ebook":  # files are given as they are but in the tests of stamping
        over.setdefault("stamps_files", False)
    product = create_product(kind, title=over.pop("title", "The First Stitch"), now=NOW, **over)
    Product.objects.filter(pk=product.pk).update(status=status, published_at=NOW)
    product.refresh_from_db()
    if amount is not None:
        make_price(product, amount=amount)
    return product


def make_price(product: Product, **over: Any) -> Price:
    from products.services.catalogue import add_price

    amount = over.pop("amount", 4900)
    kind = over.pop("kind", Price.Kind.ONE_TIME if amount else Price.Kind.FREE)
    return add_price(product, kind=kind, amount=amount, **over)


@pytest.fixture
def browse() -> Callable[..., Client]:
    """A test client whose requests go to a store's host, signed in as a user when one is given."""
    return client_at


def client_at(store: Store | None, user: User | None = None, **options: Any) -> Client:
    host = "localhost" if store is None else _host(store)
    client = Client(SERVER_NAME=host, **options)
    if user is not None:
        client.force_login(user)
        session = client.session
        session["store"] = "platform" if store is None else store.public_id
        session.save()
    return client


def _host(store: Store) -> str:
    from stores.models import Domain

    with store_scope(store):
        return Domain.objects.get(is_primary=True).host
