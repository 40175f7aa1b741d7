"""Pages of blocks: drafts, publishing, versions, what visitors see, and who may do what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from products.models import Category, Product
from storefront.blocks import block_types
from storefront.blocks.fields import plain
from storefront.blocks.video import player_of
from storefront.errors import ChangedMeanwhile
from storefront.models import Page, PageVersion, Redirect
from storefront.policies import law_of, parts_of, policy_blocks
from storefront.services.pages import drafts, publishing
from storefront.services.pages.making import bring_back, create_page, delete_page, moved
from storefront.services.pages.showing import draft_blocks, shown_page
from storefront.services.redirects import take_table
from stores.models import Business, Staff, Store
from tests.conftest import NOW, make_product

FILLED: dict[str, dict[str, Any]] = {
    "hero": {"heading": "Bread", "button": "Go", "leads_to": "home"},
    "text": {"heading": "Why", "text": "Because **so**."},
    "features": {"heading": "In it", "rows": [{"title": "One", "text": "Two"}]},
    "outline": {"heading": "", "rows": [{"title": "First", "note": "1 h"}]},
    "testimonial": {"rows": [{"text": "Good", "name": "Eve", "role": "", "image": {}}]},
    "maker": {"heading": "Me", "text": ""},
    "questions": {"rows": [{"question": "Why?", "answer": "So."}]},
    "price": {"product": "none"},
    "products": {"heading": "Goods", "rows": []},
    "signup": {"heading": "Join", "button": "Join", "list": "1"},
    "action": {"heading": "Now", "button": "Go", "leads_to": "url", "url": "https://example.com"},
    "countdown": {"heading": "Opens", "until": "2100-01-01T10:00:00+00:00"},
    "video": {"heading": "Film", "url": "https://youtu.be/abcdefghijk"},
    "gallery": {"rows": []},
    "image": {"heading": "Here", "text": "There"},
    "quote": {"text": "Slow is fast."},
    "divider": {},
}


@pytest.fixture
def staff(in_store: Store) -> Staff:
    return Staff.objects.get(role="owner")


@pytest.fixture
def page(in_store: Store) -> Page:
    blocks = [
        drafts.new_block("hero", {"heading": "Slow bread"}),
        drafts.new_block("text", {"text": "Wait."}),
    ]
    return create_page("free", title="Slow bread", language="en", now=NOW, blocks=blocks)


def ids(page: Page) -> list[str]:
    return [each["id"] for each in draft_blocks(page)]


def test_every_block_is_shown_filled_and_empty(in_store: Store, browse, page: Page) -> None:
    assert set(FILLED) == set(block_types)
    blocks = [drafts.new_block(key, fields) for key, fields in FILLED.items()]
    blocks += [drafts.new_block(key) for key in FILLED]
    PageVersion.objects.filter(page=page).update(blocks=blocks)
    publishing.publish(page, staff=None, now=NOW)

    answer = browse(in_store).get("/pages/slow-bread/")

    assert answer.status_code == 200
    body = answer.content.decode()
    assert "<strong>so</strong>" in body
    assert "style=" not in body
    assert "onclick" not in body


def test_a_page_asks_no_more_however_many_blocks(
    in_store: Store, page: Page, django_assert_num_queries
) -> None:
    product = make_product()
    one = [drafts.new_block(key, fields) for key, fields in FILLED.items()]
    one.append(drafts.new_block("price", {"product": product.public_id}))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        shown_page(page, one, NOW)
    with django_assert_num_queries(len(few)):
        shown_page(page, one * 4, NOW)
    assert len(few) <= 8


def test_nobody_sees_a_page_before_it_is_published(in_store: Store, page: Page, browse) -> None:
    visitor = browse(in_store)
    assert visitor.get("/pages/slow-bread/").status_code == 404
    publishing.publish(page, staff=None, now=NOW)
    assert b"Slow bread" in visitor.get("/pages/slow-bread/").content


def test_a_draft_is_seen_by_the_team_only(
    in_store: Store, page: Page, browse, alice: User, charlie, bob: User
) -> None:
    url = reverse("storefront:draft", args=[page.public_id])
    assert browse(in_store).get(url).status_code == 404
    assert browse(in_store, charlie.user).get(url).status_code == 404
    assert browse(in_store, bob).get(url).status_code == 404, "support has no shop window"
    assert b"Slow bread" in browse(in_store, alice).get(url).content


def test_what_is_changed_waits_for_publishing(
    in_store: Store, page: Page, staff: Staff, browse
) -> None:
    publishing.publish(page, staff=staff, now=NOW)
    visitor = browse(in_store)
    visitor.get("/pages/slow-bread/")
    drafts.save_block(page, ids(page)[0], {"heading": "Fast bread"}, was="", staff=staff, now=NOW)
    assert b"Fast bread" not in visitor.get("/pages/slow-bread/").content
    publishing.publish(page, staff=staff, now=NOW)
    in_store.refresh_from_db()
    assert b"Fast bread" in visitor.get("/pages/slow-bread/").content


def test_the_kept_page_asks_the_database_for_its_host_only(
    in_store: Store, page: Page, browse, django_assert_max_num_queries
) -> None:
    publishing.publish(page, staff=None, now=NOW)
    visitor = browse(in_store)
    with django_assert_max_num_queries(3):
        visitor.get("/pages/slow-bread/")
    with django_assert_max_num_queries(1):
        visitor.get("/pages/slow-bread/")


def test_blocks_move_copy_hide_and_come_back(page: Page, staff: Staff) -> None:
    first, second = ids(page)
    by = {"staff": staff, "now": NOW}
    drafts.move_block(page, first, 1, **by)
    assert ids(page) == [second, first]
    drafts.order_blocks(page, [first, second, "gone"], **by)
    assert ids(page) == [first, second]
    copy = drafts.duplicate_block(page, first, **by)
    assert ids(page) == [first, copy["id"], second]
    drafts.delete_block(page, copy["id"], **by)
    assert ids(page) == [first, second]
    drafts.undo_delete(page, **by)
    assert ids(page) == [first, copy["id"], second]
    drafts.hide_block(page, first, is_hidden=True, **by)
    assert [each.id for each in shown_page(page, draft_blocks(page), NOW).blocks] == [
        copy["id"],
        second,
    ]


def test_two_people_in_different_blocks_lose_nothing(page: Page, staff: Staff) -> None:
    first, second = draft_blocks(page)
    was = drafts.digest_of(first["fields"]), drafts.digest_of(second["fields"])
    drafts.save_block(page, first["id"], {"heading": "Mine"}, was=was[0], staff=staff, now=NOW)
    drafts.save_block(page, second["id"], {"text": "Theirs"}, was=was[1], staff=staff, now=NOW)
    assert [each["fields"] for each in draft_blocks(page)] == [
        {"heading": "Mine"},
        {"text": "Theirs"},
    ]


def test_two_people_in_one_block_are_told(page: Page, staff: Staff) -> None:
    block = draft_blocks(page)[0]
    was = drafts.digest_of(block["fields"])
    drafts.save_block(page, block["id"], {"heading": "Mine"}, was=was, staff=staff, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        drafts.save_block(page, block["id"], {"heading": "Theirs"}, was=was, staff=staff, now=NOW)
    drafts.save_block(page, block["id"], {"heading": "Theirs"}, was="", staff=staff, now=NOW)
    assert draft_blocks(page)[0]["fields"] == {"heading": "Theirs"}


def test_one_goes_back_to_an_older_version(page: Page, staff: Staff) -> None:
    old = publishing.publish(page, staff=staff, now=NOW)
    drafts.save_block(page, ids(page)[0], {"heading": "Worse"}, was="", staff=staff, now=NOW)
    publishing.publish(page, staff=staff, now=NOW)
    publishing.restore(page, old, staff=staff, now=NOW)
    assert draft_blocks(page)[0]["fields"]["heading"] == "Slow bread"
    page.refresh_from_db()
    assert page.shown is not None
    assert page.shown.blocks[0]["fields"]["heading"] == "Worse", "until it is published"


def test_what_changes_is_said_in_words(page: Page) -> None:
    old = draft_blocks(page)
    new = [{**old[0], "fields": {"heading": "Other"}}, drafts.new_block("quote", {"text": "So"})]
    sentences = publishing.what_changes(old, new)
    assert sentences == ["New: Quotation “So”.", "Changed: Opening “Other”.", "Gone: Text “Wait.”."]


def test_a_draft_goes_out_at_its_moment(page: Page, staff: Staff) -> None:
    publishing.schedule(page, at=NOW + timedelta(hours=1), staff=staff, now=NOW)
    assert publishing.publish_due(NOW) == 0
    assert publishing.publish_due(NOW + timedelta(hours=1)) == 1
    page.refresh_from_db()
    assert page.shown_id
    assert publishing.publish_due(NOW + timedelta(hours=2)) == 0


def test_the_creators_front_page_takes_the_place_of_the_window(in_store: Store, browse) -> None:
    make_product(title="The First Loaf")
    home = create_page("home", title="Home", language="en", now=NOW)
    visitor = browse(in_store)
    visitor.get("/")
    PageVersion.objects.filter(page=home).update(
        blocks=[drafts.new_block("hero", {"heading": "Ours"}), drafts.new_block("products", {})]
    )
    publishing.publish(home, staff=None, now=NOW)
    body = visitor.get("/").content
    assert b"Ours" in body
    assert b"The First Loaf" in body
    publishing.unpublish(home)
    assert b"Ours" not in visitor.get("/").content


def test_a_landing_page_has_no_menu(in_store: Store, browse) -> None:
    land = create_page("landing", title="Land", language="en", now=NOW)
    publishing.publish(land, staff=None, now=NOW)
    body = browse(in_store).get("/pages/land/").content.decode()
    assert 'href="/shelf/"' not in body
    assert "Find my purchase" not in body


def test_blocks_stand_under_a_products_spine(in_store: Store, browse) -> None:
    product = make_product()
    more = create_page("product", title="x", language="en", product=product, now=NOW)
    PageVersion.objects.filter(page=more).update(
        blocks=[drafts.new_block("quote", {"text": "It works"})]
    )
    url = reverse("storefront:product", args=[product.slug])
    assert b"It works" not in browse(in_store).get(url).content
    publishing.publish(more, staff=None, now=NOW)
    assert b"It works" in browse(in_store).get(url).content


def test_only_a_page_with_a_film_frames_its_player(in_store: Store, browse, page: Page) -> None:
    publishing.publish(page, staff=None, now=NOW)
    visitor = browse(in_store)
    assert "frame-src" not in visitor.get("/pages/slow-bread/")["Content-Security-Policy"]
    film = drafts.new_block("video", FILLED["video"])
    drafts.draft_of(page, staff=None, now=NOW)
    PageVersion.objects.filter(page=page, published_at=None).update(blocks=[film])
    publishing.publish(page, staff=None, now=NOW)
    for _again in range(2):  # rendered, then kept
        answer = visitor.get("/pages/slow-bread/")
        assert "frame-src https://www.youtube-nocookie.com" in answer["Content-Security-Policy"]
        assert b"<iframe" not in answer.content


def test_players_are_made_of_known_addresses_only() -> None:
    assert player_of("https://www.youtube.com/watch?v=abcdefghijk")[0] == "youtube"
    assert player_of("https://vimeo.com/123456789")[0] == "vimeo"
    assert player_of("https://evil.example/?youtube.com/watch?v=abcdefghijk") == ("", "")
    assert player_of("javascript:alert(1)") == ("", "")


@pytest.mark.parametrize(
    "wrong", ["javascript:alert(1)", "//evil.example", "data:text/html,x", "ftp://x"]
)
def test_no_link_runs_anything(in_store: Store, wrong: str) -> None:
    form = block_types["action"].form(
        {"heading": "a", "button": "b", "leads_to": "url", "url": wrong}
    )
    assert not form.is_valid()


def test_rows_are_kept_in_the_order_of_their_numbers(in_store: Store) -> None:
    typed = {
        "rows-0-title": "Second",
        "rows-0-place": "2",
        "rows-1-title": "First",
        "rows-1-place": "1",
        "rows-2-title": "",
        "rows-2-place": "3",
    }
    form = block_types["features"].form(typed)
    assert form.is_valid(), form.errors
    assert [row["title"] for row in plain(form.cleaned_data)["rows"]] == ["First", "Second"]


def test_a_page_that_moves_is_found_at_its_old_address(in_store: Store, page: Page, browse) -> None:
    publishing.publish(page, staff=None, now=NOW)
    visitor = browse(in_store)
    for old, new in (("slow-bread", "patience"), ("patience", "time")):
        page.slug = new
        page.save()
        moved(page, old, now=NOW)
    for old in ("slow-bread", "patience"):
        answer = visitor.get(f"/pages/{old}/")
        assert (answer.status_code, answer.headers["Location"]) == (301, "/pages/time/")
    assert Redirect.objects.get(old_path="/pages/patience/").hits == 1


def test_a_redirect_never_hides_a_page_of_ours(in_store: Store, browse) -> None:
    Redirect.objects.create(old_path="/shelf/", new_path="/elsewhere/")
    Redirect.objects.create(old_path="/old/", new_path="https://example.com/x", is_permanent=False)
    visitor = browse(in_store)
    assert "/elsewhere/" not in visitor.get("/shelf/").headers.get("Location", "")
    answer = visitor.get("/old/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://example.com/x")
    assert visitor.get("/nothing/").status_code == 404


def test_a_table_of_redirects_refuses_circles_and_nonsense(in_store: Store) -> None:
    done = take_table(
        "old,new\n/a/,/b/\n/b/,/a/\nnonsense,/c/\n/d,javascript:x\n/e/,/f/,302\n", now=NOW
    )
    assert done.made == 2
    assert len(done.wrong) == 3
    assert not Redirect.objects.get(old_path="/e/").is_permanent


def test_a_deleted_page_comes_back_even_when_its_address_was_taken(
    in_store: Store, page: Page
) -> None:
    delete_page(page, now=NOW)
    create_page("free", title="Slow bread", slug="slow-bread", language="en", now=NOW)
    assert bring_back(page).slug == "slow-bread-2"


def test_another_stores_page_is_not_found(
    in_store: Store, page: Page, other_store: Store, browse
) -> None:
    publishing.publish(page, staff=None, now=NOW)
    assert browse(other_store).get("/pages/slow-bread/").status_code == 404


def test_a_category_shows_its_goods_and_stands_in_the_menu(in_store: Store, browse) -> None:
    from storefront.services.navigation import rebuild

    shelf = Category.objects.create(title="Bread", slug="bread")
    product = make_product(title="The First Loaf")
    make_product(title="A Needle")
    Product.objects.filter(pk=product.pk).update(category=shelf)
    rebuild(in_store)
    body = browse(in_store).get("/c/bread/").content.decode()
    assert "The First Loaf" in body
    assert "A Needle" not in body
    assert 'href="/c/bread/"' in browse(in_store).get("/shelf/", follow=True).content.decode()


@pytest.mark.parametrize("language", ["he", "en"])
@pytest.mark.parametrize("country", ["IL", "DE", "GB", "US", "BR"])
def test_policies_begin_with_texts_of_the_country(
    in_store: Store, language: str, country: str
) -> None:
    Store.objects.filter(pk=in_store.pk).update(country=country)
    in_store.refresh_from_db()
    for topic in Page.Topic:
        blocks = policy_blocks(topic, language, in_store)
        assert blocks, topic
        text = " ".join(each["fields"]["heading"] + each["fields"]["text"] for each in blocks)
        assert "[" not in text, topic
        assert "{" not in text, topic
        assert any(each["fields"]["law"] for each in blocks), topic


def test_a_law_is_named_only_where_it_holds() -> None:
    text = "## ! A\n[IL] one\n\n[-IL] two\n\nboth\n\n## [US] B\nx\n"
    assert parts_of(text, "IL") == [("A", "one\n\nboth", True)]
    assert parts_of(text, "US") == [("A", "two\n\nboth", True), ("B", "x", False)]
    assert (law_of("FR"), law_of("IL"), law_of("BR")) == ("EU", "IL", "XX")


def test_published_terms_are_the_terms_of_the_checkout(in_store: Store, browse) -> None:
    Business.objects.create(
        legal_name="Alice",
        kind="licensed",
        country="IL",
        address="1",
        city="Haifa",
        email="a@example.com",
    )
    page = create_page("policy", topic="terms", title="Terms", language="en", now=NOW)
    publishing.publish(page, staff=None, now=NOW)
    assert "Alice" in Business.objects.get().terms
    visitor = browse(in_store)
    assert visitor.get("/terms/").headers["Location"] == "/pages/terms/"
    assert b'href="/pages/terms/"' in visitor.get("/").content
