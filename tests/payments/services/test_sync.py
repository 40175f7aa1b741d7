"""Whatever the order, number and lateness of hints: the same rows in the end."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice, permutations

import pytest
from django.db import connection, transaction

from access.models import Access, AccessEvent
from core import clock
from mail.models import Message
from payments.contract import RefundFacts, SessionFacts
from payments.errors import NotOurs, TryLater
from payments.models import Order, OrderLine, Payment, Refund, StripeEvent
from payments.services import inbox, stripe_api
from payments.services.locating import Found, locate
from payments.services.steps import watch
from payments.services.sync import sync_payment_intent, sync_refund, sync_session
from tests.payments.buying import Shop
from tests.payments.every_order import undone, walk

pytestmark = pytest.mark.django_db


def picture(order: Order) -> dict[str, object]:
    """What is true of an order in the end, without moments."""
    order.refresh_from_db()
    return {
        "status": order.status,
        "payments": [(each.amount, each.refunded_amount) for each in Payment.objects.all()],
        "refunds": sorted(Refund.objects.values_list("amount", "state", "asks_line")),
        "closed": [line.closed_at is not None for line in OrderLine.objects.all()],
        "open": Access.objects.standing().count(),
        "accesses": Access.objects.count(),
        "mails": sorted(Message.objects.values_list("kind", flat=True)),
    }


HINTS = ("paid", "intent", "part", "rest")


class Story:
    """Paid, returned in part at Stripe, then the rest: its events, in process."""

    def __init__(self, shop: Shop) -> None:
        self.order = shop.begin()
        shop.pay(self.order)
        now = clock.now()
        session = stripe_api.fetch_session("", str(self.order.stripe_session_id))
        assert session.intent is not None
        intent = session.intent.id
        part = shop.sandbox.refund(payment_intent=intent, amount=1000)["id"]
        rest = shop.sandbox.refund(payment_intent=intent, amount=3900)["id"]
        self.acts = {
            "paid": lambda: sync_session("", session.id, now),
            "intent": lambda: sync_payment_intent("", intent, now),
            "part": lambda: sync_refund("", part, now),
            "rest": lambda: sync_refund("", rest, now),
        }
        self.facts = {
            "session": session,
            "intent": session.intent,
            "refunds": {each: stripe_api.fetch_refund("", each) for each in (part, rest)},
        }


@pytest.fixture
def story(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A story whose objects are fetched from memory: Stripe's last word, thousands of times."""
    story = Story(shop)
    facts = story.facts
    monkeypatch.setattr(stripe_api, "fetch_session", lambda _a, _i: facts["session"])
    monkeypatch.setattr(stripe_api, "fetch_intent", lambda _a, _i: facts["intent"])
    monkeypatch.setattr(stripe_api, "fetch_refund", lambda _a, i: facts["refunds"][i])
    monkeypatch.setattr(stripe_api, "find_session", lambda _a, _i: facts["session"].id)
    return story


EXPECTED = {
    "status": "refunded",
    "payments": [(4900, 4900)],
    "refunds": [(1000, "succeeded", False), (3900, "succeeded", False)],
    "closed": [True],
    "open": 0,
    "accesses": 1,
}
ALL_ORDERS = sorted(set(permutations(HINTS * 2)))


def look(story: Story) -> Callable[[tuple[str, ...]], None]:
    def at(told: tuple[str, ...]) -> None:
        seen = picture(story.order)
        mails = seen.pop("mails")
        assert seen == EXPECTED, told
        assert [mails.count(kind) for kind in ("receipt", "refunded", "first_sale")] == [1, 2, 1]

    return at


@pytest.mark.parametrize("first", ["paid", "part", "rest"])
def test_every_order_of_three_doubled_hints_ends_the_same(story: Story, first: str) -> None:
    hints = tuple(hint for hint in HINTS * 2 if hint != "intent")
    position = hints.index(first)
    with undone():
        story.acts[first]()
        rest = hints[:position] + hints[position + 1 :]
        assert walk(story.acts, rest, (first,), look(story)) == 30


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", HINTS)
def test_every_order_of_four_doubled_hints_ends_the_same(story: Story, first: str) -> None:
    hints = tuple(HINTS * 2)
    position = hints.index(first)
    with undone():
        story.acts[first]()
        rest = hints[:position] + hints[position + 1 :]
        assert walk(story.acts, rest, (first,), look(story)) == 2520 // 4


@pytest.mark.parametrize("hints", list(islice(ALL_ORDERS, 0, None, 126)))
def test_twenty_orders_over_http_end_the_same(shop: Shop, hints: tuple[str, ...]) -> None:
    story = Story(shop)
    for hint in hints:
        story.acts[hint]()
    seen = picture(story.order)
    seen.pop("mails")
    assert seen == EXPECTED


def test_a_partial_refund_at_stripe_leaves_access_and_asks_somebody(shop: Shop) -> None:
    order = shop.buy()
    payment = Payment.objects.get()
    shop.sandbox.refund(payment_intent=payment.payment_intent, amount=1000)
    shop.hear()
    order.refresh_from_db()
    assert order.status == Order.Status.PARTLY_REFUNDED
    assert Access.objects.standing().count() == 1
    assert Refund.objects.get().asks_line
    assert Message.objects.filter(kind="order_question").count() == 1


def test_a_refund_that_fails_opens_again_what_it_closed(shop: Shop) -> None:
    order = shop.buy()
    payment = Payment.objects.get()
    made = shop.sandbox.refund(payment_intent=payment.payment_intent)
    shop.hear()
    assert not Access.objects.standing().exists()
    shop.sandbox.settle_refund(made["id"], fail=True)
    shop.hear()
    order.refresh_from_db()
    payment.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert payment.refunded_amount == 0
    assert Access.objects.standing().count() == 1
    assert list(AccessEvent.objects.values_list("what", flat=True)) == [
        "granted",
        "revoked",
        "restored",
    ]


