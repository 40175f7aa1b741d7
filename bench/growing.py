"""Whether pages stay as fast while a shop grows to 10,000 products and 100,000 customers."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from shutil import copyfile
from statistics import median
from unittest.mock import patch

from bench.shop import Shop, open_shop, signed_in

# isort: split
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.models import Access
from accounts.models import Customer, User
from accounts.services.finding.keeping import gather_due
from bench.measuring import ROUNDS, promised
from bench.serving import fetch
from ebooks.models import Ebook
from products.models import Price, Product
from storefront.services.finding import keeping
from stores.scope import store_scope
from stores.services.opening import touch
from tests.conftest import NOW

FEW_PRODUCTS, MANY_PRODUCTS = 60, 10_000
FEW_CUSTOMERS, MANY_CUSTOMERS = 60, 100_000
"""The small shop fills a page of each list too: 48 in the window, 50 in the admin."""
ONE = FEW_CUSTOMERS - 1
"""Whoever has a name of her own, and is looked for by it."""
BATCH = 2_000
TIMES = 7
AFTER_A_CHANGE = frozenset({"search after a change"})
MOST = 1.5
"""So many times as long a page may take in a shop that is so much larger."""


def fill(shop: Shop, products: int, customers: int) -> None:
    """Let the shop have so many products with a price each, and so many customers with a book."""
    with store_scope(shop.store):
        for start in range(Product.objects.count(), products, BATCH):
            add_products(start, min(start + BATCH, products))
        for start in range(Customer.objects.count(), customers, BATCH):
            add_customers(shop, start, min(start + BATCH, customers))
    gather_due()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as PostgreSQL's autovacuum and SQLite's optimize do


def add_products(start: int, end: int) -> None:
    """Add published books with all their rows."""
    made = Product.objects.bulk_create(
        Product(
            format="ebook",
            title=f"Book {number}",
            slug=f"book-{number}",
            status=Product.Status.PUBLISHED,
            published_at=NOW,
            position=number,
        )
        for number in range(start, end)
    )
    Price.objects.bulk_create(
        Price(product=each, kind=Price.Kind.ONE_TIME, amount=4900, currency="ILS") for each in made
    )
    own = [field for field in Ebook._meta.local_concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in own)
    first, last = made[0].pk, made[-1].pk
    with connection.cursor() as cursor:
        # A child of a row that is there already cannot be made in bulk otherwise.
        cursor.execute(
            f'INSERT INTO ebooks_ebook ("product_id", {columns})'  # noqa: S608 -- our own columns
            f" SELECT products_product.id, {columns} FROM products_product, "
            f"(SELECT {columns} FROM ebooks_ebook LIMIT 1) AS template"
            " WHERE products_product.id BETWEEN %s AND %s",
            [first, last],
        )


def add_customers(shop: Shop, start: int, end: int) -> None:
    """Add people who bought the first book."""
    users = User.objects.bulk_create(
        User(email=f"reader{number}@example.com") for number in range(start, end)
    )
    customers = Customer.objects.bulk_create(
        Customer(user=user, name=f"Reader {number}" if number != ONE else "Tamar Ben-Ami")
        for number, user in enumerate(users, start)
    )
    Access.objects.bulk_create(
        Access(
            customer=each,
            product=shop.asset.part.product,
            source_kind="hand",
            source_id=str(each.pk),
            starts_at=NOW,
        )
        for each in customers
    )


def measured(shop: Shop, pages: Mapping[str, tuple[Client, str]]) -> dict[str, tuple[float, int]]:
    """Return how long each page takes in seconds of work, and how many statements it runs."""
    found = {}
    for name, (client, url) in pages.items():
        fetch(client, url)
        taken = []
        for _time in range(TIMES):
            caches["pages"].clear()
            if name in AFTER_A_CHANGE:
                touch(shop.store)
            begun = time.process_time()
            fetch(client, url)
            taken.append(time.process_time() - begun)
        caches["pages"].clear()
        with CaptureQueriesContext(connection) as seen:
            fetch(client, url)
            found[name] = median(taken), len(seen)
    return found


def main() -> None:
    """Measure in a small shop and in a large one, print, and say whether all stayed flat."""
    shop = open_shop(b"PK" * 50_000)
    desk = signed_in(shop.store, User.objects.get(email="alice@example.com"))
    pages = {
        "home": (shop.visitor, "/"),
        "a product's page": (shop.visitor, shop.product_url),
        "the shelf": (shop.reader, "/shelf/"),
        "the reader": (shop.reader, shop.read_url),
        "search in the shop": (shop.visitor, "/search/?q=Book+7"),
        "search after a change": (shop.visitor, "/search/?q=Book+7"),
        "Today": (desk, "/admin/"),
        "products in the admin": (desk, "/admin/products/product/"),
        "customers in the admin": (desk, "/admin/accounts/customer/"),
        "a customer by name": (desk, "/admin/accounts/customer/?q=Tamar+Ben"),
    }
    fill(shop, FEW_PRODUCTS, FEW_CUSTOMERS)
    with patch.object(keeping, "wake_once"):  # the worker's work is not its visitor's
        _compare(shop, pages)


def _compare(shop: Shop, pages: Mapping[str, tuple[Client, str]]) -> None:
    small, large = _files()
    _go_to(large)
    begun = time.perf_counter()
    fill(shop, MANY_PRODUCTS, MANY_CUSTOMERS)
    print(f"filled in {time.perf_counter() - begun:.0f} s", flush=True)
    rounds = []
    for _round in range(ROUNDS):
        _go_to(small)
        few = measured(shop, pages)
        _go_to(large)
        rounds.append((few, measured(shop, pages)))
    held = []
    for name in pages:
        least, most = (median(each[size][name][0] for each in rounds) for size in (0, 1))
        (_, asked), (_, now_asked) = (rounds[-1][size][name] for size in (0, 1))
        print(
            f"{name:34} few {least * 1e3:7.2f} ms, {asked} statements"
            f"   many {most * 1e3:7.2f} ms, {now_asked} statements   {most / least:5.2f} x"
        )
        held += [promised(most / least, at_most=MOST), now_asked <= asked]
    sys.exit(not all(held))


def _files() -> tuple[Path, Path]:
    """Return the database as it is, and a copy of it that is to grow."""
    connection.close()  # so that nothing is left in its log
    small = Path(connection.settings_dict["NAME"])
    large = small.with_name(f"large-{small.name}")
    copyfile(small, large)
    return small, large


def _go_to(file: Path) -> None:
    """Let all that follows happen in the shop of this file; nothing is kept of the other."""
    connection.close()
    connection.settings_dict["NAME"] = str(file)
    for cache in caches.all():
        cache.clear()


if __name__ == "__main__":
    main()
