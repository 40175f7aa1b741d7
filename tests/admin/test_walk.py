from __future__ import annotations

import calendar
import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Customer, User
from stores.admin import site
from stores.models import Staff, Store
from stores.roles import Area, Right, Role, right_of
from stores.scope import store_scope
from tests.admin.conftest import Scene, all_pages, body_of, is_page

FINE = {200, 302, 400, 403, 404, 405}
DJANGO_WORDS = (
    "Add another",
    "Save and continue",
    "Save and add",
    "History",
    "Recent actions",
    "Site administration",
    "View on site",
    "Delete selected",
    "to change",
    "Django",
    "object (",
    "Log in",
    "Change password",
    "Please correct the error",
    "Type to search",
    "Select value",
    "להוסיף עוד",
    "שמור והמשך",
    "היסטוריה",
    "ניהול האתר",
    "חפש/י",
    "בחר/י",
)
ENGLISH_IN_HEBREW = {
    # what is data here, or a name
    *("Thread", "Linen", "book", "reader", "Charlie", "charlie", "example", "com", "epub", "Title"),
    *("EPUB", "PDF", "MP", "WAV", "Stripe", "ILS", "English", "en", "MB", "alice", "pi", "KB"),
    *("Excel", "Google", "Sheets"),
    *("WALK", "Bit", "Call", "https", "zip", "du", "GMT"),
    *("CSV", "Haifa", "Herzl", "Israel", "Studio"),
    *("WhatsApp", "QR", "PNG", "SVG", "PDF"),
    *("http", "thread", "localhost", "from", "whatsapp", "mail", "linen"),
    *(
        "Bob",
        "Sizes",
        "See",
        "page",
        "walked",
        "pages",
        "invited",
        "my",
        "shop",
        "sevenfold",
        "club",
    ),
    *("text", "words", *calendar.month_name[1:]),  # a month is called in its store's language
    # what has no Hebrew name
    *("DNS", "TXT", "CNAME", "www", "WebP", "JPEG", "HEIC", "YouTube", "Vimeo", "Enter", "Ctrl"),
}


FRAMED = {"stores_look_preview"}
FILES = {"conversations_conversation_file"}
"""What somebody sent: nothing in it may run."""
OF_THE_SHOP = {*FRAMED, "stores_look_pattern"}
"""Pages of the shop the admin shows, framed or alone: their words, stylesheets and policy."""


def signs_of(page: str) -> str:
    """The visible text of a page."""
    page = re.sub(r"(?s)<(script|style|template|option|textarea)\b.*?</\1>", " ", page)
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


@pytest.mark.usefixtures("short_errors")
def test_another_stores_rows_are_not_found_on_any_page(
    scene: Scene, other_scene: Scene, alice_at: Client
) -> None:
    for name, url, parts in all_pages(other_scene):
        if not set(parts) - {"table"}:  # a table is nobody's row
            continue
        shown = alice_at.get(url)
        assert shown.status_code in {404, 405}, (
            name,
            url,
            shown.status_code,
        )  # 405: only posted to
        done = alice_at.post(url, {"what": "all", "sure": "1"})
        assert done.status_code == 404, (name, url, done.status_code)


def test_no_list_names_another_stores_rows(
    scene: Scene, other_scene: Scene, alice_at: Client
) -> None:
    for name, url, parts in all_pages(scene):
        if not parts:
            for asked in ({"q": "Secret"}, {}):
                assert "Secretsauce" not in body_of(alice_at.get(url, asked)), name


def test_a_visitor_is_sent_to_sign_in_and_comes_back(
    scene: Scene, browse: Callable[..., Client]
) -> None:
    visitor = browse(scene.store)
    for name, url, _parts in all_pages(scene):
        response = visitor.get(url)
        assert response.status_code == 302, name
        assert response["Location"].startswith(f"/sign-in/?next={url}"), name


@pytest.mark.parametrize("who", ["charlie", "dana", "operator"])
def test_a_stranger_learns_nothing(
    scene: Scene,
    browse: Callable[..., Client],
    charlie: Customer,
    dana: User,
    who: str,
    short_errors: None,
) -> None:
    operator = User.objects.create_superuser("op@example.com")
    stranger = {"charlie": charlie.user, "dana": dana, "operator": operator}[who]
    client = browse(scene.store, stranger)
    for name, url, _parts in all_pages(scene):
        assert client.get(url).status_code == 404, name
        assert client.post(url).status_code == 404, name


