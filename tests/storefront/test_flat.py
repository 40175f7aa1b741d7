"""Pages run as many statements in a shop of twenty products as in one of three."""

from __future__ import annotations

from collections.abc import Callable

from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.contract import Source
from access.services.granting import grant
from accounts.models import Customer, User
from core.fragments import fragments
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_product, make_user
from tests.content.library import make_asset, make_part

FEW, MANY = 3, 20
VISITORS = ["/", "/p/book-0/", "/search/?q=Book", "/sitemap.xml"]
DESK = [
    "/admin/",
    "/admin/inbox/",
    "/admin/products/product/",
    "/admin/accounts/customer/",
    "/admin/accounts/customer/?q=Reader",
    "/admin/payments/order/",
]


def fill(store: Store, charlie: Customer, start: int, end: int) -> None:
    """Add products that Charlie has, and as many customers who have the first."""
    with store_scope(store):
        for number in range(start, end):
            product = make_product(title=f"Book {number}", slug=f"book-{number}")
            make_asset(make_part(product, kind="epub"))
            source = Source("order_line", str(number))
            grant(charlie, product=product, source=source, starts_at=NOW, now=NOW)
            reader = Customer.objects.create(
                user=make_user(f"reader{number}@example.com"), name=f"Reader {number}"
            )
            source = Source("order_line", f"reader {number}")
            grant(reader, product=product, source=source, starts_at=NOW, now=NOW)


def statements(client: Client, path: str) -> list[str]:
    """Return what a page asks when nothing of it is kept."""
    client.get(path)
    caches["pages"].clear()
    fragments.clear()
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return [each["sql"] for each in seen.captured_queries]


def test_pages_ask_as_much_of_a_large_shop_as_of_a_small_one(
    browse: Callable[..., Client], store: Store, alice: User, charlie: Customer
) -> None:
    visitor, reader, desk = browse(store), browse(store, charlie.user), browse(store, alice)
    pages = [
        *((visitor, path) for path in VISITORS),
        (reader, "/shelf/"),
        *((desk, path) for path in DESK),
    ]
    fill(store, charlie, 0, FEW)
    few = [statements(client, path) for client, path in pages]
    fill(store, charlie, FEW, MANY)
    many = [statements(client, path) for client, path in pages]

    for (_client, path), before, after in zip(pages, few, many, strict=True):
        assert len(after) <= len(before), path + "\n" + "\n".join(sql[:300] for sql in after)
