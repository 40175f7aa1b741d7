"""Changing an address: who may, who is asked, who can stop it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from access.services.keys import keys_of, make_part_key
from accounts.errors import AddressTaken, ChangeOver, TooOften
from accounts.models import AddressChange, Browser, Customer, User
from accounts.services.changing_address import (
    WAITS,
    agree,
    begin_change,
    change_behind,
    is_more_than_a_customer_of,
    release,
    stop,
    work_due,
)
from core import clock
from mail.models import Message
from products.models import ListEntry, Part
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_product

NEW = "charlie@elsewhere.example"
OLD = "charlie@example.com"


def begin(customer: Customer, **over: Any) -> AddressChange:
    fields = {"store": customer.store, "old_is_gone": False, "language": "en", "now": NOW} | over
    return begin_change(customer.user, fields.pop("to", NEW), **fields)


def email_of(customer: Customer) -> str:
    return User.objects.get(pk=customer.user_id).email


def link_to(address: str) -> str:
    message = Message.objects.filter(to_address=address).latest("id")
    return "/" + message.context["url"].split("/", 3)[3]


def test_both_mailboxes_agree_and_it_is_made(in_store: Store, charlie: Customer) -> None:
    change = begin(charlie)
    agree(change, is_old=False, now=NOW)
    assert email_of(charlie) == OLD
    agree(change, is_old=True, now=NOW)
    assert email_of(charlie) == NEW
    told = Message.objects.filter(kind="address_changed").values_list("to_address", flat=True)
    assert set(told) == {OLD, NEW}


def test_sessions_end_when_an_address_changes(
    in_store: Store, charlie: Customer, browse: Any
) -> None:
    client = browse(in_store, charlie.user)
    assert client.get("/account/").status_code == 200
    change = begin(charlie)
    for is_old in (True, False):
        agree(change, is_old=is_old, now=NOW)
    assert client.get("/account/").status_code == 302
    assert not Browser.objects.filter(user=charlie.user).exists()


def test_links_in_the_old_mailbox_end_and_lists_follow(in_store: Store, charlie: Customer) -> None:
    product = make_product()
    part = Part.objects.create(product=product, kind="epub", title="I", published_at=NOW)
    make_part_key(charlie, part, clock.now())
    for email in (OLD, NEW):
        ListEntry.objects.create(product=product, kind="waiting", email=email, language="en")
    other = make_product(title="Another")
    ListEntry.objects.create(
        product=other, kind="waiting", email=OLD, language="en", customer=charlie
    )
    change = begin(charlie)
    for is_old in (True, False):
        agree(change, is_old=is_old, now=NOW)
    assert not keys_of(charlie, clock.now()).exists()
    assert ListEntry.objects.get(product=other).email == NEW
    assert ListEntry.objects.filter(product=product).count() == 2


def test_a_silent_old_mailbox_is_waited_for_and_told_twice(
    in_store: Store, charlie: Customer
) -> None:
    change = begin(charlie, old_is_gone=True)
    agree(change, is_old=False, now=NOW)
    work_due(NOW + WAITS - timedelta(hours=25))
    assert Message.objects.filter(kind="address_waits", to_address=OLD).count() == 1
    work_due(NOW + WAITS - timedelta(hours=23))
    work_due(NOW + WAITS - timedelta(minutes=1))
    assert Message.objects.filter(kind="address_waits", to_address=OLD).count() == 2
    assert email_of(charlie) == OLD
    assert work_due(NOW + WAITS + timedelta(hours=2)) == 1
    assert email_of(charlie) == NEW


def test_a_late_sweep_still_tells_the_old_mailbox_a_day_before(
    in_store: Store, charlie: Customer
) -> None:
    change = begin(charlie, old_is_gone=True)
    agree(change, is_old=False, now=NOW)
    late = NOW + WAITS + timedelta(days=2)
    assert work_due(late) == 0
    assert work_due(late + timedelta(hours=25)) == 1


@pytest.mark.parametrize("address", [OLD, NEW])
def test_either_side_stops_it_by_a_link_that_only_acts_when_pressed(
    in_store: Store, charlie: Customer, browse: Any, address: str
) -> None:
    change = begin(charlie, old_is_gone=True, now=clock.now())
    client, link = browse(in_store), link_to(address)
    assert "No, stop it" in client.get(link).content.decode()
    change.refresh_from_db()
    assert change.stopped_at is None
    client.post(link, {"answer": "stop"})
    change.refresh_from_db()
    assert change.stopped_at is not None
    work_due(clock.now() + WAITS + timedelta(days=3))
    assert email_of(charlie) == OLD


def test_the_new_mailbox_does_not_answer_for_the_old(
    in_store: Store, charlie: Customer, browse: Any
) -> None:
    begin(charlie, now=clock.now())
    link = link_to(NEW)
    for _time in range(2):
        browse(in_store).post(link, {"answer": "agree"})
    assert email_of(charlie) == OLD


def test_a_link_is_good_at_its_own_host_only(
    in_store: Store, charlie: Customer, other_store: Store, browse: Any
) -> None:
    begin(charlie, now=clock.now())
    assert browse(other_store).get(link_to(NEW)).status_code == 404
    assert browse(None).get(link_to(NEW)).status_code == 404
    with pytest.raises(ChangeOver):
        change_behind(AddressChange.objects.get().public_id, "guessed", store=in_store)


def test_a_change_is_made_once_and_not_after_it_was_stopped(
    in_store: Store, charlie: Customer
) -> None:
    change = begin(charlie)
    stop(change, now=NOW)
    for act in (
        lambda: agree(change, is_old=True, now=NOW),
        lambda: stop(change, now=NOW),
        lambda: agree(change, is_old=False, now=NOW + timedelta(days=15)),
    ):
        with pytest.raises(ChangeOver):
            act()


def test_a_second_change_takes_the_place_of_the_first(in_store: Store, charlie: Customer) -> None:
    first = begin(charlie)
    second = begin(charlie, to="third@example.com")
    with pytest.raises(ChangeOver):
        agree(first, is_old=False, now=NOW)
    for is_old in (True, False):
        agree(second, is_old=is_old, now=NOW)
    assert email_of(charlie) == "third@example.com"


def test_an_address_somebody_has_is_not_taken_from_them(
    in_store: Store, charlie: Customer, bob: User
) -> None:
    change = begin(charlie, to=bob.email)
    agree(change, is_old=True, now=NOW)
    with pytest.raises(AddressTaken):
        agree(change, is_old=False, now=NOW)
    assert email_of(charlie) == OLD


def test_who_has_nothing_makes_room(in_store: Store, charlie: Customer) -> None:
    User.objects.create_user(NEW)
    change = begin(charlie)
    for is_old in (True, False):
        agree(change, is_old=is_old, now=NOW)
    assert email_of(charlie) == NEW


def test_changes_are_not_asked_for_without_end(in_store: Store, charlie: Customer) -> None:
    for number in range(4):
        begin(charlie, to=f"a{number}@example.com")
    with pytest.raises(TooOften):
        begin(charlie, to="a5@example.com")


def test_staff_of_one_store_do_not_change_who_is_known_elsewhere(
    in_store: Store, charlie: Customer, other_store: Store
) -> None:
    with store_scope(other_store):
        Customer.objects.create(user=charlie.user)
    change = begin(charlie, by="Bob")
    assert change.is_held
    agree(change, is_old=False, now=NOW)
    work_due(NOW + WAITS + timedelta(days=2))
    assert email_of(charlie) == OLD
    release(change, now=NOW + timedelta(days=1))
    for day in (3, 5):
        work_due(NOW + timedelta(days=day))
    assert email_of(charlie) == NEW


def test_staff_who_are_customers_are_more_than_that(
    in_store: Store, charlie: Customer, bob: User, alice: User
) -> None:
    assert not is_more_than_a_customer_of(charlie.user, in_store)
    assert is_more_than_a_customer_of(bob, in_store)
    assert is_more_than_a_customer_of(charlie.user, None)


def test_the_page_asks_for_proof_unless_the_mailbox_is_gone(
    in_store: Store, charlie: Customer, browse: Any
) -> None:
    client = browse(in_store, charlie.user)
    answer = client.post("/account/address/", {"email": NEW})
    assert answer.url.startswith("/account/sure/")
    assert not AddressChange.objects.exists()
    client.post("/account/address/", {"email": NEW, "old_is_gone": "on"})
    assert AddressChange.objects.get().old_is_gone


def test_who_has_a_password_proves_it_even_without_the_mailbox(
    in_store: Store, charlie: Customer, browse: Any
) -> None:
    charlie.user.set_password("a stitch in time saves nine")
    charlie.user.save()
    client = browse(in_store, charlie.user)
    answer = client.post("/account/address/", {"email": NEW, "old_is_gone": "on"})
    assert answer.url.startswith("/account/sure/")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_leave_one_open(store: Store, charlie: Customer) -> None:
    from threading import Thread

    def ask(to: str) -> None:
        try:
            with store_scope(store):
                begin(charlie, to=to)
        finally:
            connection.close()

    threads = [Thread(target=ask, args=(f"a{number}@example.com",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AddressChange.objects.filter(done_at=None, stopped_at=None).count() == 1


def test_a_link_that_did_its_work_leads_on(in_store: Store, browse: Any) -> None:
    page = browse(in_store).get("/address/nothing/nothing/")
    assert page.status_code == 404
    assert 'href="/account/address/"' in page.content.decode()
