"""Whatever is not at its end has a sweep, a duty or an alarm that names it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import caches
from django.db import models

from access.models import Access
from core import clock
from payments import rules
from payments.models import (
    Bill,
    CancelNotice,
    Difference,
    Dispute,
    Document,
    EventCursor,
    FindRequest,
    Gift,
    HookDelivery,
    InstalmentPlan,
    MoveIn,
    MoveInRow,
    NightlyCheck,
    Order,
    OutboundCall,
    Payment,
    Refund,
    RenewHere,
    StripeEvent,
    Subscription,
    Team,
    TeamPlace,
)
from payments.services import reconciling, waiting
from payments.services.alarming import alarms
from payments.services.cancelling import effect, noticing
from payments.services.documents import working
from payments.services.dunning import sweeping
from payments.services.gifts import delivering
from payments.services.moving_in import working as moving_in
from payments.services.teams import sweeping as inviting
from stores import slots
from stores.models import Business
from tests.payments.buying import Shop
from tests.payments.moving_in.moving import make_letter

pytestmark = pytest.mark.django_db

FINAL: dict[Any, set[str]] = {
    Order.Status: {
        *("paid", "expired", "cancelled", "refunded", "partly_refunded", "charged_back")
    },
    Refund.State: {"succeeded", "cancelled"},
    StripeEvent.State: {"done", "ignored"},
    OutboundCall.State: {"answered", "refused"},
    NightlyCheck.State: {"done"},
    CancelNotice.State: {"done", "refused", "kept"},
    FindRequest.State: {"moved", "refused"},
    HookDelivery.State: {"done"},
    Subscription.State: {"ended"},
    MoveIn.State: {"mapping", "ready", "done", "undone"},
    MoveInRow.State: {"good", "same", "bad", "moved", "kept", "undone"},
    RenewHere.State: {"renewed", "no", "withdrawn", "over"},
    InstalmentPlan.State: {"paid", "let_go", "ended", "returned"},
}
FINDERS = {
    "reconcile": reconciling.stores_with_due,
    "waiting": waiting.stores_with_waiting,
    "cancelled": effect.stores_with_money_due,
    "documents": working.stores_with_due,
    "gifts": delivering.stores_with_gifts,
    "unpaid": sweeping.stores_with_due,
    "moving_in": moving_in.stores_with_due,
    "teams": inviting.stores_with_invitations,
}


def names(shop: Shop, after: timedelta = timedelta(days=12)) -> set[str]:
    """Return the keys of all that speaks of it a while later, and which sweeps would come."""
    now = clock.now() + after
    found = {alarm.key for alarm in alarms(now)}
    for name in ("orders", "disputes", "cancelling", "documents"):
        found |= {duty.key.partition(":")[0] for duty in slots.duties.get(name)(shop.store, now)}
    for name in ("find", "cancelling"):
        found |= {item.key.partition(":")[0] for item in slots.inbox_items.get(name)(shop.store)}
    found |= {name for name, find in FINDERS.items() if shop.store.pk in find(now)}
    if StripeEvent.objects.due(now).exists():
        found.add("inbox")
    if NightlyCheck.objects.filter(state="due", due_at__lte=now).exists():
        found.add("nightly")
    return found


def a_pending_order(shop: Shop) -> None:
    shop.begin()


def a_pending_transfer(shop: Shop) -> None:
    order = shop.begin()
    now = clock.now()
    Order.objects.filter(pk=order.pk).update(
        provider="transfer", stripe_session_id=None, expires_at=now + timedelta(days=10)
    )


def an_order_in_review(shop: Shop) -> None:
    shop.buy()
    Order.objects.update(status="review", paid_at=None)


def a_refund(state: str, provider: str = "stripe") -> Callable[[Shop], None]:
    def make(shop: Shop) -> None:
        shop.buy()
        Payment.objects.update(provider=provider)
        Refund.objects.create(
            payment=Payment.objects.get(),
            amount=1,
            currency="ILS",
            state=state,
            stripe_id="re_x" if provider == "stripe" else None,
        )

    return make


def a_part_returned_at_stripe(shop: Shop) -> None:
    shop.buy()
    shop.sandbox.refund(payment_intent=Payment.objects.get().payment_intent, amount=100)
    shop.hear()


def an_event(state: str) -> Callable[[Shop], None]:
    def make(shop: Shop) -> None:
        shop.buy()
        shop.hear()
        StripeEvent.objects.update(state=state)

    return make


def a_call(kind: str) -> Callable[[Shop], None]:
    def make(shop: Shop) -> None:
        shop.buy()
        OutboundCall.objects.update(kind=kind, state="waiting")

    return make


def a_dispute(status: str) -> Callable[[Shop], None]:
    def make(shop: Shop) -> None:
        shop.buy()
        Dispute.objects.create(
            payment=Payment.objects.get(),
            stripe_id="du_x",
            status=status,
            amount=4900,
            currency="ILS",
            evidence_due_by=clock.now() + timedelta(days=7),
        )

    return make


def a_cursor(shop: Shop) -> None:
    EventCursor.objects.create(read_to=clock.now())


def a_check(shop: Shop) -> None:
    now = clock.now()
    NightlyCheck.objects.create(night=now.date(), part="charges", due_at=now)


def a_difference(shop: Shop) -> None:
    Difference.objects.create(kind="order_status", subject_type="order", subject="x")


def a_notice(state: str) -> Callable[[Shop], None]:
    def make(shop: Shop) -> None:
        order = shop.buy()
        CancelNotice.objects.create(
            number=1, said_at=clock.now(), language="en", order=order, state=state
        )

    return make


def a_cancelled_purchase(shop: Shop) -> None:
    said = noticing.Said(language="en")
    noticing.cancel(shop.buy(), proof="browser", said=said, now=clock.now())


def a_search(shop: Shop) -> None:
    FindRequest.objects.create(email="charlie@example.com", language="en")


def a_call_to_another_system(state: str) -> Callable[[Shop], None]:
    def make(shop: Shop) -> None:
        HookDelivery.objects.create(source="x", order=shop.buy(), body="{}", state=state)

    return make


def a_document_nobody_issued(shop: Shop) -> None:
    shop.buy()
    Business.objects.create(legal_name="Alice", kind=Business.Kind.EXEMPT, country="IL")


def a_document_of_nobody(shop: Shop) -> None:
    shop.buy()


def a_gift(to: str, after: timedelta) -> Callable[[Shop], None]:
    def make(shop: Shop) -> None:
        line = shop.buy().lines.get()
        Gift.objects.create(line=line, to_email=to, deliver_at=clock.now() + after)

    return make


def an_invitation(**how: Any) -> Callable[[Shop], None]:
    def make(shop: Shop) -> None:
        order = shop.buy()
        team = Team.objects.create(line=order.lines.get(), manager=order.customer)
        values = {"to_email": "nina@example.com", "invited_at": clock.now(), **how}
        TeamPlace.objects.create(team=team, number=1, **values)

    return make


def a_subscription(**how: Any) -> Callable[[Shop], None]:
    """Make one of which nothing was heard since tomorrow; how it stands is in days from now."""

    def make(shop: Shop) -> None:
        order = shop.buy()
        assert order.customer
        now = clock.now()
        row = Subscription.objects.create(
            order=order,
            line=order.lines.get(),
            customer=order.customer,
            product=shop.price.product,
            price=shop.price,
            amount=4900,
            currency="ILS",
            stripe_id="sub_x",
            started_at=now,
            **{name: now + timedelta(days=days) for name, days in how.items()},
        )
        if "unpaid_since" in how:
            Bill.objects.create(
                subscription=row,
                stripe_id="in_x",
                status="open",
                amount=4900,
                written_at=now,
                failed_at=row.unpaid_since,
            )

    return make


def a_file_of_people(state: str) -> Callable[[Shop], None]:
    def make(shop: Shop) -> None:
        shop.buy()
        letter = make_letter(Access.objects.get(), shop.price)
        MoveIn.objects.filter(pk=letter.move_in_id).update(state=state)

    return make


def a_letter_to_pay_on(shop: Shop) -> None:
    shop.buy()
    make_letter(Access.objects.get(), shop.price)


def a_plan(shop: Shop) -> None:
    a_subscription()(shop)
    InstalmentPlan.objects.create(subscription=Subscription.objects.get(), n_total=4, total=19600)


LATE = {"next_charge_at": 1}
WAITS: list[tuple[Any, str, Callable[[Shop], None], set[str]]] = [
    (Order.Status, "pending", a_pending_order, {"reconcile", "orders-late"}),
    (Order.Status, "pending", a_pending_transfer, {"waiting"}),
    (Order.Status, "review", an_order_in_review, {"review"}),
    (Refund.State, "requested", a_refund("requested"), {"reconcile", "refunds-late"}),
    (Refund.State, "requested", a_refund("requested", "transfer"), {"reconcile"}),
    (Refund.State, "pending", a_refund("pending"), {"reconcile", "refunds-moving"}),
    (Refund.State, "pending", a_refund("pending", "transfer"), {"pay-back"}),
    (Refund.State, "failed", a_refund("failed"), {"failed"}),
    (Refund, "asks_line", a_part_returned_at_stripe, {"line"}),
    (StripeEvent.State, "pending", an_event("pending"), {"inbox", "events-late"}),
    (StripeEvent.State, "failed", an_event("failed"), {"events-failed"}),
    *(
        (OutboundCall.State, "waiting", a_call(kind), {"reconcile", "calls-late"})
        for kind in OutboundCall.Kind.values
    ),
    *(
        (Dispute, status, a_dispute(status), {"dispute"})
        for status in sorted(rules.DISPUTE_ANSWERABLE)
    ),
    (Dispute, "unheard of", a_dispute("unheard of"), {"dispute"}),
    (Dispute, "under_review", a_dispute("under_review"), {"reconcile"}),
    (Dispute, "warning_under_review", a_dispute("warning_under_review"), {"reconcile"}),
    (EventCursor, "", a_cursor, {"cursor-late"}),
    *(
        (CancelNotice.State, state, a_notice(state), {"cancel"})
        for state in ("waiting", "confirming", "request")
    ),
    (CancelNotice, "money", a_cancelled_purchase, {"cancelled", "cancel-money"}),
    (FindRequest.State, "waiting", a_search, {"find"}),
    (HookDelivery.State, "waiting", a_call_to_another_system("waiting"), {"hooks-failed"}),
    (HookDelivery.State, "failed", a_call_to_another_system("failed"), {"hooks-failed"}),
    (Document, "due", a_document_nobody_issued, {"documents", "documents-stuck"}),
    (Document, "nobody's", a_document_of_nobody, {"documents-nameless"}),
    (Gift, "to send", a_gift("nina@example.com", timedelta(days=11)), {"gifts"}),
    (Gift, "forgotten", a_gift("", timedelta(days=-3)), {"gifts"}),
    (TeamPlace, "to send", an_invitation(), {"teams"}),
    (TeamPlace, "unanswered", an_invitation(sent_at=clock.now()), {"teams"}),
    (InstalmentPlan.State, "paying", a_plan, {"reconcile"}),
    (Subscription.State, "active", a_subscription(**LATE), {"reconcile"}),
    (Subscription.State, "trial", a_subscription(trial_ends_at=1, **LATE), {"reconcile"}),
    (Subscription.State, "leaving", a_subscription(ends_at=1), {"reconcile"}),
    (
        Subscription.State,
        "resting",
        a_subscription(rests_from=-1, rests_until=1, **LATE),
        {"reconcile"},
    ),
    (Subscription.State, "to_fix", a_subscription(unpaid_since=0, **LATE), {"unpaid"}),
    (Subscription.State, "on_hold", a_subscription(unpaid_since=-8, held_at=-1), {"unpaid"}),
    *(
        (MoveIn.State, state, a_file_of_people(state), {"moving_in"})
        for state in ("checking", "moving", "undoing")
    ),
    (MoveInRow.State, "waiting", a_file_of_people("checking"), {"moving_in"}),
    (RenewHere.State, "open", a_letter_to_pay_on, {"moving_in"}),
    (NightlyCheck.State, "due", a_check, {"nightly", "night-stuck"}),
    (Difference, "", a_difference, {"differences"}),
]


@pytest.mark.differs
@pytest.mark.parametrize(
    ("of", "state", "make", "named_by"),
    WAITS,
    ids=lambda each: (
        "+".join(sorted(each)) if isinstance(each, set) else getattr(each, "__name__", str(each))
    ),
)
def test_what_waits_is_named(
    shop: Shop, of: Any, state: str, make: Callable[[Shop], None], named_by: set[str]
) -> None:
    make(shop)
    assert named_by <= names(shop)


def test_every_state_is_an_end_or_waits_by_name() -> None:
    """A new state of money is put on one of the lists on purpose."""
    for states, ends in FINAL.items():
        waiting_ones = {state for of, state, _make, _names in WAITS if of is states}
        assert ends | waiting_ones == set(states.values), states
        assert not ends & waiting_ones


def test_every_model_of_money_with_a_state_is_on_the_lists() -> None:
    found = {
        each
        for model in apps.get_app_config("payments").get_models()
        for name, each in vars(model).items()
        if name in {"State", "Status"} and issubclass(each, models.TextChoices)
    }
    assert found == set(FINAL)


def test_a_part_returned_at_stripe_that_failed_asks_for_no_line(shop: Shop) -> None:
    a_part_returned_at_stripe(shop)
    shop.sandbox.settle_refund(Refund.objects.get().stripe_id, fail=True)
    shop.hear()
    assert "failed" in names(shop)
    assert "line" not in names(shop)


def test_every_known_status_of_a_dispute_is_an_end_or_waits_by_name() -> None:
    waiting_ones = {state for of, state, _make, _names in WAITS if of is Dispute}
    appeal = {"appeal_under_review"}  # as under_review
    assert rules.DISPUTE_FINAL | waiting_ones | appeal >= rules.DISPUTE_KNOWN


def test_a_dispute_past_its_day_is_asked_about_now_and_then(shop: Shop) -> None:
    shop.buy()
    shop.sandbox.dispute(Payment.objects.get().charge)
    shop.hear()
    dispute = Dispute.objects.get()
    shop.sandbox.decide_dispute(dispute.stripe_id, won=False)
    late = clock.now() + timedelta(days=30)
    reconciling.reconcile_store(late)
    dispute.refresh_from_db()
    assert dispute.status == "lost"
    caches["shared"].clear()


def test_a_dispute_past_its_day_is_asked_about_while_redis_is_away(
    shop: Shop, redis_gone: None
) -> None:
    shop.buy()
    shop.sandbox.dispute(Payment.objects.get().charge)
    shop.hear()
    shop.sandbox.decide_dispute(Dispute.objects.get().stripe_id, won=False)
    reconciling.reconcile_store(clock.now() + timedelta(days=30))
    assert Dispute.objects.get().status == "lost"
