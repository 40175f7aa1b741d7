"""Who pays already for what a purchase includes: shown before, ended once, credited once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from access.models import Access
from access.services import inclusions
from accounts.models import Customer
from core import clock
from mail.models import Message
from payments.contract import EventFacts, Twice
from payments.models import Document, Order, OutboundCall, Overlap, Refund, Subscription
from payments.services import inbox, reconciling
from payments.services.documents.working import issue_due
from payments.services.overlaps import ending, slots
from payments.services.overlaps.letters import key_of
from payments.services.overlaps.noting import note
from payments.services.refunding import refund
from payments.services.subscriptions.changing import upgrade
from payments.services.subscriptions.following_up import stores_with_plans, work_on_plans
from payments.services.subscriptions.leaving import leave_today
from products.models import Price, Product
from products.services.bundles import include
from stores.scope import store_scope
from tests.conftest import make_price, make_product
from tests.payments.documents.papers import business_in
from tests.payments.subscriptions.member import Member

pytestmark = pytest.mark.django_db
SEEN = re.compile(r'name="twice_seen" value="([\w ]+)"')


@pytest.fixture
def club(member: Member) -> Subscription:
    """The club that is paid for by itself, ten days into its month."""
    found = member.join()
    member.later(days=10)
    return found


@pytest.fixture
def bundle(member: Member, club: Subscription) -> Price:
    """The price of something that includes the club, now what the shop's page sells."""
    product = make_product("bundle", amount=None, title="All of it")
    include(product, club.product)
    price = make_price(product, amount=20000)
    member.shop.price = price
    return price


@pytest.fixture
def hers(member: Member, club: Subscription, browse: Callable[..., Client]) -> Client:
    client = browse(member.shop.store, club.customer.user)
    member.shop.client = client
    return client


def buy(member: Member, choice: str = "", **over: Any) -> Order:
    """Buy what the shop sells, with the choice that its page asks for."""
    with member.there():
        page = member.shop.client.get(member.shop.url).content.decode()
        found = SEEN.search(page)
        typed = {"twice_seen": found.group(1)} if found else {}
        if choice:
            typed["twice"] = choice
        order = member.shop.begin(**typed, **over)
        member.shop.pay(order)
        member.shop.return_page(order)
    return order


def sweep(member: Member, times: int = 1) -> None:
    for _time in range(times):
        with member.there():
            work_on_plans(member.now)
        member.hear()


def mails(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=kind).order_by("pk"))


def old(club: Subscription) -> Subscription:
    found: Subscription = Subscription.objects.get(pk=club.pk)
    return found


def test_it_is_shown_before_paying_with_what_goes_back(
    member: Member, club: Subscription, bundle: Price, hers: Client
) -> None:
    with member.there():
        page = " ".join(hers.get(member.shop.url).content.decode().split())
    assert "You pay for this already, and it is inside" in page
    assert "The Sewing Room</span> · <bdi>₪59 a month" in page
    assert re.search(r"₪(39|40)\.\d\d go back for its unused days", page)
    assert "I keep both" in page
    assert "Part of it is yours already" not in page  # it is asked about, not told of twice
    assert not Overlap.objects.exists()


def test_without_an_answer_nothing_is_ordered(
    member: Member, club: Subscription, bundle: Price, hers: Client
) -> None:
    with member.there():
        response = member.shop.send(twice_seen=club.public_id)
    assert response.status_code == 422
    assert "nothing ends unless you say so" in response.content.decode()


