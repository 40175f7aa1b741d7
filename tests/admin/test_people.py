from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from access.models import Access
from accounts.models import Customer, Invitation, User
from core import clock
from mail.models import Message
from stores.admin import log
from stores.models import LogEntry, Staff, Store
from stores.roles import Role
from stores.scope import store_scope
from stores.services.log import write
from stores.slots import MailKind, mail_kinds
from tests.admin.conftest import Scene, make_book

INVITE = "/admin/accounts/invitation/new/"


@pytest.fixture
def owner(in_store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(in_store, alice)


def customer_url(customer: Customer) -> str:
    return f"/admin/accounts/customer/{customer.pk}/change/"


def give_page(client: Client, customer: Customer) -> tuple[str, str]:
    url = f"/admin/access/access/give/{customer.pk}/"
    found = re.search(r'name="giving" value="(\w+)"', client.get(url).content.decode())
    assert found
    return url, found.group(1)


def test_access_is_given_by_hand_until_the_end_of_a_day(owner: Client, charlie: Customer) -> None:
    product = make_book()
    url, giving = give_page(owner, charlie)
    posted = {"product": product.pk, "until": "2030-03-01", "because": "A prize", "giving": giving}

    owner.post(url, posted)

    access = Access.objects.get()
    assert (access.customer, access.source_kind, access.reason) == (charlie, "hand", "A prize")
    assert access.ends_at.isoformat() == "2030-03-01T22:00:00+00:00", "midnight in Israel"
    assert access.events.get().by == "Thread"


def test_the_same_page_sent_twice_gives_once(owner: Client, charlie: Customer) -> None:
    product = make_book()
    url, giving = give_page(owner, charlie)
    for _time in range(2):
        owner.post(url, {"product": product.pk, "giving": giving})

    assert Access.objects.count() == 1


def test_a_draft_and_another_stores_product_cannot_be_given(
    owner: Client, charlie: Customer, other_scene: Scene
) -> None:
    draft = make_book(status="draft")
    url, giving = give_page(owner, charlie)
    for pk in (draft.pk, other_scene.product.pk):
        assert owner.post(url, {"product": pk, "giving": giving}).status_code == 200

    assert not Access.objects.exists()


@pytest.mark.parametrize("until", ["2020-01-01", "yesterday", "0000-00-00"])
def test_a_day_that_passed_or_is_none_is_refused(
    owner: Client, charlie: Customer, until: str
) -> None:
    product = make_book()
    url, giving = give_page(owner, charlie)

    owner.post(url, {"product": product.pk, "until": until, "giving": giving})

    assert not Access.objects.exists()


def test_access_is_taken_back_and_opened_again(scene: Scene, alice_at: Client) -> None:
    url = f"/admin/access/access/{scene.access.pk}"
    page = alice_at.get(f"{url}/take-back/").content.decode()
    assert "No money goes back by this" in page

    alice_at.post(f"{url}/take-back/", {"because": "Asked to"})
    with store_scope(scene.store):
        assert Access.objects.get().revoked_at is not None
        assert LogEntry.objects.filter(what="take_back_access").exists()
    alice_at.post(f"{url}/restore/")

    with store_scope(scene.store):
        assert Access.objects.get().is_live(clock.now())


def test_looking_changes_nothing(scene: Scene, alice_at: Client) -> None:
    alice_at.get(f"/admin/access/access/{scene.access.pk}/take-back/")
    alice_at.get(f"/admin/mail/message/{scene.message.pk}/resend/")

    with store_scope(scene.store):
        assert Access.objects.get().revoked_at is None
        assert Message.objects.get().state == "failed"


def test_a_customers_page_tells_what_they_have_and_what_happened(
    scene: Scene, alice_at: Client
) -> None:
    body = alice_at.get(customer_url(scene.customer)).content.decode()

    assert "Linen book" in body
    assert "order" in body
    assert "Give access" in body
    assert "What happened" in body


def test_a_coach_sees_a_customer_and_no_buttons(
    scene: Scene, browse: Callable[..., Client]
) -> None:
    coach = User.objects.create_user("coach@example.com")
    with store_scope(scene.store):
        Staff.objects.create(user=coach, name="Coach", role=Role.COACH)
    body = browse(scene.store, coach).get(customer_url(scene.customer)).content.decode()

    assert "Linen book" in body
    assert "Give access" not in body
    assert ">Save<" not in body


def test_adding_a_customer_does_not_say_whether_the_address_is_known(
    owner: Client, other_scene: Scene, in_store: Store
) -> None:
    for email in ("new@example.com", "erin@example.com"):
        posted = {"email": email.upper(), "name": "N", "language": "en"}
        assert owner.post("/admin/accounts/customer/add/", posted).status_code == 302

    assert Customer.objects.count() == 2
    assert User.objects.filter(email="erin@example.com").count() == 1


def test_a_customers_address_is_theirs(owner: Client, charlie: Customer) -> None:
    posted = {"name": "Charles", "language": "en", "email": "thief@example.com"}
    owner.post(customer_url(charlie), posted)

    charlie.refresh_from_db()
    assert (charlie.name, charlie.user.email) == ("Charles", "charlie@example.com")


# -- mails


def test_a_failed_mail_is_counted_and_sent_again(
    scene: Scene, alice_at: Client, django_capture_on_commit_callbacks: Any
) -> None:
    assert ">1<" in alice_at.get("/admin/").content.decode().replace("\n", "")
    alice_at.post(f"/admin/mail/message/{scene.message.pk}/resend/")

    with store_scope(scene.store):
        assert Message.objects.get().state == "waiting"
        assert LogEntry.objects.filter(what="resend").exists()


def test_what_a_mail_with_a_code_says_is_shown_to_nobody(owner: Client) -> None:
    kind = MailKind("test-code", "a code", ("code",), wiped=True)
    with mail_kinds.registered("test-code", kind):
        message = Message.objects.create(
            key="c",
            kind="test-code",
            language="en",
            to_address="a@example.com",
            subject="482 913 is your code",
            context={"code": "482 913"},
        )
        for url in ("", f"{message.pk}/change/", f"{message.pk}/resend/"):
            assert "482 913" not in owner.get(f"/admin/mail/message/{url}").content.decode()
        again = owner.post(f"/admin/mail/message/{message.pk}/resend/")

    assert again.status_code == 409


# -- the team


def test_nobody_is_put_on_the_team_without_being_asked(owner: Client) -> None:
    posted = {"email": "New@Example.com", "name": "Noa", "role": "author"}
    assert owner.post("/admin/stores/staff/add/", posted).status_code == 403
    owner.post(INVITE, posted | {"sure": "1"})

    invited = Invitation.objects.get()
    assert (invited.email, invited.role) == ("new@example.com", "author")
    assert not Staff.objects.filter(name="Noa").exists()


def test_nobody_joins_twice(owner: Client) -> None:
    posted = {"email": "alice@example.com", "name": "Again", "role": "support"}
    body = owner.post(INVITE, posted).content.decode()

    assert "on your team already" in body
    assert Staff.objects.count() == 1


def test_the_last_owner_stays_owner(owner: Client) -> None:
    me = Staff.objects.get()
    owner.post(f"/admin/stores/staff/{me.pk}/change/", {"name": "A", "role": "support"})
    assert owner.post(f"/admin/stores/staff/{me.pk}/delete/").status_code == 403

    assert Staff.objects.get().role == Role.OWNER


def test_somebody_leaves_the_team_and_the_log_remembers(owner: Client, bob: User) -> None:
    gone = Staff.objects.get(name="Bob")
    page = owner.get(f"/admin/stores/staff/{gone.pk}/delete/").content.decode()
    assert "no longer enter" in page
    owner.post(f"/admin/stores/staff/{gone.pk}/delete/")

    assert not Staff.objects.filter(name="Bob").exists()
    assert "Bob" in owner.get("/admin/stores/logentry/").content.decode()


def test_a_manager_cannot_make_themselves_owner(
    owner: Client, in_store: Store, browse: Callable[..., Client]
) -> None:
    user = User.objects.create_user("m@example.com")
    manager = Staff.objects.create(user=user, name="M", role=Role.MANAGER)
    client = browse(in_store, user)

    posted = {"name": "M", "role": "owner"}
    assert client.post(f"/admin/stores/staff/{manager.pk}/change/", posted).status_code == 403


def test_the_log_names_a_table_by_its_file_and_nobody_twice(owner: Client) -> None:
    owner.get("/admin/accounts/customer/table/")
    me = Staff.objects.get(user__email="alice@example.com")
    write(me, log.ENTER, me)

    page = owner.get("/admin/stores/logentry/").content.decode()
    assert "customers.csv" in page
    assert "Customers.csv" not in page
    assert f"{me.name}: signed in<" in page


def test_no_hebrew_line_of_the_log_ends_on_the_way_to_a_word() -> None:
    with override("he"):
        said = [str(words) for words in log.WORDS.values()]
    assert [each for each in said if each.split()[-1] in {"של", "אל", "את", "על"}] == []
