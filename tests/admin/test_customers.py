"""Customers: found by what each app knows, with notes, one history and why it is locked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Customer, Note, SignIn, User
from core import clock
from products.models import Part
from stores.models import LogEntry, Staff, Store
from stores.scope import store_scope
from tests.admin.conftest import Scene
from tests.conftest import make_product


@pytest.fixture
def at_desk(scene: Scene, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(scene.store, alice)


def page_of(customer: Customer) -> str:
    return f"/admin/accounts/customer/{customer.pk}"


def test_a_customer_is_found_by_order_card_phone_and_name(at_desk: Client, scene: Scene) -> None:
    with store_scope(scene.store):
        type(scene.payment).objects.update(card_last4="4242")
        scene.row_of("shipping.parcel")
    here = f'href="{page_of(scene.customer)}/change/"'
    for words in (str(scene.order.number), "4242", "050-555-0199", scene.customer.user.email):
        listed = at_desk.get("/admin/accounts/customer/", {"q": words}).content.decode()
        assert here in listed, words
    for words in ("9999", "050-555-0000", "\x00", "' OR 1=1"):
        listed = at_desk.get("/admin/accounts/customer/", {"q": words}).content.decode()
        assert here not in listed or words == "\x00", words


def test_notes_are_kept_changed_and_deleted(at_desk: Client, scene: Scene) -> None:
    at_desk.post(f"{page_of(scene.customer)}/notes/add/", {"text": "Prefers paper"})
    with store_scope(scene.store):
        note = Note.objects.get()
    page = at_desk.get(f"{page_of(scene.customer)}/change/", {"show": "notes"})
    assert "Prefers paper" in page.content.decode()

    at_desk.post(f"{page_of(scene.customer)}/notes/{note.pk}/", {"text": "Prefers linen"})
    at_desk.post(f"{page_of(scene.customer)}/notes/{note.pk}/delete/")

    with store_scope(scene.store):
        assert not Note.objects.exists()


def test_the_history_has_it_all_and_is_narrowed(at_desk: Client, scene: Scene) -> None:
    every = at_desk.get(f"{page_of(scene.customer)}/change/").content.decode()
    only = at_desk.get(f"{page_of(scene.customer)}/change/", {"show": "access"})
    assert f"Order {scene.order.number}" in every
    assert all(line.kind == "access" for day in only.context["history"] for line in day.lines)


def test_a_sign_in_link_goes_to_their_own_address(at_desk: Client, scene: Scene) -> None:
    at_desk.post(f"{page_of(scene.customer)}/sign-in/")

    assert SignIn.objects.get().email == scene.customer.user.email
    with store_scope(scene.store):
        assert LogEntry.objects.filter(what="sign_in_link").count() == 1


def test_support_reads_what_the_customer_reads(at_desk: Client, scene: Scene) -> None:
    with store_scope(scene.store):
        part = Part.objects.create(product=make_product(title="Other"), kind="x", title="Other")
    url = f"/admin/access/access/why/{scene.customer.pk}/"

    assert "Locked for them" in at_desk.get(url, {"part": part.pk}).content.decode()


def test_the_end_of_an_access_is_set(at_desk: Client, scene: Scene) -> None:
    at_desk.post(f"/admin/access/access/{scene.access.pk}/until/", {"until": "2030-03-01"})

    with store_scope(scene.store):
        scene.access.refresh_from_db()
    assert scene.access.ends_at is not None
    assert scene.access.ends_at > clock.now()


def test_a_coach_changes_nothing(
    scene: Scene, bob: User, store: Store, browse: Callable[..., Client]
) -> None:
    with store_scope(store):
        Staff.objects.filter(user=bob).update(role="coach")
    coach = browse(store, bob)
    for act in ("sign-in/", "notes/add/"):
        assert coach.post(f"{page_of(scene.customer)}/{act}", {"text": "x"}).status_code == 403
