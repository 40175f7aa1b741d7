"""Who sells: asked for once, checked, and said at the foot of every page."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import Customer
from stores.models import Business, Store
from stores.scope import store_scope
from stores.services.business import business_of, is_known

FILLED = {
    "legal_name": "Alice Cohen",
    "country": "IL",
    "kind": "exempt",
    "tax_id": "123456782",
    "address": "Herzl 5",
    "city": "Haifa",
    "email": "hello@thread.example",
    "prices_include_vat": "on",
}


@pytest.fixture
def admin(browse, store, alice):
    return browse(store, alice)


def _save(admin, **over):
    return admin.post("/admin/stores/business/add/", FILLED | over)


def test_a_store_begins_with_a_suggestion_that_is_no_row(in_store: Store) -> None:
    business = business_of(in_store)

    assert not is_known(business)
    assert (business.country, business.kind) == ("IL", "exempt")


def test_the_form_comes_prefilled_and_is_filled_once(admin, store) -> None:
    first = admin.get("/admin/stores/business/", follow=True)
    assert b"alice@example.com" in first.content

    assert _save(admin).status_code == 302
    with store_scope(store):
        assert business_of(store).legal_name == "Alice Cohen"
    assert admin.get("/admin/stores/business/add/").status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"tax_id": "123456789"},
        {"tax_id": ""},
        {"kind": "company"},
        {"kind": "registered"},
        {"country": "DE"},
        {"vat_percent": "101"},
    ],
)
def test_what_does_not_fit_together_is_refused(admin, store, wrong) -> None:
    assert _save(admin, **wrong).status_code == 200
    with store_scope(store):
        assert not Business.objects.exists()


def test_the_foot_of_every_page_says_who_sells(admin, browse, store) -> None:
    assert b"123456782" not in browse(store).get("/").content
    _save(admin, terms="Whatever was opened\n\nstays open.")

    page = browse(store).get("/").content.decode()
    assert "Alice Cohen" in page
    assert "123456782" in page
    assert reverse("stores:terms") in page
    assert b"stays open." in browse(store).get("/terms/").content


def test_a_store_without_terms_has_no_such_page(browse, store) -> None:
    assert browse(store).get("/terms/").status_code == 404


def test_a_managers_business_page_cannot_be_changed(browse, store, bob, charlie: Customer) -> None:
    assert browse(store, bob).get("/admin/stores/business/").status_code == 403
