"""Sales → Subscriptions: a list in words, a page with its story, and one act for each deed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from payments.models import Order, OrderLine, Refund, Subscription, SubscriptionTerms
from payments.services.subscriptions.leaving import leave_at_end
from payments.services.subscriptions.unused import unused
from payments.services.subscriptions.wording import in_day
from stores.models import LogEntry, Staff, Store
from stores.scope import store_scope
from tests.payments.subscriptions.member import Member

pytestmark = pytest.mark.django_db
State = Subscription.State


class Desk:
    """Alice's admin, by the sandbox's clock."""

    def __init__(self, member: Member, client: Client) -> None:
        self.member, self.client = member, client
        self.row = member.join()
        self.one = f"/admin/payments/subscription/{self.row.pk}/"

    def see(self, path: str, **asked: Any) -> str:
        with self.member.there():
            answer = self.client.get(path, asked)
        assert answer.status_code == 200, (path, answer.status_code)
        return str(answer.content.decode())

    def do(self, deed: str, **sent: Any) -> str:
        with self.member.there():
            answer = self.client.post(f"{self.one}{deed}/", sent, follow=True)
        return str(answer.content.decode())

    @property
    def staff_name(self) -> str:
        with store_scope(self.member.shop.store):
            return str(Staff.objects.get(role="owner").name)

    @property
    def state(self) -> str:
        return self.member.subscription.state(self.member.now)


@pytest.fixture
def desk(member: Member, browse: Callable[..., Client], store: Store, alice: User) -> Desk:
    return Desk(member, browse(store, alice))


def test_the_list_says_who_how_it_stands_and_what_comes_next(desk: Desk) -> None:
    body = desk.see("/admin/payments/subscription/")
    assert "Charlie · The Sewing Room" in body
    assert "₪59 a month" in body
    assert "The next charge, ₪59, is on" in body


def test_the_list_is_narrowed_by_state_and_searched(desk: Desk) -> None:
    url = "/admin/payments/subscription/"
    assert "The Sewing Room" in desk.see(url, state="active")
    assert "The Sewing Room" not in desk.see(url, state="ended", q="nobody")
    with desk.member.there():
        leave_at_end(desk.row, now=desk.member.now)
    assert "The Sewing Room" in desk.see(url, state="leaving")
    assert "Charlie ·" not in desk.see(url, state="active")
    assert "Charlie ·" in desk.see(url, q="charlie@")
    assert "Charlie ·" in desk.see(url, q="Sewing")


def test_every_state_is_found_by_its_own_filter(desk: Desk) -> None:
    now = desk.member.now
    moments: dict[State, dict[str, Any]] = {
        State.ENDED: {"ended_at": now},
        State.ON_HOLD: {"held_at": now, "unpaid_since": now},
        State.TO_FIX: {"unpaid_since": now, "ends_at": now},
        State.RESTING: {"rests_from": now, "rests_until": now.replace(year=now.year + 1)},
        State.LEAVING: {"ends_at": now.replace(year=now.year + 1)},
        State.TRIAL: {"trial_ends_at": now.replace(year=now.year + 1)},
        State.ACTIVE: {},
    }
    names = ("ended_at", "held_at", "unpaid_since", "rests_from", "rests_until", "ends_at")
    with desk.member.there():
        for state, columns in moments.items():
            none = dict.fromkeys((*names, "trial_ends_at"))
            Subscription.objects.update(**none | columns)
            assert Subscription.objects.get().state(now) == state
            found = [each for each in State if Subscription.objects.in_state(each, now).exists()]
            assert found == [state]


def test_its_page_tells_the_story(desk: Desk) -> None:
    desk.member.months(1)
    desk.do("rest", months="1")
    body = desk.see(f"{desk.one}change/")
    for order in desk.member.orders:
        assert f"/admin/payments/order/{order.pk}/change/" in body
    assert "a rest" in body
    assert "Paid until" in body


def test_let_it_end_and_let_it_go_on(desk: Desk) -> None:
    day = desk.row.next_charge_at
    assert day is not None
    with desk.member.there():
        assert f"stays open until {in_day(day)}" in desk.see(f"{desk.one}leave/")
    desk.do("leave")
    assert desk.state == State.LEAVING
    assert "is charged ₪59 on" in desk.see(f"{desk.one}stay/")
    desk.do("stay")
    assert desk.state == State.ACTIVE
    with desk.member.there():
        subjects = LogEntry.objects.filter(subject_type="payments.subscription")
        assert subjects.count() == 2


def test_ending_today_shows_before_what_goes_back(desk: Desk) -> None:
    desk.member.later(days=10)
    with desk.member.there():
        amount = unused(desk.row, desk.member.now)
    assert f"₪{amount / 100:.2f} go back to the card of Charlie" in desk.see(f"{desk.one}end/")
    desk.do("end")
    assert desk.state == State.ENDED
    with desk.member.there():
        refund = Refund.objects.get()
    assert refund.amount == amount
    assert refund.by == desk.staff_name


def test_a_rest_and_its_end(desk: Desk) -> None:
    desk.do("rest", months="2")
    assert desk.member.subscription.rests_until is not None
    desk.do("return")
    assert desk.member.subscription.rests_until is None


def test_a_rests_charge_of_nothing_is_no_charge(desk: Desk) -> None:
    desk.do("rest", months="1")
    desk.member.later(months=1, hours=2)
    assert desk.member.subscription.bills.filter(amount=0).exists()
    assert "No order" not in desk.see(f"{desk.one}change/")


def test_who_pays_is_called_by_the_name_of_the_order(desk: Desk) -> None:
    customer, order = desk.row.customer, desk.row.order
    with store_scope(desk.member.shop.store):
        type(customer).objects.filter(pk=customer.pk).update(name="")
        type(order).objects.filter(pk=order.pk).update(name="Ilana by the sea")
    assert "Ilana by the sea" in desk.see("/admin/payments/subscription/")


def test_what_cannot_be_is_said_instead_of_asked(desk: Desk) -> None:
    desk.do("leave")
    with desk.member.there():
        for deed in ("leave", "rest", "return"):
            answer = desk.client.post(f"{desk.one}{deed}/", {"months": "1"})
            assert answer.status_code == 409, deed
    assert desk.state == State.LEAVING


def test_asking_stripe_again_finds_what_was_not_heard(desk: Desk) -> None:
    desk.member.shop.sandbox.advance(months=1, hours=2)
    before = desk.row.next_charge_at
    desk.do("sync")
    assert desk.member.subscription.next_charge_at != before


def test_support_looks_and_changes_nothing(
    desk: Desk, browse: Callable[..., Client], store: Store, bob: User
) -> None:
    bobs = browse(store, bob)
    page = bobs.get(f"{desk.one}change/").content.decode()
    for deed in ("leave", "end", "stay", "rest", "return", "sync"):
        assert f"{desk.one}{deed}/" not in page
        assert bobs.post(f"{desk.one}{deed}/").status_code == 403, deed


def test_the_orders_name_their_subscription_and_renewals_are_told_apart(desk: Desk) -> None:
    desk.member.months(1)
    first, renewal = desk.member.orders
    for order in (first, renewal):
        page = desk.see(f"/admin/payments/order/{order.pk}/change/")
        assert f"{desk.one}change/" in page
    body = desk.see("/admin/payments/order/")
    assert body.count("later charge of The Sewing Room") == 1
    with desk.member.there():
        customer = Order.objects.get(pk=first.pk).customer_id
    history = desk.see(f"/admin/accounts/customer/{customer}/change/")
    assert "Began: The Sewing Room, ₪59 a month" in history


def test_the_stores_numbers_are_a_page_of_settings(desk: Desk, store: Store) -> None:
    opened = desk.client.get("/admin/payments/subscriptionterms/", follow=True)
    body = opened.content.decode()
    assert "so long all stays open" in body
    url = opened.redirect_chain[-1][0]
    numbers = {"days_to_fix": 9, "days_on_hold": 20, "longest_rest": 0, "rests_a_year": 1}
    assert desk.client.post(url, numbers).status_code == 302
    with store_scope(store):
        assert SubscriptionTerms.objects.get().days_to_fix == 9
    with desk.member.there():
        answer = desk.client.post(f"{desk.one}rest/", {"months": "1"})
    assert answer.status_code == 409


def test_a_long_list_asks_no_more_than_a_short_one(desk: Desk) -> None:
    url = "/admin/payments/subscription/"

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            desk.see(url)
        return len(asked)

    with desk.member.there():
        Subscription.objects.update(unpaid_since=desk.member.now)
    queries()
    few = queries()
    with desk.member.there():
        for number in range(5):
            line = desk.row.line
            line.pk, line.amount = None, 0
            line.save()
            row = Subscription.objects.get(pk=desk.row.pk)
            row.pk, row.line = None, line
            row.public_id = row.stripe_id = f"again{number}"
            row.save()
    assert desk.see(url).count("could not be charged") == 6
    assert queries() == few
    with desk.member.there():  # Stripe knows none of them, and the night would say so
        Subscription.objects.filter(stripe_id__startswith="again").delete()
        OrderLine.objects.filter(amount=0).delete()
        Subscription.objects.update(unpaid_since=None)
