"""The theme stylesheet and the pictures, as a store serves them."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from stores.models import Look, Store
from stores.services.theme import theme_of


def theme_url(browse: Any, store: Store) -> str:
    return browse(store).get("/").context["theme_url"]


def test_the_theme_is_one_root_rule_without_anything_else(store: Store) -> None:
    css = theme_of(Look(colour="#2F5D50", type_pair="poster", corner=12, mark_line="dots")).css
    assert css.startswith(":root{--brand:#2f5d50;--on-brand:#ffffff;")
    assert '--display:"Suez One","Suez One Fallback"' in css
    assert "--r:12px" in css
    assert css.count("{") == css.count("}") == 1
    assert all(f"--c{number}:#" in css for number in range(12))


def test_the_page_links_its_theme_and_the_theme_is_kept_for_good(store: Store, browse: Any) -> None:
    response = browse(store).get(theme_url(browse, store))
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert b"--brand:#a8412c" in response.content
    assert not response.cookies


def test_another_colour_is_another_address(store: Store, browse: Any) -> None:
    before = theme_url(browse, store)
    Look.objects.update(colour="#34506B")
    Store.objects.update(version=2)
    assert theme_url(browse, store) != before


def test_an_old_address_leads_to_the_look_of_today(store: Store, browse: Any) -> None:
    response = browse(store).get("/theme/0123456789abcdef.css")
    assert (response.status_code, response["Location"]) == (302, theme_url(browse, store))
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("type_pair", Look.TypePair.values)
@pytest.mark.parametrize("mark_line", Look.MarkLine.values)
def test_every_choice_makes_a_theme(type_pair: str, mark_line: str) -> None:
    look = Look(colour="#34506B", type_pair=type_pair, mark_line=mark_line)
    assert theme_of(look).fonts


def put(store: Store, name: str = "covers/x/320.webp") -> str:
    return storages["default"].save(f"{store.public_id}/{name}", ContentFile(b"RIFF"))


def test_a_stores_picture_is_served_for_good(store: Store, browse: Any) -> None:
    response = browse(store).get(f"/media/{put(store)}")
    assert b"".join(response.streaming_content) == b"RIFF"
    assert response["Content-Type"] == "image/webp"
    assert "immutable" in response["Cache-Control"]


def test_another_stores_picture_is_not_found_here(
    store: Store, other_store: Store, browse: Any
) -> None:
    theirs = put(other_store)
    assert browse(store).get(f"/media/{theirs}").status_code == 404
    trick = f"/media/{store.public_id}/../{theirs}"
    assert browse(store).get(trick).status_code == 404


@pytest.mark.parametrize("name", ["x.html", "x.svg", "x", "../../../etc/passwd", "gone.webp"])
def test_nothing_but_our_own_pictures_is_served(store: Store, browse: Any, name: str) -> None:
    if name != "gone.webp":
        storages["default"].save(f"{store.public_id}/x.html", ContentFile(b"<script>"))
    assert browse(store).get(f"/media/{store.public_id}/{name}").status_code == 404