def test_it_ends_once_it_is_paid_and_its_unused_days_go_back(
    member: Member, club: Subscription, bundle: Price, hers: Client
) -> None:
    with member.there():
        order = member.shop.begin(twice="stop", twice_seen=club.public_id)
        work_on_plans(member.now)
    assert old(club).ended_at is None  # not before the payment is confirmed
    assert not Overlap.objects.exists()
    member.shop.pay(order)
    with member.there():
        member.shop.return_page(order)
    assert stores_with_plans(member.now) == [member.shop.store.pk]
    sweep(member, times=3)
    ended = old(club)
    assert ended.ended_at is not None
    refunded = Refund.objects.get()
    assert refunded.amount in range(3900, 4050)
    assert refunded.payment.order == club.order
    (mail,) = mails("stopped_inside")
    assert (mail.context["title"], mail.context["whole"]) == ("The Sewing Room", "All of it")
    assert mail.context["amount"] == refunded.display()
    assert not mails("left_today")
    assert not mails("somebody_left")
    overlap = Overlap.objects.get()
    assert overlap.choice == "stop"
    assert overlap.settled_at is not None
    mine = Access.objects.live(member.now).get(product=club.product)
    assert mine.parent is not None  # open without a break, by the bundle
    assert stores_with_plans(member.now) == []


def test_a_credit_note_follows_the_money(member: Member, browse: Callable[..., Client]) -> None:
    business_in(member.shop.store)
    club = member.join()
    product = make_product("bundle", amount=None, title="All of it")
    include(product, club.product)
    member.shop.price = make_price(product, amount=20000)
    member.shop.client = browse(member.shop.store, club.customer.user)
    buy(member, "stop")
    sweep(member)
    with member.there():
        issue_due(member.now)
    assert Document.objects.filter(kind="credit").count() == Refund.objects.count() == 1


def test_both_are_kept_by_who_wants_both(
    member: Member, club: Subscription, bundle: Price, hers: Client
) -> None:
    buy(member, "keep")
    sweep(member)
    assert old(club).ended_at is None
    overlap = Overlap.objects.get()
    assert overlap.choice == "keep"
    assert overlap.settled_at is not None
    assert not mails("paid_twice")
    member.months(1)
    assert [order.total for order in member.orders] == [5900, 20000, 5900]


def test_another_answer_is_another_order(
    member: Member, club: Subscription, bundle: Price, hers: Client
) -> None:
    with member.there():
        first = member.shop.begin(twice="stop", twice_seen=club.public_id)
    order = buy(member, "keep")
    assert order.pk != first.pk
    sweep(member)
    assert old(club).ended_at is None


def test_who_was_not_signed_in_is_asked_by_mail_and_needs_one_press(
    member: Member, club: Subscription, bundle: Price, browse: Callable[..., Client]
) -> None:
    buy(member)
    sweep(member, times=2)
    assert old(club).ended_at is None
    (mail,) = mails("paid_twice")
    assert mail.to_address == "charlie@example.com"
    assert mail.context["amount"].startswith("₪")
    path = "/" + mail.context["choice_url"].partition("//")[2].partition("/")[2]
    stranger = browse(member.shop.store)
    with member.there():
        assert "All of it" in stranger.get(path).content.decode()
        stranger.head(path)
        assert old(club).ended_at is None  # looking does nothing
        response = stranger.post(path, {"choice": "stop"}, follow=True)
    assert "You pay for it once now" in response.content.decode()
    assert old(club).ended_at is not None
    with member.there():
        assert stranger.post(path, {"choice": "stop"}, follow=True).status_code == 200
        assert stranger.post(path, {"choice": "keep"}, follow=True).status_code == 200
    sweep(member)
    assert Refund.objects.count() == 1
    assert len(mails("stopped_inside")) == 1


def test_a_guessed_key_opens_nothing(
    member: Member, club: Subscription, bundle: Price, browse: Callable[..., Client]
) -> None:
    buy(member)
    overlap = Overlap.objects.get()
    stranger = browse(member.shop.store)
    assert stranger.get(f"/twice/{overlap.public_id}/guessed/").status_code == 404
    assert stranger.post(f"/twice/{overlap.public_id}/guessed/").status_code == 404
    assert stranger.get(f"/twice/{club.public_id}/{key_of(overlap)}/").status_code == 404


