"""The editor in the admin: with and without its script, for whom, and against what is hostile."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from storefront.models import Menu, Page, Picture
from storefront.services.pages import drafts
from storefront.services.pages.making import create_page
from storefront.services.pages.showing import draft_blocks
from stores.models import Store
from tests.conftest import NOW, make_product

SCRIPT = {"HTTP_X_EDITOR": "1"}


@pytest.fixture
def page(in_store: Store) -> Page:
    blocks = [
        drafts.new_block("hero", {"heading": "Slow"}),
        drafts.new_block("quote", {"text": "So"}),
    ]
    return create_page("free", title="Slow", language="en", now=NOW, blocks=blocks)


@pytest.fixture
def client(in_store: Store, alice: User, browse) -> Client:
    return browse(in_store, alice)


def url(page: Page, *args: str) -> str:
    return reverse(
        "admin:storefront_page_block", args=[page.pk, draft_blocks(page)[0]["id"]]
    ) + "/".join(args)


def test_a_page_is_begun_with_blocks(client: Client, in_store: Store) -> None:
    wanted = {"kind": "landing", "title": "Gift", "language": "en"}
    answer = client.post("/admin/storefront/page/add/", wanted, follow=True)
    assert answer.status_code == 200
    page = Page.objects.get()
    assert (page.slug, page.kind) == ("gift", "landing")
    assert [each["key"] for each in draft_blocks(page)] == ["hero", "features", "signup"]


def test_a_block_is_saved_without_a_script(client: Client, page: Page) -> None:
    was = drafts.digest_of({"heading": "Slow"})
    answer = client.post(url(page), {"heading": "Slower", "was": was})
    assert answer.status_code == 302
    assert draft_blocks(page)[0]["fields"]["heading"] == "Slower"


def test_the_script_gets_what_is_wrong_and_nothing_is_lost(client: Client, page: Page) -> None:
    answer = client.post(url(page), {"heading": "", "lead": "Typed"}, **SCRIPT)
    assert answer.status_code == 422
    assert "heading" in answer.json()["errors"]
    assert "Typed" in answer.json()["html"]
    assert draft_blocks(page)[0]["fields"]["heading"] == "Slow"


def test_what_is_typed_is_shown_and_not_saved(client: Client, page: Page) -> None:
    typed = client.post(
        url(page, "typed/"), {"heading": "Slower still", "kick": "A kick"}, **SCRIPT
    )
    assert typed.status_code == 200
    body = typed.content.decode()
    assert "Slower still" in body
    assert "A kick" in body
    assert "So" in body, "the other blocks stand as they are"
    assert draft_blocks(page)[0]["fields"] == {"heading": "Slow"}


def test_what_is_not_right_yet_is_shown_as_far_as_it_goes(client: Client, page: Page) -> None:
    wrong = {"heading": "", "lead": "A lead", "leads_to": "url", "url": "javascript:alert(1)"}
    body = client.post(url(page, "typed/"), wrong, **SCRIPT).content.decode()
    assert "A lead" in body
    assert "javascript:" not in body
    assert not re.search(r"<h1[^>]*>\s*Slow", body), "what was emptied stands empty"
    assert draft_blocks(page)[0]["fields"] == {"heading": "Slow"}


def test_a_file_is_not_kept_before_it_is_saved(client: Client, page: Page) -> None:
    shot = SimpleUploadedFile("x.png", b"not a picture")
    answer = client.post(url(page, "typed/"), {"heading": "With", "image-file": shot}, **SCRIPT)
    assert answer.status_code == 200
    assert not Picture.objects.exists()


def test_only_who_may_change_the_page_sees_what_is_typed(
    in_store: Store, other_store: Store, page: Page, browse, alice: User, bob: User, dana: User
) -> None:
    there = url(page, "typed/")
    assert browse(in_store, bob).post(there, {"heading": "x"}).status_code in {403, 404}
    assert browse(other_store, dana).post(there, {"heading": "x"}).status_code == 404
    assert browse(in_store).post(there, {"heading": "x"}).status_code in {302, 403}
    owner = browse(in_store, alice)
    assert owner.post(there.replace(draft_blocks(page)[0]["id"], "gone")).status_code == 404
    assert owner.get(there).status_code == 302


def test_who_changed_it_meanwhile_is_named_and_mine_can_be_kept(client: Client, page: Page) -> None:
    first = {"heading": "Mine", "was": drafts.digest_of({"heading": "Slow"})}
    assert client.post(url(page), first, **SCRIPT).status_code == 200
    theirs = {**first, "heading": "Theirs"}
    answer = client.post(url(page), theirs, **SCRIPT)
    assert answer.status_code == 422
    assert "Theirs" in answer.json()["html"]
    assert client.post(url(page), {**theirs, "over": "1"}, **SCRIPT).status_code == 200
    assert draft_blocks(page)[0]["fields"]["heading"] == "Theirs"


def test_blocks_are_moved_by_buttons_and_by_an_order(client: Client, page: Page) -> None:
    before = [each["id"] for each in draft_blocks(page)]
    client.post(url(page, "down/"))
    assert [each["id"] for each in draft_blocks(page)] == before[::-1]
    order = reverse("admin:storefront_page_order", args=[page.pk])
    client.post(order, {"ids": ",".join(before)}, **SCRIPT)
    assert [each["id"] for each in draft_blocks(page)] == before


def test_getting_an_act_changes_nothing(client: Client, page: Page) -> None:
    for act in ("delete", "up", "hide"):
        assert client.get(url(page, f"{act}/")).status_code == 302
    assert len(draft_blocks(page)) == 2


def test_publishing_says_what_happens_first(client: Client, page: Page) -> None:
    there = reverse("admin:storefront_page_publish", args=[page.pk])
    assert b"Visitors see this page from now on: 2 blocks." in client.get(there).content
    client.post(there, {"at": ""})
    page.refresh_from_db()
    assert page.shown_id


def test_every_page_of_a_page_opens_in_the_admin(client: Client, page: Page) -> None:
    names = ("editor", "add_block", "publish", "versions", "change", "away")
    for name in names:
        assert (
            client.get(reverse(f"admin:storefront_page_{name}", args=[page.pk])).status_code == 200
        ), name


def test_support_may_not_touch_the_window(in_store: Store, page: Page, bob: User, browse) -> None:
    client = browse(in_store, bob)
    assert client.get(reverse("admin:storefront_page_editor", args=[page.pk])).status_code == 403
    assert client.post(url(page), {"heading": "x"}).status_code == 403


def test_a_file_that_is_no_picture_is_refused_in_words(client: Client, page: Page) -> None:
    junk = SimpleUploadedFile("x.png", b"not a picture", "image/png")
    answer = client.post(url(page), {"heading": "Slow", "image-file": junk}, **SCRIPT)
    assert answer.status_code == 422
    assert "This is not a picture" in answer.json()["html"]
    assert not Picture.objects.exists()


def test_another_stores_picture_is_not_shown(client: Client, page: Page, in_store: Store) -> None:
    client.post(url(page), {"heading": "Slow", "image": "someoneelses23", "was": ""}, **SCRIPT)
    answer = client.get(reverse("storefront:draft", args=[page.public_id]))
    assert answer.status_code == 200
    assert b"<picture" not in answer.content


def test_a_menu_is_shown_on_every_page(client: Client, in_store: Store, browse) -> None:
    client.get("/admin/storefront/menu/")
    menu = Menu.objects.get()
    typed = {
        "header-0-label": "Blog",
        "header-0-leads_to": "url",
        "header-0-url": "example.com/blog",
        "header-1-label": "Under",
        "header-1-leads_to": "home",
        "header-1-below": "on",
        "announcement": "Closed in August",
    }
    there = reverse("admin:storefront_menu_change", args=[menu.pk])
    assert client.post(there, typed).status_code == 302
    body = browse(in_store).get("/").content.decode()
    assert 'href="https://example.com/blog"' in body
    assert "Closed in August" in body
    assert "Under" in body


def test_more_is_put_on_a_products_page_once(client: Client, in_store: Store) -> None:
    product = make_product()
    there = reverse("admin:storefront_page_of_product", args=[product.pk])
    assert b"Begin" in client.get(there).content
    client.post(there)
    assert Page.objects.get().product_id == product.pk
    assert client.get(there).status_code == 302
