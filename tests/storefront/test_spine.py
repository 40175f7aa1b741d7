"""The spine of a product's page, which every format has: told of a format only tests know."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from content.models import Asset, SearchEntry
from content.services.searching.entries import Section, replace
from ebooks.services.opening import ON_A_PAGE, leaves_of
from products.models import Category, Part, Product
from storefront.models import PageVersion
from storefront.services.pages import drafts, publishing
from storefront.services.pages.making import create_page
from storefront.services.related import MOST
from stores.models import Store
from stores.services import looks
from stores.services.opening import touch
from tests.conftest import NOW, make_product
from tests.content.library import make_asset, make_part

PAGE = "/p/the-wooden-horse/"


def a_picture(folder: Path) -> Path:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "#345678").save(out, "PNG")
    there = folder / "picture.png"
    there.write_bytes(out.getvalue())
    return there


def put_below(product: Product, *blocks: dict[str, Any]) -> None:
    """Publish blocks below a product's spine."""
    page = create_page("product", title="x", language="en", product=product, now=NOW)
    PageVersion.objects.filter(page=page).update(blocks=list(blocks))
    publishing.publish(page, staff=None, now=NOW)


@pytest.fixture
def toy(in_store: Store) -> Product:
    product = make_product(
        "toy",
        title="The Wooden Horse",
        result="A horse that stands by Friday",
        tagline="Six letters, one plank",
        description="A plank becomes a horse.",
        maker="Alice Amit",
        questions=[{"question": "Which wood?", "answer": "Any that is dry."}],
    )
    Part.objects.create(product=product, kind="letter", title="The legs", published_at=NOW)
    Part.objects.create(
        product=product, kind="letter", title="The plank", published_at=NOW, preview=True
    )
    return product


def test_an_eighth_format_gets_the_whole_spine(
    toy: Product, store: Store, browse: Any, tmp_path: Path
) -> None:
    looks.set_picture(store.look, "maker", a_picture(tmp_path), alt="Alice at her bench")
    make_product("toy", title="The Tin Boat")
    policy = create_page("policy", topic="terms", title="Terms", language="en", now=NOW)
    publishing.publish(policy, staff=None, now=NOW)
    voice = {"text": "It stands.", "name": "Maya", "role": "learner", "image": {}}
    put_below(toy, drafts.new_block("testimonial", {"heading": "Said", "rows": [voice]}))

    shown = browse(store).get(PAGE).content.decode()

    main = shown[shown.index("<main") : shown.index("</main>")]
    in_order = [
        r"<h1[^>]*>\s*A horse that stands by Friday\s*</h1>",
        "Six letters, one plank",
        "₪49",
        f'href="/buy/{toy.prices.get().public_id}/"',
        r'class="btn ghost" href="/read/\w+/"[^>]*>Look inside',
        r'class="thing"\s+data-kind="stack"',
        "What you get and when",
        "A plank becomes a horse.",
        ">Inside<",
        "The legs",
        "A toy.",  # the format's own section
        r"<blockquote[^>]*><p>It stands.</p>",
        "<strong>Maya</strong>",
        "Who made it",
        'alt="Alice at her bench"',
        "Alice Amit",
        "What stays yours",
        "“Cancel a purchase” stands at the foot of every page.",
        'href="/pages/terms/"',
        "Terms of cancelling",
        "Often asked",
        "Which wood?",
        "Also in this shop",
        'href="/p/the-tin-boat/"',
        'class="buybar"',
    ]
    place = 0
    for each in in_order:
        found = re.search(each, main[place:], re.DOTALL)
        assert found, f"{each} does not stand after what comes before it"
        place += found.start()


def test_nothing_is_invented_where_nothing_was_written(in_store: Store, browse: Any) -> None:
    make_product("toy", title="The Wooden Horse")
    shown = browse(in_store).get(PAGE).content.decode()
    main = shown[shown.index("<main") : shown.index("</main>")]
    for each in ("<blockquote", "Who made it", "Also in this shop", "Look inside", "stars", "★"):
        assert each not in main
    assert "aggregateRating" not in shown
    assert "Review" not in shown


def test_what_stands_beside_a_product_is_of_its_category_first(
    toy: Product, store: Store, browse: Any
) -> None:
    shelf = Category.objects.create(title="Wood", slug="wood")
    for number in range(12):
        make_product("toy", title=f"Other {number}")
    near = make_product("toy", title="The Wooden Cart")
    make_product("toy", title="By link", status="hidden")
    Product.objects.filter(pk__in=[toy.pk, near.pk]).update(category=shelf, position=99)
    twin = make_product("toy", title="The Same", language="en")
    Product.objects.filter(pk=twin.pk).update(translation_of=toy)

    found = browse(store).get(PAGE).context["page"].related

    assert next(each.title for each in found) == "The Wooden Cart"
    assert len(found) == MOST
    assert not {"By link", "The Same", toy.title} & {each.title for each in found}