def test_both_can_be_kept_by_mail_and_the_mind_changed(
    member: Member, club: Subscription, bundle: Price
) -> None:
    buy(member)
    sweep(member)
    overlap = Overlap.objects.get()
    with member.there():
        ending.choose(overlap, "keep", now=member.now)
    sweep(member)
    assert old(club).ended_at is None
    with member.there():
        ending.choose(overlap, "stop", now=member.now)
    assert old(club).ended_at is not None


def test_a_lost_answer_is_asked_for_again_and_the_money_goes_back_once(
    member: Member, club: Subscription, bundle: Price, hers: Client
) -> None:
    buy(member, "stop")
    path = f"/v1/subscriptions/{club.stripe_id}"
    member.shop.sandbox.fault("drop", when="after", times=1, method="DELETE", path=path)
    sweep(member)
    with member.there():
        reconciling.reconcile_store(member.now + timedelta(minutes=15))
    sweep(member, times=2)
    assert old(club).ended_at is not None
    assert Refund.objects.count() == 1
    assert OutboundCall.objects.filter(key__startswith="end-").count() == 1
    assert len(mails("stopped_inside")) == 1


def test_replayed_hints_change_nothing(
    member: Member, club: Subscription, bundle: Price, hers: Client
) -> None:
    buy(member, "stop")
    sweep(member)
    hints = member.shop.hints()
    again = [EventFacts(**{**hint.__dict__, "id": f"{hint.id}_again"}) for hint in hints]
    with clock.standing_at(member.now):
        inbox.take_in(again, clock.now())
        inbox.work(clock.now())
    sweep(member)
    assert Overlap.objects.count() == Refund.objects.count() == 1
    assert len(mails("stopped_inside")) == 1


def test_two_purchases_that_include_it_end_it_once(
    member: Member, club: Subscription, bundle: Price, hers: Client
) -> None:
    buy(member, "stop")
    other = make_product("bundle", amount=None, title="More of it")
    include(other, club.product)
    member.shop.price = make_price(other, amount=30000)
    buy(member, "stop", again="on")
    sweep(member, times=3)
    assert Overlap.objects.filter(settled_at__isnull=False).count() == 2
    assert OutboundCall.objects.filter(key__startswith="end-").count() == 1
    assert Refund.objects.filter(payment__order=club.order).count() == 1


def test_what_waits_for_its_opening_ends_nothing_before(
    member: Member, club: Subscription, bundle: Price, hers: Client
) -> None:
    Product.objects.filter(pk=bundle.product_id).update(opens_at=member.now + timedelta(days=60))
    with member.there():
        page = hers.get(member.shop.url).content.decode()
    assert "It stops when the new one opens" in page
    buy(member, "stop")
    sweep(member)
    assert old(club).ended_at is None
    with member.there():
        now = member.now
        Product.objects.filter(pk=bundle.product_id).update(opened_at=now, opens_at=now)
    sweep(member)
    assert old(club).ended_at is not None


def test_given_back_before_it_came_to_effect_it_ends_nothing(
    member: Member, club: Subscription, bundle: Price, hers: Client
) -> None:
    order = buy(member, "stop")
    with member.there():
        refund(Order.objects.get(pk=order.pk), by="noa", now=member.now)
    sweep(member, times=2)
    assert old(club).ended_at is None
    assert Overlap.objects.get().settled_at is not None


def test_who_left_meanwhile_is_asked_nothing_more(
    member: Member, club: Subscription, bundle: Price
) -> None:
    buy(member)
    with member.there():
        leave_today(old(club), now=member.now)
    sweep(member, times=2)
    assert not mails("paid_twice")
    assert len(mails("left_today")) == 1
    assert Overlap.objects.get().settled_at is not None


def test_a_gift_for_somebody_else_ends_nothing(
    member: Member, club: Subscription, bundle: Price, hers: Client
) -> None:
    with member.there():
        order = member.shop.begin(is_gift="on", gift_to_name="Dana", gift_from_name="Charlie")
        member.shop.pay(order)
        member.shop.return_page(order)
    sweep(member)
    assert not Overlap.objects.exists()
    assert old(club).ended_at is None


