"""Giving back some things of an order, a bundle, and what several payments paid."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access.contract import Source
from access.models import Access, SourceKind
from access.services import granting
from core import clock
from mail.models import Message
from payments.admin.refunds import RefundForm, effects
from payments.contract import Basket, Buyer
from payments.errors import CannotRefund
from payments.models import Decision, Extra, Order, Payment, Refund
from payments.services import nightly, slots
from payments.services.deciding import decide, questions
from payments.services.ordering import order_for
from payments.services.providers import provider_of
from payments.services.refunding import name_line, refund, refundable
from products.models import Price
from products.services.bundles import include
from tests.conftest import make_product
from tests.payments.buying import Shop, make_book

pytestmark = pytest.mark.django_db


def paid(shop: Shop, price: Price, *extras: Price) -> Order:
    """Buy a price and some beside it."""
    now = clock.now()
    for extra in extras:
        Extra.objects.create(price=extra)
    basket = Basket(price, extras=tuple(each.public_id for each in extras))
    buyer = Buyer("charlie@example.com", "Charlie", "en")
    order = order_for(basket, buyer=buyer, attempt=f"a{price.pk}", mine=(), now=now).order
    provider_of(order).open_checkout(order, now)
    order.refresh_from_db()
    shop.pay(order)
    provider_of(order).sync(order, now)
    order.refresh_from_db()
    return order


@pytest.fixture
def pair(shop: Shop) -> Order:
    """An order of two books, 49 and 30."""
    return paid(shop, shop.price, make_book(title="The Second", amount=3000).prices.get())


def test_one_thing_of_two_goes_back_and_only_it_closes(pair: Order) -> None:
    first, second = pair.lines.all()
    refund(pair, by="alice", lines=[second], now=clock.now())
    assert Refund.objects.get().amount == second.total
    assert [access.source_id for access in Access.objects.standing()] == [str(first.pk)]
    assert refundable(pair) == first.total
    assert nightly.check_everything(clock.now()) == []


def test_an_amount_and_then_a_thing_never_add_up_to_more_than_was_paid(pair: Order) -> None:
    first, _second = pair.lines.all()
    refund(pair, by="alice", amount=5000, now=clock.now())
    refund(pair, by="alice", lines=[first], now=clock.now())
    assert sum(each.amount for each in Refund.objects.all()) == pair.total
    assert not Access.objects.standing().exists()


def test_a_thing_given_back_is_not_given_back_twice(pair: Order) -> None:
    line = pair.lines.first()
    refund(pair, by="alice", lines=[line, line], now=clock.now())
    assert Refund.objects.count() == 1
    with pytest.raises(CannotRefund):
        refund(pair, by="alice", lines=[line], now=clock.now())


def test_a_refund_that_failed_opens_only_its_own_thing_again(shop: Shop, pair: Order) -> None:
    first, second = pair.lines.all()
    for line in (first, second):
        refund(pair, by="alice", lines=[line], now=clock.now())
    failed = Refund.objects.get(line=first)
    shop.sandbox.settle_refund(failed.stripe_id, fail=True)
    shop.hear()
    assert [access.source_id for access in Access.objects.standing()] == [str(first.pk)]
    pair.refresh_from_db()
    assert pair.status == Order.Status.PARTLY_REFUNDED
    assert nightly.check_everything(clock.now()) == []


def test_a_bundle_closes_what_it_gave_and_nothing_from_elsewhere(shop: Shop) -> None:
    one, two = make_book(title="One"), make_book(title="Two")
    bundle = make_product("bundle", title="Both", amount=7000)
    for book in (one, two):
        include(bundle, book)
    order = paid(shop, bundle.prices.get())
    assert order.customer is not None
    by_hand = Source(SourceKind.HAND, "1")
    now = clock.now()
    granting.grant(order.customer, product=two, source=by_hand, starts_at=now, now=now)
    form = RefundForm({"what": "all"}, order=order)
    assert form.is_valid()
    assert "Both with One, Two" in effects(order, form.plan())[1]
    refund(order, by="alice", now=clock.now())
    (left,) = Access.objects.standing()
    assert (left.product_id, left.source_kind) == (two.pk, SourceKind.HAND)


def at_stripe(shop: Shop, amount: int) -> Refund:
    """Return an amount at Stripe itself, and hear of it."""
    intent = Payment.objects.latest("id").payment_intent
    made = shop.sandbox.refund(payment_intent=intent, amount=amount)
    shop.hear()
    return Refund.objects.get(stripe_id=made["id"])


def test_the_line_somebody_names_closes_be_the_refund_less_than_it_cost(
    shop: Shop, pair: Order
) -> None:
    first, second = pair.lines.all()
    made = at_stripe(shop, 2500)
    assert (made.asks_line, Access.objects.standing().count()) == (True, 2)
    name_line(made, second, now=clock.now())
    assert [access.source_id for access in Access.objects.standing()] == [str(first.pk)]
    shop.sandbox.settle_refund(str(made.stripe_id), fail=True)
    shop.hear()
    assert Access.objects.standing().count() == 2


def test_a_part_at_stripe_and_the_rest_from_here_close_all_and_ask_nothing(
    shop: Shop, pair: Order
) -> None:
    at_stripe(shop, 2500)
    refund(pair, by="alice", now=clock.now())
    assert not Access.objects.standing().exists()
    assert not Refund.objects.filter(asks_line=True).exists()
    pair.refresh_from_db()
    assert pair.status == Order.Status.REFUNDED


def test_the_mail_names_what_closed_and_a_refund_that_failed_is_told(
    shop: Shop, pair: Order
) -> None:
    refund(pair, by="alice", lines=[pair.lines.get(title="The Second")], now=clock.now())
    said = Message.objects.get(kind="refunded").context
    assert (said["closes"], said["closed"], said["by_hand"]) == (False, ["The Second"], False)
    shop.sandbox.settle_refund(str(Refund.objects.get().stripe_id), fail=True)
    shop.hear()
    assert Message.objects.get(kind="refund_failed").to_address == pair.email


def test_a_failed_bundle_refund_opens_all_of_it_again(shop: Shop) -> None:
    bundle = make_product("bundle", title="Both", amount=7000)
    for title in ("One", "Two"):
        include(bundle, make_book(title=title))
    order = paid(shop, bundle.prices.get())
    made = refund(order, by="alice", now=clock.now())[0]
    assert not Access.objects.standing().exists()
    shop.sandbox.settle_refund(str(made.stripe_id), fail=True)
    shop.hear()
    assert Access.objects.live(clock.now()).count() == 3


@pytest.mark.differs
def test_what_two_payments_paid_is_taken_from_both_and_exactly(pair: Order) -> None:
    payment = Payment.objects.get()
    Payment.objects.filter(pk=payment.pk).update(amount=4900)
    payment.refresh_from_db()
    payment.pk, payment.payment_intent, payment.charge = None, "elsewhere-1", ""
    payment.provider, payment.amount = Order.Provider.TRANSFER, 3000
    payment.save()
    from payments.services import refunding

    shares = refunding._share(
        [refunding._Purse(each, each.amount) for each in Payment.objects.order_by("pk")], 6000
    )
    assert [(each.provider, part) for each, part in shares] == [
        ("stripe", 4900),
        ("transfer", 1100),
    ]


def test_ticked_things_are_planned_in_words_and_sums(pair: Order) -> None:
    first, second = pair.lines.all()
    form = RefundForm({"what": "lines", "lines": [str(second.pk)]}, order=pair)
    assert form.is_valid(), form.errors
    assert (form.plan().amount, form.plan().closes) == (3000, ["The Second"])
    both = RefundForm({"what": "lines", "lines": [str(first.pk), str(second.pk)]}, order=pair)
    assert both.is_valid()
    assert both.plan().amount == pair.total
    assert not RefundForm({"what": "lines"}, order=pair).is_valid()


def test_a_question_stays_until_it_is_decided(shop: Shop) -> None:
    order = shop.buy()
    Order.objects.update(owned_before=True)
    Order.objects.update(paid_at=order.paid_at - timedelta(days=400))
    order.refresh_from_db()
    (key,) = questions(order)
    assert [duty.key for duty in slots.duties(shop.store, clock.now())] == [key]
    decide(order, key, verdict=Decision.Verdict.LET_BE, by="alice", now=clock.now())
    assert questions(order) == {}
    assert slots.duties(shop.store, clock.now()) == []
