"""Moving in from the admin: from the file to the letters, and who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from access.models import Access
from accounts.models import User
from core import clock
from mail.models import Message
from payments.models import MoveIn, RenewHere
from payments.services.moving_in import working
from products.models import Product
from stores.models import Staff, Store
from stores.roles import Role
from stores.scope import store_scope
from tests.conftest import make_user
from tests.memberships.making import make_club
from tests.payments.moving_in.moving import sheet, states

pytestmark = pytest.mark.django_db
LIST = "/admin/payments/movein/"
HEAD = "Email,Name,Price,Next charge"


@pytest.fixture
def club(in_store: Store) -> Product:
    return make_club()


@pytest.fixture
def admin(store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(store, alice)


def lines() -> bytes:
    soon = (clock.now() + timedelta(days=20)).date().isoformat()
    return sheet(f"charlie@example.com,Charlie,45,{soon}", f"nobody,Erin,45,{soon}", head=HEAD)


def upload(admin: Client, content: bytes) -> Any:
    return admin.post(f"{LIST}new/", {"file": SimpleUploadedFile("people.csv", content)})


def name_columns(admin: Client, move_in: MoveIn, **over: str) -> Any:
    said = {key: str(place) for key, place in move_in.columns.items()}
    unsaid = {"whole_interval": "month", "dates": "day", "whole_product": ""}
    return admin.post(f"{LIST}{move_in.pk}/columns/", unsaid | said | over)


def brought(admin: Client, club: Product) -> MoveIn:
    answer = upload(admin, lines())
    assert answer.status_code == 302
    move_in = MoveIn.objects.get()
    assert answer["Location"] == f"{LIST}{move_in.pk}/columns/"
    assert name_columns(admin, move_in, whole_product=str(club.pk)).status_code == 302
    move_in.refresh_from_db()
    return move_in


def test_a_file_is_tried_out_and_nothing_is_given(admin: Client, club: Product) -> None:
    move_in = brought(admin, club)
    assert move_in.state == MoveIn.State.READY
    page = admin.get(f"{LIST}{move_in.pk}/change/").content.decode()
    assert "1 new person." in page
    assert "1 person would get “A stitch a month”, until" in page
    assert "1 line is to be mended" in page
    rows = admin.get(f"{LIST}{move_in.pk}/rows/?state=bad").content.decode()
    assert "“nobody” is not an email address." in rows
    assert "line 3" in rows
    assert not Access.objects.exists()
    assert not Message.objects.exists()


def test_it_moves_in_and_the_letters_are_a_button_of_their_own(
    admin: Client, club: Product
) -> None:
    move_in = brought(admin, club)
    assert admin.get(f"{LIST}{move_in.pk}/begin/").status_code == 200
    admin.post(f"{LIST}{move_in.pk}/begin/")
    page = admin.get(f"{LIST}{move_in.pk}/change/")
    assert "Refresh" in page
    working.work_on(clock.now())
    assert states(move_in) == ["moved", "bad"]
    assert not Message.objects.exists()
    page = admin.get(f"{LIST}{move_in.pk}/change/")
    assert "Refresh" not in page
    assert "Send the letters" in page.content.decode()
    admin.post(f"{LIST}{move_in.pk}/letters/")
    working.work_on(clock.now())
    assert Message.objects.get().kind == "renew_here"
    answers = admin.get(f"{LIST}{move_in.pk}/answers/").content.decode()
    assert "Charlie" in answers
    letter = RenewHere.objects.get()
    admin.post(f"{LIST}{move_in.pk}/answers/{letter.access_id}/")
    letter.refresh_from_db()
    assert letter.withdrawn_at is not None


def test_what_is_to_be_mended_is_downloaded_with_what_is_wrong(
    admin: Client, club: Product
) -> None:
    move_in = brought(admin, club)
    table = admin.get(f"{LIST}{move_in.pk}/mend.csv").content.decode()
    assert table.splitlines()[1].startswith("nobody,Erin,45,")
    assert "not an email address" in table
    mended = table.replace("nobody", "erin@example.com").encode()
    upload(admin, mended)
    again = MoveIn.objects.latest("pk")
    name_columns(admin, again, whole_product=str(club.pk))
    assert states(again) == ["good"]


def test_the_template_is_understood_as_it_is(admin: Client, club: Product) -> None:
    template = admin.get(f"{LIST}template.csv").content
    upload(admin, template)
    move_in = MoveIn.objects.get()
    assert len(move_in.columns) == 14


@pytest.mark.parametrize("content", [b"", b"only a head\n", b"\x00\x01\x02", b"\xff\xfe\x00"])
def test_what_is_no_table_is_a_sentence(admin: Client, club: Product, content: bytes) -> None:
    answer = upload(admin, content)
    assert answer.status_code == 200
    assert 'class="error"' in answer.content.decode()
    assert not MoveIn.objects.exists()


def test_one_column_is_one_thing(admin: Client, club: Product) -> None:
    upload(admin, lines())
    move_in = MoveIn.objects.get()
    answer = name_columns(admin, move_in, whole_product=str(club.pk), name="0")
    assert "One column is chosen twice." in answer.content.decode()


def test_a_file_needs_a_product(admin: Client, club: Product) -> None:
    upload(admin, lines())
    answer = name_columns(admin, MoveIn.objects.get())
    assert "Choose the product" in answer.content.decode()


def test_all_of_it_is_taken_back(admin: Client, club: Product) -> None:
    move_in = brought(admin, club)
    admin.post(f"{LIST}{move_in.pk}/begin/")
    working.work_on(clock.now())
    admin.post(f"{LIST}{move_in.pk}/undo/")
    working.work_on(clock.now())
    assert states(move_in) == ["undone", "bad"]
    assert not Access.objects.live(clock.now()).exists()
    assert "1 line was taken back." in admin.get(f"{LIST}{move_in.pk}/change/").content.decode()


def test_a_file_that_gave_nothing_is_thrown_away(admin: Client, club: Product) -> None:
    move_in = brought(admin, club)
    admin.post(f"{LIST}{move_in.pk}/discard/")
    assert not MoveIn.objects.exists()


@pytest.mark.parametrize("role", [Role.COACH, Role.AUTHOR, Role.SUPPORT])
def test_it_is_the_owners_and_the_managers(
    role: str, store: Store, club: Product, admin: Client, browse: Callable[..., Client]
) -> None:
    move_in = brought(admin, club)
    user = make_user(f"{role}@example.com")
    with store_scope(store):
        Staff.objects.create(user=user, name=str(role), role=role)
    other = browse(store, user)
    for page in ("", "new/", "template.csv", f"{move_in.pk}/change/", f"{move_in.pk}/rows/"):
        assert other.get(LIST + page).status_code == 403
    assert other.post(f"{LIST}{move_in.pk}/begin/").status_code == 403


def test_another_stores_file_is_not_found(
    other_store: Store, dana: User, club: Product, admin: Client, browse: Callable[..., Client]
) -> None:
    move_in = brought(admin, club)
    theirs = browse(other_store, dana)
    for page in ("change", "columns", "rows", "begin", "undo", "letters", "answers"):
        assert theirs.get(f"{LIST}{move_in.pk}/{page}/").status_code == 404