def test_nobody_stops_what_another_pays_for(
    member: Member, club: Subscription, bundle: Price, browse: Callable[..., Client]
) -> None:
    from tests.conftest import make_user

    dana = make_user("dana@example.com")
    with store_scope(member.shop.store):
        Customer.objects.create(user=dana)
    member.shop.client = browse(member.shop.store, dana)
    with member.there():
        order = member.shop.begin(email="dana@example.com", twice="stop", twice_seen=club.public_id)
        member.shop.pay(order)
        member.shop.return_page(order)
    sweep(member)
    assert old(club).ended_at is None
    assert not Overlap.objects.exists()


def test_a_dearer_plan_that_includes_it_asks_and_ends_it(
    member: Member, club: Subscription
) -> None:
    """Who pays for a magazine and goes up to the plan of another club that has it inside."""
    studio = make_product("ebook", amount=None, title="The Studio")
    basic = make_price(studio, kind="subscription", amount=3000, interval="month")
    gold = make_price(studio, kind="subscription", amount=8000, interval="month", label="Gold")
    include(studio, club.product, price=gold)
    member.shop.price = basic
    buy(member)
    containing = Subscription.objects.exclude(pk=club.pk).get()
    with member.there():
        upgrade(containing, gold, now=member.now, twice=Twice(stop=(club.public_id,)))
    member.hear()
    sweep(member)
    assert old(club).ended_at is not None
    assert Refund.objects.get().payment.order == club.order
    assert mails("stopped_inside")[0].context["whole"] == "The Studio"


def test_what_is_put_inside_later_asks_who_pays_for_it(member: Member, club: Subscription) -> None:
    studio = make_product("bundle", amount=None, title="The Studio")
    book = make_product(title="A book")
    include(studio, book)
    member.shop.price = make_price(studio, kind="subscription", amount=3000, interval="month")
    buy(member)
    sweep(member)
    with member.there():
        include(studio, club.product, now=member.now)
        inclusions.give_additions(member.now, batches=9)
    assert stores_with_plans(member.now) == [member.shop.store.pk]
    sweep(member, times=2)
    assert len(mails("paid_twice")) == 1
    assert old(club).ended_at is None


def test_the_team_reads_it_in_the_customers_history(
    member: Member, club: Subscription, bundle: Price, hers: Client
) -> None:
    buy(member, "stop")
    sweep(member)
    with member.there():
        told = slots.timeline([club.customer])[club.customer]
        assert [each.sentence for each in told] == [
            "Stops paying for “The Sewing Room”: “All of it” includes it."
        ]
        kept = slots.OverlapsOfCustomer().export(club.customer)["paid_twice"]
    assert [(row["title"], row["inside_of"], row["choice"]) for row in kept] == [
        ("The Sewing Room", "All of it", "stop")
    ]


def test_noted_twice_is_noted_once(member: Member, club: Subscription, bundle: Price) -> None:
    buy(member)
    with member.there():
        given = list(Access.objects.filter(product=club.product, parent__isnull=False))
        for _twice in range(2):
            note(given, member.now, twice=Twice(stop=(club.public_id,)))
    overlap = Overlap.objects.get()
    assert overlap.choice == ""  # what nobody was shown does not become an answer


def test_the_same_bought_once_is_told_apart_by_its_price(
    member: Member, club: Subscription, hers: Client
) -> None:
    member.shop.price = make_price(
        club.product, amount=15000, length="periods", length_count=3, length_unit="month"
    )
    Price.objects.filter(pk=member.shop.price.pk).update(label="three months")
    buy(member, "stop", again="on")
    sweep(member, times=2)
    assert old(club).ended_at is not None
    (mail,) = mails("stopped_inside")
    assert mail.context["whole"] == "The Sewing Room, three months"
    assert mail.context["until"]
    assert Access.objects.live(member.now).filter(product=club.product).exists()
