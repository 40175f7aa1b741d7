"""Stripe slow, overrun, broken or cut off: nothing lost and nothing done twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from payments.models import Order, OutboundCall, Payment, Refund
from payments.services import outbound, reconciling
from payments.services.refunding import refund
from products.models import Hold, Price
from tests.payments.buying import Shop

pytestmark = pytest.mark.django_db

FAULTS = [
    ("drop", "before"),
    ("drop", "after"),
    ("error", "before"),
    ("error", "after"),
    ("rate_limit", "before"),
    ("rate_limit", "after"),
]
SESSIONS = "/v1/checkout/sessions"
LATER = timedelta(minutes=3)


@pytest.mark.parametrize(("kind", "when"), FAULTS)
def test_an_answer_lost_at_checkout_keeps_what_was_typed_and_works_the_next_time(
    shop: Shop, kind: str, when: str
) -> None:
    attempt = shop.attempt()
    shop.sandbox.fault(kind, when=when, path=SESSIONS, method="POST")
    lost = shop.send(attempt=attempt)
    assert lost.status_code == 503
    assert "Nothing was charged" in lost.content.decode()
    assert attempt in lost.content.decode()
    found = shop.send(attempt=attempt)
    assert found.url == shop.order().checkout_url
    assert Order.objects.count() == 1
    assert len(sessions(shop)) == 1


@pytest.mark.parametrize(("kind", "when"), FAULTS)
def test_an_opening_nobody_waited_for_is_repeated_by_the_reconciler(
    shop: Shop, kind: str, when: str
) -> None:
    shop.sandbox.fault(kind, when=when, path=SESSIONS, method="POST")
    shop.send()
    reconciling.reconcile_store(clock.now() + LATER)
    order = shop.order()
    assert order.stripe_session_id
    assert len(sessions(shop)) == 1


def test_a_slow_answer_is_waited_for(shop: Shop) -> None:
    shop.sandbox.fault("slow", seconds=1.5, path=SESSIONS)
    assert shop.send().url == shop.order().checkout_url


def test_the_sdk_itself_repeats_with_the_same_key(shop: Shop, settings: object) -> None:
    settings.STRIPE_NETWORK_RETRIES = 2  # type: ignore[attr-defined]
    shop.sandbox.fault("drop", when="after", path=SESSIONS, method="POST", times=2)
    assert shop.send().status_code == 302
    assert len(sessions(shop)) == 1


def test_an_opening_that_comes_too_late_is_let_be_and_gives_the_copy_back(shop: Shop) -> None:
    shop.sandbox.fault("drop", when="before", path=SESSIONS, method="POST")
    shop.send()
    reconciling.reconcile_store(clock.now() + timedelta(minutes=40))
    assert shop.order().status == Order.Status.CANCELLED
    assert Hold.objects.get().released_at is not None
    assert OutboundCall.objects.get().state == OutboundCall.State.REFUSED


def test_a_refusal_is_final_and_said(shop: Shop) -> None:
    Price.objects.update(amount=100_000_000)  # more than Stripe charges at once
    response = shop.send()
    assert response.status_code == 503
    assert shop.order().status == Order.Status.CANCELLED
    assert OutboundCall.objects.get().error


@pytest.mark.parametrize(("kind", "when"), FAULTS)
def test_a_refund_whose_answer_was_lost_is_sent_once(shop: Shop, kind: str, when: str) -> None:
    order = shop.buy()
    shop.sandbox.fault(kind, when=when, path="/v1/refunds", method="POST")
    with pytest.raises(outbound.Unanswered):
        refund(order, by="alice", now=clock.now())
    assert Refund.objects.get().state == Refund.State.REQUESTED
    reconciling.reconcile_store(clock.now() + LATER)
    assert Refund.objects.get().state == Refund.State.SUCCEEDED
    assert Payment.objects.get().refunded_amount == 4900
    assert len(shop.sandbox.events("refund.created")) == 1


def test_a_refund_asked_a_day_ago_is_looked_for_before_it_is_sent_again(shop: Shop) -> None:
    """Stripe forgets keys after a day; refunds it does not forget."""
    order = shop.buy()
    shop.sandbox.fault("drop", when="after", path="/v1/refunds", method="POST")
    with pytest.raises(outbound.Unanswered):
        refund(order, by="alice", now=clock.now())
    OutboundCall.objects.filter(kind="refund").update(key="refund-forgotten")
    reconciling.reconcile_store(clock.now() + timedelta(days=2))
    assert Refund.objects.get().state == Refund.State.SUCCEEDED
    assert len(shop.sandbox.events("refund.created")) == 1


def test_many_server_errors_lead_to_a_new_key(shop: Shop) -> None:
    order = shop.buy()
    shop.sandbox.fault("error", when="before", path="/v1/refunds", method="POST", times=3)
    with pytest.raises(outbound.Unanswered):
        refund(order, by="alice", now=clock.now())
    first = OutboundCall.objects.get(kind="refund").key
    moment = clock.now()
    for _try in range(3):
        moment += timedelta(hours=1)
        reconciling.reconcile_store(moment)
    assert OutboundCall.objects.get(kind="refund").key != first
    assert Refund.objects.get().state == Refund.State.SUCCEEDED


def test_calls_are_committed_before_they_are_made(shop: Shop) -> None:
    from payments.services.steps import watch

    seen: list[str] = []

    def look(step: str) -> None:
        if step == "call.sending":
            seen.extend(OutboundCall.objects.values_list("state", flat=True))

    watch(look)
    try:
        shop.begin()
    finally:
        watch(None)
    assert seen == ["waiting"]


def sessions(shop: Shop) -> list[object]:
    return shop.sandbox.sandbox.world.storage.select("type = ?", "checkout.session")
