"""Gifts of some months: begun when opened, after what one has, and ended with one kind letter."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from access.models import Access
from access.services.paid_time import paid_time
from accounts.models import Customer
from core import clock
from mail.models import Message
from payments.contract import Basket, Buyer, GiftWish
from payments.errors import CannotGive
from payments.models import Gift, OutboundCall, Subscription
from payments.services.fulfilment import settle
from payments.services.gifts.claiming import claim
from payments.services.gifts.delivering import stores_with_gifts, work_on_gifts
from payments.services.ordering import test_order as order_as_test
from payments.services.subscriptions.leaving import leave_at_end, leave_today
from products.models import Price
from stores.models import Store
from tests.conftest import make_price, make_user
from tests.payments.buying import Shop
from tests.payments.subscriptions.member import Member, make_club

DAY = timedelta(days=1)
HALF_A_YEAR = {"length": "periods", "length_count": 6, "length_unit": "month"}


@pytest.fixture
def price(in_store: Store) -> Price:
    return make_club()


@pytest.fixture
def member(sandbox, store: Store, price: Price, browse) -> Member:  # type: ignore[no-untyped-def]
    return Member(Shop(sandbox, store, price, browse(store)))


def customer(name: str) -> Customer:
    return Customer.objects.create(user=make_user(f"{name}@example.com"), name=name.title())


def give(club: Price, now: datetime | None = None, **length: object) -> Gift:
    """Half a year of the club, from Noa, who pays nothing as it is a test order."""
    values = {"kind": "one_time", "amount": 30000, "is_gift": True, **(length or HALF_A_YEAR)}
    given = make_price(club.product, **values)
    buyer = Buyer("noa@example.com", "Noa", "en")
    wish = GiftWish(from_name="Noa", to_name="Dan")
    order = order_as_test(Basket(given, gift=wish), buyer=buyer, now=now or clock.now())
    return Gift.objects.get(line__order=order)


def gone_back(gift: Gift, now: datetime) -> None:
    """Let the giver's money go back."""
    order = gift.line.order
    order.payments.create(
        provider="stripe", payment_intent="pi", amount=30000, currency="ILS", paid_at=now
    )
    payment = order.payments.get()
    payment.refunds.create(amount=30000, currency="ILS", state="succeeded", line=gift.line)
    settle(order, now)


def months(since: datetime, count: int, store: Store) -> datetime:
    return clock.add_period(since, "month", count, store.zone)


def test_its_time_begins_when_it_is_opened_and_counts(price: Price, store: Store) -> None:
    gift, later = give(price), clock.now() + 40 * DAY
    dan = customer("dan")
    (access,) = claim(gift, dan, now=later)
    assert (access.starts_at, access.ends_at) == (later, months(later, 6, store))
    (span,) = paid_time([access], later)[access.pk]
    assert (span.start, span.end) == (access.starts_at, access.ends_at)
    assert not Subscription.objects.exists()


def test_near_its_end_one_letter_says_how_to_go_on_and_charges_nothing(price: Price) -> None:
    gift = give(price)
    (access,) = claim(gift, customer("dan"), now=clock.now())
    assert access.ends_at is not None
    work_on_gifts(access.ends_at - 20 * DAY)
    assert not Message.objects.filter(kind="gift_ends").exists()
    near = access.ends_at - 5 * DAY
    assert stores_with_gifts(near) == [gift.store_id]
    for _twice in range(2):
        work_on_gifts(near)
    letter = Message.objects.get(kind="gift_ends")
    assert letter.to_address == "dan@example.com"
    assert letter.context["product_url"].endswith(f"/buy/{price.public_id}/")
    assert letter.context["amount"] == "₪59 a month"
    assert stores_with_gifts(near) == []


def test_a_second_gift_comes_after_the_first(price: Price, store: Store) -> None:
    dan, now = customer("dan"), clock.now() + DAY
    (first,) = claim(give(price), dan, now=now)
    (second,) = claim(give(price), dan, now=now)
    assert second.starts_at == first.ends_at
    assert second.ends_at == months(second.starts_at, 6, store)


def test_who_has_it_for_good_takes_something_else(price: Price) -> None:
    dan, now = customer("dan"), clock.now() + DAY
    claim(give(price, length="for_good"), dan, now=now)
    with pytest.raises(CannotGive, match="Choose something else"):
        claim(give(price), dan, now=now)


