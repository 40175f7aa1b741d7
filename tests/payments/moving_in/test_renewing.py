"""“Renew here”, through the sandbox: the charge falls on the old date, at the old price."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client

from access.models import Access, Owed
from access.rules import tenure
from access.services.paid_time import paid_time
from core import clock
from mail.models import Message
from payments.models import Bill, Order, RenewHere, Subscription
from payments.services.accounts import customer_at
from payments.services.moving_in import letters, taking_back, working
from products.models import Price, Product
from sandbox.testing import LiveSandbox
from stores.models import Store
from stores.scope import store_scope
from tests.memberships.making import make_club
from tests.payments.buying import Shop
from tests.payments.moving_in.moving import moved, sheet
from tests.payments.subscriptions.member import Member

pytestmark = pytest.mark.django_db
HEAD = "email,name,months,price,next charge"


@dataclass
class Mover(Member):
    """A member of another shop, who moves in."""

    club: Product

    def day(self, days: int) -> date:
        """So many days from now, on the store's wall."""
        return clock.local_day(self.now + timedelta(days=days), self.shop.store.zone)

    def noon(self, day: date) -> datetime:
        return clock.at_local(day, time(12), self.shop.store.zone)

    def move_in(self, next_charge: date, months: int = 14, price: str = "45") -> None:
        line = f"charlie@example.com,Charlie,{months},{price},{next_charge.isoformat()}"
        with self.there():
            moved(sheet(line, head=HEAD), now=self.now, product=self.club)

    def write(self) -> RenewHere | None:
        """Send the letters; return this one's, if there is one."""
        with self.there():
            for move_in in self.club.moved_in.all():
                letters.send(move_in, now=self.now)
            working.work_on(self.now)
            found: RenewHere | None = RenewHere.objects.first()
            return found

    def letter(self) -> RenewHere:
        with store_scope(self.shop.store):
            found: RenewHere = RenewHere.objects.get()
            return found

    def url(self, then: str = "") -> str:
        return f"/renew/{self.letter().key}/{then}"

    def tap(self, client: Client | None = None) -> Order:
        with self.there():
            answer = (client or self.shop.client).post(self.url("go/"))
        assert answer.status_code == 302, answer.content.decode()
        return self.shop.order()

    def go_on(self) -> Subscription:
        """Tap, leave the card, come back."""
        order = self.tap()
        self.shop.pay(order)
        with self.there():
            assert self.shop.return_page(order).status_code == 200
        return self.subscription

    def months_paid(self) -> int:
        """How many whole months of theirs have passed."""
        with self.there():
            access = Access.objects.filter(customer__user__email="charlie@example.com").first()
            assert access is not None
            spans = paid_time([access], self.now)[access.pk]
            return tenure(spans, (), "month", self.shop.store.zone, self.now)


@pytest.fixture
def club(in_store: Store) -> Product:
    return make_club(mode="tenure")


@pytest.fixture
def mover(
    sandbox: LiveSandbox, store: Store, club: Product, browse: Callable[..., Client]
) -> Mover:
    moving = Mover(Shop(sandbox, store, Price(), browse(store)), club)
    afternoon = clock.at_local(clock.local_day(moving.now, store.zone), time(15), store.zone)
    if afternoon < moving.now:
        afternoon += timedelta(days=1)
    sandbox.set_clock(int(afternoon.timestamp()))
    return moving


@pytest.fixture
def shop(mover: Mover) -> Shop:
    return mover.shop


def kinds() -> list[str]:
    return list(
        Message.objects.filter(kind__startswith="renew_here")
        .order_by("pk")
        .values_list("kind", flat=True)
    )


def test_nothing_is_charged_before_the_old_date_and_then_the_old_price(mover: Mover) -> None:
    day = mover.day(20)
    mover.move_in(day)
    assert mover.write() is not None
    page = mover.shop.client.get(mover.url()).content.decode()
    assert "₪45 a month" in page
    subscription = mover.go_on()
    assert subscription.next_charge_at == mover.noon(day)
    assert subscription.trial_ends_at is None
    assert subscription.state(mover.now) == Subscription.State.ACTIVE
    assert [order.total for order in mover.orders] == [0]
    assert mover.letter().renewed_at is not None

    mover.later(days=19)
    assert [order.total for order in mover.orders] == [0]
    mover.later(days=1, hours=3)
    assert [order.total for order in mover.orders] == [0, 4500]
    with store_scope(mover.shop.store):
        bill = Bill.objects.get(amount=4500)
    assert bill.starts_at == mover.noon(day)
    assert clock.local_day(bill.starts_at, mover.shop.store.zone) == day


def test_the_months_go_on_without_a_gap_and_without_a_doubled_one(mover: Mover) -> None:
    mover.move_in(mover.day(20), months=14)
    mover.write()
    assert mover.months_paid() == 13
    mover.go_on()
    assert mover.months_paid() == 13
    mover.later(days=20, hours=3)
    assert mover.months_paid() == 14
    mover.months(1)
    assert mover.months_paid() == 15


