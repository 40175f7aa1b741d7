from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from accounts.models import Customer, User
from stores.models import Store
from stores.scope import store_scope
from stores.slots import AccountRow, AccountSection, account_sections

Browse = Callable[..., Client]


def reread(store: Store) -> Customer:
    with store_scope(store):
        customer: Customer = Customer.objects.get()
        return customer


def test_a_visitor_is_asked_to_sign_in_and_comes_back(store: Store, browse: Browse) -> None:
    assert browse(store).get("/account/").url == "/sign-in/?next=/account/"


def test_a_customer_changes_name_and_zone(store: Store, charlie: Customer, browse: Browse) -> None:
    client = browse(store, charlie.user)
    answer = client.post("/account/", {"name": "Charlie Chaplin", "time_zone": "Europe/London"})
    assert answer.url == "/account/"
    assert "Saved." in client.get("/account/").content.decode()
    kept = reread(store)
    assert (kept.name, kept.time_zone) == ("Charlie Chaplin", "Europe/London")


def test_a_name_is_cleaned(store: Store, charlie: Customer, browse: Browse) -> None:
    browse(store, charlie.user).post("/account/", {"name": "  Ev\u202eil \t name\u200f "})
    assert reread(store).name == "Evil name\u200f"


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "x" * 5000},
        {"name": "a\x00b"},
        {"name": "Charlie", "time_zone": "Mars/Phobos"},
        {"name": "Charlie", "time_zone": "\x00"},
    ],
)
def test_what_cannot_be_kept_is_answered_with_a_sentence(
    store: Store, charlie: Customer, browse: Browse, typed: dict[str, str]
) -> None:
    answer = browse(store, charlie.user).post("/account/", typed)
    assert answer.status_code == 200
    assert 'class="error"' in answer.content.decode()
    assert reread(store).name == "Charlie"


def test_markup_in_a_name_is_text(store: Store, charlie: Customer, browse: Browse) -> None:
    client = browse(store, charlie.user)
    client.post("/account/", {"name": "<script>{{ 7 }}</script>"})
    assert "&lt;script&gt;{{ 7 }}" in client.get("/account/").content.decode()


def test_the_language_is_one_of_the_stores(store: Store, charlie: Customer, browse: Browse) -> None:
    client = browse(store, charlie.user)
    assert 'name="language"' not in client.get("/account/").content.decode()
    Store.objects.filter(pk=store.pk).update(languages=["he"])
    assert "עברית" in client.get("/account/").content.decode()
    answer = client.post("/account/", {"name": "Charlie", "language": "fr"})
    assert 'class="error"' in answer.content.decode()


def test_choosing_a_language_leads_to_the_page_in_it(
    store: Store, charlie: Customer, browse: Browse
) -> None:
    Store.objects.filter(pk=store.pk).update(languages=["en", "he"])
    client = browse(store, charlie.user)
    assert client.post("/account/", {"name": "", "language": "he"}).url == "/he/account/"
    assert 'lang="he"' in client.get("/he/account/").content.decode()
    assert client.post("/he/account/", {"name": "", "language": "en"}).url == "/account/"


def test_sections_of_other_apps_and_their_empty_states(
    store: Store, charlie: Customer, browse: Browse
) -> None:
    def seams(customer: Customer, now: datetime) -> AccountSection:
        rows = [AccountRow(f"Seam of {customer.name}", "open", "/seam/", "Look")]
        return AccountSection("seams", "Seams", rows)

    def holes(customer: Customer, now: datetime) -> AccountSection:
        return AccountSection("holes", "Holes", [], empty="No hole yet.")

    with (
        account_sections.registered("seams", seams),
        account_sections.registered("holes", holes),
    ):
        shown = browse(store, charlie.user).get("/account/").content.decode()
    assert "Seam of Charlie" in shown
    assert 'href="/seam/"' in shown
    assert "No hole yet." in shown


def test_a_user_of_another_store_becomes_a_customer_here_with_nothing_known(
    store: Store, other_store: Store, charlie: Customer, browse: Browse
) -> None:
    browse(other_store, charlie.user).get("/account/")
    with store_scope(other_store):
        assert Customer.objects.get().name == ""


def test_staff_may_have_an_account_page_too(store: Store, bob: User, browse: Browse) -> None:
    assert browse(store, bob).get("/account/").status_code == 200
