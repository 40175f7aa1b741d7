"""The demo's first book has a second edition, with what is new in it, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from content.models import Asset, Edition
from core import clock
from ebooks.services.demo import make_demo_books
from ebooks.services.files import current_files
from products.models import Product
from stores.models import Store


@pytest.mark.parametrize(("language", "slug"), [("he", "התפר-הראשון"), ("en", "the-first-loaf")])
def test_one_demo_book_has_a_second_edition_with_notes(
    in_store: Store, language: str, slug: str, browse: Any
) -> None:
    make_demo_books(language)

    product = Product.objects.get(slug=slug)
    first, second = Edition.objects.filter(product=product.pk)
    assert second.is_out(clock.now())
    assert second.news
    assert second.due_at is None
    assert current_files(product)["epub"].edition == second
    old, new = Asset.objects.filter(part__product=product.pk, part__kind="epub")
    assert len(new.facts["contents"]) == len(old.facts["contents"]) + 1
    shown = browse(in_store).get(f"/p/{slug}/").content.decode()
    assert second.news.splitlines()[0] in shown
    assert '"bookEdition"' in shown
    assert first.number == 1
