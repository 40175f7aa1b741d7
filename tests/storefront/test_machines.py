"""What search engines ask for."""

from typing import Any

from defusedxml import ElementTree

from stores import slots
from stores.models import Store
from stores.slots import SitemapEntry
from tests.conftest import make_product

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def addresses(browse: Any, store: Store) -> list[str]:
    response = browse(store).get("/sitemap.xml")
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    tree = ElementTree.fromstring(response.content)
    return [str(each.text) for each in tree.iter(f"{SPACE}loc")]


def test_the_sitemap_names_every_listed_page_on_the_primary_host(
    in_store: Store, browse: Any
) -> None:
    make_product()
    make_product(title="A draft", status="draft")
    make_product(title="By link", status="hidden")
    assert addresses(browse, in_store) == [
        "http://thread.localhost:8000/",
        "http://thread.localhost:8000/p/the-first-stitch/",
    ]


def test_each_language_has_its_window_and_each_product_its_own(
    in_store: Store, browse: Any
) -> None:
    Store.objects.update(languages=["he"])
    make_product(title="התפר", language="he")
    found = addresses(browse, in_store)
    assert "http://thread.localhost:8000/he/" in found
    assert found[-1].startswith("http://thread.localhost:8000/he/p/%D7%94")


def test_other_apps_add_their_pages(in_store: Store, browse: Any) -> None:
    with slots.sitemap.registered("toy", lambda store: [SitemapEntry("/toy/?a=1&b=2")]):
        assert "http://thread.localhost:8000/toy/?a=1&b=2" in addresses(browse, in_store)


def test_robots_are_kept_from_what_is_personal_and_told_of_the_sitemap(
    in_store: Store, browse: Any
) -> None:
    Store.objects.update(languages=["he"])
    said = browse(in_store).get("/robots.txt").content.decode()
    assert "Disallow: /shelf/" in said
    assert "Disallow: /he/buy/" in said
    assert "Sitemap: http://thread.localhost:8000/sitemap.xml" in said
