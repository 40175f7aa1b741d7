"""A shop of a thousand goods: everything is found, nothing is asked twice, no page grows."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from defusedxml import ElementTree
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from products.models import Category, Price, Product
from storefront.services.navigation import rebuild
from storefront.services.pages import drafts, publishing
from storefront.services.pages.making import create_page
from storefront.services.window import ON_A_PAGE
from stores.models import Store
from tests.conftest import NOW, make_product

MANY = 1_000
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"
LARGEST, LARGEST_PACKED = 45_000, 4_000
"""Bytes of the HTML of a page full of goods: as it is, and as it is sent."""
LONG = "A book with a title as long as titles of books are, the second edition of it"
PATHS = (
    *("/", "/page/2/", "/c/bread/", "/c/bread/page/2/", "/feed/", "/search/?q=book"),
    *("/search/", "/sitemap.xml", "/pages/bread/"),
)


@pytest.fixture
def shelf(in_store: Store) -> Category:
    found: Category = Category.objects.create(title="Bread", slug="bread")
    rebuild(in_store)
    return found


def stock(shelf: Category, more: int) -> None:
    """Put so many more goods on sale, all of one category, each with a price."""
    made = make_product(title=LONG, slug=f"first-{more}")
    Product.objects.filter(pk=made.pk).update(category=shelf)
    first = Product.objects.get(pk=made.pk)
    price = first.prices.get()
    rows = Product.objects.bulk_create(
        Product(slug=f"book-{more}-{at}", **_fields_of(first)) for at in range(more - 1)
    )
    Price.objects.bulk_create(Price(**_fields_of(price) | {"product": row}) for row in rows)


def _fields_of(row: Product | Price) -> dict[str, Any]:
    names = (field.name for field in type(row)._meta.concrete_fields)
    return {name: getattr(row, name) for name in names if name not in {"id", "public_id", "slug"}}


def goods(shelf: Category | None = None) -> dict[str, Any]:
    """Return a block of goods: the category's, or all."""
    category = str(shelf.pk) if shelf else ""
    return drafts.new_block("products", {"heading": "Goods", "rows": [], "category": category})


def asked(client: Any, path: str) -> tuple[int, bytes]:
    """Return how many queries a page costs that nobody kept, and the page."""
    caches["pages"].clear()
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(path)
    assert answer.status_code == 200, path
    return len(seen), answer.content


def test_a_thousand_goods_cost_no_more_queries_than_a_hundred(
    in_store: Store, shelf: Category, browse: Any
) -> None:
    page = create_page("free", title="Bread", language="en", now=NOW, blocks=[goods(shelf)])
    publishing.publish(page, staff=None, now=NOW)
    client = browse(in_store)
    stock(shelf, 100)
    client.get("/")
    few = {path: asked(client, path)[0] for path in PATHS}
    stock(shelf, MANY - 100)
    client.get("/search/?q=book")  # the text of a large shop is written down once
    many = {path: asked(client, path)[0] for path in PATHS}
    assert {path: count for path, count in many.items() if count > few[path]} == {}
    assert max(few.values()) <= 8


def test_every_one_of_a_thousand_goods_is_reached(
    in_store: Store, shelf: Category, browse: Any
) -> None:
    stock(shelf, MANY)
    client = browse(in_store)
    tree = ElementTree.fromstring(client.get("/sitemap.xml").content)
    told = {each.text.rpartition("/p/")[2] for each in tree.iter(f"{SITEMAP}loc") if each.text}
    slugs = {f"{slug}/" for slug in Product.objects.values_list("slug", flat=True)}
    assert len(slugs) == MANY
    assert slugs <= told
    assert walked(client, "/") == slugs
    assert walked(client, "/c/bread/") == slugs
    assert client.get("/c/bread/page/22/").status_code == 404
    entries = ElementTree.fromstring(client.get("/feed/").content).iter(f"{ATOM}entry")
    assert len(list(entries)) == 30


def walked(client: Any, path: str) -> set[str]:
    """Return the goods that somebody finds who follows the pages on to the last."""
    found: set[str] = set()
    while path:
        body = client.get(path).content.decode()
        found |= set(re.findall(r'href="/p/([^"]+)"', body))
        after = re.search(r'rel="next"\s+href="([^"]+)"', body)
        path = after[1] if after else ""
    return found


def test_no_page_of_a_large_shop_is_large(in_store: Store, shelf: Category, browse: Any) -> None:
    stock(shelf, MANY)
    client = browse(in_store)
    for path in ("/", "/c/bread/", "/search/?q=book", "/feed/"):
        _queries, body = asked(client, path)
        weight, packed = len(body), len(gzip.compress(body, 6))
        assert weight < LARGEST, f"{path}: {weight}, {packed}"
        assert packed < LARGEST_PACKED, f"{path}: {weight}, {packed}"
    blocks = [goods(), goods(shelf)]
    home = create_page("home", title="Home", language="en", now=NOW, blocks=blocks)
    publishing.publish(home, staff=None, now=NOW)
    body = client.get("/").content
    assert body.count(b'href="/p/') == 2 * ON_A_PAGE
    assert b'href="/page/2/"' in body
    assert b'href="/c/bread/page/2/"' in body
    assert len(body) < 2 * LARGEST


def test_a_page_of_the_window_is_read_in_its_order(shelf: Category) -> None:
    page = Product.objects.listed()[: ON_A_PAGE + 1]
    assert "products_in_order" in page.explain()
    assert "TEMP B-TREE" not in page.explain()