def test_what_stands_beside_a_product_costs_no_query(
    toy: Product, store: Store, browse: Any
) -> None:
    for number in range(12):
        make_product("toy", title=f"Other {number}")
    visitor = browse(store)
    with CaptureQueriesContext(connection) as queries:
        shown = visitor.get(PAGE).content.decode()
    assert "Also in this shop" in shown
    assert len(queries) <= 5


def test_blocks_below_a_product_look_and_play_as_on_a_page(
    toy: Product, store: Store, browse: Any
) -> None:
    put_below(toy, drafts.new_block("video", {"url": "https://youtu.be/abcdefghijk"}))
    for _again in range(2):  # rendered, then kept
        answer = browse(store).get(PAGE)
        assert "frame-src https://www.youtube-nocookie.com" in answer["Content-Security-Policy"]
        assert b"css/blocks" in answer.content
        assert b"js/blocks" in answer.content


def test_the_front_page_shows_the_shops_picture_and_its_makers_face(
    in_store: Store, browse: Any, tmp_path: Path
) -> None:
    Store.objects.filter(pk=in_store.pk).update(about="I sew.")
    make_product("toy", title="The Wooden Horse")
    assert "<figure" not in browse(in_store).get("/").content.decode()
    looks.set_picture(in_store.look, "hero", a_picture(tmp_path), alt="A bench", focal=[0.5, 0.2])
    looks.set_picture(in_store.look, "maker", a_picture(tmp_path), alt="Alice")
    shown = browse(in_store).get("/").content.decode()
    assert re.search(r'<figure class="plate">.*alt="A bench".*data-focus="top"', shown, re.DOTALL)
    assert 'alt="Alice"' in shown
    looks.drop_picture(in_store.look, "hero")
    assert 'alt="A bench"' not in browse(in_store).get("/").content.decode()


def test_blocks_fall_back_to_the_shops_own_pictures(
    in_store: Store, browse: Any, tmp_path: Path
) -> None:
    looks.set_picture(in_store.look, "hero", a_picture(tmp_path), alt="A bench", focal=[0.5, 0.5])
    looks.set_picture(in_store.look, "maker", a_picture(tmp_path), alt="Alice")
    blocks = [drafts.new_block("hero", {"heading": "Ours"}), drafts.new_block("maker")]
    for kind, path in (("home", "/"), ("about", "/pages/about/")):
        page = create_page(kind, title="About", language="en", now=NOW, blocks=blocks)
        publishing.publish(page, staff=None, now=NOW)
        shown = browse(in_store).get(path).content.decode()
        assert 'alt="Alice"' in shown
        assert ('alt="A bench"' in shown) == (kind == "home")


# -- A book's own section: three of its pages

CHAPTER = "\n".join(["The long wait", *(f"Line {n} of the chapter." * 8 for n in range(40))])


def test_a_book_opens_at_its_first_three_pages(in_store: Store, browse: Any) -> None:
    book = make_product(title="The Wooden Horse")
    make_asset(make_part(book, kind="epub"), facts={"contents": []})
    sample = make_part(book, kind="sample", preview=True)
    make_asset(sample, kind=Asset.Kind.EPUB, facts={"contents": []})
    secret = Part.objects.get(product=book, kind="epub")
    replace(secret, SearchEntry.Source.FILE, [Section(text="Not for everybody. " * 40)])
    pages = [Section(text="The Wooden Horse\nAlice"), Section(text=CHAPTER)]
    replace(sample, SearchEntry.Source.FILE, pages)
    touch(in_store)

    visitor = browse(in_store)
    with CaptureQueriesContext(connection) as queries:
        shown = visitor.get(PAGE).content.decode()

    assert len(queries) <= 5
    assert shown.count('class="leaf"') == 3
    assert "<h3>The long wait</h3>" in shown
    assert "Not for everybody" not in shown
    assert f'href="/read/{sample.public_id}/"' in shown


def test_pages_lose_no_word_and_never_grow() -> None:
    leaves = leaves_of(["A title page", CHAPTER])
    assert len(leaves) == 3
    assert all(sum(map(len, leaf.lines)) <= ON_A_PAGE for leaf in leaves)
    read = " ".join(line for leaf in leaves for line in leaf.lines).split()
    assert read == CHAPTER.split()[3 : 3 + len(read)]
    assert leaves_of(["x" * 3_000])[0].lines == ["x" * ON_A_PAGE]
    assert leaves_of([]) == []
