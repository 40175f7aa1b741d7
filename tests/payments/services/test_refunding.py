"""Giving money back: who asks, how much, and what closes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.models import Access
from core import clock
from mail.models import Message
from payments.errors import CannotRefund, Refused
from payments.models import Order, Payment, Refund
from payments.services.refunding import accept_review, name_line, refund, refundable
from tests.payments.buying import Shop

pytestmark = pytest.mark.django_db


def test_all_of_it_goes_back_and_the_book_closes(shop: Shop) -> None:
    order = shop.buy()
    refund(order, by="alice", now=clock.now(), reason="asked nicely")
    order.refresh_from_db()
    made = Refund.objects.get()
    assert (order.status, made.state, made.by) == ("refunded", "succeeded", "alice")
    assert not Access.objects.standing().exists()
    assert Message.objects.get(kind="refunded").context["closes"] is True
    assert Message.objects.get(kind="refunded").context["reason"] == "asked nicely"
    assert refundable(order) == 0


def test_the_thank_you_page_says_that_it_is_closed(shop: Shop) -> None:
    order = shop.buy()
    refund(order, by="alice", now=clock.now())
    page = shop.return_page(order).content.decode()
    assert "on its way back" in page
    assert "Read now" not in page


def test_a_part_goes_back_and_the_book_stays_open(shop: Shop) -> None:
    order = shop.buy()
    refund(order, by="alice", amount=1000, now=clock.now())
    order.refresh_from_db()
    assert order.status == Order.Status.PARTLY_REFUNDED
    assert refundable(order) == 3900
    assert Access.objects.standing().count() == 1
    assert not Refund.objects.get().asks_line


def test_a_line_goes_back_and_closes(shop: Shop) -> None:
    order = shop.buy()
    refund(order, by="alice", lines=[order.lines.get()], now=clock.now())
    assert not Access.objects.standing().exists()
    assert Refund.objects.get().line == order.lines.get()


def test_parts_that_add_up_to_all_close_the_book(shop: Shop) -> None:
    order = shop.buy()
    for amount in (1000, 3000, 900):
        refund(order, by="alice", amount=amount, now=clock.now())
    assert not Access.objects.standing().exists()
    assert Payment.objects.get().refunded_amount == 4900


@pytest.mark.parametrize("amount", [0, -1, 4901, 99_999_999])
def test_never_more_than_was_paid_and_never_nothing(shop: Shop, amount: int) -> None:
    order = shop.buy()
    with pytest.raises(CannotRefund):
        refund(order, by="alice", amount=amount, now=clock.now())
    assert not Refund.objects.exists()


def test_what_went_back_cannot_go_back_again(shop: Shop) -> None:
    order = shop.buy()
    refund(order, by="alice", now=clock.now())
    with pytest.raises(CannotRefund):
        refund(order, by="alice", now=clock.now())


def test_what_is_on_its_way_counts_as_gone(shop: Shop) -> None:
    order = shop.buy()
    shop.sandbox.fault("drop", when="before", path="/v1/refunds", method="POST")
    with pytest.raises(Exception, match="answer"):
        refund(order, by="alice", amount=4000, now=clock.now())
    with pytest.raises(CannotRefund):
        refund(order, by="alice", amount=901, now=clock.now())


def test_an_unpaid_order_has_nothing_to_give_back(shop: Shop) -> None:
    order = shop.begin()
    with pytest.raises(CannotRefund):
        refund(order, by="alice", now=clock.now())


def test_a_line_of_another_order_is_refused(shop: Shop) -> None:
    order = shop.buy()
    shop.client.logout()
    other = shop.buy(email="erin@example.com")
    with pytest.raises(CannotRefund):
        refund(order, by="alice", lines=[other.lines.get()], now=clock.now())


@pytest.mark.differs
def test_stripes_refusal_is_said_and_leaves_everything_open(shop: Shop) -> None:
    order = shop.buy()
    Payment.objects.update(amount=9900)
    with pytest.raises(Refused):
        refund(order, by="alice", amount=9000, now=clock.now())
    assert Refund.objects.get().state == Refund.State.FAILED
    assert Access.objects.standing().count() == 1


def test_naming_what_a_refund_at_stripe_was_for_ends_the_question(shop: Shop) -> None:
    shop.buy()
    shop.sandbox.refund(payment_intent=Payment.objects.get().payment_intent, amount=1000)
    shop.hear()
    named = name_line(Refund.objects.get(), None, now=clock.now())
    assert not named.asks_line
    assert Access.objects.standing().count() == 1
    shop.hear()
    assert not Refund.objects.get().asks_line


def test_the_events_of_our_own_refund_change_nothing_more(shop: Shop) -> None:
    order = shop.buy()
    refund(order, by="alice", now=clock.now())
    shop.hear()
    assert Refund.objects.count() == 1
    assert Message.objects.filter(kind="refunded").count() == 1


def test_an_event_that_overtakes_our_answer_finds_our_row(shop: Shop) -> None:
    """Stripe's webhook may come before the answer to the call that caused it is recorded."""
    from payments.services.steps import watch

    order = shop.buy()

    def overtake(step: str) -> None:
        if step == "call.answered":
            watch(None)
            shop.hear("refund.created")

    watch(overtake)
    refund(order, by="alice", now=clock.now())
    made = Refund.objects.get()
    assert (made.by, made.state, made.asks_line) == ("alice", "succeeded", False)


def test_a_person_may_accept_a_payment_that_did_not_match(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from payments.services.sync import session

    order = shop.begin()
    shop.pay(order)
    monkeypatch.setattr(session, "mismatch", lambda *_a, **_k: "odd")
    shop.hear()
    accept_review(order, now=clock.now())
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert Access.objects.standing().count() == 1


def test_a_payment_in_review_can_be_given_back(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from payments.services.sync import session

    order = shop.begin()
    shop.pay(order)
    monkeypatch.setattr(session, "mismatch", lambda *_a, **_k: "odd")
    shop.hear()
    refund(order, by="alice", now=clock.now())
    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert not Access.objects.exists()


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(amounts=st.lists(st.integers(1, 4900), min_size=1, max_size=4))
def test_however_it_is_asked_for_no_more_goes_back_than_came(
    shop: Shop, amounts: list[int]
) -> None:
    shop.client.logout()
    order = shop.buy()
    asked = 0
    for amount in amounts:
        try:
            refund(order, by="alice", amount=amount, now=clock.now())
        except CannotRefund:
            assert asked + amount > 4900
        else:
            asked += amount
    payment = Payment.objects.get(order=order)
    assert payment.refunded_amount == asked <= payment.amount
    is_open = Access.objects.standing().filter(source_id=str(order.lines.get().pk)).exists()
    assert is_open == (asked < 4900)


def test_what_takes_the_place_of_a_refund_that_failed_may_be_heard_of_first(shop: Shop) -> None:
    shop.buy()
    payment = Payment.objects.get()
    first = shop.sandbox.refund(payment_intent=payment.payment_intent)
    shop.hear("refund.created")
    shop.sandbox.settle_refund(first["id"], fail=True)
    shop.sandbox.refund(payment_intent=payment.payment_intent, amount=1000)
    shop.hear("refund.created")  # that the first one failed is lost
    payment.refresh_from_db()
    assert payment.refunded_amount == 1000
    assert sorted(Refund.objects.values_list("state", flat=True)) == ["failed", "succeeded"]
    assert Access.objects.live(clock.now()).count() == 1