def test_what_staff_took_back_by_hand_stays_so_when_a_refund_fails(shop: Shop) -> None:
    from access.services.granting import revoke

    shop.buy()
    revoke(Access.objects.get(), now=clock.now(), by="alice")
    made = shop.sandbox.refund(payment_intent=Payment.objects.get().payment_intent)
    shop.hear()
    shop.sandbox.settle_refund(made["id"], fail=True)
    shop.hear()
    assert not Access.objects.standing().exists()


@pytest.mark.parametrize("field", ["amount_total", "reference", "is_live"])
def test_a_payment_that_does_not_match_opens_nothing_and_is_asked_about(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    order = shop.begin()
    shop.pay(order)
    _spoil(
        monkeypatch, **{field: {"amount_total": 1, "reference": "other", "is_live": True}[field]}
    )
    shop.hear()
    order.refresh_from_db()
    assert order.status == Order.Status.REVIEW
    assert order.review_reason
    assert not Access.objects.exists()
    assert Message.objects.get().kind == "order_question"
    assert Payment.objects.get().amount == 4900


def _spoil(monkeypatch: pytest.MonkeyPatch, **over: object) -> None:
    from dataclasses import replace

    real = stripe_api.fetch_session

    def fetch(account: str, session_id: str) -> SessionFacts:
        return replace(real(account, session_id), **over)

    monkeypatch.setattr(stripe_api, "fetch_session", fetch)


def test_an_unknown_refund_status_is_money_on_its_way(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.buy()
    intent = Payment.objects.get().payment_intent
    facts = RefundFacts("re_1", "teleported", 4900, "ils", intent, "", "")
    monkeypatch.setattr(stripe_api, "fetch_refund", lambda _a, _i: facts)
    order = sync_refund("", "re_1", clock.now())
    assert Refund.objects.get().state == Refund.State.PENDING
    assert order.status == Order.Status.REFUNDED


def test_a_worker_paused_between_fetch_and_lock_does_not_undo_a_later_one(shop: Shop) -> None:
    """The slow one fetched "unpaid"; while it slept the payment came and another wrote it."""
    order = shop.begin()
    session_id, slept = str(order.stripe_session_id), []

    def sleep_once(step: str) -> None:
        if step == "sync.fetched" and not slept:
            slept.append(step)
            shop.pay(order)
            sync_session("", session_id, clock.now())

    watch(sleep_once)
    try:
        sync_session("", session_id, clock.now())
    finally:
        watch(None)
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert Access.objects.standing().count() == 1


def test_a_paused_worker_with_a_stale_refund_starts_again(shop: Shop) -> None:
    shop.buy()
    made = shop.sandbox.refund(payment_intent=Payment.objects.get().payment_intent)
    slept: list[str] = []

    def sleep_once(step: str) -> None:
        if step == "sync.fetched" and not slept:
            slept.append(step)
            shop.sandbox.settle_refund(made["id"], fail=True)
            sync_refund("", made["id"], clock.now())

    watch(sleep_once)
    try:
        sync_refund("", made["id"], clock.now())
    finally:
        watch(None)
    assert Refund.objects.get().state == Refund.State.FAILED
    assert Access.objects.standing().count() == 1


def test_a_row_that_never_rests_is_left_for_later(shop: Shop) -> None:
    order = shop.begin()

    def move(step: str) -> None:
        if step == "sync.fetched":
            Order.objects.filter(pk=order.pk).update(sync_version=order.sync_version + move.n)  # type: ignore[attr-defined]
            move.n += 1  # type: ignore[attr-defined]

    move.n = 7  # type: ignore[attr-defined]
    watch(move)
    try:
        with pytest.raises(TryLater):
            sync_session("", str(order.stripe_session_id), clock.now())
    finally:
        watch(None)


def test_what_is_not_ours_is_said_to_be(shop: Shop) -> None:
    for sync in (sync_session, sync_payment_intent, sync_refund):
        with pytest.raises(NotOurs):
            sync("", "unknown_1", clock.now())


def test_stripe_is_never_called_inside_a_transaction(shop: Shop) -> None:
    with transaction.atomic(), pytest.raises(stripe_api.CalledInTransaction):
        stripe_api.fetch_session("", "cs_1")
    assert connection.in_atomic_block  # the one around this test does not count


def test_events_about_strangers_are_ignored_in_the_end(shop: Shop) -> None:
    from datetime import timedelta

    from tests.payments.views.test_webhooks import EVENT

    now = clock.now()
    inbox.take_in([stripe_api.event_facts(EVENT)], now)
    for _try in range(8):
        now += timedelta(hours=1)
        inbox.work(now)
    assert StripeEvent.objects.get().state == StripeEvent.State.IGNORED


def test_a_hint_that_breaks_us_holds_no_other_up(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shop.pay(shop.begin())
    hints = shop.hints("payment_intent.succeeded") + shop.hints("checkout.session.completed")

    def finds_or_breaks(event: StripeEvent) -> Found:
        if event.object_type == "payment_intent":
            raise RuntimeError("nobody foresaw this")
        return locate(event)

    monkeypatch.setattr(inbox, "locate", finds_or_breaks)
    inbox.take_in(hints, clock.now())
    assert inbox.work(clock.now()) == 2
    assert Order.objects.get().is_paid
    broken = StripeEvent.objects.get(object_type="payment_intent")
    assert (broken.state, broken.attempts) == (StripeEvent.State.PENDING, 1)
    assert "nobody foresaw this" in broken.error
    assert broken.next_attempt_at > clock.now()
    assert "could not be worked on" in caplog.text
