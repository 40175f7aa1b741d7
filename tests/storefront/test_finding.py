"""Searching the shop, its feed, its long lists, and what search engines hear."""

import json
import re
from typing import Any

from defusedxml import ElementTree
from django.utils import timezone

from products.models import Part, Product
from storefront.models import Page
from storefront.services import window
from storefront.services.pages import drafts, publishing
from storefront.services.pages.making import create_page
from stores.models import Staff, Store
from tests.conftest import NOW, make_product

ATOM = "{http://www.w3.org/2005/Atom}"


def found(browse: Any, store: Store, asked: str) -> str:
    response = browse(store).get("/search/", {"q": asked})
    assert response.status_code == 200
    body = response.content.decode()
    return body[body.index("<main") : body.index("</main>")]


def test_a_product_is_found_behind_prefixes_and_points(in_store: Store, browse: Any) -> None:
    make_product(title="התפר הראשון", slug="t")
    make_product(title="לחם", slug="bread")
    assert 'href="/p/t/"' in found(browse, in_store, "תֶּפֶר")
    assert 'href="/p/bread/"' not in found(browse, in_store, "והתפר")


def test_titles_of_the_contents_are_searched_and_drafts_are_not(
    in_store: Store, browse: Any
) -> None:
    product = make_product()
    Part.objects.create(product=product, kind="file", title="Zippers", published_at=timezone.now())
    make_product(title="Zippers again", status=Product.Status.DRAFT)
    shown = found(browse, in_store, "zippers")
    assert "<mark>Zippers</mark>" in shown
    assert "Zippers again" not in shown


def test_what_is_quoted_stands_apart_from_what_is_said_beside_it(
    in_store: Store, browse: Any
) -> None:
    product = make_product(
        title="Loaf", result="", tagline="Bread.", description="Sourdough", maker="Ruth"
    )
    for title in ("Loaf", "The starter", "Seeds"):
        Part.objects.create(product=product, kind="file", title=title, published_at=timezone.now())
    shown = " ".join(found(browse, in_store, "starter").split())
    assert "Bread. Sourdough · Ruth · The <mark>starter</mark> · Seeds" in shown


def test_nothing_found_offers_what_is_sold_and_is_not_indexed(in_store: Store, browse: Any) -> None:
    make_product()
    assert "The First Stitch" in found(browse, in_store, "helicopter")
    assert 'content="noindex"' in browse(in_store).get("/search/").content.decode()


def test_the_feed_tells_of_products_in_the_language_read(in_store: Store, browse: Any) -> None:
    make_product()
    make_product(title="אחר", language="he")
    tree = ElementTree.fromstring(browse(in_store).get("/feed/").content)
    titles = [each.text for each in tree.iter(f"{ATOM}title")]
    assert titles == ["Thread", "The First Stitch"]


def test_a_long_window_goes_on_by_page(in_store: Store, browse: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(window, "ON_A_PAGE", 2)
    for number in range(3):
        make_product(title=f"Book {number}")
    assert 'href="/page/2/"' in browse(in_store).get("/").content.decode()
    second = browse(in_store).get("/page/2/").content.decode()
    assert 'rel="canonical" href="http://thread.localhost:8000/page/2/"' in second
    assert [browse(in_store).get(f"/page/{n}/").status_code for n in (0, 3, 10**30)] == [404] * 3


def test_twins_name_each_other_and_the_default(in_store: Store, browse: Any) -> None:
    Store.objects.update(languages=["he"])
    first = make_product(slug="one")
    make_product(title="אחת", slug="ahat", language="he", translation_of=first)
    shown = browse(in_store).get("/p/one/").content.decode()
    assert 'hreflang="he" href="http://thread.localhost:8000/he/p/ahat/"' in shown
    assert 'hreflang="x-default" href="http://thread.localhost:8000/p/one/"' in shown


def test_engines_are_told_the_trail_and_the_questions(in_store: Store, browse: Any) -> None:
    product = make_product()
    Product.objects.filter(pk=product.pk).update(questions=[{"question": "Why?", "answer": "So."}])
    shown = browse(in_store).get("/p/the-first-stitch/").content.decode()
    told = re.search(r'ld\+json">(.*?)</script>', shown, re.DOTALL)
    assert told is not None
    kinds = {each["@type"]: each for each in json.loads(told[1])}
    assert [each["position"] for each in kinds["BreadcrumbList"]["itemListElement"]] == [1, 2]
    asked = kinds["FAQPage"]["mainEntity"][0]
    assert (asked["name"], asked["acceptedAnswer"]["text"]) == ("Why?", "So.")
    assert '<summary dir="auto">Why?</summary>' in shown


def a_page(title: str, text: str, **over: Any) -> Page:
    blocks = [
        drafts.new_block("text", {"heading": "", "text": text}),
        drafts.new_block("questions", {"rows": [{"question": "Proving?", "answer": "Overnight"}]}),
        drafts.new_block("countdown", {"heading": "Soon", "until": "", "after": "Afterwards"}),
    ]
    page = create_page(over.pop("kind", "free"), title=title, now=NOW, blocks=blocks, **over)
    return publishing.publish(page, staff=None, now=NOW).page


def test_the_creators_pages_are_found_by_their_titles_and_words(
    in_store: Store, browse: Any
) -> None:
    page = a_page(
        "Why slow bread", "Because **sourdough** [waits](https://example.com).", language="en"
    )
    link = f'href="/pages/{page.slug}/"'
    assert link in found(browse, in_store, "slow bread")
    shown = found(browse, in_store, "sourdough")
    assert link in shown
    assert "<mark>sourdough</mark> waits." in shown
    assert link in found(browse, in_store, "overnight")
    for unsaid in ("example.com", "afterwards", "until"):
        assert link not in found(browse, in_store, unsaid)


def test_what_visitors_do_not_see_of_a_page_is_not_found(in_store: Store, browse: Any) -> None:
    Store.objects.update(languages=["he"])
    page = a_page("Sourdough", "One.", language="en")
    owner = Staff.objects.get(role="owner")
    drafts.add_block(page, "text", fields={"text": "Unsaid"}, staff=owner, now=NOW)
    create_page("free", title="Sourdough unfinished", language="en", now=NOW)
    a_page("Sourdough levain", "Deux.", language="he")
    shown = found(browse, in_store, "sourdough")
    assert 'href="/pages/sourdough/"' in shown
    assert "levain" not in shown
    assert "unfinished" not in shown
    assert "/pages/" not in found(browse, in_store, "unsaid")
    there = browse(in_store).get("/he/search/", {"q": "sourdough"}).content.decode()
    assert "levain" in there


def test_every_page_with_a_menu_can_be_searched_from(in_store: Store, browse: Any) -> None:
    landing = a_page("Gift", "Here.", kind="landing", language="en")
    make_product(slug="t")
    client = browse(in_store)
    for path in ("/", "/p/t/", "/sign-in/", "/no-such-page/"):
        assert 'id="seek"' in client.get(path).content.decode(), path
    for path in ("/search/", f"/pages/{landing.slug}/"):
        assert 'id="seek"' not in client.get(path).content.decode(), path