def opened_by(member: Member) -> tuple[Gift, datetime]:
    """A member opens a gift: returned with when their next charge was to be."""
    subscription = member.join()
    before = subscription.next_charge_at
    assert before is not None
    with member.there():
        gift = give(member.shop.price, member.now)
        claim(gift, subscription.customer, now=member.now)
        for _twice in range(2):
            work_on_gifts(member.now)
    gift.refresh_from_db()
    return gift, before


def test_the_next_charge_of_who_pays_already_moves_by_its_length(member: Member) -> None:
    gift, before = opened_by(member)
    then = months(before, 6, member.shop.store)
    assert member.subscription.next_charge_at == then
    assert (gift.moved_from, gift.moved_until) == (before, then)
    access = Access.objects.get(source_kind="gift")
    assert (access.starts_at, access.ends_at) == (before, then)
    assert OutboundCall.objects.filter(key__startswith="gift-").count() == 1
    member.months(6)
    assert [order.total for order in member.orders if not order.is_test] == [5900]
    member.later(months=1)
    with member.there():
        assert [o.total for o in member.orders if not o.is_test] == [5900, 5900]
        spans = paid_time([access], member.now)[access.pk]
        assert len(spans) == 1, "what was given counts as what was paid for"


def test_taken_back_the_charge_comes_earlier_again_with_a_week_of_notice(member: Member) -> None:
    gift, before = opened_by(member)
    with member.there():
        gone_back(gift, member.now)
        for _twice in range(2):
            work_on_gifts(member.now)
        assert member.subscription.next_charge_at == before
        letter = Message.objects.get(kind="gift_taken_back")
        assert letter.to_address == member.subscription.customer.user.email
    member.later(months=2)
    with member.there():
        later = member.subscription.next_charge_at
        gift.refresh_from_db()
        assert gift.moved_id is None
        work_on_gifts(member.now)
        assert member.subscription.next_charge_at == later


def test_taken_back_late_nobody_is_charged_within_a_week(member: Member) -> None:
    gift, _before = opened_by(member)
    member.months(3)
    with member.there():
        gone_back(gift, member.now)
        work_on_gifts(member.now)
        charged = member.subscription.next_charge_at
        assert charged is not None
        assert charged >= member.now + 6 * DAY
        assert charged <= member.now + 8 * DAY


def test_who_stops_today_has_the_gift_from_today(member: Member) -> None:
    gift, _before = opened_by(member)
    with member.there():
        leave_today(member.subscription, now=member.now)
        work_on_gifts(member.now)
        access = Access.objects.get(source_kind="gift")
        assert access.is_live(member.now)
        assert access.ends_at == months(access.starts_at, 6, member.shop.store)
        assert gift.line.closed_at is None


def test_who_leaves_at_the_end_has_the_gift_after_it(member: Member) -> None:
    subscription = member.join()
    with member.there():
        leave_at_end(subscription, now=member.now)
        ends = member.subscription.ends_at
        (access,) = claim(give(member.shop.price), subscription.customer, now=member.now)
        work_on_gifts(member.now)
        assert access.starts_at == ends
        assert not OutboundCall.objects.filter(key__startswith="gift-").exists()


def test_who_joins_while_a_gift_lasts_pays_for_no_day_twice(member: Member) -> None:
    with member.there():
        charlie = customer("charlie")
        (access,) = claim(give(member.shop.price), charlie, now=member.now)
    subscription = member.join()
    before = subscription.next_charge_at
    assert before is not None
    with member.there():
        now = member.now
        work_on_gifts(now)
        moved = member.subscription.next_charge_at
        assert moved is not None
        assert access.ends_at is not None
        assert abs((moved - before) - (access.ends_at - now)) < timedelta(minutes=1)


def test_a_price_that_is_only_given_is_a_gift_without_a_tick(member: Member) -> None:
    given = make_price(
        member.shop.price.product, kind="one_time", amount=30000, is_gift=True, **HALF_A_YEAR
    )
    shop = Shop(member.shop.sandbox, member.shop.store, given, member.shop.client)
    page = shop.client.get(shop.url).content.decode()
    assert "Whom is it for?" in page
    product = shop.client.get(f"/p/{given.product.slug}/").content.decode()
    assert "Give as a gift" in product
    shop.buy()
    assert not Access.objects.exists()
    assert Gift.objects.get().line.length_count == 6
