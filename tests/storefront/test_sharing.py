"""Pictures for sharing: made by the project, of what a product says."""

import io
from typing import Any

from PIL import Image

from products.models import Product
from storefront.services.sharing.cards import card_of, picture_of
from stores.models import Look, Store
from tests.conftest import make_product


def picture(browse: Any, store: Store, path: str) -> Image.Image:
    response = browse(store).get(path)
    assert response["Content-Type"] == "image/jpeg"
    return Image.open(io.BytesIO(response.content))


def test_a_product_has_a_wide_picture_and_a_square_one(in_store: Store, browse: Any) -> None:
    make_product(title="שנים־עשר תפרים בלי דמעות, מההתחלה ועד הסוף, עם English", slug="x")
    assert picture(browse, in_store, "/p/x/share.jpg").size == (1200, 630)
    assert picture(browse, in_store, "/p/x/share-square.jpg").size == (1080, 1080)


def test_the_shop_has_one_too(in_store: Store, browse: Any) -> None:
    assert picture(browse, in_store, "/share.jpg").size == (1200, 630)
    assert picture(browse, in_store, "/share-square.jpg").size == (1080, 1080)


def test_the_page_names_its_picture_with_size_and_words(in_store: Store, browse: Any) -> None:
    make_product()
    shown = browse(in_store).get("/p/the-first-stitch/").content.decode()
    assert (
        'og:image" content="http://thread.localhost:8000/p/the-first-stitch/share.jpg?v=' in shown
    )
    assert 'og:image:width" content="1200"' in shown
    assert 'og:image:alt" content="Ebook: The First Stitch"' in shown


def test_another_title_or_colour_is_another_picture(in_store: Store) -> None:
    product = make_product()
    first = card_of(product, in_store).digest
    product.title = "Another"
    second = card_of(product, in_store).digest
    in_store.look.colour = "#123456"
    assert len({first, second, card_of(product, in_store).digest}) == 3


def test_a_picture_is_drawn_once(in_store: Store, monkeypatch: Any) -> None:
    card = card_of(make_product(), in_store)
    first = picture_of(card, in_store)
    monkeypatch.setattr("storefront.services.sharing.drawing.draw", None)
    assert picture_of(card, in_store) == first


def test_a_drafts_picture_is_for_the_team_alone(in_store: Store, browse: Any, alice: Any) -> None:
    make_product(status=Product.Status.DRAFT, slug="soon")
    assert browse(in_store).get("/p/soon/share.jpg").status_code == 404
    assert browse(in_store, alice).get("/p/soon/share.jpg").status_code == 200


def test_a_shops_own_picture_that_is_gone_leaves_the_drawn_one(
    in_store: Store, browse: Any
) -> None:
    Look.objects.filter(store=in_store).update(hero=f"{in_store.public_id}/hero/x/640.webp")
    assert picture(browse, in_store, "/share.jpg").size == (1200, 630)
