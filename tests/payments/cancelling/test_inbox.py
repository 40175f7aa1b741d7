"""The team's side: the Inbox, notices said by word, and the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localtime

from access.models import Access
from accounts.models import User
from core import clock
from mail.models import Choice, Message
from payments.models import CancelNotice, Order
from payments.services.cancelling import slots
from payments.services.cancelling.noticing import Said, cancel, give_notice
from stores.models import Staff, Store
from stores.scope import store_scope
from tests.payments.buying import make_book


@pytest.fixture
def inside(store: Store) -> Iterator[Store]:
    with store_scope(store):
        yield store


@pytest.fixture
def order(inside: Store) -> Order:
    """A free order of a book, which needs no payment company."""
    from payments.contract import Basket, Buyer
    from payments.services.ordering import order_for

    price = make_book(amount=0).prices.get()
    buyer = Buyer("charlie@example.com", "Charlie", "en")
    now = clock.now() - timedelta(days=1)
    placed = order_for(Basket(price), buyer=buyer, attempt="a" * 14, mine=[], now=now)
    return placed.order


@pytest.fixture
def owner(store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(store, alice)


def opened() -> None:
    Access.objects.update(first_opened_at=clock.now() - timedelta(minutes=1))


def request_of(order: Order) -> CancelNotice:
    opened()
    said = Said(language="en", text="Not for me")
    return cancel(order, proof="mailbox", said=said, now=clock.now())


def record(client: Client, order: Order | None, **typed: Any) -> Any:
    moment = localtime(clock.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    asked = f"?order={order.public_id}" if order else ""
    sent = {"channel": "phone", "said_at": moment} | typed
    return client.post(f"/admin/payments/cancelnotice/record/{asked}", sent)


def test_the_inbox_says_that_nobody_waits(owner: Client) -> None:
    assert "Nobody is waiting" in owner.get("/admin/inbox/").content.decode()


def test_what_waits_stands_in_the_inbox_with_its_words_and_a_badge(
    owner: Client, order: Order
) -> None:
    request_of(order)
    body = owner.get("/admin/inbox/").content.decode()
    assert "Not for me" in body
    assert '<span class="badge">1' in body
    answered = owner.get("/admin/inbox/?state=answered").content.decode()
    assert "Not for me" not in answered


def test_a_no_wants_words_and_reaches_the_customer(owner: Client, order: Order) -> None:
    notice = request_of(order)
    url = f"/admin/payments/cancelnotice/{notice.pk}/answer/"
    assert owner.post(url, {"what": "no"}).status_code == 200
    owner.post(url, {"what": "no", "answer": "You read it all."})
    notice.refresh_from_db()
    assert (notice.state, notice.answered_by) == ("refused", "Thread")
    assert Message.objects.get(kind="cancel_answered").context["answer"] == "You read it all."
    assert not list(slots.inbox_items(notice.store))


def test_a_yes_closes_it(owner: Client, order: Order) -> None:
    notice = request_of(order)
    owner.post(f"/admin/payments/cancelnotice/{notice.pk}/answer/", {"what": "all"})
    assert not Access.objects.live(clock.now()).exists()


def test_a_notice_by_phone_counts_from_when_it_was_said(owner: Client, order: Order) -> None:
    record(owner, order, text="Called this morning")
    notice = CancelNotice.objects.get()
    assert (notice.state, notice.proof, notice.channel) == ("done", "staff", "phone")
    assert notice.said_at < notice.recorded_at
    assert notice.taken_by == "Thread"
    assert Message.objects.filter(kind="cancel_done", to_address="charlie@example.com").exists()


def test_a_call_about_no_order_waits_and_is_given_its_order_later(
    owner: Client, order: Order
) -> None:
    record(owner, None, name="Charlie")
    notice = CancelNotice.objects.get()
    assert notice.state == "waiting"
    owner.post(f"/admin/payments/cancelnotice/{notice.pk}/which/", {"order": order.public_id})
    notice.refresh_from_db()
    assert (notice.state, notice.proof) == ("done", "staff")


def test_a_moment_to_come_is_refused(owner: Client, order: Order) -> None:
    record(owner, order, said_at="2199-01-01T10:00")
    assert not CancelNotice.objects.exists()


def test_a_moment_before_the_order_is_refused(owner: Client, order: Order) -> None:
    record(owner, order, said_at="2019-01-01T10:00")
    assert not CancelNotice.objects.exists()


def test_who_of_the_team_chose_it_hears_of_a_notice_and_who_does_not_want_it_does_not(
    store: Store, alice: User, bob: User, order: Order
) -> None:
    with store_scope(store):
        for user, is_wanted in ((alice, False), (bob, True)):
            staff = Staff.objects.get(user=user)
            Choice.objects.create(staff=staff, kind="cancel_notice", is_wanted=is_wanted)
    request_of(order)
    (mail,) = Message.objects.filter(kind="cancel_notice")
    assert mail.to_address == bob.email


def test_support_writes_down_and_does_not_decide_about_money(
    store: Store, bob: User, browse: Callable[..., Client], order: Order
) -> None:
    support = browse(store, bob)
    notice = request_of(order)
    answer = f"/admin/payments/cancelnotice/{notice.pk}/answer/"
    assert support.post(answer, {"what": "all"}).status_code == 403
    assert support.get("/admin/payments/cancelnotice/record/").status_code == 200


def test_notices_are_numbered_without_gaps_whatever_fails(inside: Store) -> None:
    from django.db import transaction

    give_notice(Said(language="en", name="A"), now=clock.now())
    with transaction.atomic():
        give_notice(Said(language="en", name="B"), now=clock.now())
        transaction.set_rollback(True)
    give_notice(Said(language="en", name="C"), now=clock.now())
    assert [*CancelNotice.objects.order_by("number").values_list("number", "name")] == [
        (1, "A"),
        (2, "C"),
    ]


def test_a_store_that_allows_it_takes_back_what_was_opened(owner: Client, order: Order) -> None:
    owner.get("/admin/payments/cancelpolicy/", follow=True)
    page = owner.get("/admin/payments/cancelpolicy/", follow=True)
    url = page.request["PATH_INFO"]
    owner.post(url, {"days": "30", "after_opening": "on", "fee_percent": "0"})
    opened()
    said = Said(language="en")
    assert cancel(order, proof="mailbox", said=said, now=clock.now()).because == "store_allows"


def test_what_was_written_signed_out_with_their_address_is_theirs_too(order: Order) -> None:
    give_notice(Said(language="en", email="Charlie@example.com", text="Mine"), now=clock.now())
    give_notice(Said(language="en", email="eve@example.com", text="Hers"), now=clock.now())
    mine = slots.NoticesOfCustomer()
    customer = Order.objects.get().customer
    assert [each["said"] for each in mine.export(customer)["cancel_notices"]] == ["Mine"]
    mine.erase(customer)
    assert [*CancelNotice.objects.order_by("number").values_list("text", flat=True)] == ["", "Hers"]


def test_a_customers_notices_are_exported_and_forgotten(owner: Client, order: Order) -> None:
    request_of(order)
    customer = Order.objects.get().customer
    mine = slots.NoticesOfCustomer()
    assert mine.export(customer)["cancel_notices"][0]["said"] == "Not for me"
    mine.erase(customer)
    assert "Not for me" not in str(mine.export(customer))
