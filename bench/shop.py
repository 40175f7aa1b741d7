"""A shop of its own for a benchmark: one book, one reader who bought it, and plain views beside.

Importing this sets Django up with a database in a temporary folder.
"""

from __future__ import annotations

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
os.environ["LOG_LEVEL"] = "ERROR"

import django

django.setup()

from dataclasses import dataclass

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import Client, override_settings
from django.urls import reverse

from access.contract import Source
from access.services.granting import grant
from accounts.models import Customer, User
from content.models import Asset
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_product, make_store, make_user
from tests.content.library import make_asset, make_part

HOST = "thread.localhost"
PLAIN = "bench.plain.plainly"
DJANGOS_SESSIONS = "django.contrib.sessions.backends.db"
DJANGOS_USERS = "django.contrib.auth.backends.ModelBackend"
SIGNED_IN = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]


class _NoMigrations(dict[str, None]):
    """Tables are made straight from the models, as in the tests."""

    def __contains__(self, app: object) -> bool:
        return True

    def __missing__(self, app: str) -> None:
        return None


@dataclass
class Shop:
    """What the benchmarks ask for, and who asks."""

    store: Store
    asset: Asset
    reader: Client
    """Charlie, by the whole way through Sevenfold."""
    user: Client
    """Charlie, by views with a session and a user."""
    visitor: Client
    """Nobody in particular, by the whole way through Sevenfold."""
    bare: Client
    """Nobody, by views without any middleware."""

    @property
    def product_url(self) -> str:
        """Where the book is shown."""
        slug = self.asset.part.product.slug
        return reverse("storefront:product", args=[slug], urlconf=STORE_URLS)

    @property
    def file_url(self) -> str:
        """Where the book's file is."""
        return reverse("content:file", args=[self.asset.public_id, "book.epub"], urlconf=STORE_URLS)

    @property
    def read_url(self) -> str:
        """Where it is read."""
        return reverse("content:read", args=[self.asset.part.public_id], urlconf=STORE_URLS)

    @property
    def place_url(self) -> str:
        """Where a turned page is kept."""
        return reverse("content:place", args=[self.asset.part.public_id], urlconf=STORE_URLS)


STORE_URLS = settings.ROOT_URLCONF


def open_shop(content: bytes) -> Shop:
    """Make the tables, the shop and its book of these bytes."""
    # The last connection to SQLite gathers its log when it closes: it stays open here.
    connections.settings["default"]["CONN_MAX_AGE"] = None
    connections["default"].settings_dict["CONN_MAX_AGE"] = None
    settings.MIGRATION_MODULES = _NoMigrations()
    call_command("migrate", run_syncdb=True, skip_checks=True, verbosity=0)
    store = make_store("thread", make_user("alice@example.com"))
    charlie = make_user("charlie@example.com")
    with store_scope(store):
        asset = make_asset(make_part(make_product(), kind="epub"), content=content)
        customer = Customer.objects.create(user=charlie, name="Charlie")
        source = Source("order_line", "1")
        grant(customer, product=asset.part.product, source=source, starts_at=NOW, now=NOW)
    return Shop(
        store,
        asset,
        _client(list(settings.MIDDLEWARE), charlie, store),
        _client([PLAIN, *SIGNED_IN], charlie, store),
        _client(list(settings.MIDDLEWARE)),
        _client([PLAIN]),
    )


def signed_in(store: Store, user: User) -> Client:
    """Return the browser of somebody who is signed in, by the whole way through Sevenfold."""
    return _client(list(settings.MIDDLEWARE), user, store)


def _client(middleware: list[str], user: User | None = None, store: Store | None = None) -> Client:
    client = Client(SERVER_NAME=HOST)
    # Bare views have Django's own sessions and users too, not ours that are found by kept SQL.
    is_bare = PLAIN in middleware
    engine = DJANGOS_SESSIONS if is_bare else settings.SESSION_ENGINE
    with override_settings(
        MIDDLEWARE=middleware, WHITENOISE_AUTOREFRESH=False, SESSION_ENGINE=engine
    ):
        client.handler.load_middleware()
    if user is not None and store is not None:
        client.force_login(user, backend=DJANGOS_USERS if is_bare else None)
        session = client.session
        session["store"] = store.public_id
        session.save()
    return client
