"""A book that is sold and stamped, its buyer, and the order behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from access.contract import Source
from access.models import Access
from access.services.granting import grant
from accounts.models import Customer
from content.models import Asset
from content.services.files import keep_file
from content.services.judge import judge
from content.services.stamping.line import Line
from products.models import Product
from stores.models import Store
from tests.conftest import NOW, make_product
from tests.content.files import epub, page, pdf
from tests.content.library import make_part

WORDS = "<p>Cut the thread twice as long as you think you need, and wax it.</p>"
ENGLISH = Line(
    "This copy belongs to Charlie · order 1042", "Whose copy this is", "en", is_rtl=False
)
HEBREW = Line(
    "העותק הזה שייך אל \u2067דנה לוי\u2069 · הזמנה \u20661042\u2069",
    "של מי העותק",
    "he",
    is_rtl=True,
)
MARK = "abcdefghjkmnpq"


@pytest.fixture
def book(in_store: Store) -> Product:
    return make_product(stamps_files=True, language="en")


@pytest.fixture
def put(tmp_path: Path, book: Product) -> Callable[..., Asset]:
    """Judge a file and keep it as the book's, as an upload would be."""

    def ask(path: Path, **over: Any) -> Asset:
        into = tmp_path / f"into-{path.name}"
        into.mkdir()
        verdict = judge(path, into=into)
        part = make_part(over.pop("product", book), kind=verdict.kind, **over)
        return keep_file(part, verdict, original_name=path.name, now=NOW)

    return ask


@pytest.fixture
def asset(put: Callable[..., Asset], tmp_path: Path) -> Asset:
    """The book as EPUB."""
    return put(epub(tmp_path / "book.epub", one=page(WORDS)))


@pytest.fixture
def pdf_asset(put: Callable[..., Asset], tmp_path: Path) -> Asset:
    """The book as PDF."""
    return put(pdf(tmp_path / "book.pdf"))


def give(customer: Customer, product: Product, **over: Any) -> Access:
    source = Source(over.pop("kind", "hand"), over.pop("id", "1"))
    fields = {"starts_at": NOW, "now": NOW} | over
    return grant(customer, product=product, source=source, **fields)
