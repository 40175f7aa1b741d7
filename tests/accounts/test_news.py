from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Consent, Customer
from accounts.services.consents import (
    ConsentsOfCustomer,
    come_back,
    give_consent,
    has_consent,
    withdraw_consent,
)
from core import clock
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW

Browse = Callable[..., Client]


@pytest.fixture
def yes(charlie: Customer, store: Store) -> Consent:
    with store_scope(store):
        return give_consent(charlie, source="checkout", language="he", now=clock.now())


def stands(store: Store, charlie: Customer) -> bool:
    with store_scope(store):
        return has_consent(charlie)


def test_a_yes_keeps_when_where_and_at_which_sentence(in_store: Store, yes: Consent) -> None:
    assert (yes.source, yes.language) == ("checkout", "he")
    assert yes.wording == "כן, אפשר לכתוב לי על דברים חדשים"


def test_a_second_yes_changes_nothing_and_a_later_one_is_another_row(
    in_store: Store, charlie: Customer, yes: Consent
) -> None:
    assert give_consent(charlie, source="account", language="en", now=NOW) == yes
    withdraw_consent(charlie, now=NOW)
    withdraw_consent(charlie, now=NOW + timedelta(days=1))
    again = give_consent(charlie, source="account", language="en", now=NOW)
    yes.refresh_from_db()
    assert again != yes
    assert yes.withdrawn_at == NOW


@pytest.mark.postgres
def test_two_standing_yeses_of_one_person_cannot_be(
    in_store: Store, charlie: Customer, yes: Consent
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(customer=charlie, source="x", language="en", wording="x")


def test_opening_the_link_ends_nothing_and_pressing_does(
    browse: Browse, store: Store, charlie: Customer, yes: Consent
) -> None:
    visitor, url = browse(store), f"/news/{yes.leave_key}/"
    page = visitor.get(url)
    assert page.status_code == 200
    assert b"charlie@example.com" not in page.content
    assert stands(store, charlie)
    assert visitor.post(url).status_code == 200
    assert not stands(store, charlie)


def test_a_mail_program_leaves_with_one_click_without_cookie_or_token(
    browse: Browse, store: Store, charlie: Customer, yes: Consent
) -> None:
    program = browse(store, enforce_csrf_checks=True)
    answer = program.post(f"/news/{yes.leave_key}/", {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not stands(store, charlie)


def test_an_old_mails_link_ends_a_later_yes_too(
    browse: Browse, store: Store, charlie: Customer, yes: Consent
) -> None:
    with store_scope(store):
        withdraw_consent(charlie, now=NOW)
        give_consent(charlie, source="account", language="en", now=NOW)
    browse(store).post(f"/news/{yes.leave_key}/")
    assert not stands(store, charlie)


@pytest.mark.parametrize("forged", ["x", "0" * 43, "{public_id}"])
def test_a_forged_key_finds_nothing(
    browse: Browse, store: Store, charlie: Customer, yes: Consent, forged: str
) -> None:
    key = forged.format(public_id=charlie.public_id)
    assert browse(store).post(f"/news/{key}/").status_code == 404
    assert stands(store, charlie)


def test_a_key_of_one_store_ends_nothing_in_another(
    browse: Browse, store: Store, other_store: Store, charlie: Customer, yes: Consent
) -> None:
    assert browse(other_store).post(f"/news/{yes.leave_key}/").status_code == 404
    assert stands(store, charlie)


def test_leaving_can_be_undone_on_the_page_for_a_day_and_not_later(
    browse: Browse, store: Store, charlie: Customer, yes: Consent
) -> None:
    visitor, url = browse(store), f"/news/{yes.leave_key}/"
    assert f"{url}again/" in visitor.post(url).content.decode()
    visitor.post(f"{url}again/")
    assert stands(store, charlie)
    visitor.post(url)
    with store_scope(store), time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        assert not come_back(yes, now=clock.now())
    assert not stands(store, charlie)


def test_undoing_needs_the_pages_own_token(
    browse: Browse, store: Store, charlie: Customer, yes: Consent
) -> None:
    program = browse(store, enforce_csrf_checks=True)
    program.post(f"/news/{yes.leave_key}/")
    assert program.post(f"/news/{yes.leave_key}/again/").status_code == 403
    assert not stands(store, charlie)


def test_a_customer_says_yes_and_no_on_their_own_page(
    browse: Browse, store: Store, charlie: Customer
) -> None:
    client = browse(store, charlie.user)
    page = client.get("/account/news/").content.decode()
    assert 'name="wants_news"' in page
    assert "checked" not in page
    client.post("/account/news/", {"wants_news": "on"})
    assert stands(store, charlie)
    assert "checked" in client.get("/account/news/").content.decode()
    client.post("/account/news/", {})
    assert not stands(store, charlie)


def test_forgetting_somebody_forgets_their_yes(
    in_store: Store, charlie: Customer, yes: Consent
) -> None:
    data = ConsentsOfCustomer()
    assert data.export(charlie)["consents"][0]["source"] == "checkout"
    data.erase(charlie)
    data.erase(charlie)
    assert not Consent.objects.exists()
