"""A product's page."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.contract import Source
from access.services.granting import grant, revoke
from content.models import Asset
from core import clock
from products.models import Product
from products.services.bundles import include
from products.services.sales import take_hold
from stores.models import Store
from tests.conftest import NOW, make_price, make_product
from tests.content.library import make_asset, make_part

PAGE = "/p/the-first-stitch/"
FAR = NOW + timedelta(days=9000)


@pytest.fixture
def product(in_store: Store) -> Product:
    return make_product(result="A bag sewn by Sunday", tagline="Eight stitches")


def show(browse: Any, store: Store, user: Any = None, path: str = PAGE) -> Any:
    return browse(store, user).get(path)


def test_the_page_says_the_result_the_price_and_where_to_buy(
    product: Product, store: Store, browse: Any
) -> None:
    shown = show(browse, store).content.decode()
    assert re.search(r"<h1[^>]*>\s*A bag sewn by Sunday\s*</h1>", shown)
    assert "₪49" in shown
    assert f'href="/buy/{product.prices.get().public_id}/"' in shown
    assert "Yours for good." in shown


def test_the_price_stays_at_the_foot_of_a_phone(
    product: Product, store: Store, browse: Any
) -> None:
    assert 'class="buybar"' in show(browse, store).content.decode()


def test_each_of_several_prices_has_its_button(product: Product, store: Store, browse: Any) -> None:
    more = make_price(product, amount=7900, label="With the patterns")
    shown = show(browse, store).content.decode()
    assert "With the patterns" in shown
    assert f"/buy/{more.public_id}/" in shown


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("coming_soon", "Coming soon."),
        ("closed", "Closed for now."),
        ("retired", "no longer sold"),
    ],
)
def test_a_page_says_why_it_cannot_be_bought(
    product: Product, store: Store, browse: Any, status: str, words: str
) -> None:
    Product.objects.update(status=status)
    shown = show(browse, store).content.decode()
    assert words in shown
    assert "/buy/" not in shown


def test_a_page_says_that_nothing_is_left(product: Product, store: Store, browse: Any) -> None:
    product.prices.update(quantity=0)
    shown = show(browse, store).content.decode()
    assert "Sold out." in shown
    assert "/buy/" not in shown


def test_a_hidden_product_is_bought_by_link_and_never_indexed(
    product: Product, store: Store, browse: Any
) -> None:
    Product.objects.update(status="hidden")
    shown = show(browse, store).content.decode()
    assert "/buy/" in shown
    assert '<meta name="robots" content="noindex">' in shown


def test_a_draft_is_nobodys_but_the_teams(
    product: Product, store: Store, browse: Any, alice: Any, charlie: Any
) -> None:
    Product.objects.update(status="draft")
    assert show(browse, store).status_code == 404
    assert show(browse, store, charlie.user).status_code == 404
    assert "Only the team sees this page" in show(browse, store, alice).content.decode()


def test_a_draft_without_an_address_is_previewed_by_its_id(
    product: Product, store: Store, browse: Any, alice: Any
) -> None:
    Product.objects.update(status="draft", slug="")
    assert show(browse, store, alice, f"/p/{product.public_id}/").status_code == 200


def test_the_staff_of_another_store_preview_nothing(
    product: Product, store: Store, browse: Any, dana: Any
) -> None:
    Product.objects.update(status="draft")
    assert show(browse, store, dana).status_code == 404


def test_another_stores_product_is_not_found(
    product: Product, other_store: Store, browse: Any
) -> None:
    assert show(browse, other_store).status_code == 404


def test_a_retired_product_leads_to_what_took_its_place(
    product: Product, store: Store, browse: Any, charlie: Any
) -> None:
    heir = make_product(title="The Second Stitch")
    Product.objects.filter(pk=product.pk).update(status="retired", replaced_by=heir)
    response = show(browse, store)
    assert (response.status_code, response["Location"]) == (302, "/p/the-second-stitch/")


def test_a_presale_says_when_it_opens(product: Product, store: Store, browse: Any) -> None:
    Product.objects.update(opens_at=NOW + timedelta(days=3650))
    assert re.search(r"Opens \w+day, ", show(browse, store).content.decode())


def own(product: Product, charlie: Any) -> Any:
    make_asset(make_part(product, kind=Asset.Kind.EPUB))
    source = Source("order_line", "1")
    return grant(charlie, product=product, source=source, starts_at=NOW, now=NOW)


def test_what_charlie_owns_he_opens(
    product: Product, store: Store, browse: Any, charlie: Any
) -> None:
    own(product, charlie)
    shown = show(browse, store, charlie.user).content.decode()
    assert "This is yours." in shown
    assert "/buy/" not in shown


def test_what_was_refunded_is_for_sale_again(
    product: Product, store: Store, browse: Any, charlie: Any
) -> None:
    revoke(own(product, charlie), now=NOW, by="Alice", because="refund")
    assert "/buy/" in show(browse, store, charlie.user).content.decode()


def test_what_charlie_owns_never_shows_in_the_visitors_copy(
    product: Product, store: Store, browse: Any, charlie: Any
) -> None:
    own(product, charlie)
    before = show(browse, store).content
    show(browse, store, charlie.user)
    assert show(browse, store).content == before
    assert b"This is yours." not in before


def test_the_contents_are_listed_and_what_is_free_opens(
    product: Product, store: Store, browse: Any
) -> None:
    contents = [{"title": f"Chapter {n}", "target": "", "depth": 0} for n in range(1, 16)]
    make_asset(make_part(product, kind="epub"), facts={"contents": contents})
    sample = make_part(product, kind="sample", preview=True)
    make_asset(sample, facts={"contents": contents[:1]})
    shown = show(browse, store).content.decode()
    assert "Chapter 15" in shown
    assert "The rest of the contents" in shown
    assert f'href="/read/{sample.public_id}/"' in shown


def structured(shown: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', shown, re.DOTALL)
    assert found is not None
    return json.loads(found[1])[0]


def test_search_engines_are_told_the_price(product: Product, store: Store, browse: Any) -> None:
    told = structured(show(browse, store).content.decode())
    assert told["name"] == "The First Stitch"
    assert told["url"] == "http://thread.localhost:8000/p/the-first-stitch/"
    assert told["offers"][0]["price"] == "49.00"
    assert told["offers"][0]["priceCurrency"] == "ILS"


def test_no_title_ends_the_description_for_search_engines(
    product: Product, store: Store, browse: Any
) -> None:
    evil = "</script><script>alert(1)</script>"
    Product.objects.update(title=evil)
    shown = show(browse, store).content.decode()
    assert evil not in shown
    assert structured(shown)["name"] == evil


def test_a_shared_page_has_a_title_a_line_and_one_address(
    product: Product, store: Store, browse: Any
) -> None:
    shown = show(browse, store).content.decode()
    canonical = "http://thread.localhost:8000/p/the-first-stitch/"
    assert f'<link rel="canonical" href="{canonical}">' in shown
    assert f'<meta property="og:url" content="{canonical}">' in shown
    assert '<meta property="og:title" content="The First Stitch">' in shown
    assert '<meta property="og:description" content="Eight stitches">' in shown


def test_a_products_own_language_is_its_canonical_one(
    product: Product, store: Store, browse: Any
) -> None:
    Store.objects.update(languages=["he"])
    shown = show(browse, store, path="/he" + PAGE).content.decode()
    assert 'rel="canonical" href="http://thread.localhost:8000/p/the-first-stitch/"' in shown


def test_a_hebrew_address_opens(in_store: Store, store: Store, browse: Any) -> None:
    make_product(title="התפר הראשון")
    assert show(browse, store, path="/p/התפר-הראשון/").status_code == 200


@pytest.mark.parametrize("slug", ["nothing", "a" * 81, "..", "%00", "a b", "x/y"])
def test_strange_addresses_are_not_found(store: Store, browse: Any, slug: str) -> None:
    assert show(browse, store, path=f"/p/{slug}/").status_code == 404


def test_a_bundle_shows_what_is_inside(in_store: Store, store: Store, browse: Any) -> None:
    bundle = make_product("bundle", title="Both books")
    include(bundle, make_product(title="The Second Stitch"))
    assert "The Second Stitch" in show(browse, store, path="/p/both-books/").content.decode()


def test_a_cold_page_takes_at_most_five_queries(
    product: Product, store: Store, browse: Any
) -> None:
    for amount in range(100, 1100, 100):
        make_price(product, amount=amount)
    visitor = browse(store)
    with CaptureQueriesContext(connection) as queries:
        visitor.get(PAGE)
    assert len(queries) <= 5


def test_no_page_of_the_shop_holds_inline_style_or_script(
    product: Product, store: Store, browse: Any
) -> None:
    shown = show(browse, store).content.decode()
    assert " style=" not in shown
    assert "<style" not in shown
    written = {how for how in re.findall(r"<script([^>]*)>", shown) if "src=" not in how}
    assert written == {' type="application/ld+json"'}
    assert not re.search(r"\son\w+=", shown)


def test_prices_are_compared_by_what_each_includes(
    product: Product, store: Store, browse: Any
) -> None:
    gold = make_price(product, amount=9900, label="Gold")
    include(product, make_product("toy", title="The Workshop"), price=gold)
    make_price(product, amount=100, label="Early", quantity=1)
    last = product.prices.get(label="Early")
    take_hold(last, option="", quantity=1, order_reference="1", until=FAR, now=clock.now())
    shown = show(browse, store).content.decode()
    assert (
        shown.count('<a href="/p/the-workshop/"><bdi>The Workshop</bdi></a>') == 2
    )  # above and below
    assert "Sold out" in shown
    assert last.public_id not in shown
    told = structured(shown)["offers"]["offers"]
    assert [each["availability"].rpartition("/")[2] for each in told] == [
        "InStock",
        "InStock",
        "SoldOut",
    ]


def test_a_bundle_shows_each_object_what_it_saves_and_no_draft(
    in_store: Store, store: Store, browse: Any
) -> None:
    bundle = make_product("bundle", title="Both books", amount=7000)
    inner = make_product("bundle", title="Inner", amount=None)
    include(inner, make_product("toy", title="Deep"))
    for each in (
        make_product(title="The Second Stitch"),
        make_product(title="The Third Stitch"),
        make_product(title="Not out yet", status="draft"),
        make_product(title="Only by link", status="hidden"),
        make_product(title="Some day", status="coming_soon"),
        inner,
    ):
        include(bundle, each)
    shown = show(browse, store, path="/p/both-books/").content.decode()
    assert 'href="/p/the-second-stitch/"' in shown
    assert "One by one they cost ₪147. Together ₪77 less." in shown
    assert "bundle · Deep" in shown
    assert "Not out yet" not in shown
    assert "Only by link" in shown
    assert 'href="/p/only-by-link/"' not in shown


def test_a_bundles_page_costs_the_same_whatever_is_inside(
    in_store: Store, store: Store, browse: Any
) -> None:
    def queries(count: int) -> int:
        title = f"Bundle of {count}"
        bundle = make_product("bundle", title=title)
        for number in range(count):
            include(bundle, make_product("toy", title=f"{title} {number}"))
        visitor = browse(store)
        with CaptureQueriesContext(connection) as found:
            assert visitor.get(f"/p/bundle-of-{count}/").status_code == 200
        return len(found)

    assert queries(2) == queries(9)


def test_an_owners_price_is_shown_to_its_owner_alone(
    product: Product, store: Store, browse: Any, charlie: Any
) -> None:
    other = make_product("toy", title="Toy")
    cheaper = make_price(other, amount=100, for_owners_of=product.product)
    own(product, charlie)
    hers = show(browse, store, charlie.user, "/p/toy/").content.decode()
    assert cheaper.public_id in hers
    assert cheaper.public_id in browse(store, charlie.user).get("/shelf/").content.decode()
    assert cheaper.public_id not in show(browse, store, path="/p/toy/").content.decode()