def as_role(store: Store, role: Role) -> User:
    user = User.objects.create_user(f"{role}@example.com")
    with store_scope(store):
        Staff.objects.create(user=user, name=role, role=role)
    return user


@pytest.mark.parametrize("role", list(Role))
def test_staff_see_and_change_what_the_table_says(
    scene: Scene, browse: Callable[..., Client], role: Role
) -> None:
    client = browse(scene.store, as_role(scene.store, role))
    for model_admin in site._registry.values():
        right = right_of(role, model_admin.area)
        with store_scope(scene.store):
            row = scene.row_of(model_admin.opts.label_lower)
        url = f"/admin/{model_admin.opts.app_label}/{model_admin.opts.model_name}/"
        seen = client.get(url).status_code
        assert (seen == 403) == (right is Right.NONE), (role, url, seen)
        posted = client.post(f"{url}{row.pk}/change/", {}).status_code
        assert (posted == 403) or right is Right.CHANGE, (role, url, posted)


def test_support_cannot_give_money_back(
    scene: Scene, browse: Callable[..., Client], bob: User
) -> None:
    client = browse(scene.store, bob)
    url = f"/admin/payments/order/{scene.order.pk}/"

    assert client.get(f"{url}change/").status_code == 200
    assert client.post(f"{url}refund/", {"what": "all", "sure": "1"}).status_code == 403


def test_the_menu_shows_only_ones_own_part(scene: Scene, browse: Callable[..., Client]) -> None:
    author = browse(scene.store, as_role(scene.store, Role.AUTHOR))
    body = author.get("/admin/").content.decode()

    assert "/admin/products/product/" in body
    assert "/admin/accounts/customer/" not in body
    assert "/admin/stores/staff/" not in body
    assert "₪" not in signs_of(body), "an author sees no sales"


@pytest.fixture
def two_languages(store: Store) -> Store:
    Store.objects.filter(pk=store.pk).update(languages=["en", "he"])
    return store


@pytest.mark.parametrize("prefix", ["", "/he"])
def test_every_page_opens_for_its_owner_in_whole_words(
    scene: Scene, two_languages: Store, alice_at: Client, prefix: str
) -> None:
    """One walk for each language: what all pages are is looked at together."""
    left: dict[str, set[str]] = {}
    for name, url, _parts in all_pages(scene):
        answer = alice_at.get(prefix + url)
        assert answer.status_code in FINE - {404}, (name, url, answer.status_code)
        policy_is_the_admins(name, answer["Content-Security-Policy"])
        is_shown = answer.status_code in {200, 403} and is_page(answer)
        if not is_shown or name in {"jsi18n", "autocomplete", *OF_THE_SHOP}:
            continue
        body = body_of(answer)
        text = signs_of(body)
        for words in DJANGO_WORDS:
            assert words not in text, (name, url, words)
        assert "---------" not in body, (name, url)
        if not prefix:
            assert '<html lang="en" dir="ltr">' in body, name
        elif english := english_in_hebrew(name, body, text):
            left[name] = english
    assert not left, left


def policy_is_the_admins(name: str, policy: str) -> None:
    if name in FILES:
        assert policy == "sandbox; default-src 'none'", name
    elif name in OF_THE_SHOP:
        who = "'self'" if name in FRAMED else "'none'"
        assert f"frame-ancestors {who}" in policy, name
    else:
        assert "'unsafe-eval'" in policy, name
        assert "frame-ancestors 'none'" in policy, name


def english_in_hebrew(name: str, body: str, text: str) -> set[str]:
    """Return the English words left on a Hebrew page, which is right to left."""
    assert '<html lang="he" dir="rtl">' in body, name
    assert "styles.rtl.css" in body, name
    words = re.sub(r"\b(?=\w*\d)\w{10,}", "", text)  # ids, which are no language
    return set(re.findall(r"[A-Za-z]{2,}", words)) - ENGLISH_IN_HEBREW


def test_english_pages_lead_to_their_twin(
    scene: Scene, two_languages: Store, alice_at: Client
) -> None:
    body = alice_at.get("/admin/products/product/?q=x").content.decode()
    assert 'href="/he/admin/products/product/?q=x"' in body


def test_the_areas_of_all_lists_are_in_the_table() -> None:
    assert {model_admin.area for model_admin in site._registry.values()} <= set(Area)
