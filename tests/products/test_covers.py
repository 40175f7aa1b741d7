"""A product's cover: from one picture to what a page shows, and away again."""

from pathlib import Path

import pytest
from django.core.files.storage import storages
from PIL import Image

from core.images import PictureRefusedError
from products.models import Product
from products.services.covers import cover_of, remove_cover, set_cover
from stores.models import Store
from tests.conftest import make_product


def picture(folder: Path, width: int = 800, height: int = 1200) -> Path:
    path = folder / "cover.png"
    Image.new("RGB", (width, height), "#a8412c").save(path)
    return path


def names(product: Product) -> list[str]:
    return [each["name"] for each in product.cover["files"]]


def test_a_cover_is_kept_in_widths_in_the_stores_own_folder(
    in_store: Store, tmp_path: Path
) -> None:
    product = set_cover(make_product(), picture(tmp_path))
    assert all(name.startswith(f"{in_store.public_id}/covers/") for name in names(product))
    assert all(storages["default"].exists(name) for name in names(product))


def test_a_page_is_told_addresses_widths_and_size(in_store: Store, tmp_path: Path) -> None:
    product = set_cover(make_product(), picture(tmp_path))
    cover = cover_of(Product.objects.get(pk=product.pk))
    assert cover is not None
    assert cover.src.startswith(f"/media/{in_store.public_id}/covers/")
    assert cover.src.endswith("/640.webp")
    assert cover.webp.endswith("w")
    assert ".avif 320w" in cover.avif
    assert (cover.width, cover.height) == (800, 1200)


def test_a_product_without_a_cover_is_drawn(in_store: Store) -> None:
    assert cover_of(make_product()) is None


@pytest.mark.django_db(transaction=True)
def test_a_replaced_covers_files_go(in_store: Store, tmp_path: Path) -> None:
    product = set_cover(make_product(), picture(tmp_path))
    old = names(product)
    remove_cover(product)
    assert product.cover == {}
    assert not any(storages["default"].exists(name) for name in old)


def test_what_is_no_picture_is_refused_and_changes_nothing(in_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "cover.png"
    path.write_text("<script>alert(1)</script>")
    product = make_product()
    with pytest.raises(PictureRefusedError):
        set_cover(product, path)
    assert Product.objects.get(pk=product.pk).cover == {}