def test_who_does_not_go_on_has_one_letter_one_reminder_and_a_kind_word(mover: Mover) -> None:
    mover.move_in(mover.day(20))
    mover.write()
    mover.write()
    assert kinds() == ["renew_here"]
    mover.shop.sandbox.advance(days=17)
    mover.write()
    mover.write()
    assert kinds() == ["renew_here", "renew_here_again"]
    mover.shop.sandbox.advance(days=5)
    mover.write()
    with mover.there():
        assert Access.objects.live(mover.now).count() == 1
    mover.shop.sandbox.advance(days=6)
    mover.write()
    mover.write()
    assert kinds() == ["renew_here", "renew_here_again", "renew_here_over"]
    with mover.there():
        assert not Access.objects.live(mover.now).exists()
        assert "ended" in mover.shop.client.get(mover.url()).content.decode()
    assert not Order.objects.exists()


def test_who_goes_on_is_not_reminded(mover: Mover) -> None:
    mover.move_in(mover.day(20))
    mover.write()
    mover.go_on()
    mover.later(days=18)
    mover.write()
    assert kinds() == ["renew_here"]


def test_a_no_ends_it_with_what_was_paid_and_can_be_thought_over(mover: Mover) -> None:
    day = mover.day(20)
    mover.move_in(day)
    mover.write()
    with mover.there():
        assert mover.shop.client.post(mover.url("no/")).status_code == 302
        access = Access.objects.get()
    assert access.ends_at == mover.noon(day)
    mover.shop.sandbox.advance(days=18)
    mover.write()
    assert kinds() == ["renew_here"]
    subscription = mover.go_on()
    assert subscription.state(mover.now) == Subscription.State.ACTIVE


def test_a_date_within_two_days_is_charged_now_and_the_days_are_owed(mover: Mover) -> None:
    day = mover.day(1)
    mover.move_in(day)
    mover.write()
    mover.go_on()
    assert [order.total for order in mover.orders] == [4500]
    assert not mover.orders[0].owned_before
    with store_scope(mover.shop.store):
        owed = Owed.objects.get()
    assert (owed.unit, owed.access.source_kind) == ("day", "subscription")
    assert 1 <= owed.amount <= 2


def test_a_date_that_has_passed_is_charged_now_and_nothing_is_owed(mover: Mover) -> None:
    mover.move_in(mover.day(-2))
    mover.write()
    mover.go_on()
    assert [order.total for order in mover.orders] == [4500]
    assert not Owed.objects.exists()


def test_two_taps_are_one_order(mover: Mover) -> None:
    mover.move_in(mover.day(20))
    mover.write()
    assert mover.tap().pk == mover.tap().pk


def test_a_page_that_ran_out_is_opened_anew(mover: Mover) -> None:
    mover.move_in(mover.day(20))
    mover.write()
    first = mover.tap()
    mover.shop.sandbox.advance(hours=2)
    second = mover.tap()
    assert first.pk != second.pk
    mover.shop.pay(second)
    with mover.there():
        mover.shop.return_page(second)
    assert mover.subscription.order_id == second.pk


def test_the_link_is_for_its_reader_alone(mover: Mover, browse: Callable[..., Client]) -> None:
    mover.move_in(mover.day(20))
    mover.write()
    with store_scope(mover.shop.store):
        other = customer_at("erin@example.com", "Erin", "en")
    client = browse(mover.shop.store, other.user)
    with mover.there():
        assert "another address" in client.get(mover.url()).content.decode()
        assert client.post(mover.url("go/")).status_code == 503
        assert client.post(mover.url("no/")).status_code == 409
    assert not Order.objects.exists()
    order = mover.tap()
    assert order.email == "charlie@example.com"


def test_a_link_that_was_taken_back_opens_nothing(mover: Mover) -> None:
    mover.move_in(mover.day(20))
    mover.write()
    with mover.there():
        letters.withdraw(RenewHere.objects.all(), now=mover.now)
        assert "opens nothing" in mover.shop.client.get(mover.url()).content.decode()
        assert mover.shop.client.post(mover.url("go/")).status_code == 409
    assert not Order.objects.exists()
    mover.shop.sandbox.advance(days=18)
    mover.write()
    assert kinds() == ["renew_here"]


def test_the_link_does_nothing_more_once_they_pay_here(mover: Mover) -> None:
    mover.move_in(mover.day(20))
    mover.write()
    mover.go_on()
    with mover.there():
        assert "You go on here" in mover.shop.client.get(mover.url()).content.decode()
        assert mover.shop.client.post(mover.url("go/")).status_code == 409
    assert Subscription.objects.count() == 1


def test_an_undo_leaves_who_pays_here(mover: Mover) -> None:
    mover.move_in(mover.day(20))
    mover.write()
    mover.go_on()
    with mover.there():
        move_in = mover.club.moved_in.get()
        assert taking_back.undo(move_in, now=mover.now)
        working.work_on(mover.now)
        assert list(move_in.rows.values_list("state", flat=True)) == ["kept"]
        assert Access.objects.live(mover.now).count() == 2
